"""Posting over Slack's Web API, which has no idempotency key.

Laws:
- slack_sdk's own retries are off: it would post again after a dropped connection.
- Every message carries its key in its metadata. What is in doubt is looked for there, once Slack has had time to
  settle, before it is sent again; where that cannot be read it stays unknown.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.chat import budget, lease
from bot.chat.pace import Pace
from bot.errors import ChatError, RateLimited, TokenError, Unknown, Unreachable

MARK = "dateline_delivery"  # event_type of our metadata
REMEMBERED = 10_000  # messages whose fate is kept in mind
SHORT = 10.0  # seconds of a rate limit that are waited for here; longer ones are the outbox's
TRIES = 3  # in short rate limits
LOOKED_BACK = 86_400.0  # seconds; older doubts are past every late policy
PAGES = 10  # of history

# docs.slack.dev/reference/methods/chat.postMessage, "Errors"
_GONE = {
    "channel_not_found": "the channel is gone, or the bot cannot see it",
    "is_archived": "the channel is archived",
    "not_in_channel": "the bot is not in the channel; type `/invite @Dateline` there",
    "restricted_action": "a workspace setting forbids the bot to post there",
    "restricted_action_read_only_channel": "the channel is read-only",
    "restricted_action_thread_locked": "the thread is locked",
    "user_not_found": "the person has left the workspace",
    "cannot_reply_to_message": "the message cannot be replied to",
}
TOKEN_ERRORS = frozenset({
    *("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type"),
    *("no_permission", "org_login_required", "team_access_not_granted", "access_denied"),
})  # fmt: skip
_DOUBTFUL = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_UNREADABLE = {"missing_scope", "not_in_channel", "restricted_action"}


def refusal(setting: str, error: str) -> str:
    """One sentence for the operator."""
    if error == "missing_scope":
        return f"{setting} lacks a scope that it needs; install the app again from deploy/slack-app-manifest.yaml."
    return f"Slack refuses {setting} ({error}): copy the token again from the app's settings."


@dataclass(slots=True)
class _Trace:
    """What this process knows of a message: when it was last in doubt (0: never), and its id."""

    doubtful: float = 0.0
    ts: str = ""


class Poster:
    """The Web API with our errors. `token_refused` is set when Slack takes the bot token no more."""

    def __init__(
        self,
        token: str,
        api_base: str,
        *,
        settle: float = budget.SLACK_SETTLE,
        rate: float = budget.SLACK_RATE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._token = token
        self._base = f"{api_base.rstrip('/')}/" if api_base else AsyncWebClient.BASE_URL
        self.web = self._client()
        self._settle = settle
        self._rate = rate
        self.clock = clock
        self._traces: dict[str, _Trace] = {}
        self._order: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._next: dict[str, float] = {}
        self._pace = Pace(budget.SLACK_PACE)
        self.token_refused = asyncio.Event()
        self.limited = 0  # requests that a rate limit put off, and for how many seconds in all
        self.held_back = 0.0

    def _client(self, session: aiohttp.ClientSession | None = None) -> AsyncWebClient:
        limit = int(budget.SEND)
        return AsyncWebClient(self._token, self._base, timeout=limit, session=session, retry_handlers=[])

    async def send(self, channel: str, thread: str, payload: Mapping[str, Any], key: str, before: float | None) -> str:
        """Post one message under `key`; its ts. `before`: when the last try of another process must have ended."""
        trace = self._traces.get(key)
        if trace and trace.ts:
            return trace.ts
        doubted = before is not None and (trace is None or trace.doubtful > 0)
        if before is not None and doubted:
            await self._settled(trace.doubtful if trace else before)  # what else is for the channel goes on meanwhile
        async with self._order[channel]:
            if doubted and (found := await self._find(channel, thread, key)):
                return found
            while len(self._traces) >= REMEMBERED:
                del self._traces[next(iter(self._traces))]
            trace = self._traces.setdefault(key, _Trace())
            trace.ts = await self._post(channel, thread, payload, key, trace)
            return trace.ts

    async def _post(self, channel: str, thread: str, payload: Mapping[str, Any], key: str, trace: _Trace) -> str:
        arguments = {
            "channel": channel,
            "metadata": marked(key),
            "client_msg_id": str(uuid.uuid5(uuid.NAMESPACE_URL, key)),  # documented for its errors only: no help yet
            **({"thread_ts": thread} if thread else {}),
            **payload,
        }
        for tries_left in reversed(range(TRIES)):
            await asyncio.sleep(max(0.0, self._next.get(channel, 0.0) - self.clock()))
            await self._pace.turn()
            try:
                return str((await self._posted(arguments))["ts"])
            except RateLimited as error:
                if error.retry_after > SHORT or not tries_left:
                    raise
                await asyncio.sleep(error.retry_after)
            except Unreachable as error:
                if is_doubtful(error.__cause__):
                    trace.doubtful = self.clock()
                raise
            finally:
                self._next[channel] = self.clock() + self._rate
        raise AssertionError  # the last try returns or raises

    async def _settled(self, doubtful: float) -> None:
        """Wait until what was in doubt at `doubtful` is in the history or never will be."""
        await asyncio.sleep(max(0.0, doubtful + self._settle - self.clock()))

    async def _find(self, channel: str, thread: str, key: str) -> str:
        """The ts of the message that bears `key`; empty if there surely is none."""
        method = "conversations.replies" if thread else "conversations.history"
        asked: dict[str, Any] = {
            "channel": channel,
            "include_all_metadata": True,
            "limit": budget.SLACK_LOOK_UP,
            "oldest": f"{time.time() - LOOKED_BACK:.6f}",
            **({"ts": thread} if thread else {}),
        }
        for _ in range(PAGES):
            try:
                page = await self.call(method, **asked)
            except Unreachable as error:
                if error_of(error.__cause__) in _UNREADABLE:
                    raise Unknown("it may have been posted already, and the bot may not read the history") from error
                raise
            for message in page["messages"]:
                metadata = message.get("metadata") or {}
                if metadata.get("event_type") == MARK and metadata.get("event_payload", {}).get("key") == key:
                    return str(message["ts"])
            asked["cursor"] = (page.get("response_metadata") or {}).get("next_cursor")
            if not asked["cursor"]:
                return ""
        raise Unknown("it may have been posted already; too much was said since to find it")

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Slack's answer to one call, its errors as ours."""
        reads = method.startswith(("conversations.", "users.", "files."))  # these take no JSON
        sent: dict[str, Any] = {"params": arguments} if reads else {"json": arguments}
        return await self._told(self.web.api_call(method, **sent))

    async def _posted(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """chat.postMessage, over a connection that is not used after the lease."""
        limit = aiohttp.ClientTimeout(total=budget.SEND)
        async with aiohttp.ClientSession(timeout=limit, trace_configs=[lease.traced()]) as session:
            return await self._told(self._client(session).api_call("chat.postMessage", json=arguments))

    async def _told(self, call: Awaitable[AsyncSlackResponse]) -> dict[str, Any]:
        try:
            told = await call
        except SlackApiError as error:
            raise self._ours(error) from error
        except (aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
            raise Unreachable("Slack cannot be reached", for_good=False) from error
        assert isinstance(told.data, dict)
        return {**told.data, "scopes": told.headers.get("x-oauth-scopes", "")}

    def _ours(self, error: SlackApiError) -> ChatError:
        """A refusal as the outbox understands it, in words for those who read `!status`."""
        said = error_of(error)
        if said in {"ratelimited", "rate_limited"} or getattr(error.response, "status_code", 0) == 429:
            asked = float(error.response.headers.get("Retry-After") or 30)
            self.limited += 1
            self.held_back += asked
            return RateLimited(asked)
        if said in TOKEN_ERRORS:
            self.token_refused.set()
            return Unreachable(refusal("SLACK_BOT_TOKEN", said), for_good=False)
        if said == "missing_scope":
            needed = error.response.get("needed") or "that it needs"
            return Unreachable(f"the bot lacks the scope {needed}", for_good=False)
        if said in _GONE:
            return Unreachable(_GONE[said], for_good=True)
        if is_doubtful(error):
            return Unreachable("Slack is in trouble", for_good=False)
        return Unreachable(f"Slack refuses the message ({said})", for_good=False)

    async def who(self) -> dict[str, Any]:
        """auth.test. Raises TokenError."""
        try:
            return await self.call("auth.test")
        except Unreachable as error:
            if self.token_refused.is_set():
                raise TokenError(refusal("SLACK_BOT_TOKEN", error_of(error.__cause__))) from error
            raise


def marked(key: str) -> dict[str, Any]:
    """The metadata by which a message is found again."""
    return {"event_type": MARK, "event_payload": {"key": key}}


def error_of(cause: BaseException | None) -> str:
    """Slack's own word for what went wrong; empty where its answer cannot be read."""
    told = cause.response if isinstance(cause, SlackApiError) else None
    return str(told.get("error") or "") if isinstance(told, AsyncSlackResponse) else ""


def is_doubtful(cause: BaseException | None) -> bool:
    """Whether the message may have been posted all the same."""
    told = cause.response if isinstance(cause, SlackApiError) else None
    if not isinstance(told, AsyncSlackResponse):
        return True
    return told.status_code >= 500 or error_of(cause) in _DOUBTFUL or not error_of(cause)
