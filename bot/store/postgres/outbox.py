"""The outbox. Each method is one statement, so that of any number of callers exactly one sees its row change.

A lease is kept as the second it runs out, by the database's clock: callers' clocks may differ.
"""

# ruff: noqa: S608 - only constants of ours are written into SQL; what comes from outside is bound

from __future__ import annotations

from datetime import datetime

import psycopg

from bot.model import Delivery, DeliveryState
from bot.store.postgres.rows import first, rows, run
from bot.store.rows import DELIVERY, Row, delivery_of, dumps, instant, stamp

_NOW = "extract(epoch FROM clock_timestamp())::double precision"
SOME = 500  # rows let go of in one transaction: nobody else waits long
_HELD = "key = %s AND attempts = %s AND state = 'claimed'"  # nobody has taken the claim over since


def claim(db: psycopg.Connection[Row], delivery: Delivery, lease: float) -> Delivery | None:
    target = delivery.target
    # The lease is counted from when the row is ours: who asked at the same time may have had to wait for it.
    row = first(
        db,
        f"""INSERT INTO delivery ({DELIVERY}, until)
            VALUES (%s, %s, %s, %s, %s, 'claimed', %s, %s, %s, %s, '[]', '', 1, clock_timestamp(), %s, {_NOW} + %s)
            ON CONFLICT (key) DO UPDATE SET until = {_NOW} + %s, attempts = delivery.attempts + 1, reason = ''
            WHERE delivery.state = 'claimed' AND delivery.until <= {_NOW}
            RETURNING {DELIVERY}""",
        (
            delivery.key,
            *(target.platform, target.channel, target.thread, target.reply_to),
            *(delivery.payload, delivery.mark, delivery.subscription),
            stamp(delivery.due) if delivery.due else None,
            *(delivery.tenant, lease, lease),
        ),
    )
    return delivery_of(row) if row else None


def freeze(db: psycopg.Connection[Row], held: Delivery, payload: str, mark: int) -> bool:
    frozen = first(
        db,
        f"UPDATE delivery SET payload = %s, mark = %s WHERE {_HELD} AND payload = '' RETURNING 1",
        (payload, mark, held.key, held.attempts),
    )
    return frozen is not None


def settle(
    db: psycopg.Connection[Row],
    held: Delivery,
    state: DeliveryState,
    now: datetime,
    ids: tuple[str, ...] = (),
    reason: str = "",
) -> None:
    run(
        db,
        f"UPDATE delivery SET state = %s, at = %s, ids = %s, reason = %s, payload = '' WHERE {_HELD}",
        (state.value, stamp(now), dumps(ids), reason, held.key, held.attempts),
    )


def release(db: psycopg.Connection[Row], held: Delivery, reason: str, after: float) -> None:
    run(
        db,
        f"UPDATE delivery SET until = {_NOW} + %s, reason = %s WHERE {_HELD}",
        (after, reason, held.key, held.attempts),
    )


def unsettled(db: psycopg.Connection[Row]) -> tuple[Delivery, ...]:
    found = rows(db, f"SELECT {DELIVERY} FROM delivery WHERE state = 'claimed' AND until <= {_NOW} ORDER BY number")
    return tuple(map(delivery_of, found))


def deliveries(db: psycopg.Connection[Row], subscription: int = 0, limit: int = 10) -> tuple[Delivery, ...]:
    found = rows(
        db,
        f"""SELECT {DELIVERY} FROM delivery
            WHERE subscription <> 0 {"AND subscription = %(one)s" if subscription else ""}
            ORDER BY due DESC NULLS LAST, number DESC LIMIT %(limit)s""",
        {"one": subscription, "limit": limit},
    )
    return tuple(map(delivery_of, found))


def last_due(db: psycopg.Connection[Row]) -> dict[int, datetime]:
    # one look into an index for each: the rows themselves may be millions
    found = rows(
        db,
        """SELECT id, (SELECT max(due) FROM delivery WHERE subscription = one.id AND subscription <> 0)
           FROM subscription AS one WHERE NOT stopped""",
    )
    return {id_: instant(due) for id_, due in found if due}


_OLD = """
    SELECT number FROM delivery AS old WHERE state <> 'claimed' AND (
        (subscription = 0 AND at < %(replies)s)
        OR (subscription <> 0 AND at < %(digests)s AND EXISTS (
            SELECT 1 FROM delivery AS newer WHERE newer.subscription = old.subscription AND newer.subscription <> 0
            AND (newer.due, newer.number) > (old.due, old.number)
        ))
    ) AND at < greatest(%(replies)s::timestamptz, %(digests)s::timestamptz) LIMIT %(some)s
"""


def prune(db: psycopg.Connection[Row], answers: datetime, replies: datetime, digests: datetime) -> int:
    """One helping of what `ports.Store.prune` lets go of."""
    gone = run(
        db,
        "DELETE FROM answer WHERE id IN (SELECT id FROM answer WHERE at < %s ORDER BY at LIMIT %s)",
        (stamp(answers), SOME),
    ).rowcount
    before = {"replies": stamp(replies), "digests": stamp(digests), "some": SOME}
    return gone + run(db, f"DELETE FROM delivery WHERE number IN ({_OLD})", before).rowcount


def probe(db: psycopg.Connection[Row]) -> None:
    """Write the row of the newest migration anew."""
    run(db, "UPDATE migration SET at = at WHERE number = (SELECT max(number) FROM migration)")
