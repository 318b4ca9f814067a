"""What is counted and looked up by, for the newest version of an article: put in with it, taken out with it."""

# ruff: noqa: S608 - only constants of ours are written into SQL; what comes from outside is bound

from __future__ import annotations

from collections.abc import Iterator

import apsw

from bot.model import Analysis
from bot.store.rows import columns_of, dumps, loads, placed
from bot.store.sqlite.days import length
from bot.store.sqlite.rows import rows, value
from bot.store.words import fold, signed, storable, vocabulary
from bot.terms import findable


def put_in(db: apsw.Connection, id: int, tenant: str, title: str, text: str, language: str, analysis: Analysis) -> None:
    names = {fold(name): (storable(name), count) for name, count in analysis.names.items()}
    terms = {storable(term): count for term, count in analysis.terms.items()}
    spoken = {folded: count for folded, (_, count) in names.items()}
    sketch = dumps(sorted(set(map(signed, analysis.shingles))))
    put_words(db, id, title, text, language)
    db.execute("INSERT OR IGNORE INTO word SELECT value FROM json_each(?)", (dumps(sorted(vocabulary(title, text))),))
    db.execute("INSERT INTO analysis VALUES (?, ?, ?, ?)", (id, dumps(spoken), dumps(terms), sketch))
    db.executemany(
        """INSERT INTO name VALUES (?, ?, ?, 1, ?)
           ON CONFLICT DO UPDATE SET articles = articles + 1, spoken = spoken + excluded.spoken""",
        [(tenant, folded, name, count) for folded, (name, count) in names.items()],
    )
    keys = dumps(list(terms))
    db.execute(
        """INSERT INTO term (term, articles) SELECT value, 1 FROM json_each(?) WHERE true
           ON CONFLICT (term) DO UPDATE SET articles = articles + 1""",
        (keys,),
    )
    db.execute(
        "INSERT INTO posting SELECT term.id, ? FROM json_each(?) JOIN term ON term.term = value ORDER BY 1", (id, keys)
    )
    db.execute("INSERT INTO sketch SELECT value, ? FROM json_each(?)", (id, sketch))
    db.executemany(
        f"INSERT INTO mention VALUES ({', '.join('?' * 17)})",
        [
            (
                *(id, position, sentence.start, sentence.end, mention.start, mention.end),
                *(mention.type.value, storable(mention.value)),
                *columns_of(mention.when),
                *(mention.basis.value, mention.confidence, mention.announced, mention.background),
                length(mention.when),
                tenant,
            )
            for position, (sentence, mention) in enumerate(placed(analysis))
            if mention.when
        ],
    )
    db.execute("INSERT INTO tally VALUES (?, 1, 0) ON CONFLICT DO UPDATE SET articles = articles + 1", (tenant,))


def put_words(db: apsw.Connection, id: int, title: str, text: str, language: str) -> None:
    """What the article is found by."""
    if put_stems(db, id, title, text, language):
        db.execute("INSERT INTO search (rowid, title, text) SELECT id, title, text FROM searchable WHERE id = ?", (id,))
    else:
        db.execute("INSERT INTO search (rowid, title, text) VALUES (?, ?, ?)", (id, title, text))


def put_stems(db: apsw.Connection, id: int, title: str, text: str, language: str) -> bool:
    """Keep what is searchable of the article beside its words; False where that is nothing."""
    found = findable(text, language)
    if found:
        db.execute("INSERT INTO stemmed VALUES (?, ?, ?, ?)", (id, language, findable(title, language), found))
    return bool(found)


def stem_all(db: apsw.Connection) -> None:
    """Let the articles in other languages be found by their stems that were stored before there were any."""
    others = rows(db, "SELECT DISTINCT article FROM version WHERE language NOT IN ('', 'en')")
    for (other,) in others:
        for id_, title, text, language in rows(db, f"{_PLAIN} AND article.id = ?", (other,)):
            db.execute("INSERT INTO search (search, rowid, title, text) VALUES ('delete', ?, ?, ?)", (id_, title, text))
            put_words(db, id_, title, text, language)


_PLAIN = """
    SELECT article.id, title, text, language FROM article
    JOIN version ON version.article = article.id AND version.version = article.version WHERE withdrawn = 0
"""


def plain(db: apsw.Connection) -> Iterator[tuple[int, str, str, str]]:
    """Id, title, text and language of all articles."""
    yield from db.execute(_PLAIN)


def take_out(db: apsw.Connection, id: int, tenant: str) -> set[str]:
    """The reverse of `put_in`; returns the words of it, which stay for others to use until `drop_words`."""
    ((searchable, words),) = rows(db, "SELECT title, text FROM searchable WHERE id = ?", (id,))
    ((_, title, text, _),) = rows(db, f"{_PLAIN} AND article.id = ?", (id,))
    ((names, terms, sketch),) = rows(db, "DELETE FROM analysis WHERE article = ? RETURNING names, terms, sketch", (id,))
    db.execute("INSERT INTO search (search, rowid, title, text) VALUES ('delete', ?, ?, ?)", (id, searchable, words))
    db.execute("DELETE FROM stemmed WHERE article = ?", (id,))
    db.execute(
        """UPDATE name SET articles = articles - 1, spoken = spoken - one.value FROM json_each(?) AS one
           WHERE tenant = ? AND folded = one.key""",
        (names, tenant),
    )
    db.execute(
        "DELETE FROM name WHERE tenant = ? AND articles = 0 AND folded IN (SELECT key FROM json_each(?))",
        (tenant, names),
    )
    keys = dumps(list(loads(terms)))
    db.execute(
        """DELETE FROM posting WHERE article = ?
           AND term IN (SELECT id FROM term WHERE term IN (SELECT value FROM json_each(?)))""",
        (id, keys),
    )
    db.execute("UPDATE term SET articles = articles - 1 WHERE term IN (SELECT value FROM json_each(?))", (keys,))
    db.execute("DELETE FROM term WHERE articles = 0 AND term IN (SELECT value FROM json_each(?))", (keys,))
    db.execute("DELETE FROM sketch WHERE article = ? AND value IN (SELECT value FROM json_each(?))", (id, sketch))
    db.execute("DELETE FROM mention WHERE article = ?", (id,))
    db.execute("UPDATE tally SET articles = articles - 1 WHERE tenant = ?", (tenant,))
    return vocabulary(title, text)


def drop_words(db: apsw.Connection, words: set[str]) -> None:
    """Let those of `words` go that no article holds any more."""
    for word in words:
        if not rows(db, "SELECT 1 FROM search WHERE search MATCH ? LIMIT 1", (f'"{word}"',)):
            db.execute("DELETE FROM word WHERE word = ?", (word,))


def join_story(db: apsw.Connection, story: int, tenant: str, article: int) -> None:
    db.execute("INSERT INTO tally VALUES (?, 0, 0) ON CONFLICT DO NOTHING", (tenant,))
    if not rows(db, "SELECT 1 FROM story WHERE id = ? AND tenant = ?", (story, tenant)):
        db.execute("UPDATE tally SET stories = stories + 1 WHERE tenant = ?", (tenant,))
    db.execute(
        "INSERT INTO story VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET newest = excluded.newest",
        (story, tenant, article),
    )


def leave_story(db: apsw.Connection, story: int, tenant: str) -> None:
    newest = value(db, "SELECT max(id) FROM article WHERE story = ? AND tenant = ? AND withdrawn = 0", (story, tenant))
    if newest is None:
        db.execute("DELETE FROM story WHERE id = ? AND tenant = ?", (story, tenant))
        db.execute("UPDATE tally SET stories = stories - 1 WHERE tenant = ?", (tenant,))
    else:
        db.execute("UPDATE story SET newest = ? WHERE id = ? AND tenant = ?", (newest, story, tenant))
