"""Discord and Slack as in bad weather: slow, cut, overloaded, forgetful; and what their readers saw in the end."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from aiohttp import web

from bot.chat import budget
from tests.servers import discord, slack

Json = dict[str, Any]
Fault = Callable[[random.Random], Any]


class Weather(list[Any]):
    """The faults of a platform, drawn as posts come in: one of `kinds` with probability `bad`."""

    def __init__(self, rng: random.Random, bad: float, kinds: Iterable[Fault]) -> None:
        super().__init__()
        self.rng, self.bad, self.kinds = rng, bad, list(kinds)

    def __bool__(self) -> bool:
        return self.rng.random() < self.bad

    def pop(self, _index: Any = 0) -> Any:
        return self.rng.choice(self.kinds)(self.rng)


class _Stormy:
    """What both platforms have: `lag` seconds at most before and after a post is stored, and times of being away."""

    def __init__(self, rng: random.Random, scale: float) -> None:
        super().__init__()
        self.rng, self.scale = rng, scale
        self.lag = 0.15
        self.down = False
        self.at: Callable[[str], None] = lambda _point: None
        self.posts = 0
        self.arrivals: dict[str, float] = {}  # channel -> when its first message came

    async def _lagging(self, request: web.Request, channel: str, store: Callable[[], Any]) -> web.Response:
        self.posts += 1
        self.arrivals.setdefault(channel, time.monotonic())
        self.at("arrived")
        await asyncio.sleep(self.rng.random() * self.lag)
        if self.down and self.rng.random() < 0.5:
            return _cut(request)
        answer: web.Response = await store()
        self.at("stored")
        await asyncio.sleep(self.rng.random() * self.lag)
        return _cut(request) if self.down else answer


def _cut(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()


class _Forgetful(dict[Any, Any]):
    """Nonces, remembered for a while."""

    def __init__(self, window: float) -> None:
        super().__init__()
        self._window = window
        self._since: dict[Any, float] = {}

    def __setitem__(self, nonce: Any, message: Any) -> None:
        while self._since and (oldest := next(iter(self._since))) not in self:
            del self._since[oldest], self[oldest]
        self._since[nonce] = time.monotonic()
        super().__setitem__(nonce, message)

    def __contains__(self, nonce: object) -> bool:
        return nonce in self._since and time.monotonic() - self._since[nonce] < self._window


class StormyDiscord(_Stormy, discord.Server):
    """A channel for each digest."""

    name = "discord"

    def __init__(self, rng: random.Random, scale: float) -> None:
        super().__init__(rng, scale)
        self._nonces = _Forgetful(budget.DISCORD_NONCE_WINDOW * scale)
        self.channels: dict[str, Json] = {}
        self._telling: set[asyncio.Future[None]] = set()

    def channel(self, number: int) -> str:
        id_ = str(310_000_000_000_000_000 + number)
        self.channels[id_] = discord.Server._channels(self)[discord.CHANNEL] | {"id": id_}
        if self._sockets:  # else the next login tells of it
            telling = asyncio.ensure_future(self._tell(self.channels[id_]))
            self._telling.add(telling)
            telling.add_done_callback(self._telling.discard)
        return id_

    async def _tell(self, channel: Json) -> None:
        with suppress(ConnectionError):  # of a process that was killed
            await self.dispatch("CHANNEL_CREATE", channel)

    def guild(self) -> Json:
        guild = super().guild()
        return guild | {"channels": [*guild["channels"], *self.channels.values()]}

    def forget(self, channels: Iterable[str]) -> None:
        """Let go of what is long past in these channels and their threads, and of events that nobody asks for again."""
        past = set(channels)
        past |= {str(one["id"]) for one in self.messages if one["channel_id"] in past}
        self.messages[:-500] = [one for one in self.messages[:-500] if one["channel_id"] not in past]
        del self._replay[:-500]

    def _channels(self) -> dict[str, Json]:
        return {**super()._channels(), **self.channels}

    async def _post(self, request: web.Request) -> web.Response:
        return await self._lagging(request, request.match_info["channel"], lambda: discord.Server._post(self, request))

    def seen(self, channel: str) -> list[str]:
        """What stands in a channel and in the threads of its messages."""
        own = [one for one in self.messages if one["channel_id"] == channel]
        threads = {str(one["id"]) for one in own}
        below = [one for one in self.messages if one["channel_id"] in threads]
        return [f"{one['channel_id']} {one['content']}" for one in (*own, *below)]

    # what can go wrong with a post

    @staticmethod
    def cuts() -> list[Fault]:
        return [
            lambda _: discord.Fault(),
            lambda _: discord.Fault(after=True),
            lambda rng: discord.Fault(slow=rng.random(), after=True),
        ]

    @classmethod
    def troubles(cls) -> list[Fault]:
        return [
            *cls.cuts(),
            *(lambda rng, s=s: discord.Fault(s, after=rng.random() < 0.5) for s in (500, 502, 503)),
            *cls.limits(),
        ]

    @staticmethod
    def limits() -> list[Fault]:
        return [
            lambda rng: discord.Fault(429, retry_after=rng.random() / 2),
            lambda rng: discord.Fault(429, retry_after=rng.random() / 2, everywhere=True),
            lambda rng: discord.Fault(429, retry_after=rng.random() / 2, via=False),
        ]


class StormySlack(_Stormy, slack.Server):
    name = "slack"

    def __init__(self, rng: random.Random, scale: float) -> None:
        super().__init__(rng, scale)
        self.page = 100
        self.slowest = 30.0 * scale  # until a message is in the history; below what the bot waits for

    base_gateway = ""

    def channel(self, number: int) -> str:
        return f"C9{number}"

    async def _chat_postmessage(self, request: web.Request, sent: Json) -> web.Response:
        self.settles = self.rng.random() * self.slowest
        return await self._lagging(
            request, sent["channel"], lambda: slack.Server._chat_postmessage(self, request, sent)
        )

    def seen(self, channel: str) -> list[str]:
        return [f"{one.get('thread_ts', '')} {one['text']}" for one in self.messages if one["channel"] == channel]

    @staticmethod
    def cuts() -> list[Fault]:
        return [
            lambda _: slack.Fault(),
            lambda _: slack.Fault(after=True),
            lambda rng: slack.Fault(slow=rng.random(), after=True),
        ]

    @classmethod
    def troubles(cls) -> list[Fault]:
        return [
            *cls.cuts(),
            *(lambda rng, s=s: slack.Fault(status=s, after=rng.random() < 0.5) for s in (500, 502, 503, 200)),
            lambda rng: slack.Fault("internal_error", after=rng.random() < 0.5),
            *cls.limits(),
        ]

    @staticmethod
    def limits() -> list[Fault]:
        return [lambda rng: slack.Fault(status=429, retry_after=round(rng.random()))]


Stormy = StormyDiscord | StormySlack
PLATFORMS: dict[str, type[StormyDiscord | StormySlack]] = {"discord": StormyDiscord, "slack": StormySlack}


def doubled(seen: list[str]) -> int:
    return sum(count - 1 for count in Counter(seen).values())
