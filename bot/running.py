"""Keeping it going: chats answered, slots delivered, until the chats end or a signal says stop."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections import defaultdict
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from bot import schedule
from bot.delivery import Desk
from bot.model import Due
from bot.ports import Chat, Request, Store, channel_of

AT_ONCE = 16  # channels delivered to at a time: past this the platforms' own limits are what one waits for

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
) -> None:
    """Answer `opening`, then what the chats bring, and deliver what is due, until the last chat ends.

    Articles older than `keep` are let go of; `resend` as in `Desk`. A chat that fails leaves the others running; its error is raised when they have ended, too.
    """
    desk = Desk(store, chats, clock, summarizer, late, resend=resend)

    async def tick() -> None:
        if keep:
            await asyncio.to_thread(store.expire, clock() - keep)
        await desk.recover()
        dues = await asyncio.to_thread(schedule.due, store, clock(), late)
        await deliver(desk, [due for due in dues if due.subscription.target.platform in chats])

    for request in opening:
        await desk.reply(request)
    await tick()
    async with schedule.every_minute(tick):
        ended = await asyncio.gather(*(_kept(name, chat, desk) for name, chat in chats.items()))
    for error in filter(None, ended):
        raise error


async def deliver(desk: Desk, dues: Sequence[Due]) -> None:
    """Deliver `dues`: those of one channel in order, AT_ONCE channels side by side."""
    channels: dict[str, list[Due]] = defaultdict(list)
    for due in dues:
        channels[channel_of(due.subscription.target)].append(due)
    places = asyncio.Semaphore(AT_ONCE)

    async def one(channel: Sequence[Due]) -> None:
        async with places:
            for due in channel:
                await desk.deliver(due)

    await asyncio.gather(*map(one, channels.values()))


async def _kept(name: str, chat: Chat, desk: Desk) -> Exception | None:
    try:
        await chat.run(desk.reply)
    except Exception as error:  # noqa: BLE001  the other platforms go on
        log.error("%s has stopped: %s", name, error)  # noqa: TRY400  the trace is raised at the end
        return error
    return None


async def until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Let `work` run until it ends or SIGTERM or SIGINT arrives; what is being sent then is sent to its end."""
    loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await task
