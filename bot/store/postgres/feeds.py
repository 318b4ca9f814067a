"""The feeds that are followed, and what was seen in them."""

# ruff: noqa: S608 - only constants of ours are written into SQL; what comes from outside is bound

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import psycopg

from bot.model import EVERYONE, Followed, Sighting
from bot.store.postgres.rows import first, rows, run, value
from bot.store.rows import (
    FEED,
    FEED_STATES,
    STATES,
    Row,
    feed_columns,
    feed_of,
    instant,
    sightings_of,
    sightings_row,
    stamp,
)

_NOW = "extract(epoch FROM clock_timestamp())::double precision"
_COLUMNS = FEED.partition(",")[2]  # without the id, which is given
_MARKS = ", ".join(["%s"] * (len(FEED.split(",")) - 2))


def follow(db: psycopg.Connection[Row], feed: Followed) -> Followed:
    row = first(
        db,
        f"""INSERT INTO feed ({_COLUMNS}, until) VALUES ({_MARKS}, 0, 0)
            ON CONFLICT (tenant, address) DO UPDATE SET tenant = excluded.tenant RETURNING {FEED}""",
        feed_columns(feed),
    )
    assert row
    return feed_of(row)


def unfollow(db: psycopg.Connection[Row], id: int) -> None:
    run(db, "DELETE FROM feed WHERE id = %s", (id,))


def followed(db: psycopg.Connection[Row], tenant: str | None = None) -> tuple[Followed, ...]:
    which, given = ("", ()) if tenant is None else ("WHERE tenant = %s", (tenant,))
    return tuple(map(feed_of, rows(db, f"SELECT {FEED} FROM feed {which} ORDER BY id", given)))


def feed_facts(db: psycopg.Connection[Row], tenant: str = EVERYONE) -> tuple[int, int, datetime | None]:
    ((feeds, ailing, news),) = rows(
        db,
        "SELECT count(*), count(*) FILTER (WHERE stopped OR failures > 0), max(news) FROM feed WHERE tenant = %s",
        (tenant,),
    )
    return feeds, ailing, instant(news) if news else None


def feed_states(db: psycopg.Connection[Row]) -> tuple[dict[str, int], datetime | None]:
    ((*counts, success),) = rows(db, FEED_STATES)
    return dict(zip(STATES, counts, strict=True)), instant(success) if success else None


def take(db: psycopg.Connection[Row], now: datetime, limit: int, lease: float) -> tuple[Followed, ...]:
    # What another takes at this moment is passed over, not waited for.
    taken = rows(
        db,
        f"""UPDATE feed SET until = {_NOW} + %s, attempts = attempts + 1 WHERE id IN (
                SELECT id FROM feed WHERE NOT stopped AND due <= %s AND until <= {_NOW}
                AND tenant NOT IN (SELECT tenant FROM departure) ORDER BY due, id LIMIT %s FOR UPDATE SKIP LOCKED)
            RETURNING {FEED}""",
        (lease, stamp(now), limit),
    )
    return tuple(sorted(map(feed_of, taken), key=lambda feed: (feed.due, feed.id)))


def sightings(db: psycopg.Connection[Row], feed: int) -> tuple[Sighting, ...]:
    return sightings_of(value(db, "SELECT entries FROM sighting WHERE feed = %s", (feed,)) or "[]")


def polled(db: psycopg.Connection[Row], held: Followed, seen: Sequence[Sighting] | None = None) -> bool:
    # Where two addresses of one tenant have become one, the second keeps its own.
    taken = (
        "SELECT 1 FROM feed AS other WHERE other.tenant = feed.tenant AND other.address = %s AND other.id <> feed.id"
    )
    known = first(
        db,
        f"""UPDATE feed SET address = CASE WHEN EXISTS ({taken}) THEN address ELSE %s END, former = %s, title = %s,
                due = %s, pace = %s, etag = %s, modified = %s, body = %s, success = %s, news = %s, failing = %s,
                failures = %s, reason = %s, synced = %s, told = %s, stopped = %s, until = 0
            WHERE id = %s AND attempts = %s RETURNING id""",
        (held.address, *feed_columns(held)[1:4], *feed_columns(held)[9:], held.id, held.attempts),
    )
    if known and seen is not None:
        run(
            db,
            """INSERT INTO sighting VALUES (%s, %s) ON CONFLICT (feed) DO UPDATE SET entries = excluded.entries""",
            (held.id, sightings_row(seen)),
        )
    return known is not None
