"""What a channel was answered, and what it ordered."""

# ruff: noqa: S608 - only constants of ours are written into SQL; what comes from outside is bound

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import psycopg

from bot.message import dumps as freeze
from bot.model import Subscription
from bot.ports import Answer, channel_of
from bot.store.postgres.rows import first, rows, run, value
from bot.store.rows import ANSWER, SUBSCRIPTION, Row, answer_of, dumps, place_of, stamp, subscription_of


def remember(db: psycopg.Connection[Row], answer: Answer, now: datetime) -> int:
    id_: int = value(
        db,
        """INSERT INTO answer (channel, command, citations, messages, at, tenant)
           VALUES (%s, %s, %s, %s, %s, %s) RETURNING id""",
        (answer.channel, answer.command, freeze(answer.citations), dumps(answer.messages), stamp(now), answer.tenant),
    )
    run(
        db,
        """INSERT INTO answer_message SELECT %s, message, %s FROM unnest(%s::text[]) AS message
           ON CONFLICT (place, message) DO UPDATE SET answer = excluded.answer""",
        (place_of(answer.channel), id_, list(dict.fromkeys(answer.messages))),
    )
    return id_


def recall(db: psycopg.Connection[Row], channel: str, message: str = "") -> Answer | None:
    which, asked = (
        ("id = (SELECT answer FROM answer_message WHERE place = %s AND message = %s)", (place_of(channel), message))
        if message
        else ("channel = %s ORDER BY id DESC LIMIT 1", (channel,))
    )
    row = first(db, f"SELECT {ANSWER} FROM answer WHERE {which}", asked)
    return answer_of(row) if row else None


def subscribe(db: psycopg.Connection[Row], subscription: Subscription) -> Subscription:
    target, schedule = subscription.target, subscription.schedule
    columns = "place, platform, channel, thread, reply_to, days, hour, minute, zone, since, words, even_if_empty, tenant, stopped, paused, orderer"
    given = (
        channel_of(target),
        *(target.platform, target.channel, target.thread, target.reply_to),
        *(dumps(sorted(schedule.days)), schedule.hour, schedule.minute, schedule.zone),
        *(stamp(subscription.since), subscription.words),
        *(
            subscription.even_if_empty,
            subscription.tenant,
            subscription.stopped,
            subscription.paused,
            subscription.orderer,
        ),
    )
    values = ", ".join(["%s"] * len(given))
    if subscription.id:
        run(db, f"UPDATE subscription SET ({columns}) = ({values}) WHERE id = %s", (*given, subscription.id))
        return subscription
    id_ = value(db, f"INSERT INTO subscription ({columns}) VALUES ({values}) RETURNING id", given)
    return replace(subscription, id=id_)


def subscriptions(db: psycopg.Connection[Row], channel: str = "") -> tuple[Subscription, ...]:
    found = rows(
        db,
        f"SELECT {SUBSCRIPTION} FROM subscription WHERE place = %(place)s OR %(place)s = '' ORDER BY id",
        {"place": channel},
    )
    return tuple(map(subscription_of, found))
