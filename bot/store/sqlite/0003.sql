-- What a feed held already when it was first read is background: it can be asked about, and is no digest's news.
ALTER TABLE article ADD COLUMN background INTEGER NOT NULL DEFAULT 0;

-- The feeds that are followed.
CREATE TABLE feed (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant   TEXT NOT NULL,
    address  TEXT NOT NULL,
    former   TEXT NOT NULL,                   -- the address that it was moved from for good
    title    TEXT NOT NULL,
    adder    TEXT NOT NULL,                   -- who added it, and in which channel
    platform TEXT NOT NULL,
    channel  TEXT NOT NULL,
    thread   TEXT NOT NULL,
    added    TEXT NOT NULL,
    due      TEXT NOT NULL,                   -- the next try
    pace     REAL NOT NULL,                   -- seconds from one try to the next, while all is well
    etag     TEXT NOT NULL,
    modified TEXT NOT NULL,
    body     TEXT NOT NULL,                   -- hash of what it held last
    success  TEXT,
    news     TEXT,                            -- when it last brought an article
    failing  TEXT,                            -- since when it cannot be read
    failures INTEGER NOT NULL,                -- in a row
    reason   TEXT NOT NULL,
    synced   INTEGER NOT NULL,
    told     INTEGER NOT NULL,                -- whether who added it knows that it fails
    stopped  INTEGER NOT NULL,
    attempts INTEGER NOT NULL,                -- how often it was taken: who took it last has it in hand
    until    REAL NOT NULL,                   -- the lease
    UNIQUE (tenant, address)
) STRICT;
CREATE INDEX feed_due ON feed (due) WHERE stopped = 0;

-- The entries of a feed as they were last seen.
CREATE TABLE sighting (
    feed    INTEGER PRIMARY KEY REFERENCES feed (id) ON DELETE CASCADE,
    entries TEXT NOT NULL                     -- [[guid, link, title, words, day, article], …], what is compared hashed
) STRICT;
