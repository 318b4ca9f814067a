from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot import schedule
from bot.chat.terminal import HERE
from bot.model import Delivery, DeliveryState, Schedule, Subscription
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
