"""Manners towards servers: turns by host, waits that they ask for, and robots.txt."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.robotparser import RobotFileParser

from yarl import URL

from bot.errors import FetchError

AGENT = "Dateline"
DAY = 86400.0  # seconds; RFC 9309, section 2.4: robots.txt is not kept longer
AGAIN = 600.0  # seconds after which a robots.txt that could not be read is asked for again
MOST_HOSTS = 2000  # remembered; the oldest are forgotten
SLOWEST = 30.0  # seconds between requests that a Crawl-delay may ask for


class Turns:
    """One request a `pace` seconds to each host, and none while it has asked to be left alone."""

    def __init__(self, pace: float, clock: Callable[[], float]) -> None:
        self.pace = pace
        self._clock = clock
        self._next: dict[str, float] = {}
        self._held: dict[str, float] = {}

    async def take(self, host: str, pace: float = 0.0) -> None:
        """Wait for this request's turn; raises FetchError while the host is held."""
        self.refuse_held(host)
        now = self._clock()
        at = max(now, self._next.pop(host, now))
        self._next[host] = at + max(pace, self.pace)
        _forget(self._next)
        if at > now:
            await asyncio.sleep(at - now)
            self.refuse_held(host)

    def hold(self, host: str, seconds: float) -> None:
        self._held[host] = self._clock() + seconds
        _forget(self._held)

    def refuse_held(self, host: str) -> None:
        left = self._held.get(host, 0.0) - self._clock()
        if left > 0:
            raise FetchError("the server asked to be left alone for a while", left)
        self._held.pop(host, None)


def _forget(hosts: dict[str, float]) -> None:
    if len(hosts) > MOST_HOSTS:
        del hosts[next(iter(hosts))]


@dataclass(frozen=True, slots=True)
class _Rules:
    """What a robots.txt says; `parser` is None where it could not be read, which forbids all. Kept until `until`."""

    parser: RobotFileParser | None
    until: float


class Robots:
    """Whether pages may be read by robots.txt, RFC 9309; `read` returns the text of one, or raises."""

    def __init__(self, read: Callable[[URL], Awaitable[str]], clock: Callable[[], float]) -> None:
        self._read = read
        self._clock = clock
        self._rules: dict[URL, _Rules] = {}
        self._locks: dict[URL, asyncio.Lock] = {}

    async def pace(self, url: URL) -> float:
        """Seconds to leave between requests there; raises FetchError where the page asks not to be read."""
        origin = url.origin()
        lock = self._locks.setdefault(origin, asyncio.Lock())
        try:
            async with lock:  # a site is asked once, however many of its pages are wanted
                rules = self._rules.get(origin)
                if rules is None or rules.until <= self._clock():
                    rules = await self._ask(origin)
        finally:
            self._locks.pop(origin, None)
        if rules.parser is None:
            raise FetchError("the site's robots.txt could not be read, so its pages are left alone", AGAIN)
        if not rules.parser.can_fetch(AGENT, str(url)):
            raise FetchError("the site's robots.txt asks not to read it")
        delay = rules.parser.crawl_delay(AGENT)
        return min(float(delay or 0), SLOWEST)

    async def _ask(self, origin: URL) -> _Rules:
        self._rules.pop(origin, None)
        if len(self._rules) >= MOST_HOSTS:
            del self._rules[next(iter(self._rules))]
        try:
            text = await self._read(origin / "robots.txt")
        except FetchError:
            found = _Rules(None, self._clock() + AGAIN)
        else:
            parser = RobotFileParser()
            parser.parse(text.splitlines())
            found = _Rules(parser, self._clock() + DAY)
        self._rules[origin] = found
        return found
