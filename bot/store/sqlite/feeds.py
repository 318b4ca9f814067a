"""The feeds that are followed, and what was seen in them."""

# ruff: noqa: S608 - only constants of ours are written into SQL; what comes from outside is bound

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import apsw

from bot.model import EVERYONE, Followed, Sighting
from bot.store.rows import FEED, FEED_STATES, STATES, feed_columns, feed_of, instant, sightings_of, sightings_row, stamp
from bot.store.sqlite.rows import first, rows, value
from bot.store.words import storable

_NOW = "unixepoch('subsec')"
_MARKS = ", ".join("?" * (len(FEED.split(",")) - 2))


def follow(db: apsw.Connection, feed: Followed) -> Followed:
    row = first(
        db,
        f"""INSERT INTO feed ({FEED}, until) VALUES (NULL, {_MARKS}, 0, 0)
            ON CONFLICT (tenant, address) DO UPDATE SET tenant = tenant RETURNING {FEED}""",
        feed_columns(feed),
    )
    assert row
    return feed_of(row)


def unfollow(db: apsw.Connection, id: int) -> None:
    db.execute("DELETE FROM feed WHERE id = ?", (id,))


def followed(db: apsw.Connection, tenant: str | None = None) -> tuple[Followed, ...]:
    which, given = ("", ()) if tenant is None else ("WHERE tenant = ?", (storable(tenant),))
    return tuple(map(feed_of, rows(db, f"SELECT {FEED} FROM feed {which} ORDER BY id", given)))


def feed_facts(db: apsw.Connection, tenant: str = EVERYONE) -> tuple[int, int, datetime | None]:
    ((feeds, ailing, news),) = rows(
        db,
        "SELECT count(*), count(*) FILTER (WHERE stopped OR failures > 0), max(news) FROM feed WHERE tenant = ?",
        (storable(tenant),),
    )
    return feeds, ailing, instant(news) if news else None


def feed_states(db: apsw.Connection) -> tuple[dict[str, int], datetime | None]:
    ((*counts, success),) = rows(db, FEED_STATES)
    return dict(zip(STATES, counts, strict=True)), instant(success) if success else None


def take(db: apsw.Connection, now: datetime, limit: int, lease: float) -> tuple[Followed, ...]:
    taken = rows(
        db,
        f"""UPDATE feed SET until = {_NOW} + ?, attempts = attempts + 1 WHERE id IN (
                SELECT id FROM feed WHERE stopped = 0 AND due <= ? AND until <= {_NOW}
                AND tenant NOT IN (SELECT tenant FROM departure) ORDER BY due, id LIMIT ?)
            RETURNING {FEED}""",
        (lease, stamp(now), limit),
    )
    return tuple(sorted(map(feed_of, taken), key=lambda feed: (feed.due, feed.id)))


def sightings(db: apsw.Connection, feed: int) -> tuple[Sighting, ...]:
    return sightings_of(value(db, "SELECT entries FROM sighting WHERE feed = ?", (feed,)) or "[]")


def polled(db: apsw.Connection, held: Followed, seen: Sequence[Sighting] | None = None) -> bool:
    # Where two addresses of one tenant have become one, the second keeps its own.
    taken = "SELECT 1 FROM feed AS other WHERE other.tenant = feed.tenant AND other.address = ? AND other.id <> feed.id"
    known = first(
        db,
        f"""UPDATE feed SET address = CASE WHEN EXISTS ({taken}) THEN address ELSE ? END, former = ?, title = ?,
                due = ?, pace = ?, etag = ?, modified = ?, body = ?, success = ?, news = ?, failing = ?,
                failures = ?, reason = ?, synced = ?, told = ?, stopped = ?, until = 0
            WHERE id = ? AND attempts = ? RETURNING id""",
        (storable(held.address), *feed_columns(held)[1:4], *feed_columns(held)[9:], held.id, held.attempts),
    )
    if known and seen is not None:
        db.execute("INSERT OR REPLACE INTO sighting VALUES (?, ?)", (held.id, sightings_row(seen)))
    return known is not None
