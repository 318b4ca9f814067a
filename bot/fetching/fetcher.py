"""One address read: its turn waited for, its redirects followed and checked one by one, its body bounded."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from types import TracebackType
from typing import Literal, Self

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.http_exceptions import ContentEncodingError
from yarl import URL

from bot.errors import FetchError
from bot.fetching.addresses import checked, is_allowed, is_public
from bot.fetching.answers import max_age, refusal
from bot.fetching.manners import AGENT, Robots, Turns

Kind = Literal["feed", "page"]

_ACCEPT: dict[str, str] = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, text/html;q=0.5, */*;q=0.1",
    "page": "text/html, application/xhtml+xml, */*;q=0.1",
    "robots": "text/plain, */*;q=0.1",
}
_UNREAD = ("image/", "audio/", "video/", "font/", "application/pdf", "application/zip")  # neither feed nor page
_FOR_GOOD = frozenset({301, 308})
_FOR_NOW = frozenset({302, 303, 307})
_PRIVATE = "the address leads to a private network"
_ROBOTS = 500_000  # bytes; RFC 9309, section 2.5


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may cost, in bytes (unpacked) and seconds, and what is asked of servers.

    `pace`: seconds from one request to the next to one host. `trickle`: bytes a second that a body must bring.
    """

    size: int = 5_000_000
    seconds: float = 20.0
    silence: float = 10.0
    trickle: int = 256
    redirects: int = 5
    pace: float = 1.0
    at_once: int = 8


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back: `status` is 200, or 304 where nothing has changed; all else is a FetchError.

    `url` is the last address, after redirects; `moved` the one to ask from now on, where it has moved for good, else
    empty. `body` is unpacked. `max_age`: seconds for which it is fresh, of Cache-Control or Expires.
    """

    status: int
    url: str
    moved: str = ""
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""
    charset: str = ""
    etag: str = ""
    modified: str = ""
    max_age: float | None = None


class _PrivateAddress(OSError):
    """A name leads where nobody from outside may go."""


def _guarded(info: tuple[int, int, int, str, tuple[str | int, ...]]) -> socket.socket:
    """The socket for a connection; refused at the last moment, when every name and spelling has become a number."""
    family, kind, protocol, _, address = info
    if family not in {socket.AF_INET, socket.AF_INET6} or not is_public(str(address[0])):
        raise _PrivateAddress(_PRIVATE)
    return socket.socket(family, kind, protocol)


class Fetcher:
    """Reads addresses; one a process. An async context manager.

    `contact` stands in the User-Agent, for webmasters. `allow`: hosts, or host:port, reached although private.
    """

    def __init__(
        self,
        *,
        contact: str = "",
        allow: Collection[str] = (),
        clock: Callable[[], float] = time.monotonic,
        limits: Limits | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        told = "".join(letter for letter in contact if " " < letter < "\x7f" and letter not in "()")
        self.agent = f"{AGENT}/{version('dateline')}" + (f" (+{told})" if told else "")
        self.limits = limits or Limits()
        self._allow = frozenset(host.strip().lower() for host in allow)
        self._clock = clock
        self._resolver = resolver
        self._turns = Turns(self.limits.pace, clock)
        self._robots = Robots(self._robots_text, clock)
        self._room = asyncio.Semaphore(self.limits.at_once)
        self._sessions: dict[bool, aiohttp.ClientSession] = {}  # by whether the operator allows the host

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    async def get(
        self, url: str, *, etag: str = "", modified: str = "", robots: bool = False, kind: Kind = "feed"
    ) -> Fetched:
        """What stands at `url`, or that it has not changed since `etag` or `modified`; raises FetchError.

        `robots`: ask the site's robots.txt first. Waits for the host's turn, which does not count as its time.
        """
        headers = {"Accept": _ACCEPT[kind]}
        if etag:
            headers["If-None-Match"] = etag
        if modified:
            headers["If-Modified-Since"] = modified
        return await self._follow(checked(url, self._allow), headers, robots=robots)

    async def _follow(self, url: URL, headers: dict[str, str], *, robots: bool = False) -> Fetched:
        """The answer behind at most `limits.redirects` redirects; they all share one time."""
        seen = {url}
        moved, for_good = URL(), True
        left = self.limits.seconds
        while True:
            pace = await self._robots.pace(url) if robots else 0.0
            await self._turns.take(url.host or "", pace)
            async with self._room:
                began = time.monotonic()
                answer = await self._ask(url, headers, left)
                left -= time.monotonic() - began
            if isinstance(answer, Fetched):
                return replace(answer, moved=str(moved)) if moved else answer
            status, there = answer
            if there in seen:
                raise FetchError("it redirects in a circle")
            if len(seen) > self.limits.redirects:
                raise FetchError(f"it redirects more than {self.limits.redirects} times")
            seen.add(there)
            # a move from https to http is followed but not learnt: whoever sits between could have said it
            for_good = for_good and status in _FOR_GOOD and not (url.scheme == "https" and there.scheme == "http")
            if for_good:
                moved = there
            url = there

    async def _ask(self, url: URL, headers: dict[str, str], seconds: float) -> Fetched | tuple[int, URL]:
        """The answer of one server, or the status and address of its redirect."""
        session = self._session(allowed=is_allowed(url, self._allow))
        try:
            async with (
                asyncio.timeout(max(seconds, 0.0)),
                session.get(url, headers=headers, allow_redirects=False) as response,
            ):
                return await self._answer(response, url, {"If-None-Match", "If-Modified-Since"} & headers.keys())
        except aiohttp.ServerTimeoutError:
            raise FetchError(f"it was silent for {self.limits.silence:g} s") from None
        except TimeoutError:
            raise FetchError(f"it took longer than {self.limits.seconds:g} s") from None
        except (aiohttp.ClientError, OSError, UnicodeError) as fault:
            raise FetchError(_words(fault)) from None

    async def _answer(
        self, response: aiohttp.ClientResponse, url: URL, conditions: set[str]
    ) -> Fetched | tuple[int, URL]:
        status, headers = response.status, response.headers
        if status in _FOR_GOOD | _FOR_NOW:
            return status, self._onward(url, headers.get("Location", ""))
        if status != 200 and not (status == 304 and conditions):
            refused = refusal(status, headers)
            if refused.retry_after and status in {429, 503}:
                self._turns.hold(url.host or "", refused.retry_after)
            raise refused
        body = await self._body(response) if status == 200 else b""
        return Fetched(
            status=status,
            url=str(url),
            body=body,
            content_type=response.content_type if "Content-Type" in headers else "",
            charset=response.charset or "",
            etag=headers.get("ETag", ""),
            modified=headers.get("Last-Modified", ""),
            max_age=max_age(headers),
        )

    def _onward(self, url: URL, location: str) -> URL:
        if not location:
            raise FetchError("it redirects to nowhere")
        try:
            there = url.join(URL(location))
        except ValueError:
            raise FetchError("it redirects to an address that cannot be read") from None
        try:
            return checked(str(there), self._allow)
        except FetchError as fault:
            raise FetchError(f"it redirects elsewhere, and there {fault.reason}") from None

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        """The body, unpacked as it comes and never more of it than allowed: a small gzip can hold gigabytes."""
        if "Content-Type" in response.headers and response.content_type.startswith(_UNREAD):
            raise FetchError(f"it is of the kind {response.content_type[:60]}, which holds no news to read")
        most = self.limits.size
        if (response.content_length or 0) > most:
            raise FetchError(_too_much(most))
        began = time.monotonic()
        body = bytearray()
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > most:
                response.close()  # the rest is not waited for
                raise FetchError(_too_much(most))
            taken = time.monotonic() - began
            if taken > self.limits.silence and len(body) < self.limits.trickle * taken:
                response.close()
                raise FetchError("it came too slowly")
        return bytes(body)

    async def _robots_text(self, url: URL) -> str:
        """A site's robots.txt; empty where there is none, which allows all: RFC 9309, section 2.3.1."""
        try:
            found = await self._follow(url, {"Accept": _ACCEPT["robots"]})
        except FetchError as fault:
            if 400 <= fault.status < 500 and fault.status != 429:
                return ""
            raise
        return found.body[:_ROBOTS].decode("utf-8", "replace").removeprefix("\ufeff")

    def _session(self, *, allowed: bool) -> aiohttp.ClientSession:
        """Two, so that no connection to an allowed host can serve another."""
        if allowed not in self._sessions:
            connector = aiohttp.TCPConnector(
                socket_factory=None if allowed else _guarded,
                resolver=self._resolver,
                limit=self.limits.at_once,
                limit_per_host=2,
                ttl_dns_cache=60,
            )
            self._sessions[allowed] = aiohttp.ClientSession(
                connector=connector,
                connector_owner=True,
                headers={"User-Agent": self.agent, "Accept-Encoding": "gzip, deflate"},
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(sock_connect=self.limits.silence, sock_read=self.limits.silence),
                trust_env=False,
            )
        return self._sessions[allowed]


def _words(fault: Exception) -> str:
    """What went wrong below HTTP, for a user; aiohttp's own text would show the address."""
    match fault:
        case aiohttp.ClientConnectorCertificateError():
            return "its certificate is not valid"
        case aiohttp.ClientConnectorDNSError():
            return "there is no server of that name"
        case aiohttp.ClientConnectorError() if _PRIVATE in str(fault.os_error):
            return _PRIVATE
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return "no safe connection to its server could be made"
        case aiohttp.ClientConnectorError():
            return "its server could not be reached"
        case aiohttp.ClientPayloadError() if isinstance(fault.__cause__, ContentEncodingError):
            return "it is packed in a way that cannot be read"
        case aiohttp.ClientPayloadError():
            return "the connection broke off in the middle"
        case aiohttp.ClientResponseError():
            return "its server does not speak HTTP as it should"
        case UnicodeError():
            return "its address cannot be read"
    return "the connection broke off"


def _too_much(most: int) -> str:
    return f"it sent more than {most / 1e6:g} MB"
