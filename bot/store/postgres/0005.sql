-- Which articles are in other languages than English: they are found by more than their words, see terms.findable.
CREATE TABLE stemmed (
    article  bigint PRIMARY KEY REFERENCES article (id),
    language text COLLATE "C" NOT NULL
);
CREATE INDEX stemmed_language ON stemmed (language);
