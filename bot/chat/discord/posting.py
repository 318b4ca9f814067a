"""Posting over Discord's HTTP interface, so that digests go out even while the gateway is down.

Laws:
- Every message has a nonce derived from its key, channel and part. Within Discord's window the same nonce gives the
  earlier message back, so the library's own retries cannot double it; beyond it the channel's history is read first.
- A message is either posted, surely refused, or in doubt; what is in doubt is never sent again unseen.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import math
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
import discord
from discord.http import Route

from bot.chat import budget, lease
from bot.chat.discord.dress import Payload
from bot.chat.discord.refusals import REFUSAL, is_doubtful, is_of_picture, ours
from bot.chat.pace import Pace
from bot.errors import RateLimited, TokenError, Unknown, Unreachable

OVERALL = 60.0  # seconds after which the library begins no further try; with the last one still below a lease
LONGEST_WAIT = 30.0  # seconds that the library may wait for a rate limit (its least); longer ones are the outbox's
REMEMBERED = 10_000  # messages whose fate is kept in mind

_OPENED = 160004  # a message has one thread at most, which has the message's id
_LOADING = 1 << 7  # message flag: the bot "is thinking"; "Message Flags"
_DELETED = 10008  # with a nonce that is known: it was posted, and somebody has deleted it since

log = logging.getLogger("dateline")


@dataclass(slots=True)
class _Trace:
    """What this process knows of a message: when it was first in doubt (never, if surely refused), and its id."""

    doubtful: float = float("inf")
    id: str | None = None


_deadline: ContextVar[float] = ContextVar("deadline")


async def _in_time(*_: object) -> None:
    """Called before each try of the library.

    It cannot be stopped by cancelling: in a global rate limit it would keep the lock of it for ever.
    """
    if asyncio.get_running_loop().time() > _deadline.get(math.inf):
        raise TimeoutError("Discord has been making the bot wait")


class Poster:
    """One logged-in HTTP client. `token_refused` is set when Discord takes the token no more."""

    def __init__(self, token: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._token = token
        self._clock = clock
        self._client: discord.Client | None = None
        self._login = asyncio.Lock()
        self._traces: dict[str, _Trace] = {}
        self._holders = 0
        self._pace = Pace(budget.DISCORD_PACE)
        self.token_refused = asyncio.Event()
        self._unpictured: set[int | str | None] = set()  # channels in which pictures were refused: told once
        self.limited = 0  # requests that a rate limit put off, and for how many seconds in all
        self.held_back = 0.0

    async def __aenter__(self) -> Self:
        """Hold the client open: for as long as anybody does it stays logged in."""
        self._holders += 1
        return self

    async def __aexit__(self, *_: object) -> None:
        self._holders -= 1
        if self._holders:
            return
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def client(self) -> discord.Client:
        """Logged in. Raises TokenError, or Unreachable for now."""
        assert self._holders
        async with self._login:
            if self._client is None:
                self._client = await self._logged_in()
            return self._client

    async def _logged_in(self) -> discord.Client:
        trace = lease.traced()
        trace.on_request_start.append(_in_time)
        trace.on_request_end.append(self._count_limit)
        client = discord.Client(
            intents=discord.Intents(guilds=True), max_ratelimit_timeout=LONGEST_WAIT, http_trace=trace
        )
        try:
            await client.login(self._token)
        except BaseException as error:
            await client.close()
            if isinstance(error, discord.LoginFailure):
                raise TokenError(REFUSAL) from error
            if isinstance(error, discord.HTTPException | aiohttp.ClientError | OSError):
                raise Unreachable("Discord does not answer", for_good=False) from error
            raise
        return client

    async def _count_limit(self, _: object, __: object, ended: aiohttp.TraceRequestEndParams) -> None:
        if ended.response.status == 429:
            self.limited += 1
            self.held_back += _seconds(ended.response.headers.get("Retry-After", ""))

    async def send(self, place: str, payload: Payload, key: str, part: int, reply_to: str, history: History) -> str:
        """Post one part of a message; its id. `history` is what may have been posted under `key` already."""
        nonce = hashlib.sha256(f"{key}\n{place}\n{part}".encode()).hexdigest()[: budget.DISCORD_NONCE]
        body = {**payload.body, "nonce": nonce, "enforce_nonce": True}
        if reply_to:
            body["message_reference"] = {"message_id": reply_to, "fail_if_not_exists": False}
        trace = self._traces.get(nonce)
        if trace and trace.id is not None:
            return trace.id
        if history.doubted:
            if (found := await history.find(body)) is not None:
                return found
            if history.unreadable and not self._surely_once(trace):
                raise Unknown("it may have been posted already, and the bot may not read the channel's history")
        while len(self._traces) >= REMEMBERED:
            del self._traces[next(iter(self._traces))]
        trace = self._traces.setdefault(nonce, _Trace())
        began = self._clock()
        try:
            trace.id = await self.request(
                Route("POST", "/channels/{channel_id}/messages", channel_id=place), body, payload.png
            )
        except Unreachable as error:
            if isinstance(error.__cause__, discord.NotFound) and error.__cause__.code == _DELETED:
                trace.id = ""
            elif is_doubtful(error.__cause__):
                trace.doubtful = min(trace.doubtful, began)
                raise
            else:
                raise
        return trace.id

    def _surely_once(self, trace: _Trace | None) -> bool:
        """Whether sending again cannot double: every try was refused, or the nonce is still known to Discord."""
        return trace is not None and self._clock() - trace.doubtful < budget.DISCORD_NONCE_WINDOW

    async def thread(self, place: str, message: str, name: str) -> str:
        """The thread of `message`, opened if need be; `place` itself where there can be none."""
        route = Route(
            "POST", "/channels/{channel_id}/messages/{message_id}/threads", channel_id=place, message_id=message
        )
        try:
            return await self.request(route, {"name": name})
        except Unreachable as error:
            refused = error.__cause__
            if is_doubtful(refused):
                raise
            opened = isinstance(refused, discord.HTTPException) and refused.code == _OPENED
            return message if opened else place

    async def private(self, user: str) -> str:
        """The channel in which the bot and `user` are alone."""
        return await self.request(Route("POST", "/users/@me/channels"), {"recipient_id": user})

    async def request(self, route: Route, body: dict[str, Any], png: bytes = b"") -> str:
        """The id of the message that `route` made or changed; without its picture where that alone is refused."""
        try:
            return await self._request(route, body, png)
        except Unreachable as error:
            if not png or not is_of_picture(error.__cause__):
                raise
            if route.channel_id not in self._unpictured:
                self._unpictured.add(route.channel_id)
                log.warning(
                    "discord: no pictures in channel %s: it needs Attach Files", route.channel_id or "of a reply"
                )
            return await self._request(route, {name: value for name, value in body.items() if name != "attachments"})

    async def _request(self, route: Route, body: dict[str, Any], png: bytes = b"") -> str:
        http = (await self.client()).http
        await self._pace.turn()
        limit = aiohttp.ClientTimeout(total=budget.SEND)
        sent: dict[str, Any] = {"form": _form(body, png)} if png else {"json": body}
        given = _deadline.set(asyncio.get_running_loop().time() + OVERALL)
        try:
            data = await self.told(http.request(route, timeout=limit, **sent))
        finally:
            _deadline.reset(given)
        return str(data["id"])

    async def told(self, call: Awaitable[Any]) -> Any:
        """What `call` returns, its errors as ours."""
        try:
            return await call
        except discord.RateLimited as error:
            raise RateLimited(error.retry_after) from error
        except discord.HTTPException as error:
            if error.status == 401:
                self.token_refused.set()
            raise ours(error) from error
        except (aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
            raise Unreachable("Discord cannot be reached", for_good=False) from error


def _seconds(text: str) -> float:
    """What a Retry-After header says; 0 where that is no number."""
    try:
        return max(0.0, float(text))
    except ValueError:
        return 0.0


def _form(body: dict[str, Any], png: bytes) -> list[dict[str, Any]]:
    return [
        {"name": "payload_json", "value": discord.utils._to_json(body)},  # noqa: SLF001  as the library writes JSON
        {"name": "files[0]", "value": png, "filename": "dateline.png", "content_type": "image/png"},
    ]


class History:
    """The newest messages of a channel, read once, and only when it is in doubt whether a key was posted.

    `after` is the id of what is answered: ids grow with time, so no answer is older.
    """

    def __init__(self, poster: Poster, place: str, *, doubted: bool, after: str = "") -> None:
        self._poster = poster
        self._place = place
        self._after = int(after or 0)
        self._mine: list[dict[str, Any]] | None = None
        self.doubted = doubted
        self.unreadable = False

    async def find(self, body: dict[str, Any]) -> str | None:
        """The id of the message that `body` has become, if it has."""
        reference = body.get("message_reference", {}).get("message_id")
        for message in await self._read():
            if "nonce" in message:
                if message["nonce"] == body["nonce"]:
                    return str(message["id"])
                continue
            referred = (message.get("message_reference") or {}).get("message_id")
            if referred == reference and message["content"].strip() == body["content"].strip() and body["content"]:
                return str(message["id"])
        return None

    async def answered(self, interaction: str) -> str | None:
        """The id of the message that answers a slash command, if it has been given its words."""
        for message in await self._read():
            asked = message.get("interaction_metadata") or {}
            if str(asked.get("id")) == interaction and not message.get("flags", 0) & _LOADING:
                return str(message["id"])
        return None

    async def _read(self) -> list[dict[str, Any]]:
        if self._mine is None:
            client = await self._poster.client()
            try:
                page = await self._poster.told(client.http.logs_from(int(self._place), budget.DISCORD_HISTORY))
            except Unreachable as error:
                if not error.for_good:
                    raise
                page, self.unreadable = [], True
            me = client.user and str(client.user.id)
            self._mine = [one for one in page if one["author"]["id"] == me and int(one["id"]) > self._after]
        return self._mine
