"""The outbox: claim, freeze, check, send, record. Digests and replies go the same way.

One file past 300 lines, because its laws are kept, or broken, by all of it together.

Laws:
- Nothing is sent under a key that is not claimed, and nothing but the frozen bytes, so that whoever takes over a
  claim whose holder died sends the same.
- Every message is held against the stored text before it is sent; one that breaks the quotation law never goes out.
- Errors are caught here and nowhere above: who asked gets a sentence with a reference that the log knows too.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from bot import commands, picture
from bot.commands import Reply
from bot.commands.ordering import paused, still_missing
from bot.edition import Edition, edition
from bot.errors import ChatError, QuotationError, RateLimited, StoreError, Unknown, Unreachable, mishap
from bot.message import Message, Moment, dumps, loads, say
from bot.metrics import Metrics
from bot.model import EVERYONE, Delivery, DeliveryState, Due, Subscription, Target
from bot.ports import PERSON, Answer, Chat, Request, Store, channel_of
from bot.quotation import check

LEASE = 120.0  # seconds that a claim holds: longer than any send, short enough for a quick recovery
SENDING = 0.8  # share of it within which a request that posts may begin: one takes twenty seconds at most
STALE = timedelta(minutes=10)  # a reply that is still owed after this is no longer waited for
TELLING = timedelta(days=1)  # a notice is for whoever comes by: one outage does not make it worthless
BACKOFF = 1.0  # seconds, doubled with each attempt, before a platform that is away is tried again
SOON = 10.0  # seconds up to which one waits for the next try; past it `recover` takes the delivery up
ASKED = 10.0  # seconds that a platform gets to say what is missing
LONGEST = 300.0  # seconds, the longest of these waits
ANSWERED = 4  # questions worked on at a time, in threads of their own: digests find theirs free in any rush
CROWD, CROWD_HERE = 200, 20  # questions in hand, in all and in one channel; past this they come too fast to answer
PATIENCE = 30.0  # seconds that one waits to be worked on; past this whoever asked has gone on, or asks again
PUT_OFF = 30.0  # seconds between two requests in one channel to ask again later
AT_ONCE = 16  # channels posted to at a time: past this the platforms' own limits are what one waits for
FRESH = 60.0  # seconds that an edition serves other channels, too
NOTHING_NEW = "nothing new"

CROWDED = say("More is being asked than I can answer at once. Please ask again in a minute.")

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger("dateline")


@dataclass
class Crowd:
    """The questions in hand, by channel: no more than are answered while somebody waits. `clock` in seconds."""

    clock: Callable[[], float] = time.monotonic
    _in_hand: Counter[str] = field(default_factory=Counter)
    _told: dict[str, float] = field(default_factory=dict)

    def has_room(self, channel: str) -> bool:
        return self._in_hand.total() < CROWD and self._in_hand[channel] < CROWD_HERE

    @contextmanager
    def joined(self, channel: str) -> Iterator[None]:
        """One more is in hand for as long as the context lasts."""
        self._in_hand[channel] += 1
        try:
            yield
        finally:
            self._in_hand[channel] -= 1
            self._in_hand = +self._in_hand

    def first_to_hear(self, channel: str) -> bool:
        """Whether `channel` is to be told now that there are too many; a few in all, for telling takes time, too."""
        now = self.clock()
        self._told = {one: at for one, at in self._told.items() if at > now - PUT_OFF}
        if channel in self._told or len(self._told) >= CROWD:
            return False
        self._told[channel] = now
        return True


class Desk:
    """Sends what is due and what was asked for. `clock` tells the time in UTC, `chats` are by platform name.

    A digest that a platform does not take is tried again until it is `late` past its time. A post of which nobody can
    tell whether it arrived is held, or sent again where `resend` would rather have it twice than not at all.
    """

    def __init__(
        self,
        store: Store,
        chats: Mapping[str, Chat],
        clock: Callable[[], datetime],
        summarizer: str = "dateline",
        late: timedelta = timedelta(hours=6),
        *,
        resend: bool = False,
        metrics: Metrics | None = None,
        scout: commands.Scout | None = None,
    ) -> None:
        self._store = store
        self._chats = chats
        self._clock = clock
        self._summarizer = summarizer
        self._late = late
        self._resend = resend
        self._metrics = metrics or Metrics()
        self._editions: dict[object, tuple[float, Edition]] = {}  # when made
        self._answering = asyncio.Semaphore(ANSWERED)
        self._aside = ThreadPoolExecutor(ANSWERED, "answer")
        # what takes memory has one thread, which keeps it for the next: a picture 30 MB, an edition its articles;
        # and who waits for the same edition as another has it the sooner
        self._painter, self._composer = ThreadPoolExecutor(1, "picture"), ThreadPoolExecutor(1, "edition")
        self._crowd = Crowd()
        self._scout = scout

    # --- replies ---

    async def reply(self, request: Request) -> None:
        """Answer one request, once, however often and to however many processes it arrives.

        Where more come in than can be answered, whoever waited in vain is asked to ask again later.
        """
        if not commands.meant(request):
            return
        channel, clock = channel_of(request.target), asyncio.get_running_loop().time
        waits = self._crowd.has_room(channel)
        if waits:
            with self._crowd.joined(channel):
                began = clock()
                async with self._answering:
                    waits = clock() - began < PATIENCE
                    row = await self._answered(request) if waits else None
                if row:
                    await self._send(row)
        if not waits and (self._crowd.first_to_hear(channel) or request.awaited):
            await self._put_off(request)

    async def _put_off(self, request: Request) -> None:
        log.warning("%s: more is asked than can be answered", channel_of(request.target))
        row = await self._claim(Delivery(f"reply:{request.key}", request.target, tenant=request.tenant))
        if row and (told := row if row.payload else await self._freeze(row, Reply(CROWDED), 0)):
            await self._send(told)

    async def _answered(self, request: Request) -> Delivery | None:
        """The row with the answer frozen; None where another process has it in hand."""
        row = await self._claim(Delivery(f"reply:{request.key}", request.target, tenant=request.tenant))
        if row is None or row.payload:
            return row
        deaf = self._chats[request.target.platform].health().detail
        reply = await self._in_thread(row, self._answer, replace(request, deaf=deaf))
        if reply.ordered and (lacking := await self._lacking(reply.ordered)):
            reply = still_missing(reply, lacking)
        return await self._freeze(row, reply, 0)

    def _answer(self, request: Request) -> Reply:
        """The reply to `request`, checked; an apology with a reference where it fails."""
        began, failed = time.perf_counter(), False
        try:
            reply = commands.answer(request, self._store, self._clock(), summarizer=self._summarizer, scout=self._scout)
            check(reply.message, reply.citations, self._store)
        except Exception as error:  # noqa: BLE001  it is logged, and who asked is told
            failed = True
            return Reply(say(f"Sorry, {mishap(error, f'answering {request.key}, {request.text!r},')}."))
        finally:
            self._metrics.answered(commands.named(request), time.perf_counter() - began, failed=failed)
        return reply

    # --- digests ---

    async def deliver(self, due: Due) -> DeliveryState | None:
        """Post one slot's digest or record that it was missed; None where another process has it in hand."""
        subscription, slot = due.subscription, due.slot
        before = await asyncio.to_thread(self._store.deliveries, subscription.id, 1)
        row = await self._claim(
            Delivery(
                f"digest:{subscription.id}:{slot.name}",
                subscription.target,
                subscription=subscription.id,
                due=slot.at,
                mark=before[0].mark if before else 0,  # carried from row to row until a digest moves it
                tenant=subscription.tenant,
            )
        )
        if row is None:
            return None
        if due.missed:
            await self._settle(row, DeliveryState.MISSED, reason=due.missed)
            return DeliveryState.MISSED
        return await self._digest(row, subscription, late=due.late)

    async def _digest(self, row: Delivery, subscription: Subscription, *, late: bool) -> DeliveryState:
        if not row.payload:
            try:
                compose = partial(self._compose, row, subscription, late=late)
                composed = await asyncio.get_running_loop().run_in_executor(self._composer, compose)
            except StoreError as error:
                return await self._again(row, str(error), _backoff(row))
            except Exception as error:  # noqa: BLE001  it is logged, and `!status` tells it
                return await self._settle(row, DeliveryState.FAILED, reason=mishap(error, f"composing {row.key}"))
            if composed is None:
                await self._settle(row, DeliveryState.EMPTY)
                return DeliveryState.EMPTY
            frozen = await self._freeze(row, *composed)
            if frozen is None:
                return DeliveryState.CLAIMED
            row = frozen
        return await self._send(row)

    def _compose(self, row: Delivery, subscription: Subscription, *, late: bool) -> tuple[Reply, int] | None:
        """The digest to freeze and its mark; None where nothing is new and the channel was told so already."""
        assert row.due is not None
        zone = subscription.schedule.zone
        before = [one for one in self._store.deliveries(subscription.id, limit=50) if one.key != row.key]
        composed = self._edition(
            row.due.astimezone(ZoneInfo(zone)).date(),
            subscription.words,
            subscription.tenant,
            row.mark,
            Moment(row.due, zone) if late else None,
        )
        posted = next((one for one in before if one.state is not DeliveryState.MISSED), None)
        told = posted is not None and (posted.state is DeliveryState.EMPTY or posted.reason == NOTHING_NEW)
        if composed.empty and told and not subscription.even_if_empty:
            return None
        check(composed.message, composed.citations, self._store)
        return Reply(composed.message, composed.citations), composed.mark

    def _edition(self, day: date, words: str, tenant: str, after: int, late: Moment | None) -> Edition:
        """The edition, worked out once for all the channels that read the same articles at the same time."""
        if self._store.facts(tenant).articles == self._store.facts().articles:
            tenant = EVERYONE  # it has none of its own
        newest = self._store.newest(tenant, limit=1)
        key = day, words, tenant, after, late, newest
        known = self._editions.get(key)
        now = time.monotonic()
        if known is None or known[0] < now - FRESH:
            made = edition(
                self._store, day, words=words, tenant=tenant, after=after, late=late, summarizer=self._summarizer
            )
            fresh = {one: (at, told) for one, (at, told) in self._editions.items() if at >= now - FRESH}
            known = now, made
            self._editions = {**fresh, key: known}
        return known[1]

    # --- notices ---

    async def tell(self, target: Target, message: Message, key: str, tenant: str) -> bool:
        """Say something unasked, once; false where this process does not serve that platform."""
        if target.platform not in self._chats:
            return False
        row = await self._claim(Delivery(key, target, tenant=tenant))
        if row and (told := await self._freeze(row, Reply(message), 0)):
            await self._send(told)
        return True

    # --- both ---

    async def recover(self) -> None:
        """Take up what a process that died, or froze, left half done."""
        left = [one for one in await asyncio.to_thread(self._store.unsettled) if one.target.platform in self._chats]
        # loaded once: after an outage thousands of digests may be left
        stored = await asyncio.to_thread(self._store.subscriptions) if any(one.subscription for one in left) else ()
        orders = {one.id: one for one in stored}
        await side_by_side(left, _channel, lambda one: self._take_up(one, orders.get(one.subscription)))

    async def _take_up(self, left: Delivery, subscription: Subscription | None) -> None:
        row = await self._claim(left)
        if row is None:
            return
        if row.due and self._clock() - row.due > self._late:
            await self._settle(row, *_too_late(left))
        elif subscription:
            await self._digest(row, subscription, late=True)
        elif row.payload and row.at and self._clock() - row.at < _patience(row):
            await self._send(row)
        else:
            await self._settle(row, DeliveryState.FAILED, reason="nobody waits for it any more")

    async def _subscription(self, id_: int) -> Subscription | None:
        if not id_:  # a reply
            return None
        stored = await asyncio.to_thread(self._store.subscriptions)
        return next((one for one in stored if one.id == id_), None)

    async def _send(self, row: Delivery, *, look: bool = True) -> DeliveryState:
        """Post the frozen bytes and record what came of it."""
        message, citations, command = loads(row.payload)
        chat = self._chats[row.target.platform]
        lacking = "; ".join(await self._lacking(row.target)) if row.subscription else ""
        try:
            await self._in_thread(row, check, message, citations, self._store)
            pictured = await self._pictured(message, row)
            ids = await chat.post(row.target, pictured, row.key, retry=look and row.attempts > 1, until=row.ends)
        except QuotationError as error:
            # withdrawn or edited between freezing and sending: the words may no longer be shown
            return await self._settle(row, DeliveryState.FAILED, reason=f"what it quotes changed: {error}")
        except RateLimited as error:
            return await self._again(row, str(error), error.retry_after)
        except Unreachable as error:
            if error.for_good:
                await self._pause(row, lacking or str(error))
                return await self._settle(row, DeliveryState.FAILED, reason=lacking or str(error))
            return await self._again(row, str(error), _backoff(row))
        except Unknown as error:
            if self._resend and look:
                return await self._send(row, look=False)
            return await self._settle(row, DeliveryState.UNKNOWN, reason=str(error))
        answer = Answer(channel_of(row.target), command, citations, ids, tenant=row.tenant)
        await self._in_thread(row, self._store.remember, answer, self._clock())
        reason = NOTHING_NEW if row.subscription and not citations else lacking
        return await self._settle(row, DeliveryState.SENT, ids, reason)

    async def _pictured(self, message: Message, row: Delivery) -> Message:
        """`message` with its picture, where one can be shown; where drawing it fails the words, which say the same."""
        if not message.dots or row.target.platform == "terminal":
            return message
        try:
            return await asyncio.get_running_loop().run_in_executor(self._painter, picture.drawn, message)
        except Exception as error:  # noqa: BLE001  it is logged, and the words go out
            mishap(error, f"drawing the picture of {row.key}")
            return message

    async def _again(self, row: Delivery, reason: str, after: float) -> DeliveryState:
        """Try again later, for as long as somebody still waits for it."""
        ends = row.due + self._late if row.due else row.at + _patience(row) if row.at else self._clock()
        if self._clock() >= ends:
            return await self._settle(row, DeliveryState.FAILED, reason=reason)
        self._metrics.delayed(row)
        await self._in_thread(row, self._store.release, row, reason, after)
        if after <= SOON and row.payload:
            await asyncio.sleep(after)
            if again := await self._claim(row):
                return await self._send(again)
        return DeliveryState.CLAIMED

    async def _pause(self, row: Delivery, reason: str) -> None:
        """A target that is gone for good gets no further digests until somebody resumes them; who ordered is told."""
        subscription = await self._subscription(row.subscription)
        if subscription is None:
            return
        stopped = await asyncio.to_thread(self._store.subscribe, replace(subscription, paused=reason))
        if stopped.orderer:
            target = Target(row.target.platform, f"{PERSON}{stopped.orderer}")
            await self.tell(target, paused(stopped), f"paused:{row.key}", row.tenant)

    async def _lacking(self, target: Target) -> tuple[str, ...]:
        """What is missing to post there; nothing, where the platform cannot be asked: posting will tell."""
        try:
            async with asyncio.timeout(ASKED):  # shielded: half an exchange may cost more than a whole one
                return await asyncio.shield(self._chats[target.platform].check(target))
        except (ChatError, TimeoutError) as error:
            log.info("%s: whether anything is missing cannot be asked: %s", channel_of(target), error)
            return ()

    async def _in_thread(self, row: Delivery, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do `work`, which is for `row`, where it delays neither the event loop nor a digest."""
        threads = None if row.subscription else self._aside
        return await asyncio.get_running_loop().run_in_executor(threads, partial(work, *args, **kwargs))

    async def _claim(self, delivery: Delivery) -> Delivery | None:
        began = asyncio.get_running_loop().time()
        row = await self._in_thread(delivery, self._store.claim, delivery, LEASE)
        return replace(row, ends=began + SENDING * LEASE) if row else None

    async def _freeze(self, row: Delivery, reply: Reply, mark: int) -> Delivery | None:
        """The row with its payload; None where it took longer than the lease and another has the claim now."""
        payload = dumps((reply.message, reply.citations, reply.command))
        held = await self._in_thread(row, self._store.freeze, row, payload, mark)
        return replace(row, payload=payload, mark=mark) if held else None

    async def _settle(
        self, row: Delivery, state: DeliveryState, ids: tuple[str, ...] = (), reason: str = ""
    ) -> DeliveryState:
        now = self._clock()
        await self._in_thread(row, self._store.settle, row, state, now, ids, reason)
        self._metrics.delivered(row, state, now)
        said = {"delivery": row.key, "outcome": state.value}
        log.info("%s %s%s", row.key, state, f": {reason}" if reason else "", extra=said)
        return state


async def side_by_side(items: Sequence[T], channel: Callable[[T], str], work: Callable[[T], Awaitable[object]]) -> None:
    """Do `work` on each of `items`: those of one channel in order, AT_ONCE channels at a time.

    Where the database fails it, one is left for later, and leaves the others alone.
    """
    channels: dict[str, list[T]] = defaultdict(list)
    for item in items:
        channels[channel(item)].append(item)
    places = asyncio.Semaphore(AT_ONCE)

    async def each(name: str, own: Sequence[T]) -> None:
        async with places:
            for item in own:
                try:
                    await work(item)
                except StoreError as error:
                    log.error("%s: a delivery is left for later: %s", name, error)  # noqa: TRY400  it says enough

    await asyncio.gather(*(each(name, own) for name, own in channels.items()))


def _channel(row: Delivery) -> str:
    return channel_of(row.target)


def _patience(row: Delivery) -> timedelta:
    """How long what no slot asks for is worth sending."""
    return STALE if row.subscription or row.key.startswith("reply:") else TELLING


def _backoff(row: Delivery) -> float:
    """Seconds until the next try."""
    return min(LONGEST, BACKOFF * 2.0**row.attempts)


def _too_late(left: Delivery) -> tuple[DeliveryState, tuple[str, ...], str]:
    """What to record of a digest that was left half done for too long; a released one has its reason."""
    if left.reason:
        return DeliveryState.FAILED, (), left.reason
    # what was frozen may have been posted before its sender died; nobody can tell so much later
    state = DeliveryState.UNKNOWN if left.payload else DeliveryState.MISSED
    return state, (), "its sender died and nobody was up in time to take over"
