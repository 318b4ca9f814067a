"""Which articles are near-copies of one another, speak alike, or make a story."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

import apsw

from bot.model import EVERYONE, Story
from bot.ports import Kin
from bot.store.rows import dumps, loads
from bot.store.sqlite.finding import arrivals
from bot.store.sqlite.rows import rows, value
from bot.store.words import signed, storable

NEAR = 100  # articles that share a sketch's values, most shared first; a page of an agency has more copies than matter
RECENT = 300  # articles of a common term that are looked at, the newest; all of a rarer one


def sketched(db: apsw.Connection, shingles: Sequence[int], tenant: str = EVERYONE) -> dict[int, int]:
    found = rows(
        db,
        """SELECT article, count(*) FROM sketch JOIN article ON article.id = sketch.article
           WHERE value IN (SELECT value FROM json_each(?)) AND tenant IN ('', ?)
           GROUP BY article ORDER BY 2 DESC, 1 LIMIT ?""",
        (dumps(sorted(set(map(signed, shingles)))), storable(tenant), NEAR),
    )
    return dict(found)


def frequencies(db: apsw.Connection, terms: Sequence[str]) -> tuple[int, dict[str, int]]:
    articles = value(db, "SELECT sum(articles) FROM tally")
    found = rows(
        db,
        "SELECT term, articles FROM term WHERE term IN (SELECT value FROM json_each(?))",
        (dumps([storable(term) for term in terms]),),
    )
    return articles or 0, dict(found)


def alike(db: apsw.Connection, terms: Sequence[str], since: date | None, tenant: str, limit: int) -> dict[int, Kin]:
    known = rows(
        db,
        "SELECT id FROM term WHERE term IN (SELECT value FROM json_each(?))",
        (dumps([storable(term) for term in terms]),),
    )
    low, _ = arrivals(db, since, None)
    newest = "SELECT article FROM posting WHERE term = ? AND article >= ? ORDER BY article DESC LIMIT ?"
    shared = Counter(article for (term,) in known for (article,) in rows(db, newest, (term, low, RECENT)))
    likeliest = sorted(shared, key=lambda article: (-shared[article], -article))
    found: dict[int, Kin] = {}
    chunk = 2 * max(limit, 1)  # nearly always enough; reading the terms of all of them is what would take long
    for start in range(0, len(likeliest), chunk):
        some = rows(
            db,
            """SELECT article.id, story, first_day, terms FROM json_each(?) AS asked CROSS JOIN article ON article.id = asked.value
               CROSS JOIN analysis ON analysis.article = article.id
               WHERE tenant IN ('', ?) AND last_day >= ? ORDER BY asked.key LIMIT ?""",
            (
                dumps(likeliest[start : start + chunk]),
                storable(tenant),
                (since or date.min).isoformat(),
                limit - len(found),
            ),
        )
        found |= {article: Kin(story, date.fromisoformat(day), loads(own)) for article, story, day, own in some}
        if len(found) == limit:
            break
    return found


def stories(db: apsw.Connection, tenant: str = EVERYONE, limit: int = 10) -> tuple[Story, ...]:
    found = rows(
        db,
        """SELECT id FROM (
               SELECT * FROM (SELECT id, newest FROM story WHERE tenant = '' ORDER BY newest DESC LIMIT :limit)
               UNION ALL
               SELECT * FROM (SELECT id, newest FROM story WHERE tenant = :tenant ORDER BY newest DESC LIMIT :limit)
           ) GROUP BY id ORDER BY max(newest) DESC LIMIT :limit""",
        {"tenant": storable(tenant), "limit": limit},
    )
    told = (story(db, id_, tenant) for (id_,) in found)
    return tuple(each for each in told if each)


def story(db: apsw.Connection, id: int, tenant: str = EVERYONE) -> Story | None:
    found = rows(
        db,
        "SELECT id, copy_of FROM article WHERE story = ? AND withdrawn = 0 AND tenant IN ('', ?) ORDER BY id DESC",
        (id, storable(tenant)),
    )
    articles = tuple(article for article, _ in found)
    texts = len({original or article for article, original in found})
    # Named after its first article: a story keeps its name while others join it.
    return Story(id, articles[-1], articles, texts) if articles else None


def copies(db: apsw.Connection, id: int, tenant: str = EVERYONE) -> tuple[int, ...]:
    found = rows(
        db,
        """WITH original AS (SELECT iif(copy_of, copy_of, id) AS id FROM article WHERE id = :id AND withdrawn = 0),
                text AS (
                    SELECT id FROM original
                    UNION ALL SELECT article.id FROM original JOIN article ON copy_of = original.id
                    WHERE copy_of <> 0 AND withdrawn = 0)
           SELECT id FROM text JOIN article USING (id) WHERE withdrawn = 0 AND tenant IN ('', :tenant) ORDER BY id""",
        {"id": id, "tenant": storable(tenant)},
    )
    return tuple(article for (article,) in found)
