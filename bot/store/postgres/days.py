"""Dated mentions, by article and by day."""

# ruff: noqa: S608 - only constants of ours are written into SQL; what comes from outside is bound

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import psycopg

from bot.model import EVERYONE
from bot.ports import Dated
from bot.store.postgres.rows import rows
from bot.store.rows import DATED, Row, dated_of


def mentions(
    db: psycopg.Connection[Row], ids: Sequence[int], since: date | None = None, until: date | None = None
) -> tuple[Dated, ...]:
    found = rows(
        db,
        f"""SELECT {DATED} FROM mention JOIN article ON article.id = mention.article
            WHERE mention.article = ANY(%s::bigint[]) AND mention.first_day <= %s AND mention.last_day >= %s
            ORDER BY mention.article, position""",
        (list(ids), (until or date.max).isoformat(), (since or date.min).isoformat()),
    )
    return tuple(map(dated_of, found))


def mentioned(
    db: psycopg.Connection[Row], since: date, until: date, tenant: str = EVERYONE, limit: int = 1000
) -> tuple[Dated, ...]:
    # Few days are found by their index, many sooner by going through the newest articles; the planner knows how many.
    found = rows(
        db,
        f"""SELECT {DATED} FROM mention JOIN article ON article.id = mention.article
            WHERE daterange(mention.first_day, mention.last_day, '[]') && daterange(%s, %s, '[]')
            AND article.tenant IN ('', %s) ORDER BY mention.article DESC, position LIMIT %s""",
        (since.isoformat(), until.isoformat(), tenant, limit),
    )
    return tuple(map(dated_of, found))
