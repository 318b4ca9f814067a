"""The outbox: what a reader of a channel gets to see, whatever happens on the way."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot import delivery, edition, schedule
from bot.chat.terminal import render
from bot.commands import Reply
from bot.delivery import Desk
from bot.errors import RateLimited, StoreError, Unknown, Unreachable
from bot.message import Message, loads, say
from bot.model import DeliveryState, Schedule, Subscription, Target
from bot.ports import Handler, Health, Request, Store
from bot.store import open_store
from tests.make import NOW, put_article

HERE = Target("wire", "desk")
SIX_HOURS = timedelta(hours=6)


class Wire:
    """A platform over nothing: what was posted, by key. It fails with `faults`, first in first out.

    With `late` it fails after it has posted. Asked to `retry`, it looks for the key first, as platforms do.
    """

    def __init__(self, *faults: BaseException, late: bool = False) -> None:
        self.posted: dict[str, str] = {}
        self.faults = list(faults)
        self.late = late

    async def run(self, handle: Handler) -> None: ...

    async def post(
        self, target: Target, message: Message, key: str, *, retry: bool, until: float = 0
    ) -> tuple[str, ...]:
        if self.faults and not self.late:
            raise self.faults.pop(0)
        if not (retry and key in self.posted):
            assert key not in self.posted, "posted twice"
            self.posted[key] = render(message)
        if self.faults:
            raise self.faults.pop(0)
        return (f"id of {key}",)

    async def check(self, target: Target) -> tuple[str, ...]:
        return ()

    def health(self) -> Health:
        return Health(ready=True)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store():
    opened = open_store(":memory:")
    yield opened
    opened.close()


def order(store: Store, **fields: Any) -> Subscription:
    return store.subscribe(
        Subscription(HERE, Schedule(frozenset(range(7)), 9, 30, "UTC"), NOW - timedelta(minutes=1), **fields)
    )


def tick(store: Store, desk: Desk, clock: Clock) -> list[DeliveryState | None]:
    async def run() -> list[DeliveryState | None]:
        await desk.recover()
        return [await desk.deliver(due) for due in schedule.due(store, clock(), SIX_HOURS)]

    return asyncio.run(run())


def test_a_digest_is_posted_once_though_the_tick_comes_twice(store, clock):
    put_article(store)
    order(store)
    wire = Wire()
    desk = Desk(store, {"wire": wire}, clock)
    assert tick(store, desk, clock) == [DeliveryState.SENT]
    assert tick(store, desk, clock) == []
    assert len(wire.posted) == 1


EVENTS = "On March 3, 2018, talks began. On April 9, 2018, they failed. On May 21, 2018, a treaty was signed."


def test_a_picture_is_drawn_where_it_is_sent_and_not_before(store, clock):
    put_article(store, EVENTS)
    wire = Wire()
    ask(Desk(store, {"wire": wire}, clock), "!timeline", "k")
    assert "Timeline of 3 events from March 3, 2018 to May 21, 2018" in wire.posted["reply:k"]


def test_two_desks_post_it_once(store, clock):
    put_article(store)
    order(store)
    wire = Wire()
    one, other = Desk(store, {"wire": wire}, clock), Desk(store, {"wire": wire}, clock)
    due = schedule.due(store, clock(), SIX_HOURS)

    async def both() -> list[DeliveryState | None]:
        return list(await asyncio.gather(one.deliver(due[0]), other.deliver(due[0])))

    assert sorted(map(str, asyncio.run(both()))) == ["None", "sent"]


def test_the_next_digest_holds_only_what_was_stored_since(store, clock):
    put_article(store, text="Voters chose a new mayor in Springfield on Sunday after a long campaign.", title="Mayor")
    order(store)
    wire = Wire()
    desk = Desk(store, {"wire": wire}, clock)
    tick(store, desk, clock)
    put_article(store, text="Engineers opened the northern bridge on Monday, two years late.", title="Bridge opens")
    clock.now += timedelta(days=1)
    tick(store, desk, clock)
    first, second = wire.posted.values()
    assert "new mayor" in first
    assert "bridge" in second
    assert "new mayor" not in second


def test_the_first_empty_slot_says_so_and_later_ones_are_silent(store, clock):
    put_article(store)
    order(store)
    wire = Wire()
    desk = Desk(store, {"wire": wire}, clock)
    states = []
    for _ in range(4):
        states += tick(store, desk, clock)
        clock.now += timedelta(days=1)
    assert states == [DeliveryState.SENT, DeliveryState.SENT, DeliveryState.EMPTY, DeliveryState.EMPTY]
    assert "Nothing new was stored since the last digest." in list(wire.posted.values())[1]


def test_months_of_silence_bring_nothing_old_back(store, clock):
    put_article(store)
    order(store)
    wire = Wire()
    desk = Desk(store, {"wire": wire}, clock)
    for _ in range(60):
        tick(store, desk, clock)
        clock.now += timedelta(days=1)
    put_article(store, text="Engineers opened the northern bridge on Monday, two years late.", title="Bridge opens")
    tick(store, desk, clock)
    last = list(wire.posted.values())[-1]
    assert len(wire.posted) == 3
    assert "bridge" in last
    assert "parliament" not in last


def test_even_if_empty_says_so_each_time(store, clock):
    order(store, even_if_empty=True)
    wire = Wire()
    desk = Desk(store, {"wire": wire}, clock)
    for _ in range(3):
        tick(store, desk, clock)
        clock.now += timedelta(days=1)
    assert len(wire.posted) == 3


def test_a_late_digest_says_what_it_is_delayed_from(store, clock):
    put_article(store)
    order(store)
    wire = Wire()
    clock.now += timedelta(hours=2)
    tick(store, Desk(store, {"wire": wire}, clock), clock)
    assert "Delayed from Monday, March 2, 2026 at 09:30 (UTC)." in next(iter(wire.posted.values()))


def test_an_empty_slot_after_missed_ones_is_not_announced_again(store, clock):
    put_article(store)
    order(store)
    wire = Wire()
    desk = Desk(store, {"wire": wire}, clock)
    for _ in range(2):
        tick(store, desk, clock)
        clock.now += timedelta(days=1)
    clock.now += timedelta(days=3)
    states = tick(store, desk, clock)
    assert states == [DeliveryState.MISSED] * 3 + [DeliveryState.EMPTY]
    assert len(wire.posted) == 2


def test_a_post_refused_for_now_is_tried_again_with_the_same_words(store, clock, monkeypatch):
    monkeypatch.setattr("bot.delivery.BACKOFF", 0.01)
    monkeypatch.setattr("bot.delivery.SOON", -1)
    put_article(store)
    order(store)
    wire = Wire(RateLimited(0.01), Unreachable("away", for_good=False))
    desk = Desk(store, {"wire": wire}, clock)
    assert tick(store, desk, clock) == [DeliveryState.CLAIMED]
    [frozen] = store.deliveries()
    put_article(store, text="This came in between the attempts and is not part of it.", title="Later")
    for _ in range(40):
        asyncio.run(asyncio.sleep(0.02))
        tick(store, desk, clock)
        if wire.posted:
            break
    [sent] = store.deliveries()
    assert sent.state is DeliveryState.SENT
    assert list(wire.posted.values()) == [render(loads(frozen.payload)[0])]


def test_who_composes_for_longer_than_the_lease_sends_nothing(store, clock, monkeypatch):
    put_article(store)
    order(store)
    monkeypatch.setattr("bot.delivery.LEASE", 0.0)
    wire = Wire()
    slow, other = Desk(store, {"wire": wire}, clock), Desk(store, {"wire": wire}, clock)
    [due] = schedule.due(store, clock(), SIX_HOURS)
    compose = slow._compose

    def overtaken(*given: Any, **named: Any) -> Any:
        asyncio.run(other.deliver(due))
        put_article(store, text="This came in after the other had composed it.", title="Later")
        return compose(*given, **named)

    monkeypatch.setattr(slow, "_compose", overtaken)
    asyncio.run(slow.deliver(due))
    assert len(wire.posted) == 1
    assert "This came in after" not in next(iter(wire.posted.values()))


def test_a_platform_that_stays_away_is_given_up_when_the_digest_is_no_longer_news(store, clock, monkeypatch):
    monkeypatch.setattr("bot.delivery.BACKOFF", 0.0)
    monkeypatch.setattr("bot.delivery.SOON", -1)
    put_article(store)
    order(store)
    desk = Desk(store, {"wire": Wire(*[Unreachable("away", for_good=False)] * 9)}, clock)
    assert tick(store, desk, clock) == [DeliveryState.CLAIMED]
    for hours in (3, 4):
        clock.now = NOW + timedelta(hours=hours)
        tick(store, desk, clock)
        assert store.deliveries()[0].state is DeliveryState.CLAIMED
    clock.now = NOW + timedelta(hours=7)
    tick(store, desk, clock)
    [row] = store.deliveries()
    assert (row.state, row.reason) == (DeliveryState.FAILED, "away")


def test_a_channel_that_is_gone_pauses_its_orders_with_the_reason(store, clock):
    put_article(store)
    order(store)
    desk = Desk(store, {"wire": Wire(Unreachable("the channel is gone", for_good=True))}, clock)
    assert tick(store, desk, clock) == [DeliveryState.FAILED]
    [paused] = store.subscriptions()
    assert paused.paused == "the channel is gone"


def test_a_post_in_doubt_is_held_and_told(store, clock):
    put_article(store)
    order(store)
    wire = Wire(Unknown("the connection was cut"))
    desk = Desk(store, {"wire": wire}, clock)
    assert tick(store, desk, clock) == [DeliveryState.UNKNOWN]
    assert tick(store, desk, clock) == []
    assert not wire.posted


def test_a_digest_that_cannot_be_composed_fails_alone_and_says_where_to_look(store, clock, caplog, monkeypatch):
    put_article(store)
    order(store)
    monkeypatch.setattr("bot.delivery.edition", lambda *_, **__: 1 / 0)
    assert tick(store, Desk(store, {"wire": Wire()}, clock), clock) == [DeliveryState.FAILED]
    [row] = store.deliveries()
    assert row.reason.split()[-1] in caplog.text


def test_a_digest_that_the_database_fails_is_composed_again(store, clock, monkeypatch):
    put_article(store)
    order(store)
    monkeypatch.setattr("bot.delivery.BACKOFF", 0.001)
    faults = [StoreError("the connection was cut")] * 2
    whole = edition.edition

    def cut_twice(*given: Any, **more: Any) -> Any:
        if faults:
            raise faults.pop()
        return whole(*given, **more)

    monkeypatch.setattr("bot.delivery.edition", cut_twice)
    wire = Wire()
    tick(store, Desk(store, {"wire": wire}, clock), clock)
    for _ in range(3):
        asyncio.run(asyncio.sleep(0.01))
        tick(store, Desk(store, {"wire": wire}, clock), clock)
    [row] = store.deliveries()
    assert row.state is DeliveryState.SENT


def test_what_the_database_fails_in_one_channel_leaves_the_others_alone(caplog):
    done: list[str] = []

    async def work(item: str) -> None:
        await asyncio.sleep(0)
        if item == "b1":
            raise StoreError("the disk is full")
        done.append(item)

    asyncio.run(delivery.side_by_side(["a1", "b1", "a2", "c1", "b2"], lambda item: item[0], work))
    assert sorted(done) == ["a1", "a2", "b2", "c1"]
    assert done.index("a1") < done.index("a2")
    assert "the disk is full" in caplog.text


class Died(BaseException):
    """The process is gone: nothing catches it and nothing is tidied up."""


def die(*_: object, **__: object) -> None:
    raise Died


@pytest.mark.parametrize("moment", ["composing", "before the post", "after the post"])
def test_a_process_that_dies_neither_loses_nor_repeats_a_digest(store, clock, monkeypatch, moment):
    put_article(store)
    order(store)
    monkeypatch.setattr("bot.delivery.LEASE", 0.05)
    wire = Wire(*([] if moment == "composing" else [Died()]), late=moment == "after the post")
    with monkeypatch.context() as patch:
        if moment == "composing":
            patch.setattr("bot.delivery.edition", die)
        with pytest.raises(Died):
            tick(store, Desk(store, {"wire": wire}, clock), clock)
    put_article(store, text="This came in while nobody was up and belongs to the next one.", title="Later")
    frozen = store.deliveries()[0].payload
    asyncio.run(asyncio.sleep(0.1))
    tick(store, Desk(store, {"wire": wire}, clock), clock)
    [row] = store.deliveries()
    assert row.state is DeliveryState.SENT
    assert len(wire.posted) == 1
    assert not frozen or list(wire.posted.values()) == [render(loads(frozen)[0])]


@pytest.mark.parametrize("moment", ["composing", "before the post"])
def test_a_digest_left_half_done_for_days_is_no_longer_posted(store, clock, monkeypatch, moment):
    put_article(store)
    order(store)
    monkeypatch.setattr("bot.delivery.LEASE", 0.05)
    with monkeypatch.context() as patch:
        if moment == "composing":
            patch.setattr("bot.delivery.edition", die)
        with pytest.raises(Died):
            tick(store, Desk(store, {"wire": Wire(Died())}, clock), clock)
    asyncio.run(asyncio.sleep(0.1))
    clock.now += timedelta(hours=7)
    wire = Wire()
    tick(store, Desk(store, {"wire": wire}, clock), clock)
    [row] = store.deliveries()
    assert row.state is (DeliveryState.MISSED if moment == "composing" else DeliveryState.UNKNOWN)
    assert not wire.posted


def test_a_post_in_doubt_is_sent_again_where_that_is_asked_for(store, clock):
    put_article(store)
    order(store)
    wire = Wire(Unknown("the connection was cut"))
    assert tick(store, Desk(store, {"wire": wire}, clock, resend=True), clock) == [DeliveryState.SENT]
    assert len(wire.posted) == 1


def ask(desk: Desk, text: str, key: str, **fields: Any) -> None:
    asyncio.run(desk.reply(Request(text, HERE, key, **fields)))


def test_one_message_gets_one_answer_however_often_it_arrives(store, clock):
    put_article(store)
    wire = Wire()
    desk = Desk(store, {"wire": wire}, clock)
    ask(desk, "!summit", "m1")
    ask(desk, "!summit", "m1")
    assert list(wire.posted) == ["reply:m1"]


def test_citations_of_a_digest_can_be_asked_for(store, clock):
    put_article(store)
    order(store)
    wire = Wire()
    desk = Desk(store, {"wire": wire}, clock)
    tick(store, desk, clock)
    ask(desk, "!source 1", "m2")
    assert "*The parliament voted on Monday.*" in wire.posted["reply:m2"]


def test_what_is_not_meant_for_the_bot_is_left_alone(store, clock):
    wire = Wire()
    ask(Desk(store, {"wire": wire}, clock), "!play some music", "m3", addressed=False)
    assert not wire.posted


def test_an_answer_refused_for_a_moment_is_given_after_it(store, clock):
    put_article(store)
    wire = Wire(RateLimited(0.01))
    ask(Desk(store, {"wire": wire}, clock), "!summit", "m5")
    assert list(wire.posted) == ["reply:m5"]


def test_a_withdrawn_article_is_not_posted_though_it_was_frozen(store, clock, monkeypatch):
    monkeypatch.setattr("bot.delivery.SOON", -1)
    id_ = put_article(store)
    order(store)
    wire = Wire(RateLimited(0.01))
    desk = Desk(store, {"wire": wire}, clock)
    tick(store, desk, clock)
    store.forget(id_)
    asyncio.run(asyncio.sleep(0.05))
    tick(store, desk, clock)
    assert not wire.posted
    assert store.deliveries()[0].state is DeliveryState.FAILED


def test_a_fault_becomes_a_sentence_with_a_reference_that_the_log_knows(store, clock, caplog, monkeypatch):
    put_article(store)
    monkeypatch.setattr("bot.delivery.commands.answer", lambda *_, **__: 1 / 0)
    wire = Wire()
    ask(Desk(store, {"wire": wire}, clock), "!summit", "m4")
    told = wire.posted["reply:m4"]
    reference = told.rstrip(".\n").split()[-1]
    assert "something went wrong; the log knows it as" in told
    assert reference in caplog.text


# --- what is missing to post --------------------------------------------------------------------------------


class Checked(Wire):
    """A platform that knows what is missing: it says so, fails to, or never answers."""

    def __init__(self, *faults: BaseException, lacks: object = ()) -> None:
        super().__init__(*faults)
        self.lacks = lacks

    async def check(self, target: Target) -> tuple[str, ...]:
        if isinstance(self.lacks, BaseException):
            raise self.lacks
        if self.lacks is None:
            await asyncio.sleep(3600)
        assert isinstance(self.lacks, tuple)
        return self.lacks


@pytest.mark.parametrize("lacks", [Unreachable("down", for_good=False), RateLimited(9), None])
def test_who_cannot_be_asked_what_is_missing_gets_the_digest_all_the_same(store, clock, monkeypatch, lacks):
    monkeypatch.setattr("bot.delivery.ASKED", 0.01)
    put_article(store)
    order(store)
    wire = Checked(lacks=lacks)
    assert tick(store, Desk(store, {"wire": wire}, clock), clock) == [DeliveryState.SENT]
    assert store.deliveries()[0].reason == ""


def test_what_is_missing_is_the_reason_whether_or_not_it_stops_the_digest(store, clock):
    put_article(store)
    order(store)
    wire = Checked(lacks=("the bot lacks Attach Files there",))
    desk = Desk(store, {"wire": wire}, clock)
    assert tick(store, desk, clock) == [DeliveryState.SENT]
    assert store.deliveries()[0].reason == "the bot lacks Attach Files there"
    wire.faults.append(Unreachable("refused", for_good=True))
    clock.now += timedelta(days=1)
    assert tick(store, desk, clock) == [DeliveryState.FAILED]
    assert store.deliveries()[0].reason == store.subscriptions()[0].paused == "the bot lacks Attach Files there"


def test_who_ordered_a_digest_that_is_paused_is_told_once_where_they_can_be_told(store, clock):
    put_article(store)
    order(store, orderer="U1")
    order(store)  # nobody knows who ordered this one
    wire = Checked(Unreachable("the channel is gone", for_good=True))
    desk = Desk(store, {"wire": wire}, clock)
    tick(store, desk, clock)
    (key,) = [key for key in wire.posted if key.startswith("paused:")]
    assert "is paused, as it cannot be posted in #desk: the channel is gone." in " ".join(wire.posted[key].split())
    tick(store, desk, clock)
    assert sum(key.startswith("paused:") for key in wire.posted) == 1


def test_who_orders_is_told_what_is_missing(store, clock):
    wire = Checked(lacks=("the bot lacks Send Messages there",))
    desk = Desk(store, {"wire": wire}, clock)
    ask(desk, "!digest daily 08:00 UTC", "m9", trusted=True)
    told = " ".join(wire.posted["reply:m9"].split())
    assert told.startswith("Digest 1: daily at 08:00 (UTC); next")
    assert "Something is still missing: the bot lacks Send Messages there." in told


@pytest.mark.parametrize(("key", "arrives"), [("feed:1:over:2026-03-02", True), ("reply:k", False)])
def test_a_notice_outlives_an_outage_that_nobody_waits_out_for_a_reply(store, clock, monkeypatch, key, arrives):
    monkeypatch.setattr(delivery, "SOON", 0.0)
    clock.now = datetime.now(UTC)  # as the database's, which tells since when it is owed
    wire = Wire(RateLimited(0.02), RateLimited(0.02))
    desk = Desk(store, {"wire": wire}, clock)

    async def run() -> None:
        await desk.tell(HERE, say("Feed 1 is gone."), key, "")
        for _ in range(2):
            clock.now += timedelta(hours=1)
            await asyncio.sleep(0.05)
            await desk.recover()

    asyncio.run(run())
    assert (key in wire.posted) is arrives


# --- more than can be answered ----------------------------------------------------------------------------


def rush(desk: Desk, *asked: Request) -> None:
    async def all_at_once() -> None:
        await asyncio.gather(*map(desk.reply, asked))

    asyncio.run(all_at_once())


def question(number: int, channel: str = "desk") -> Request:
    return Request("!topics", Target("wire", channel), f"{channel}-{number}")


def test_a_channel_that_asks_too_much_is_told_once_to_ask_later(store, clock, monkeypatch):
    monkeypatch.setattr(delivery, "CROWD_HERE", 3)
    put_article(store)
    wire = Wire()
    rush(Desk(store, {"wire": wire}, clock), *map(question, range(10)))
    assert len(wire.posted) == 4
    assert wire.posted["reply:desk-3"] == "More is being asked than I can answer at once. Please ask again in a minute."


def test_who_sees_that_work_goes_on_is_told_each_time(store, clock, monkeypatch):
    monkeypatch.setattr(delivery, "CROWD_HERE", 3)
    wire = Wire()
    rush(Desk(store, {"wire": wire}, clock), *(replace(question(n), awaited=True) for n in range(10)))
    assert len(wire.posted) == 10


def test_a_channel_that_asks_too_much_takes_no_answer_from_another(store, clock, monkeypatch):
    monkeypatch.setattr(delivery, "CROWD_HERE", 3)
    wire = Wire()
    rush(Desk(store, {"wire": wire}, clock), *map(question, range(10)), question(1, "quiet"))
    assert "More is being asked" not in wire.posted["reply:quiet-1"]


def test_who_waited_for_too_long_is_asked_to_ask_again(store, clock, monkeypatch):
    monkeypatch.setattr(delivery, "PATIENCE", 0.0)
    wire = Wire()
    rush(Desk(store, {"wire": wire}, clock), question(1), question(2))
    assert ["More is being asked" in told for told in wire.posted.values()] == [True]


def test_of_two_desks_the_one_that_has_room_answers(store, clock, monkeypatch):
    wire = Wire()
    rush(Desk(store, {"wire": wire}, clock), question(1))
    monkeypatch.setattr(delivery, "CROWD_HERE", 0)
    rush(Desk(store, {"wire": wire}, clock), question(1))
    assert list(wire.posted) == ["reply:desk-1"]


def test_when_the_rush_is_over_there_is_room_again(store, clock, monkeypatch):
    monkeypatch.setattr(delivery, "CROWD_HERE", 1)
    wire = Wire()
    desk = Desk(store, {"wire": wire}, clock)
    rush(desk, question(1), question(2))
    rush(desk, question(3))
    assert "More is being asked" not in wire.posted["reply:desk-3"]


def test_a_digest_waits_for_no_question(store, clock, monkeypatch):
    put_article(store)
    order(store)
    held = threading.Event()
    monkeypatch.setattr("bot.commands.answer", lambda *_, **__: held.wait(20) and Reply(say("At last.")))
    wire = Wire()
    desk = Desk(store, {"wire": wire}, clock)

    async def run() -> None:
        asking = [asyncio.create_task(desk.reply(question(number))) for number in range(20)]
        await asyncio.sleep(0)
        assert [await desk.deliver(due) for due in schedule.due(store, clock(), SIX_HOURS)] == [DeliveryState.SENT]
        assert len(wire.posted) == 1
        held.set()
        await asyncio.gather(*asking)

    asyncio.run(run())
    assert len(wire.posted) == 21
