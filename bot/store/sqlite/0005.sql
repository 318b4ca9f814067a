-- What articles in other languages than English are found by beside their words, see terms.findable.
CREATE TABLE stemmed (
    article  INTEGER PRIMARY KEY REFERENCES article (id),
    language TEXT NOT NULL,
    title    TEXT NOT NULL,
    text     TEXT NOT NULL
) STRICT;
CREATE INDEX stemmed_language ON stemmed (language);

DROP VIEW searchable;
CREATE VIEW searchable AS
    SELECT article.id,
        iif(stemmed.article IS NULL, version.title, version.title || char(10) || stemmed.title) AS title,
        iif(stemmed.article IS NULL, version.text, version.text || char(10) || stemmed.text) AS text
    FROM article JOIN version ON version.article = article.id AND version.version = article.version
    LEFT JOIN stemmed ON stemmed.article = article.id
    WHERE article.withdrawn = 0;
