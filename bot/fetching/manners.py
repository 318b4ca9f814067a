"""Manners towards servers: turns by host, waits that they ask for, and robots.txt."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote, unquote
from urllib.robotparser import RobotFileParser

from yarl import URL

from bot.errors import FetchError

AGENT = "Dateline"
DAY = 86400.0  # seconds; RFC 9309, section 2.4: robots.txt is not kept longer
AGAIN = 600.0  # seconds after which a robots.txt that could not be read is asked for again
MOST_HOSTS = 2000  # remembered; the oldest are forgotten
MOST_RULES = 4_000_000  # code points of robots.txt remembered, all sites together; as rules they take ten times that
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
    """What a robots.txt of `size` code points says; `parser` is None where it could not be read, which forbids all.

    Kept until `until`. `why`: it could not be read.
    """

    parser: RobotFileParser | None
    until: float
    size: int = 0
    why: str = ""


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
            why = f"the site's robots.txt could not be read, as {rules.why}, and without it its pages are left alone"
            raise FetchError(why, AGAIN)
        # in a thread: a long one is gone through for every page
        if not await asyncio.to_thread(_may_read, rules.parser, url):
            raise FetchError("the site's robots.txt asks not to read it")
        delay = rules.parser.crawl_delay(AGENT)
        return min(float(delay or 0), SLOWEST)

    async def _ask(self, origin: URL) -> _Rules:
        try:
            text = await self._read(origin / "robots.txt")
        except FetchError as error:
            found = _Rules(None, self._clock() + AGAIN, why=error.reason)
        else:
            found = _Rules(await asyncio.to_thread(_parsed, text), self._clock() + DAY, len(text))
        self._rules.pop(origin, None)
        self._rules[origin] = found
        size = sum(rules.size for rules in self._rules.values())
        while len(self._rules) > 1 and (len(self._rules) > MOST_HOSTS or size > MOST_RULES):
            size -= self._rules.pop(next(iter(self._rules))).size
        return found


def _parsed(text: str) -> RobotFileParser:
    parser = RobotFileParser()
    parser.parse(text.splitlines())
    return parser


def _may_read(parser: RobotFileParser, url: URL) -> bool:
    """Whether the longest rule that fits allows it: RFC 9309, section 2.2.2. RobotFileParser takes the first."""
    mine = [entry for entry in parser.entries if entry.applies_to(AGENT)]  # type: ignore[attr-defined]
    entry = mine[0] if mine else parser.default_entry  # type: ignore[attr-defined]
    path = quote(unquote(url.raw_path_qs))  # as it quotes its rules
    fitting = [(len(rule.path), rule.allowance) for rule in entry.rulelines if _fits(rule.path, path)] if entry else []
    return bool(max(fitting, default=(0, True))[1])


def _fits(rule: str, path: str) -> bool:
    """Whether a rule is of this path: * stands for anything in it, and $ for its end; RFC 9309, section 2.2.3."""
    first, *others = rule.removesuffix("%24").split("%2A")
    if not path.startswith(first):
        return False
    at = len(first)
    for piece in others:
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    ends = path.endswith(others[-1]) if others else at == len(path)
    return ends or not rule.endswith("%24")
