"""Full-text search, names, and the spelling nearest to a word.

PostgreSQL counts matches fast and ranks them slowly, for it unpacks each. So matches are first weighed by how rare
the words are that they hold, and only the weightiest are ranked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import psycopg
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.model import EVERYONE
from bot.ports import Hit, Query
from bot.store.postgres.lexemes import exact, loose
from bot.store.postgres.rows import rows
from bot.store.rows import Row
from bot.store.words import fold, least_alike, searched, spellings, storable, verbatim

WEIGHED = 20_000  # articles of one word that are weighed, the newest
PHRASED = 4_000  # articles with all words of a phrase that are looked at for it, the newest
RANKED = 300  # articles, the weightiest, and of those the newest

AFTER = "\U0010ffff"  # sorts after any text that begins alike

# `article + 0` keeps the planner, which
# cannot know how many matches a word has, from going through all articles, newest first, instead of through the index.
# A match in the title counts four times: weights of D, C, B and A. Length counts by its logarithm: 1.
# PostgreSQL 15, section 12.3.3, "Ranking Search Results".
_SEARCH = """
    WITH asked AS MATERIALIZED (
        SELECT number, needed, phrase, to_tsquery('stems', exact) AS exact, to_tsquery('stems', loose) AS loose
        FROM unnest(%(exact)s::text[], %(loose)s::text[], %(needed)s::boolean[], %(phrase)s::boolean[])
        WITH ORDINALITY AS one (exact, loose, needed, phrase, number)
    ), hit AS MATERIALIZED (
        SELECT number, needed, article FROM asked CROSS JOIN LATERAL (
            SELECT article, words FROM search
            WHERE words @@ (asked.loose && to_tsquery('stems', %(all)s)) AND tenant IN ('', %(tenant)s)
            AND first_day <= %(until)s AND last_day >= %(since)s
            ORDER BY article + 0 DESC LIMIT CASE WHEN asked.phrase THEN %(phrased)s ELSE %(weighed)s END
        ) AS match WHERE NOT phrase OR words @@ exact OR EXISTS (
            SELECT 1 FROM search_part AS part WHERE part.article = match.article AND part.words @@ exact)
    ), weight AS (
        SELECT number, ln(1 + (
            SELECT sum(articles) FROM tally WHERE tenant IN ('', %(tenant)s))::float / count(*)) AS weight
        FROM hit GROUP BY number
    ), likely AS (
        SELECT article, sum(weight) AS weight FROM hit JOIN weight USING (number) GROUP BY article
        HAVING count(*) FILTER (WHERE needed) = %(least)s AND (count(*) > %(least)s OR NOT %(some)s)
        ORDER BY 2 DESC, 1 DESC LIMIT %(ranked)s
    )
    SELECT article, sum(weight.weight * ts_rank('{0.25, 0.25, 0.25, 1}', words, loose, 1))
    FROM likely JOIN hit USING (article) JOIN weight USING (number) JOIN asked USING (number)
    JOIN search USING (article) GROUP BY article ORDER BY 2 DESC, 1 DESC LIMIT %(limit)s
"""


# The languages other than English that articles are in: an index is leapt through, not read.
_SPOKEN = """
    WITH RECURSIVE one AS (
        (SELECT language FROM stemmed ORDER BY language LIMIT 1)
        UNION ALL SELECT (SELECT min(language) FROM stemmed WHERE language > one.language) FROM one
        WHERE one.language IS NOT NULL
    ) SELECT language FROM one WHERE language IS NOT NULL
"""


def search(db: psycopg.Connection[Row], query: Query, tenant: str = EVERYONE, limit: int = 50) -> tuple[Hit, ...]:
    words, phrases = searched(query)
    spoken = [language for (language,) in rows(db, _SPOKEN)]
    asked = [(spellings(word, spoken), query.every) for word in words]
    asked += [(verbatim(phrase, spoken), True) for phrase in phrases]
    asked = [one for one in asked if exact(one[0])]
    needed = [f"({loose(pieces)})" for pieces, need in asked if need]
    if not asked:
        return ()
    found = rows(
        db,
        _SEARCH,
        {
            "exact": [exact(pieces) for pieces, _ in asked],
            "loose": [loose(pieces) for pieces, _ in asked],
            "needed": [need for _, need in asked],
            "phrase": ["<->" in exact(pieces) for pieces, _ in asked],
            "all": " & ".join(needed),
            "least": len(needed),
            "some": len(needed) < len(asked),
            "tenant": tenant,
            "since": (query.since or date.min).isoformat(),
            "until": (query.until or date.max).isoformat(),
            "weighed": WEIGHED,
            "phrased": PHRASED,
            "ranked": max(RANKED, limit),
            "limit": limit,
        },
    )
    return tuple(Hit(*row) for row in found)


def names(
    db: psycopg.Connection[Row], tenant: str = EVERYONE, prefix: str = "", limit: int = 10
) -> tuple[tuple[str, int], ...]:
    folded = fold(prefix)
    # Those that lead for everyone and all of the tenant's own hold every name that can lead by the sum of both.
    found = rows(
        db,
        """WITH candidate AS (
               (SELECT folded, name FROM name WHERE tenant = '' AND folded >= %(from)s AND folded < %(to)s
                ORDER BY articles DESC, spoken DESC LIMIT %(limit)s)
               UNION ALL
               SELECT folded, name FROM name
               WHERE tenant = %(tenant)s AND tenant <> '' AND folded >= %(from)s AND folded < %(to)s
           )
           SELECT max(candidate.name), sum(name.articles), sum(name.spoken) FROM
           (SELECT folded, max(name) AS name FROM candidate GROUP BY folded) AS candidate
           JOIN name ON name.folded = candidate.folded AND name.tenant IN ('', %(tenant)s)
           GROUP BY candidate.folded ORDER BY 2 DESC, 3 DESC, candidate.folded LIMIT %(limit)s""",
        {"tenant": tenant, "from": folded, "to": folded + AFTER, "limit": limit},
    )
    return tuple((name, articles) for name, articles, _ in found)


def nearest(db: psycopg.Connection[Row], word: str, tenant: str = EVERYONE, limit: int = 3) -> tuple[str, ...]:
    wanted = " ".join(storable(word).casefold().split())[:60]
    known = _spellings(db, wanted, tenant)
    likely = process.extract(
        wanted, list(known), scorer=OSA.normalized_similarity, score_cutoff=least_alike(wanted), limit=5 * limit + 5
    )
    # Of spellings equally near, the commoner is meant.
    found = sorted((-round(likeness, 2), -known[folded][1], folded) for folded, likeness, _ in likely)
    return tuple(known[folded][0] for _, _, folded in found[:limit])


def _spellings(db: psycopg.Connection[Row], wanted: str, tenant: str) -> dict[str, tuple[str, int]]:
    """Words and names about as long that begin alike, or with its second letter, "rtump", "tump"; and how common."""
    letters: Sequence[str] = [letter for letter in dict.fromkeys(wanted[:2]) if letter.isalnum()]
    slack = 1 + len(wanted) // 3
    found = rows(
        db,
        """SELECT folded, max(name), sum(articles) FROM unnest(%(letters)s::text[]) AS letter CROSS JOIN LATERAL (
               SELECT word AS folded, word AS name, articles, 1 AS kind FROM word
               WHERE tenant IN ('', %(tenant)s) AND word >= letter AND word < letter || %(after)s
               UNION ALL
               SELECT folded, name, articles, 2 FROM name
               WHERE tenant IN ('', %(tenant)s) AND folded >= letter AND folded < letter || %(after)s
           ) AS one WHERE length(folded) BETWEEN %(least)s AND %(most)s GROUP BY folded, kind ORDER BY kind""",
        {
            "letters": letters,
            "tenant": tenant,
            "after": AFTER,
            "least": len(wanted) - slack,
            "most": len(wanted) + slack,
        },
    )
    return {folded: (name, articles) for folded, name, articles in found if folded != wanted}
