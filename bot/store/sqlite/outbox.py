"""The outbox. Each method is one statement, so that of any number of callers exactly one sees its row change.

A lease is kept as the second it runs out, by the database's clock: callers' clocks may differ.
"""

# ruff: noqa: S608 - only constants of ours are written into SQL; what comes from outside is bound

from __future__ import annotations

from datetime import datetime

import apsw

from bot.model import Delivery, DeliveryState
from bot.store.rows import DELIVERY, delivery_of, dumps, instant, stamp
from bot.store.sqlite.rows import first, rows
from bot.store.words import storable

_NOW = "unixepoch('subsec')"
SOME = 500  # rows let go of in one transaction: nobody else waits long
_STAMP = "strftime('%Y-%m-%dT%H:%M:%f000+00:00')"  # as `rows.stamp` writes it


def claim(db: apsw.Connection, delivery: Delivery, lease: float) -> Delivery | None:
    target = delivery.target
    row = first(
        db,
        f"""INSERT INTO delivery ({DELIVERY}, until)
            VALUES (?, ?, ?, ?, ?, 'claimed', ?, ?, ?, ?, '[]', '', 1, {_STAMP}, ?, {_NOW} + ?)
            ON CONFLICT (key) DO UPDATE SET until = excluded.until, attempts = attempts + 1, reason = ''
            WHERE state = 'claimed' AND until <= {_NOW}
            RETURNING {DELIVERY}""",
        (
            storable(delivery.key),
            *(target.platform, target.channel, target.thread, target.reply_to),
            *(storable(delivery.payload), delivery.mark, delivery.subscription),
            stamp(delivery.due) if delivery.due else None,
            storable(delivery.tenant),
            lease,
        ),
    )
    return delivery_of(row) if row else None


_HELD = "key = ? AND attempts = ? AND state = 'claimed'"  # nobody has taken the claim over since


def freeze(db: apsw.Connection, held: Delivery, payload: str, mark: int) -> bool:
    frozen = first(
        db,
        f"UPDATE delivery SET payload = ?, mark = ? WHERE {_HELD} AND payload = '' RETURNING 1",
        (storable(payload), mark, held.key, held.attempts),
    )
    return frozen is not None


def settle(
    db: apsw.Connection,
    held: Delivery,
    state: DeliveryState,
    now: datetime,
    ids: tuple[str, ...] = (),
    reason: str = "",
) -> None:
    db.execute(
        f"UPDATE delivery SET state = ?, at = ?, ids = ?, reason = ?, payload = '' WHERE {_HELD}",
        (state.value, stamp(now), dumps(ids), storable(reason), held.key, held.attempts),
    )


def release(db: apsw.Connection, held: Delivery, reason: str, after: float) -> None:
    db.execute(
        f"UPDATE delivery SET until = {_NOW} + ?, reason = ? WHERE {_HELD}",
        (after, storable(reason), held.key, held.attempts),
    )


def unsettled(db: apsw.Connection) -> tuple[Delivery, ...]:
    found = rows(
        db,
        f"SELECT {DELIVERY} FROM delivery INDEXED BY delivery_unsettled WHERE state = 'claimed' AND until <= {_NOW} ORDER BY number",
    )
    return tuple(delivery_of(row) for row in found)


def deliveries(db: apsw.Connection, subscription: int = 0, limit: int = 10) -> tuple[Delivery, ...]:
    found = rows(
        db,
        f"""SELECT {DELIVERY} FROM delivery WHERE subscription <> 0 {"AND subscription = :one" if subscription else ""}
            ORDER BY due DESC, number DESC LIMIT :limit""",
        {"one": subscription, "limit": limit},
    )
    return tuple(delivery_of(row) for row in found)


def last_due(db: apsw.Connection) -> dict[int, datetime]:
    # one look into an index for each: the rows themselves may be millions
    found = rows(
        db,
        """SELECT id, (SELECT max(due) FROM delivery WHERE subscription = one.id AND subscription <> 0)
           FROM subscription AS one WHERE NOT stopped""",
    )
    return {id_: instant(due) for id_, due in found if due}


_OLD = """
    SELECT number FROM delivery AS old INDEXED BY delivery_settled WHERE state <> 'claimed' AND (
        (subscription = 0 AND at < :replies)
        OR (subscription <> 0 AND at < :digests AND EXISTS (
            SELECT 1 FROM delivery AS newer WHERE newer.subscription = old.subscription AND newer.subscription <> 0
            AND (newer.due, newer.number) > (old.due, old.number)
        ))
    ) AND at < max(:replies, :digests) LIMIT :some
"""


def prune(db: apsw.Connection, answers: datetime, replies: datetime, digests: datetime) -> int:
    """One helping of what `ports.Store.prune` lets go of."""
    db.execute(
        "DELETE FROM answer WHERE id IN (SELECT id FROM answer WHERE at < ? ORDER BY at LIMIT ?)",
        (stamp(answers), SOME),
    )
    gone = db.changes()
    before = {"replies": stamp(replies), "digests": stamp(digests), "some": SOME}
    db.execute(f"DELETE FROM delivery WHERE number IN ({_OLD})", before)
    return gone + db.changes()


def probe(db: apsw.Connection) -> None:
    """Write the schema's number anew: a page, and its way through the log to the disk."""
    db.pragma("user_version", db.pragma("user_version"))
