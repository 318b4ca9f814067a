"""Which articles are near-copies of one another, speak alike, or make a story."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import psycopg

from bot.model import EVERYONE, Story
from bot.ports import Kin
from bot.store.postgres.rows import rows, value
from bot.store.rows import Row, loads
from bot.store.words import signed

NEAR = 100  # articles that share a sketch's values, most shared first; a page of an agency has more copies than matter
RECENT = 300  # articles of a common term that are looked at, the newest; all of a rarer one


def sketched(db: psycopg.Connection[Row], shingles: Sequence[int], tenant: str = EVERYONE) -> dict[int, int]:
    found = rows(
        db,
        """SELECT article, count(*) FROM sketch JOIN article ON article.id = sketch.article
           WHERE value = ANY(%s::bigint[]) AND tenant IN ('', %s)
           GROUP BY article ORDER BY 2 DESC, 1 LIMIT %s""",
        (sorted(set(map(signed, shingles))), tenant, NEAR),
    )
    return dict(found)


def frequencies(db: psycopg.Connection[Row], terms: Sequence[str]) -> tuple[int, dict[str, int]]:
    articles = value(db, "SELECT sum(articles) FROM tally")
    found = rows(db, "SELECT term, articles FROM term WHERE term = ANY(%s::text[])", (list(terms),))
    return articles or 0, dict(found)


def alike(
    db: psycopg.Connection[Row], terms: Sequence[str], since: date | None, tenant: str, limit: int
) -> dict[int, Kin]:
    found = rows(
        db,
        """SELECT likely.id, story, first_day, analysis.terms FROM (
               SELECT article.id, story, first_day, shared FROM (
                   SELECT recent.article, count(*) AS shared FROM term CROSS JOIN LATERAL (
                       SELECT article FROM posting WHERE posting.term = term.id ORDER BY article DESC LIMIT %(recent)s
                   ) AS recent WHERE term.term = ANY(%(terms)s::text[]) GROUP BY recent.article
               ) AS sharing JOIN article ON article.id = sharing.article
               WHERE tenant IN ('', %(tenant)s) AND last_day >= %(since)s
               ORDER BY shared DESC, article.id DESC LIMIT %(limit)s
           ) AS likely JOIN analysis ON analysis.article = likely.id ORDER BY shared DESC, likely.id DESC""",
        {
            "recent": RECENT,
            "terms": list(terms),
            "tenant": tenant,
            "since": (since or date.min).isoformat(),
            "limit": limit,
        },
    )
    return {article: Kin(story, date.fromisoformat(day), loads(own)) for article, story, day, own in found}


def stories(db: psycopg.Connection[Row], tenant: str = EVERYONE, limit: int = 10) -> tuple[Story, ...]:
    found = rows(
        db,
        """SELECT id FROM (
               (SELECT id, newest FROM story WHERE tenant = '' ORDER BY newest DESC LIMIT %(limit)s)
               UNION ALL
               (SELECT id, newest FROM story WHERE tenant = %(tenant)s ORDER BY newest DESC LIMIT %(limit)s)
           ) AS told GROUP BY id ORDER BY max(newest) DESC LIMIT %(limit)s""",
        {"tenant": tenant, "limit": limit},
    )
    told = (story(db, id_, tenant) for (id_,) in found)
    return tuple(each for each in told if each)


def story(db: psycopg.Connection[Row], id: int, tenant: str = EVERYONE) -> Story | None:
    found = rows(
        db,
        "SELECT id, copy_of FROM article WHERE story = %s AND NOT withdrawn AND tenant IN ('', %s) ORDER BY id DESC",
        (id, tenant),
    )
    articles = tuple(article for article, _ in found)
    texts = len({original or article for article, original in found})
    # Named after its first article: a story keeps its name while others join it.
    return Story(id, articles[-1], articles, texts) if articles else None


def copies(db: psycopg.Connection[Row], id: int, tenant: str = EVERYONE) -> tuple[int, ...]:
    found = rows(
        db,
        """WITH original AS (
               SELECT CASE copy_of WHEN 0 THEN id ELSE copy_of END AS id FROM article WHERE id = %s AND NOT withdrawn
           ), text AS (
               SELECT id FROM original
               UNION ALL SELECT article.id FROM original JOIN article ON copy_of = original.id
               WHERE copy_of <> 0 AND NOT withdrawn
           )
           SELECT id FROM text JOIN article USING (id) WHERE NOT withdrawn AND tenant IN ('', %s) ORDER BY id""",
        (id, tenant),
    )
    return tuple(article for (article,) in found)
