"""What a channel was answered, and what it ordered."""

# ruff: noqa: S608 - only constants of ours are written into SQL; what comes from outside is bound

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import apsw

from bot.message import dumps as freeze
from bot.model import Subscription
from bot.ports import Answer, channel_of
from bot.store.rows import ANSWER, SUBSCRIPTION, answer_of, dumps, place_of, stamp, subscription_of
from bot.store.sqlite.rows import first, rows, value
from bot.store.words import storable


def remember(db: apsw.Connection, answer: Answer, now: datetime) -> int:
    id_: int = value(
        db,
        "INSERT INTO answer (channel, command, citations, messages, at, tenant) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        (
            storable(answer.channel),
            storable(answer.command),
            freeze(answer.citations),
            dumps(answer.messages),
            stamp(now),
            storable(answer.tenant),
        ),
    )
    db.executemany(
        "INSERT OR REPLACE INTO answer_message VALUES (?, ?, ?)",
        [(place_of(answer.channel), storable(message), id_) for message in answer.messages],
    )
    return id_


def recall(db: apsw.Connection, channel: str, message: str = "") -> Answer | None:
    which, asked = (
        ("id = (SELECT answer FROM answer_message WHERE place = ? AND message = ?)", (place_of(channel), message))
        if message
        else ("channel = ? ORDER BY id DESC LIMIT 1", (channel,))
    )
    row = first(db, f"SELECT {ANSWER} FROM answer WHERE {which}", [*map(storable, asked)])
    return answer_of(row) if row else None


def subscribe(db: apsw.Connection, subscription: Subscription) -> Subscription:
    target, schedule = subscription.target, subscription.schedule
    id_ = value(
        db,
        f"""INSERT INTO subscription VALUES ({", ".join("?" * 17)}) ON CONFLICT (id) DO UPDATE SET
            place = excluded.place, platform = excluded.platform, channel = excluded.channel,
            thread = excluded.thread, reply_to = excluded.reply_to, days = excluded.days, hour = excluded.hour,
            minute = excluded.minute, zone = excluded.zone, since = excluded.since, words = excluded.words,
            even_if_empty = excluded.even_if_empty, tenant = excluded.tenant, stopped = excluded.stopped,
            paused = excluded.paused, orderer = excluded.orderer RETURNING id""",
        (
            subscription.id or None,
            channel_of(target),
            *(target.platform, target.channel, target.thread, target.reply_to),
            *(dumps(sorted(schedule.days)), schedule.hour, schedule.minute, schedule.zone),
            stamp(subscription.since),
            storable(subscription.words),
            *(subscription.even_if_empty, subscription.tenant, subscription.stopped),
            *map(storable, (subscription.paused, subscription.orderer)),
        ),
    )
    return replace(subscription, id=id_)


def subscriptions(db: apsw.Connection, channel: str = "") -> tuple[Subscription, ...]:
    found = rows(
        db,
        f"SELECT {SUBSCRIPTION} FROM subscription {'WHERE place = ?' if channel else ''} ORDER BY id",
        (storable(channel),) if channel else (),
    )
    return tuple(subscription_of(row) for row in found)
