"""Health and metrics, as a probe and Prometheus meet them."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot import schedule
from bot.delivery import Desk
from bot.errors import StoreError, Unknown, Unreachable
from bot.message import Message
from bot.metrics import DELAYS, Metrics, Spread
from bot.model import DeliveryState, Schedule, Subscription, Target
from bot.ports import Handler, Health, Request, Store
from bot.store import open_store
from bot.web import RECENT, STUCK, Watch
from tests.make import NOW, put_article

HERE = Target("wire", "news")
EVERY_DAY = Schedule(frozenset(range(7)), 9, 30, "UTC")
DAY, SIX_HOURS = timedelta(days=1), timedelta(hours=6)


class Wire:
    """A platform over nothing, that fails with `fault`."""

    def __init__(self, fault: BaseException | None = None) -> None:
        self.fault = fault
        self.state = Health(ready=True, latency=0.04)

    async def run(self, handle: Handler) -> None: ...

    async def post(
        self, target: Target, message: Message, key: str, *, retry: bool, until: float = 0
    ) -> tuple[str, ...]:
        if self.fault:
            raise self.fault
        return ("1",)

    async def check(self, target: Target) -> tuple[str, ...]:
        return ()

    def health(self) -> Health:
        return self.state


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class Scene:
    """A process to watch: everything is well until a test breaks it."""

    def __init__(self, store: Store, wire: Wire) -> None:
        self.store, self.wire, self.clock = store, wire, Clock()
        self.metrics = Metrics()
        self.watch = Watch(store, {"wire": wire}, self.metrics, self.clock, lambda: NOW)
        self.desk = Desk(store, {"wire": wire}, lambda: NOW, metrics=self.metrics)
        self.watch.ticked(0)


@pytest.fixture
def scene(store: Store) -> Scene:
    return Scene(store, Wire())


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@asynccontextmanager
async def opened(watch: Watch) -> AsyncIterator[Callable[[str], Coroutine[Any, Any, tuple[int, str]]]]:
    port = free_port()
    async with watch.open(("127.0.0.1", port)), aiohttp.ClientSession() as session:

        async def get(path: str) -> tuple[int, str]:
            async with session.get(f"http://127.0.0.1:{port}{path}") as response:
                return response.status, await response.text()

        yield get


def asked(scene: Scene, path: str) -> tuple[int, str]:
    async def ask() -> tuple[int, str]:
        async with opened(scene.watch) as get:
            return await get(path)

    return asyncio.run(ask())


def ready(scene: Scene) -> tuple[int, dict[str, Any]]:
    status, body = asked(scene, "/readyz")
    return status, json.loads(body)


def numbers(scene: Scene) -> dict[tuple[str, ...], float]:
    """What Prometheus reads: (name, label value, …) -> value."""
    status, body = asked(scene, "/metrics")
    assert status == 200
    samples = [one for family in text_string_to_metric_families(body) for one in family.samples]
    return {(one.name, *(v for _, v in sorted(one.labels.items()))): one.value for one in samples}


# --- /livez and /readyz -------------------------------------------------------------------------------------


def test_it_is_ready_when_all_is_well(scene):
    status, body = ready(scene)
    assert status == 200
    assert body == {
        "ready": True,
        "database": "can be written",
        "wire": "connected, 0.040 s",
        "tick": "ended 0 s ago",
        "digests": "no slot overdue",
    }


def test_it_lives_while_it_is_not_ready(scene):
    scene.wire.state = Health(ready=False, detail="not connected to the wire")
    assert asked(scene, "/livez") == (200, '{"live": true}')
    status, body = ready(scene)
    assert (status, body["wire"]) == (503, "not connected to the wire")


def test_a_tick_that_fails_to_come_is_unreadiness_and_after_an_hour_death(scene):
    scene.clock.seconds += RECENT
    assert ready(scene)[0] == 503
    assert asked(scene, "/livez")[0] == 200
    scene.clock.seconds += STUCK
    assert asked(scene, "/livez")[0] == 503


def test_before_the_first_tick_it_is_not_ready(store):
    watch = Watch(store, {}, Metrics(), Clock())
    assert asyncio.run(watch.ready())[0] is False


def test_overdue_slots_are_unreadiness(scene):
    scene.watch.ticked(2)
    status, body = ready(scene)
    assert (status, body["digests"]) == (503, "2 slots overdue")


def test_a_closed_database_is_unreadiness_and_says_why(scene):
    scene.store.close()
    status, body = ready(scene)
    assert status == 503
    assert "closed" in body["database"]


def test_a_database_that_another_program_keeps_locked_is_unreadiness(tmp_path: Path, monkeypatch):
    import apsw

    monkeypatch.setattr("bot.web.PATIENCE", 0.2)
    path = tmp_path / "dateline.db"
    store = open_store(str(path), wait=0.4)
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    status, body = ready(Scene(store, Wire()))
    assert status == 503
    assert "within 0.2 s" in body["database"]
    other.close()
    store.close()


def test_probing_changes_nothing_and_raises_where_nothing_can_be_written(store):
    put_article(store)
    store.probe()
    assert store.facts().articles == 1
    store.close()
    with pytest.raises(StoreError):
        store.probe()


def test_a_port_that_is_taken_is_told_and_no_more(scene, caplog):
    async def test() -> None:
        port = free_port()
        other = Watch(scene.store, {}, Metrics())
        async with scene.watch.open(("127.0.0.1", port)), other.open(("127.0.0.1", port)):
            pass

    asyncio.run(test())
    assert "no health and metrics: DATELINE_HTTP names 127.0.0.1" in caplog.text


def test_nothing_else_is_served_and_nothing_can_be_changed(scene):
    assert asked(scene, "/")[0] == 404

    async def post() -> int:
        port = free_port()
        async with (
            scene.watch.open(("127.0.0.1", port)),
            aiohttp.ClientSession() as session,
            session.post(f"http://127.0.0.1:{port}/readyz") as response,
        ):
            return response.status

    assert asyncio.run(post()) == 405


# --- overdue ------------------------------------------------------------------------------------------------


def late(store: Store, now: datetime, platforms: set[str]) -> int:
    return schedule.overdue(store, now, schedule.due(store, now, SIX_HOURS), platforms)


def test_a_slot_is_overdue_when_nobody_took_it_up_for_minutes(store):
    store.subscribe(Subscription(HERE, EVERY_DAY, NOW - DAY))
    assert late(store, NOW + timedelta(minutes=4), {"wire"}) == 0
    assert late(store, NOW + timedelta(minutes=6), {"wire"}) == 1
    assert late(store, NOW + timedelta(minutes=6), {"another"}) == 0


def test_a_slot_that_is_still_in_hand_is_overdue_and_a_settled_one_is_not(store, monkeypatch):
    monkeypatch.setattr("bot.delivery.SOON", 0.0)  # it is not waited for: the next tick takes it up
    put_article(store)
    store.subscribe(Subscription(HERE, EVERY_DAY, NOW - DAY))
    wire = Wire(Unreachable("away", for_good=False))
    desk = Desk(store, {"wire": wire}, lambda: NOW)
    (due,) = schedule.due(store, NOW, SIX_HOURS)
    asyncio.run(desk.deliver(due))
    later = NOW + timedelta(minutes=6)
    assert late(store, later, {"wire"}) == 1
    (row,) = store.deliveries()
    store.settle(row, DeliveryState.FAILED, NOW)
    assert late(store, later, {"wire"}) == 0


# --- /metrics -----------------------------------------------------------------------------------------------


def test_what_became_of_deliveries_is_counted_by_kind_platform_and_outcome(scene):
    put_article(scene.store)
    order = scene.store.subscribe(Subscription(HERE, EVERY_DAY, NOW - DAY))
    (due,) = schedule.due(scene.store, NOW, SIX_HOURS)
    asyncio.run(scene.desk.deliver(due))
    scene.wire.fault = Unknown("cut off")
    scene.store.subscribe(replace(order, id=0))
    (due,) = schedule.due(scene.store, NOW, SIX_HOURS)
    asyncio.run(scene.desk.deliver(due))
    found = numbers(scene)
    assert found["dateline_deliveries_total", "digest", "sent", "wire"] == 1
    assert found["dateline_deliveries_total", "digest", "unknown", "wire"] == 1
    assert found["dateline_digests_unknown",] == 1
    assert found["dateline_slot_delay_seconds_count", "wire"] == 1


def test_commands_are_counted_by_name_and_a_made_up_name_is_no_label(scene):
    for number, text in enumerate(("summit", "help", "help", "flibbertigibbet")):
        asyncio.run(scene.desk.reply(Request(text, HERE, f"k{number}")))
    found = numbers(scene)
    counts = {key[1]: value for key, value in found.items() if key[0] == "dateline_command_seconds_count"}
    assert counts == {"summit": 1, "help": 2, "other": 1}
    assert found["dateline_deliveries_total", "reply", "sent", "wire"] == 4


def test_a_command_that_fails_is_counted_as_failed(scene, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("bot.commands.answer", broken)
    asyncio.run(scene.desk.reply(Request("summit", HERE, "k")))
    assert numbers(scene)["dateline_command_failures_total", "summit"] == 1


def test_connections_and_rate_limits_come_from_the_platforms(scene):
    scene.wire.state = Health(ready=True, latency=0.25, reconnects=3, limited=2, held_back=1.5)
    found = numbers(scene)
    assert found["dateline_connected", "wire"] == 1
    assert found["dateline_latency_seconds", "wire"] == 0.25
    assert found["dateline_reconnects_total", "wire"] == 3
    assert found["dateline_rate_limited_total", "wire"] == 2
    assert found["dateline_rate_limit_wait_seconds_total", "wire"] == 1.5


def test_the_corpus_and_the_age_of_its_newest_article_are_told(scene):
    assert ("dateline_newest_article_age_seconds",) not in numbers(scene)
    put_article(scene.store)
    found = numbers(scene)
    assert found["dateline_articles",] == 1
    assert found["dateline_feeds", "waiting"] == 0
    assert found["dateline_newest_article_age_seconds",] == 0


def test_one_process_counts_nothing_of_another(store):
    Scene(store, Wire()).metrics.answered("summit", 0.1, failed=False)
    assert not Scene(store, Wire()).metrics.commands


def test_a_spread_counts_each_value_once_and_its_bounds_take_in_what_equals_them():
    spread = Spread(DELAYS)
    for value in (0.0, 5.0, 5.1, 1e9):
        spread.note(value)
    assert dict(spread.buckets())["5.0"] == 2
    assert dict(spread.buckets())["15.0"] == 3
    assert dict(spread.buckets())["+Inf"] == 4
