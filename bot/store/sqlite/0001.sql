-- The first schema. Instants are ISO text in UTC with microseconds and dates ISO text, so that both sort as they
-- read; leases alone are seconds of the database's own clock. Tenant '' is everyone. Lists are compact JSON.

-- An article's identity and standing; its words are in `version`. A withdrawn one keeps this row alone, so that
-- citations can say so and a feed that still carries it cannot bring it back. Ids grow and are never used again.
CREATE TABLE article (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant    TEXT NOT NULL,
    identity  BLOB NOT NULL,                  -- sha256 of guid, else url, else words
    version   INTEGER NOT NULL DEFAULT 1,     -- the newest
    story     INTEGER NOT NULL DEFAULT 0,     -- id of the story's first article
    copy_of   INTEGER NOT NULL DEFAULT 0,
    added     TEXT NOT NULL,                  -- when the newest version was stored
    first_day TEXT NOT NULL,                  -- days it may have been published on; of storing, where unknown
    last_day  TEXT NOT NULL,
    dated     INTEGER NOT NULL,               -- whether those days are of publication
    withdrawn INTEGER NOT NULL DEFAULT 0,
    UNIQUE (tenant, identity)
) STRICT;
CREATE INDEX article_newest ON article (tenant, id) WHERE withdrawn = 0;
CREATE INDEX article_story ON article (story, tenant, id) WHERE withdrawn = 0;
CREATE INDEX article_copies ON article (copy_of, id) WHERE withdrawn = 0 AND copy_of <> 0;
CREATE INDEX article_added ON article (tenant, added) WHERE withdrawn = 0;
CREATE INDEX article_published ON article (tenant, first_day) WHERE withdrawn = 0 AND dated = 1;
CREATE INDEX article_first_day ON article (first_day) WHERE withdrawn = 0;
CREATE INDEX article_last_day ON article (last_day) WHERE withdrawn = 0;

-- Every version of it, so that old citations resolve.
CREATE TABLE version (
    article     INTEGER NOT NULL REFERENCES article (id),
    version     INTEGER NOT NULL,
    text        TEXT NOT NULL,
    title       TEXT NOT NULL,
    publisher   TEXT NOT NULL,
    place       TEXT NOT NULL,
    author      TEXT NOT NULL,
    url         TEXT NOT NULL,
    file        TEXT NOT NULL,
    guid        TEXT NOT NULL,
    language    TEXT NOT NULL,
    first_day   TEXT,
    last_day    TEXT,
    precision   TEXT,
    basis       TEXT NOT NULL,
    evidence    TEXT NOT NULL,
    added       TEXT NOT NULL,
    words       BLOB NOT NULL,                -- sha256 of its words: are they the same again?
    sentences   TEXT NOT NULL,                -- [start, end, paragraph, start, …]
    boilerplate TEXT NOT NULL,                -- [[start, end, reason], …]
    digest      TEXT NOT NULL,                -- [start, end, start, …]
    PRIMARY KEY (article, version)
) STRICT;
CREATE INDEX version_url ON version (url) WHERE url <> '';
CREATE INDEX version_guid ON version (guid) WHERE guid <> '';
CREATE INDEX version_file ON version (file) WHERE file <> '';

-- What follows is of the newest versions only.

CREATE VIEW searchable AS
    SELECT article.id, version.title, version.text FROM article
    JOIN version ON version.article = article.id AND version.version = article.version
    WHERE article.withdrawn = 0;

-- Over a view, so that it can be checked against the words and rebuilt from them.
CREATE VIRTUAL TABLE search USING fts5 (
    title, text, content = 'searchable', content_rowid = 'id',
    tokenize = 'porter unicode61 remove_diacritics 2'
);
-- A match in the title counts four times.
INSERT INTO search (search, rank) VALUES ('rank', 'bm25(4.0, 1.0)');
CREATE VIRTUAL TABLE stems USING fts5vocab (search, 'row');

-- The words as they are written, for "did you mean".
CREATE TABLE word (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TABLE mention (
    article        INTEGER NOT NULL REFERENCES article (id),
    position       INTEGER NOT NULL,
    sentence_start INTEGER NOT NULL,
    sentence_end   INTEGER NOT NULL,
    start_at       INTEGER NOT NULL,
    end_at         INTEGER NOT NULL,
    type           TEXT NOT NULL,
    value          TEXT NOT NULL,
    first_day      TEXT NOT NULL,
    last_day       TEXT NOT NULL,
    precision      TEXT NOT NULL,
    basis          TEXT NOT NULL,
    confidence     REAL NOT NULL,
    announced      INTEGER NOT NULL,
    background     INTEGER NOT NULL,
    length         INTEGER NOT NULL,          -- class of how many days it covers; see days.py
    tenant         TEXT NOT NULL,             -- of the article, so that looking through days needs no look at articles
    PRIMARY KEY (article, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX mention_days ON mention (length, first_day, last_day, tenant);

-- A name by its folded spelling, in how many of a tenant's articles it stands, and how often in all.
CREATE TABLE name (
    tenant   TEXT NOT NULL,
    folded   TEXT NOT NULL,
    name     TEXT NOT NULL,
    articles INTEGER NOT NULL,
    spoken   INTEGER NOT NULL,
    PRIMARY KEY (tenant, folded)
) STRICT, WITHOUT ROWID;
CREATE INDEX name_articles ON name (tenant, articles, spoken);

-- A stemmed term, in how many articles it stands, and in which.
CREATE TABLE term (
    id       INTEGER PRIMARY KEY,
    term     TEXT NOT NULL UNIQUE,
    articles INTEGER NOT NULL
) STRICT;
CREATE TABLE posting (
    term    INTEGER NOT NULL REFERENCES term (id),
    article INTEGER NOT NULL REFERENCES article (id),
    PRIMARY KEY (term, article)
) STRICT, WITHOUT ROWID;

-- The values of an article's MinHash sketch.
CREATE TABLE sketch (
    value   INTEGER NOT NULL,
    article INTEGER NOT NULL REFERENCES article (id),
    PRIMARY KEY (value, article)
) STRICT, WITHOUT ROWID;

-- What was counted for an article above, to be taken back when it changes or goes.
CREATE TABLE analysis (
    article INTEGER PRIMARY KEY REFERENCES article (id),
    names   TEXT NOT NULL,                    -- {folded name: times spoken, …}
    terms   TEXT NOT NULL,                    -- {term: frequency, …}
    sketch  TEXT NOT NULL                     -- [value, …]
) STRICT;

-- Stories with a tenant's articles in them, and their newest.
CREATE TABLE story (
    id     INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    newest INTEGER NOT NULL,
    PRIMARY KEY (id, tenant)
) STRICT, WITHOUT ROWID;
CREATE INDEX story_newest ON story (tenant, newest);

-- Counted as they come and go: counting 100 000 rows takes longer than answering.
CREATE TABLE tally (
    tenant   TEXT PRIMARY KEY,
    articles INTEGER NOT NULL,
    stories  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE answer (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    channel   TEXT NOT NULL,
    command   TEXT NOT NULL,
    citations TEXT NOT NULL,                  -- as message.dumps writes them
    messages  TEXT NOT NULL,                  -- [id, …]
    at        TEXT NOT NULL
) STRICT;
CREATE INDEX answer_channel ON answer (channel, id);

-- `place` is platform and channel without the thread: a reply in a thread may be to a message outside it.
CREATE TABLE answer_message (
    place   TEXT NOT NULL,
    message TEXT NOT NULL,
    answer  INTEGER NOT NULL REFERENCES answer (id) ON DELETE CASCADE,
    PRIMARY KEY (place, message)
) STRICT, WITHOUT ROWID;
CREATE INDEX answer_message_answer ON answer_message (answer);

CREATE TABLE subscription (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    place         TEXT NOT NULL,              -- channel_of(target)
    platform      TEXT NOT NULL,
    channel       TEXT NOT NULL,
    thread        TEXT NOT NULL,
    reply_to      TEXT NOT NULL,
    days          TEXT NOT NULL,              -- [0, …, 6], 0 = Monday
    hour          INTEGER NOT NULL,
    minute        INTEGER NOT NULL,
    zone          TEXT NOT NULL,
    since         TEXT NOT NULL,
    words         TEXT NOT NULL,
    even_if_empty INTEGER NOT NULL,
    tenant        TEXT NOT NULL,
    stopped       INTEGER NOT NULL,
    paused        TEXT NOT NULL
) STRICT;
CREATE INDEX subscription_place ON subscription (place);

-- The outbox.
CREATE TABLE delivery (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,
    key          TEXT NOT NULL UNIQUE,
    platform     TEXT NOT NULL,
    channel      TEXT NOT NULL,
    thread       TEXT NOT NULL,
    reply_to     TEXT NOT NULL,
    state        TEXT NOT NULL,
    payload      TEXT NOT NULL,
    mark         INTEGER NOT NULL,
    subscription INTEGER NOT NULL,
    due          TEXT,
    ids          TEXT NOT NULL,               -- [id, …]
    reason       TEXT NOT NULL,
    attempts     INTEGER NOT NULL,
    at           TEXT NOT NULL,               -- when it was settled; until then, when it was first claimed
    until        REAL NOT NULL                -- the lease, or when a claim given back may be taken up again
) STRICT;
CREATE INDEX delivery_unsettled ON delivery (until) WHERE state = 'claimed';
CREATE INDEX delivery_slots ON delivery (subscription, due) WHERE subscription <> 0;
CREATE INDEX delivery_due ON delivery (due, number) WHERE subscription <> 0;
