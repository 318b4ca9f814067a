"""Full-text search, names, and the spelling nearest to a word."""

from __future__ import annotations

from datetime import date

import apsw
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.model import EVERYONE
from bot.ports import Hit, Query
from bot.store.sqlite.rows import rows, value
from bot.store.words import searched, storable

LIKE = 0.6  # of 1, the least likeness of spelling worth offering: one letter wrong of three
AFTER = "\U0010ffff"  # sorts after any text that begins alike


def search(db: apsw.Connection, query: Query, tenant: str = EVERYONE, limit: int = 50) -> tuple[Hit, ...]:
    match = matching(query)
    if not match:
        return ()
    since, until = (query.since or date.min).isoformat(), (query.until or date.max).isoformat()
    low = 0
    if query.since:
        low = value(db, "SELECT min(id) FROM article WHERE withdrawn = 0 AND last_day >= ?", (since,))
        if low is None:
            return ()
    # The full-text index sorts; who may read it and its days are asked of the best only, until there are enough.
    found = rows(
        db,
        """SELECT rowid, -rank FROM search WHERE search MATCH :match AND rowid >= :low AND EXISTS (
               SELECT 1 FROM article WHERE id = search.rowid AND tenant IN ('', :tenant)
               AND first_day <= :until AND last_day >= :since)
           ORDER BY rank LIMIT :limit""",
        {
            "match": match,
            "low": low,
            "tenant": storable(tenant),
            "since": since,
            "until": until,
            "limit": limit,
        },
    )
    return tuple(Hit(*row) for row in sorted(found, key=lambda row: (-row[1], -row[0])))


def matching(query: Query) -> str:
    """`query` in FTS5's language: every word and phrase a quoted string, sqlite.org/fts5.html#fts5_strings."""
    words, phrases = searched(query)
    parts = [_quoted(phrase) for phrase in phrases]
    if words:
        parts.append(f"({(' AND ' if query.every else ' OR ').join(map(_quoted, words))})")
    return " AND ".join(parts)


def names(
    db: apsw.Connection, tenant: str = EVERYONE, prefix: str = "", limit: int = 10
) -> tuple[tuple[str, int], ...]:
    folded = storable(prefix).casefold()
    # Those that lead for everyone and all of the tenant's own hold every name that can lead by the sum of both.
    found = rows(
        db,
        """WITH candidate AS (
               SELECT * FROM (SELECT folded, name FROM name WHERE tenant = '' AND folded >= :from AND folded < :to
                              ORDER BY articles DESC LIMIT :limit)
               UNION ALL
               SELECT folded, name FROM name WHERE tenant = :tenant AND tenant <> '' AND folded >= :from AND folded < :to
           )
           SELECT max(name), (SELECT sum(articles) FROM name WHERE tenant IN ('', :tenant)
                              AND folded = candidate.folded) AS articles
           FROM candidate GROUP BY folded ORDER BY articles DESC, folded LIMIT :limit""",
        {"tenant": storable(tenant), "from": folded, "to": folded + AFTER, "limit": limit},
    )
    return tuple((name, articles) for name, articles in found)


def nearest(db: apsw.Connection, word: str, tenant: str = EVERYONE, limit: int = 3) -> tuple[str, ...]:
    wanted = " ".join(storable(word).casefold().split())[:60]
    spellings = _spellings(db, wanted, tenant)
    likely = process.extract(
        wanted, list(spellings), scorer=OSA.normalized_similarity, score_cutoff=LIKE, limit=5 * limit + 5
    )
    # What nobody may read, or has gone, finds nothing; of spellings equally near, the commoner is meant.
    found = [
        (-round(likeness, 2), -count, folded) for folded, likeness, _ in likely if (count := _count(db, folded, tenant))
    ]
    return tuple(spellings[folded] for _, _, folded in sorted(found)[:limit])


def _spellings(db: apsw.Connection, wanted: str, tenant: str) -> dict[str, str]:
    """Words and names about as long that begin alike, or with its second letter: "rtump", "tump"."""
    letters = [letter for letter in dict.fromkeys(wanted[:2]) if letter.isalnum()]
    slack = 1 + len(wanted) // 3
    found: dict[str, str] = {}
    for letter in letters:
        bounds = (letter, letter + AFTER, len(wanted) - slack, len(wanted) + slack)
        found |= rows(
            db, "SELECT word, word FROM word WHERE word >= ? AND word < ? AND length(word) BETWEEN ? AND ?", bounds
        )
        found |= rows(
            db,
            """SELECT folded, name FROM name WHERE folded >= ? AND folded < ? AND length(folded) BETWEEN ? AND ?
               AND tenant IN ('', ?)""",
            (*bounds, storable(tenant)),
        )
    found.pop(wanted, None)
    return found


def _count(db: apsw.Connection, words: str, tenant: str) -> int:
    """How many articles hold `words`, up to a hundred."""
    match = matching(Query(phrases=(words,)))
    if not match:
        return 0
    found = rows(
        db,
        """SELECT 1 FROM search WHERE search MATCH ? AND EXISTS (
               SELECT 1 FROM article WHERE id = search.rowid AND tenant IN ('', ?)) LIMIT 100""",
        (match, storable(tenant)),
    )
    return len(found)


def _quoted(words: str) -> str:
    return f'"{words}"'
