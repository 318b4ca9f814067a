"""Full-text search, names, and the spelling nearest to a word."""

# ruff: noqa: S608 - only constants of ours are written into SQL; what comes from outside is bound

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import apsw
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.model import EVERYONE
from bot.ports import Hit, Query
from bot.store.sqlite.rows import rows, value
from bot.store.words import fold, least_alike, searched, spellings, storable, verbatim

# Ranking takes 1.5 µs a match (measured). Beyond so many matches the commonest words and then the oldest articles are
# left out: an answer within the time that somebody waits is worth more than the last of a hundred thousand.
HITS = 15_000
SAMPLE = 2_000  # articles, the newest, by which matches are estimated; 0.2 ms a word

AFTER = "\U0010ffff"  # sorts after any text that begins alike


def search(db: apsw.Connection, query: Query, tenant: str = EVERYONE, limit: int = 50) -> tuple[Hit, ...]:
    words, phrases = searched(query)
    if not (words or phrases):
        return ()
    spoken = _spoken(db)
    since, until = (query.since or date.min).isoformat(), (query.until or date.max).isoformat()
    low, high = arrivals(db, query.since, query.until)
    if high - low > HITS:  # fewer are always looked at, all of them
        words = words if query.every else _telling(db, words, spoken, low, high)
        share = _share(db, _matching(words, phrases, spoken, every=query.every), low, high)
        low = max(low, high - int(HITS / share)) if share else low
    # The full-text index sorts; who may read it and its days are asked of the best only, until there are enough.
    found = rows(
        db,
        """SELECT rowid, -rank FROM search
           WHERE search MATCH :match AND rowid BETWEEN :low AND :high AND EXISTS (
               SELECT 1 FROM article WHERE id = search.rowid AND tenant IN ('', :tenant)
               AND first_day <= :until AND last_day >= :since)
           ORDER BY rank LIMIT :limit""",
        {
            "match": _matching(words, phrases, spoken, every=query.every),
            "low": low,
            "high": high,
            "tenant": storable(tenant),
            "since": since,
            "until": until,
            "limit": limit,
        },
    )
    return tuple(Hit(*row) for row in sorted(found, key=lambda row: (-row[1], -row[0])))


def _spoken(db: apsw.Connection) -> tuple[str, ...]:
    """The languages other than English that articles are in: an index is leapt through, not read."""
    found = rows(
        db,
        """WITH RECURSIVE one (language) AS (
               SELECT min(language) FROM stemmed
               UNION ALL SELECT (SELECT min(language) FROM stemmed WHERE language > one.language) FROM one
               WHERE one.language IS NOT NULL
           ) SELECT language FROM one WHERE language IS NOT NULL""",
    )
    return tuple(language for (language,) in found)


def arrivals(db: apsw.Connection, since: date | None, until: date | None) -> tuple[int, int]:
    """The first and last id of an article published between two days: a range of ids bounds the search, days do not.

    Without INDEXED BY, `min` and `max` would go through articles one by one until they meet a day that will do.
    """
    low, high = rows(db, "SELECT (SELECT min(id) FROM article), (SELECT max(id) FROM article)")[0]
    if since:
        first = "SELECT min(id) FROM article INDEXED BY article_last_day WHERE withdrawn = 0 AND last_day >= ?"
        low = value(db, first, (since.isoformat(),))
    if until:
        last = "SELECT max(id) FROM article INDEXED BY article_first_day WHERE withdrawn = 0 AND first_day <= ?"
        high = value(db, last, (until.isoformat(),))
    return (1, 0) if low is None or high is None else (low, high)


def _telling(db: apsw.Connection, words: Sequence[str], spoken: Sequence[str], low: int, high: int) -> tuple[str, ...]:
    """`words` less the commonest, until what is left has no more matches than can be looked at."""
    share = {word: _share(db, _any(spellings(word, spoken)), low, high) for word in words}
    kept = sorted(words, key=share.__getitem__)
    while len(kept) > 1 and sum(share[word] for word in kept) * (high - low) > HITS:
        kept.pop()
    return tuple(kept)


def _share(db: apsw.Connection, match: str, low: int, high: int) -> float:
    """The share of articles that match, of the newest SAMPLE."""
    first = max(low, high - SAMPLE + 1)
    hits: int = value(
        db, "SELECT count(*) FROM search WHERE search MATCH ? AND rowid BETWEEN ? AND ?", (match, first, high)
    )
    return hits / (high - first + 1)


def _matching(words: Sequence[str], phrases: Sequence[str], spoken: Sequence[str], *, every: bool) -> str:
    """Words and phrases in FTS5's language, each a quoted string: sqlite.org/fts5.html#fts5_strings."""
    parts = [_any(verbatim(phrase, spoken)) for phrase in phrases]
    if words:
        asked = [_any(spellings(word, spoken)) for word in words]
        parts.append(f"({(' AND ' if every else ' OR ').join(asked)})")
    return " AND ".join(parts)


def _any(pieces: Sequence[str]) -> str:
    return f"({' OR '.join(map(_quoted, pieces))})"


def names(
    db: apsw.Connection, tenant: str = EVERYONE, prefix: str = "", limit: int = 10
) -> tuple[tuple[str, int], ...]:
    folded = fold(prefix)
    # A long prefix is looked up; names that begin with one letter, or any, are met soonest among the commonest: the +
    # keeps from sorting them all.
    column = "folded" if len(folded) > 1 else "+folded"
    # Those that lead for everyone and all of the tenant's own hold every name that can lead by the sum of both.
    found = rows(
        db,
        f"""WITH candidate AS (
               SELECT * FROM (SELECT folded, name FROM name WHERE tenant = '' AND {column} >= :from AND {column} < :to
                              ORDER BY articles DESC, spoken DESC LIMIT :limit)
               UNION ALL
               SELECT folded, name FROM name WHERE tenant = :tenant AND tenant <> '' AND folded >= :from AND folded < :to
           )
           SELECT max(candidate.name), sum(name.articles), sum(name.spoken) FROM
           (SELECT folded, max(name) AS name FROM candidate GROUP BY folded) AS candidate
           JOIN name ON name.folded = candidate.folded AND name.tenant IN ('', :tenant)
           GROUP BY candidate.folded ORDER BY 2 DESC, 3 DESC, candidate.folded LIMIT :limit""",
        {"tenant": storable(tenant), "from": folded, "to": folded + AFTER, "limit": limit},
    )
    return tuple((name, articles) for name, articles, _ in found)


def nearest(db: apsw.Connection, word: str, tenant: str = EVERYONE, limit: int = 3) -> tuple[str, ...]:
    wanted = " ".join(storable(word).casefold().split())[:60]
    spellings = _spellings(db, wanted, tenant)
    likely = process.extract(
        wanted, list(spellings), scorer=OSA.normalized_similarity, score_cutoff=least_alike(wanted), limit=5 * limit + 5
    )
    # What nobody may read, or has gone, finds nothing; of spellings equally near, the commoner is meant.
    found = [
        (-round(likeness, 2), -count, folded)
        for folded, likeness, _ in likely
        if (count := _count(db, spellings[folded], tenant))
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
    _, phrases = searched(Query(phrases=(words,)))
    if not phrases:
        return 0
    found = rows(
        db,
        """SELECT 1 FROM search WHERE search MATCH ? AND EXISTS (
               SELECT 1 FROM article WHERE id = search.rowid AND tenant IN ('', ?)) LIMIT 100""",
        (_quoted(phrases[0]), storable(tenant)),
    )
    return len(found)


def _quoted(words: str) -> str:
    return f'"{words}"'
