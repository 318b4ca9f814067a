"""A process of the bot that may be killed at any moment: real store, real client libraries, shorter waits."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import resource
import signal
import sys
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import delivery, running, schedule
from bot.chat import budget
from bot.chat.discord import posting as discord_posting
from bot.chat.discord.client import Discord
from bot.chat.discord.gateway import Paces as DiscordPaces
from bot.chat.slack import posting as slack_posting
from bot.chat.slack.client import Slack
from bot.chat.slack.socket import Paces as SlackPaces
from bot.message import Message
from bot.model import Target
from bot.ports import Chat, Store
from bot.store import open_store

warnings.filterwarnings("ignore", "'audioop'", DeprecationWarning)

LATE = timedelta(hours=6)
POINTS = (
    "claim>", ">freeze", "freeze>", ">post", "post>", ">remember", "remember>", ">settle", "settle>", "arrived", "stored",
)  # fmt: skip
"""Where the outbox can be cut: before (">x") and after ("x>") each step, and while the platform has the request."""


@dataclass(frozen=True)
class Job:
    """What a process is to serve. `scale`: of every waiting time; `point`: where it is to die; `clock`: file with an
    offset in seconds, and a speed, of its clock; `room`: bytes that it may write into one file."""

    platform: str
    url: str
    api: str
    gateway: str
    token: str
    app_token: str
    log: str
    scale: float
    tick: float = 0.5
    point: str = ""
    clock: str = ""
    room: int = 0
    wait: float = 10.0


def serve(job: Job) -> None:
    """What `dateline serve` does, until SIGTERM or worse."""
    logging.basicConfig(filename=job.log, format="%(process)d %(asctime)s %(levelname)s %(message)s", force=True)
    logging.getLogger("dateline").setLevel(logging.INFO)
    sys.stderr = Path(job.log).open("a")  # noqa: SIM115  for as long as the process lives
    if job.room:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (job.room, resource.RLIM_INFINITY))
    shorten(job.scale)
    # the socket's own tick is a minute of the wall clock; here it is `job.tick` seconds
    schedule.every_minute = _every(job.tick)
    store = open_store(job.url, wait=job.wait)
    chat = opened(job)
    kept: Any = Tripwire(store, chat, job.point) if job.point else None
    work = running.run(kept or store, {job.platform: kept or chat}, _clock(job.clock), late=LATE, summarizer="dateline")
    asyncio.run(running.until_stopped(work))
    store.close()


def shorten(scale: float) -> None:
    """Every waiting time that takes part in delivering, ours and those we ascribe to the platforms."""
    delivery.LEASE *= scale
    delivery.BACKOFF *= scale
    delivery.SOON *= scale
    delivery.LONGEST *= scale
    budget.SEND *= scale
    budget.DISCORD_NONCE_WINDOW *= scale
    budget.SLACK_SETTLE *= scale
    discord_posting.OVERALL *= scale
    slack_posting.SHORT *= scale


def opened(job: Job) -> Chat:
    if job.platform == "discord":
        paces = DiscordPaces(pause=0.2, longest=1.0, identify=0.0, ready=0.1)
        return Discord(job.token, api_base=job.api, gateway_url=job.gateway, paces=paces)
    paces_ = SlackPaces(pause=0.2, longest=1.0)
    return Slack(job.token, job.app_token, api_base=job.api, paces=paces_, settle=budget.SLACK_SETTLE, rate=0.0)


def _every(seconds: float) -> Any:
    @asynccontextmanager
    async def every(tick: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
        async def on() -> None:
            while True:
                try:
                    await asyncio.shield(once())
                except Exception:
                    logging.getLogger("dateline").exception("a tick failed")  # as APScheduler does
                await asyncio.sleep(random.uniform(0.5, 1.5) * seconds)

        async def once() -> None:
            async with ticking:
                await tick()

        ticking = asyncio.Lock()
        task = asyncio.create_task(on())
        try:
            yield
        finally:
            task.cancel()
            async with ticking:
                pass

    return every


def _clock(file: str) -> Callable[[], datetime]:
    """The clock of a machine that somebody tampers with: "offset" seconds away, or from "start" on at "speed"."""

    def now() -> datetime:
        real = datetime.now(UTC)
        if not file:
            return real
        offset, start, speed = Path(file).read_text().split()
        if float(speed) == 1:
            return real + timedelta(seconds=float(offset))
        return datetime.fromisoformat(start) + (real.timestamp() - float(offset)) * timedelta(seconds=float(speed))

    return now


class Tripwire:
    """Store and chat of one process, which dies where `point` says."""

    def __init__(self, store: Store, chat: Chat, point: str) -> None:
        self._store, self._chat, self._point = store, chat, point

    def _pass(self, point: str) -> None:
        if point == self._point:
            os.kill(os.getpid(), signal.SIGKILL)

    def __getattr__(self, name: str) -> Any:
        if name in {"run", "check", "health"}:
            return getattr(self._chat, name)
        method = getattr(self._store, name)

        def watched(*args: Any, **kwargs: Any) -> Any:
            self._pass(f">{name}")
            told = method(*args, **kwargs)
            self._pass(f"{name}>")
            return told

        return watched

    async def post(self, target: Target, message: Message, key: str, *, retry: bool, until: float) -> tuple[str, ...]:
        self._pass(">post")
        ids = await self._chat.post(target, message, key, retry=retry, until=until)
        self._pass("post>")
        return ids
