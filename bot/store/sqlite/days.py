"""Dated mentions, by article and by day.

Spans of days are hard to index: one that began long ago may still touch today. So they are kept in classes by how
long they last, and each class is looked through from no further back than its longest could reach.
"""

# ruff: noqa: S608 - only constants of ours are written into SQL; what comes from outside is bound

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import apsw

from bot.model import EVERYONE, When
from bot.ports import Dated
from bot.store.rows import DATED, dated_of, dumps
from bot.store.sqlite.rows import rows, value
from bot.store.words import storable

LENGTHS = (1, 31, 366, date.max.toordinal())  # days at most; most mentions are of one
MANY = 20_000  # mentions; more of the days asked for are found sooner by going through the newest articles


def length(when: When) -> int:
    """The first of LENGTHS that holds it, by index."""
    days = (when.last - when.first).days + 1
    return next(index for index, most in enumerate(LENGTHS) if days <= most)


def mentions(
    db: apsw.Connection, ids: Sequence[int], since: date | None = None, until: date | None = None
) -> tuple[Dated, ...]:
    found = rows(
        db,
        f"""SELECT {DATED} FROM mention JOIN article ON article.id = mention.article
            WHERE mention.article IN (SELECT value FROM json_each(?))
            AND mention.first_day <= ? AND mention.last_day >= ? ORDER BY mention.article, position""",
        (dumps(list(ids)), (until or date.max).isoformat(), (since or date.min).isoformat()),
    )
    return tuple(map(dated_of, found))


def mentioned(
    db: apsw.Connection, since: date, until: date, tenant: str = EVERYONE, limit: int = 1000
) -> tuple[Dated, ...]:
    given = {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "tenant": storable(tenant),
        "limit": limit,
        "many": MANY,
    }
    touching = " UNION ALL ".join(
        f"""SELECT article, position FROM mention WHERE length = {index} AND tenant IN ('', :tenant)
            AND last_day >= :since AND first_day BETWEEN '{_back(since, most)}' AND :until"""
        for index, most in enumerate(LENGTHS)
    )
    if value(db, f"SELECT count(*) FROM (SELECT 1 FROM ({touching}) LIMIT :many)", given) < MANY:
        found = rows(
            db,
            f"""SELECT {DATED} FROM (
                    SELECT article, position FROM ({touching}) ORDER BY article DESC, position LIMIT :limit
                ) CROSS JOIN mention USING (article, position) JOIN article ON article.id = mention.article
                ORDER BY mention.article DESC, position""",
            given,
        )
    else:  # the + keeps from reading by tenant, which would sort all that there is
        found = rows(
            db,
            f"""SELECT {DATED} FROM article CROSS JOIN mention ON mention.article = article.id
                WHERE +article.tenant IN ('', :tenant) AND mention.first_day <= :until AND mention.last_day >= :since
                ORDER BY article.id DESC, position LIMIT :limit""",
            given,
        )
    return tuple(map(dated_of, found))


def _back(day: date, days: int) -> date:
    return day - timedelta(days=min(days, day.toordinal()) - 1)
