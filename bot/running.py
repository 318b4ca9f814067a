"""Keeping it going: chats answered, slots delivered, until the chats end or a signal says stop."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, nullcontext, suppress
from datetime import datetime, timedelta
from typing import Any

from bot import schedule, tenants
from bot.delivery import Desk, side_by_side
from bot.metrics import Metrics
from bot.model import Due
from bot.polling import Poller
from bot.polling.scouting import within
from bot.ports import Chat, Request, Store, channel_of
from bot.web import Watch

PRUNED = timedelta(hours=1)  # between two looks at what nobody asks for any more
ANSWERS = timedelta(days=90)  # that `!source 2` under an answer goes on working
REPLIES = timedelta(days=7)  # that a reply's row is kept, longer than any platform brings an event again
DIGESTS = timedelta(days=365)  # that a digest's row is kept
THREADS = 8  # for digests, feeds and all else but answers: each keeps the memory that its hungriest work took
M_ARENA_MAX, ARENAS = -8, 2  # mallopt(3); one for the event loop's thread and one for all others
MINUTE = 59.0  # seconds; as often as the tick comes
GRACE, AGAIN = 7.0, 0.2  # seconds that what is in hand gets when asked to stop; orchestrators kill after ten

log = logging.getLogger("dateline")


async def run(
    store: Store,
    chats: Mapping[str, Chat],
    clock: Callable[[], datetime],
    *,
    late: timedelta,
    summarizer: str,
    keep: timedelta | None = None,
    resend: bool = False,
    opening: Sequence[Request] = (),
    http: tuple[str, int] | None = None,
    poller: Poller | None = None,
) -> None:
    """Answer `opening`, then what the chats bring, and deliver what is due, until the last chat ends.

    Articles older than `keep` are let go of; `resend` as in `Desk`. A chat that fails leaves the others running; its error is raised when they have ended, too.
    Health and metrics are served at `http`; `poller` keeps up with the feeds beside it all.
    """
    memory = Memory()
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "work"))
    metrics = Metrics()
    scout = within(poller, asyncio.get_running_loop()) if poller else None
    desk = Desk(store, chats, clock, summarizer, late, resend=resend, metrics=metrics, scout=scout)
    watch = Watch(store, chats, metrics, now=clock)
    pruned: datetime | None = None
    nexts: schedule.Nexts = {}

    async def tick() -> None:
        nonlocal pruned
        if keep:
            await asyncio.to_thread(store.expire, clock() - keep)
        await asyncio.to_thread(tenants.clear, store, clock())
        await desk.recover()
        dues = await asyncio.to_thread(schedule.due, store, clock(), late, nexts)
        await deliver(desk, [due for due in dues if due.subscription.target.platform in chats])
        now = clock()
        if pruned is None or now - pruned > PRUNED:
            await asyncio.to_thread(store.prune, now - ANSWERS, now - REPLIES, now - DIGESTS)
            pruned = now
        await asyncio.to_thread(memory.give_back)
        watch.ticked(await asyncio.to_thread(schedule.overdue, store, clock(), dues, chats))

    for request in opening:
        await desk.reply(request)
    async with watch.open(http) if http else nullcontext(), _polling(poller, desk) if poller else nullcontext():
        await _serve(tick, desk, chats)


class Memory:
    """What the C library has of it: by itself glibc keeps a heap for nearly each thread, and what each once needed."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        self._given_back = time.monotonic()
        with suppress(AttributeError):  # a C library other than glibc
            self._library.mallopt(M_ARENA_MAX, ARENAS)

    def give_back(self) -> None:
        """Let the machine have what nobody uses any more, once a minute at most."""
        if time.monotonic() - self._given_back >= MINUTE:
            self._given_back = time.monotonic()
            with suppress(AttributeError):
                self._library.malloc_trim(0)


@asynccontextmanager
async def _polling(poller: Poller, desk: Desk) -> AsyncIterator[None]:
    """Keep up with the feeds for as long as the context lasts."""
    poller.tell = desk.tell
    async with poller:
        task = asyncio.create_task(poller.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _serve(tick: Callable[[], Coroutine[Any, Any, None]], desk: Desk, chats: Mapping[str, Chat]) -> None:
    await _to_its_end(tick())
    async with schedule.every_minute(tick):
        kept = (_kept(name, chat, desk, alone=len(chats) == 1) for name, chat in chats.items())
        # exceptions are returned, so that cancelling waits for every chat: each has answers to get out
        ended = await asyncio.gather(*kept, return_exceptions=True)
    for error in filter(None, ended):
        raise error


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Wait for `work`, and when cancelled meanwhile, for its end all the same; cancelled twice, leave it."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise


async def deliver(desk: Desk, dues: Sequence[Due]) -> None:
    """Deliver `dues`: those of one channel in order, several channels side by side."""
    await side_by_side(dues, lambda due: channel_of(due.subscription.target), desk.deliver)


async def _kept(name: str, chat: Chat, desk: Desk, *, alone: bool) -> Exception | None:
    try:
        await chat.run(desk.reply)
    except Exception as error:  # noqa: BLE001  the other platforms go on
        if not alone:  # else nothing goes on, and whoever started it is told the same
            log.error("%s has stopped: %s", name, error)  # noqa: TRY400  the trace is raised at the end
        return error
    return None


async def until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Let `work` run until it ends or SIGTERM or SIGINT arrives; what is being sent then is sent to its end.

    That gets GRACE seconds; what takes longer stays in the outbox, for the next process.
    """
    loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work)

    def insist() -> None:
        if not task.done():
            task.cancel()
            loop.call_later(AGAIN, insist)

    def stop() -> None:
        task.cancel()
        loop.call_later(GRACE, insist)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    with suppress(asyncio.CancelledError):
        await task
