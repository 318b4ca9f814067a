from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot import schedule, slots
from bot.chat.terminal import HERE
from bot.model import Delivery, DeliveryState, Schedule, Slot, Subscription
from bot.ports import Store
from bot.store import open_store

EVERY_DAY = frozenset(range(7))
SIX_HOURS = timedelta(hours=6)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def store():
    opened = open_store(":memory:")
    yield opened
    opened.close()


def order(store: Store, since="2026-03-01T00:00", **fields: Any) -> Subscription:
    return store.subscribe(Subscription(HERE, Schedule(EVERY_DAY, 8, 0, "UTC"), at(since), **fields))


def posted(store, subscription, name):
    key = f"digest:{subscription.id}:{name}"
    held = store.claim(Delivery(key, HERE, subscription=subscription.id, due=at(name)), 60)
    assert held
    store.settle(held, DeliveryState.SENT, at(name))


def names(dues):
    return [(due.slot.name, due.late, bool(due.missed)) for due in dues]


def test_nothing_is_due_before_its_time(store):
    order(store)
    assert schedule.due(store, at("2026-03-01T07:59"), SIX_HOURS) == ()


def test_a_slot_is_due_as_its_minute_comes(store):
    order(store)
    assert names(schedule.due(store, at("2026-03-01T08:00"), SIX_HOURS)) == [("2026-03-01T08:00", False, False)]


def test_a_slot_that_has_its_row_is_not_due_again(store):
    one = order(store)
    posted(store, one, "2026-03-01T08:00")
    assert schedule.due(store, at("2026-03-01T08:01"), SIX_HOURS) == ()


def test_a_slot_slept_through_is_caught_up_once_and_said_to_be_late(store):
    order(store)
    assert names(schedule.due(store, at("2026-03-01T13:00"), SIX_HOURS)) == [("2026-03-01T08:00", True, False)]


def test_older_slots_are_recorded_as_missed(store):
    one = order(store)
    posted(store, one, "2026-03-01T08:00")
    assert names(schedule.due(store, at("2026-03-04T09:00"), SIX_HOURS)) == [
        ("2026-03-02T08:00", True, True),
        ("2026-03-03T08:00", True, True),
        ("2026-03-04T08:00", True, False),
    ]


def test_past_the_allowance_even_the_last_is_missed(store):
    order(store)
    assert names(schedule.due(store, at("2026-03-01T14:01"), SIX_HOURS)) == [("2026-03-01T08:00", True, True)]


def test_a_zone_that_is_gone_stops_no_other_order(store):
    store.subscribe(Subscription(HERE, Schedule(EVERY_DAY, 8, 0, "Mars/Base"), at("2026-03-01T00:00")))
    order(store)
    assert len(schedule.due(store, at("2026-03-01T08:00"), SIX_HOURS)) == 1


@pytest.mark.parametrize("fields", [{"stopped": True}, {"paused": "the channel is gone"}])
def test_a_stopped_or_paused_order_is_never_due(store, fields):
    order(store, **fields)
    assert schedule.due(store, at("2026-03-01T08:00"), SIX_HOURS) == ()


# --- what is remembered from tick to tick -----------------------------------------------------------------


def test_what_is_remembered_changes_nothing_however_the_clock_jumps(store):
    rng = random.Random(1)
    zones = ("UTC", "Asia/Seoul", "America/New_York", "Pacific/Apia", "America/St_Johns")
    for hour in range(0, 24, 3):
        when = Schedule(frozenset(rng.sample(range(7), 3)), hour, 1, rng.choice(zones))
        store.subscribe(Subscription(HERE, when, at("2026-03-01T00:00")))
    nexts: schedule.Nexts = {}
    now = at("2026-03-01T00:00")
    for _ in range(60):
        now += timedelta(hours=rng.uniform(-6, 18))
        dues = schedule.due(store, now, SIX_HOURS, nexts)
        assert dues == schedule.due(store, now, SIX_HOURS)
        for due in rng.sample(dues, len(dues) // 2):
            key = f"digest:{due.subscription.id}:{due.slot.name}"
            held = store.claim(Delivery(key, HERE, subscription=due.subscription.id, due=due.slot.at), 60)
            assert held
            store.settle(held, DeliveryState.SENT, now)
        order = rng.choice(store.subscriptions())
        store.subscribe(replace(order, stopped=not order.stopped))


def test_an_order_that_is_changed_is_due_by_its_new_time(store):
    one = order(store)
    nexts: schedule.Nexts = {}
    assert schedule.due(store, at("2026-03-01T07:00"), SIX_HOURS, nexts) == ()
    store.subscribe(replace(one, schedule=replace(one.schedule, hour=7)))
    assert len(schedule.due(store, at("2026-03-01T07:00"), SIX_HOURS, nexts)) == 1


def test_an_order_is_worked_out_once_until_it_or_its_last_digest_changes(store, monkeypatch):
    one = order(store)
    nexts: schedule.Nexts = {}
    asked: list[datetime] = []
    real = slots.following

    def following(schedule: Schedule, after: datetime) -> Slot:
        asked.append(after)
        return real(schedule, after)

    monkeypatch.setattr(slots, "following", following)
    for minute in range(50):
        schedule.due(store, at(f"2026-03-01T07:{minute:02}"), SIX_HOURS, nexts)
    assert len(asked) == 1
    posted(store, one, "2026-03-01T08:00")
    schedule.due(store, at("2026-03-01T08:01"), SIX_HOURS, nexts)
    assert len(asked) == 2


def test_nothing_is_remembered_of_an_order_that_is_stopped(store):
    one = order(store)
    nexts: schedule.Nexts = {}
    schedule.due(store, at("2026-03-01T07:00"), SIX_HOURS, nexts)
    store.subscribe(replace(one, stopped=True))
    schedule.due(store, at("2026-03-01T07:01"), SIX_HOURS, nexts)
    assert nexts == {}
