"""What nobody asks for any more goes, in every kind of store; what a digest's next issue needs stays."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime, timedelta

import pytest

from bot import running, schedule
from bot.delivery import Desk
from bot.message import dumps, say
from bot.model import Citation, Delivery, DeliveryState, Passage, Schedule, Subscription, Target
from bot.ports import Answer, Store
from tests.make import NOW, put_article
from tests.test_web import Wire

HERE = Target("wire", "news")
DAY = timedelta(days=1)
LONG_AGO = NOW - 400 * DAY
NEVER = NOW - 10_000 * DAY
DAILY = Schedule(frozenset(range(7)), 9, 30, "UTC")


def reply(store: Store, key: str, at: datetime, *, settled: bool = True) -> None:
    held = store.claim(Delivery(f"reply:{key}", HERE), 0)
    assert held
    if settled:
        store.settle(held, DeliveryState.SENT, at, ("1",))


def digest(
    store: Store, subscription: int, at: datetime, state: DeliveryState = DeliveryState.SENT, mark: int = 7
) -> None:
    key = f"digest:{subscription}:{at:%Y-%m-%dT%H:%M}"
    held = store.claim(Delivery(key, HERE, subscription=subscription, due=at, mark=mark), 60)
    assert held
    store.settle(held, state, at)


def answer(store: Store, message: str, at: datetime) -> None:
    store.remember(Answer("wire/news", "summit", (Citation(1, Passage(1, 1, 0, 5)),), (message,)), at)


def test_answers_older_than_asked_go_with_their_messages_and_younger_ones_stay(store):
    answer(store, "old", NOW - 91 * DAY)
    answer(store, "young", NOW - 89 * DAY)
    assert store.prune(NOW - 90 * DAY, NEVER, NEVER) == 1
    assert store.recall("wire/news", "old") is None
    assert store.recall("wire/news", "young")


def test_settled_replies_go_and_what_is_still_owed_stays(store):
    reply(store, "old", LONG_AGO)
    reply(store, "owed", LONG_AGO, settled=False)
    reply(store, "young", NOW)
    assert store.prune(NEVER, NOW - 7 * DAY, NEVER) == 1
    assert store.claim(Delivery("reply:young", HERE), 60) is None
    assert [row.key for row in store.unsettled()] == ["reply:owed"]


def test_old_digests_go_but_never_the_newest_of_a_subscription_which_bears_its_mark(store):
    for days in (3, 2, 1):
        digest(store, 1, LONG_AGO - days * DAY)
    digest(store, 2, LONG_AGO, mark=9)
    digest(store, 3, NOW)
    assert store.prune(NEVER, NEVER, NOW - 365 * DAY) == 2
    assert [(row.subscription, row.mark) for row in store.deliveries()] == [(3, 7), (2, 9), (1, 7)]


def test_a_slot_that_was_pruned_is_not_due_again(store):
    one = store.subscribe(Subscription(HERE, DAILY, LONG_AGO - 10 * DAY))
    for days in (9, 8, 7):
        digest(store, one.id, LONG_AGO.replace(hour=9, minute=30) - days * DAY)
    store.prune(NEVER, NEVER, NOW)
    due = schedule.due(store, LONG_AGO - 6 * DAY, 2 * DAY)
    assert [one.slot.at.date() for one in due] == [(LONG_AGO - 6 * DAY).date()]


def test_pruning_takes_whatever_lies_before_in_helpings(store, monkeypatch):
    monkeypatch.setattr("bot.store.sqlite.outbox.SOME", 2)
    monkeypatch.setattr("bot.store.postgres.outbox.SOME", 2)
    for number in range(5):
        reply(store, str(number), LONG_AGO)
    assert store.prune(NOW, NOW, NOW) == 5
    assert store.prune(NOW, NOW, NOW) == 0


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_stored_pruning_takes_exactly_what_is_old(store, seed):
    rng = random.Random(seed)
    kept = 0
    newest: dict[int, datetime] = {}
    digests = [(rng.randint(1, 3), LONG_AGO + rng.randint(0, 800) * DAY + timedelta(minutes=n)) for n in range(40)]
    for subscription, at in digests:
        digest(store, subscription, at)
        newest[subscription] = max(at, newest.get(subscription, at))
    limit = NOW - 365 * DAY
    kept = sum(at >= limit or newest[subscription] == at for subscription, at in digests)
    store.prune(NEVER, NEVER, limit)
    assert len(store.deliveries(limit=1000)) == kept


def test_what_was_quoted_does_not_stay_in_a_settled_row(store):
    held = store.claim(Delivery("digest:1:a", HERE, subscription=1, due=NOW), 60)
    assert held
    assert store.freeze(held, dumps((say("quoted words"), (), "")), 1)
    (row,) = [one for one in store.deliveries() if one.payload]
    store.settle(row, DeliveryState.UNKNOWN, NOW)
    assert [one.payload for one in store.deliveries()] == [""]


def test_the_tick_prunes_and_leaves_the_next_digest_its_mark(store):
    put_article(store)
    one = store.subscribe(Subscription(HERE, DAILY, NOW - DAY))
    reply(store, "old", NOW - running.REPLIES - DAY)
    answer(store, "old", NOW - running.ANSWERS - DAY)
    run = running.run(store, {"wire": Wire()}, lambda: NOW, late=timedelta(hours=6), summarizer="dateline")
    asyncio.run(run)
    assert store.recall("wire/news", "old") is None
    (row,) = store.deliveries(one.id)
    assert (row.state, row.mark, row.payload) == (DeliveryState.SENT, 1, "")
    dues = schedule.due(store, NOW + DAY, timedelta(hours=6))
    assert asyncio.run(Desk(store, {"wire": Wire()}, lambda: NOW + DAY).deliver(dues[0])) is DeliveryState.SENT
    assert store.deliveries(one.id)[0].reason == "nothing new"
