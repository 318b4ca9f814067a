"""Slack as a chat: a socket that listens and is restarted when it fails, and posting beside it."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.chat import Left, Spoken, budget, nobody_told
from bot.chat.inbox import Cooldown, Inbox
from bot.chat.slack import hearing
from bot.chat.slack.dress import render
from bot.chat.slack.listening import Listeners
from bot.chat.slack.posting import Poster, error_of, refusal
from bot.chat.slack.socket import Handler, Hung, Paces, Socket
from bot.errors import ChatError, RateLimited, TokenError, Unreachable
from bot.message import Message, say
from bot.model import Target
from bot.ports import Handler as Handle
from bot.ports import Health, Request

log = logging.getLogger("dateline")

_MINDED = 300.0  # seconds that somebody's being an admin is remembered
_VIEW_BLOCKS = 100  # of a home tab; "Blocks"


class Slack:
    """One app in one workspace."""

    def __init__(
        self,
        token: str,
        app_token: str,
        *,
        api_base: str = "",
        admins: frozenset[str] = frozenset(),
        spoken: Sequence[Spoken] = (),
        left: Left = nobody_told,
        paces: Paces | None = None,
        settle: float = budget.SLACK_SETTLE,
        rate: float = budget.SLACK_RATE,
    ) -> None:
        self._app_token = app_token
        self._admins = admins
        self._names = {one.name for one in spoken}
        self._managed = {one.name for one in spoken if one.managed}
        self._left = left
        self._paces = paces or Paces()
        self._poster = Poster(token, api_base, settle=settle, rate=rate)
        self._socket: Socket | None = None
        self._cooldown = Cooldown()
        self._admin: dict[str, tuple[float, bool]] = {}

    # --- listening ---

    async def run(self, handle: Handle) -> None:
        """Listen until cancelled, restarting what fails. Raises TokenError where starting again cannot help."""
        inbox = Inbox(handle, self._notice, self._names, self._cooldown)
        clock = asyncio.get_running_loop().time
        failures = 0
        try:
            while True:
                began = clock()
                try:
                    await self._listen(inbox)
                except SlackApiError as error:
                    reason = f"Slack refuses a connection ({error_of(error) or 'it does not say why'})"
                except (Unreachable, RateLimited, Hung, aiohttp.ClientError, OSError) as error:
                    reason = str(error) or type(error).__name__
                failures = 0 if clock() - began > self._paces.steady else failures + 1
                pause = min(self._paces.longest, self._paces.pause * 2**failures)
                log.warning("slack: %s; connecting again in %.1f s", reason, pause)
                await asyncio.sleep(pause)
        finally:
            await inbox.drain()

    async def _listen(self, inbox: Inbox) -> None:
        """One life of the socket."""
        me = await self._poster.who()
        if lacking := _lacking(me):
            log.warning("slack: %s", lacking)
        socket = Socket(self._app_token, self._poster.web, self._paces)
        Handler(Listeners(self, inbox, me["team_id"], me["user_id"]).app(self._poster.web), socket)
        self._socket = socket
        tasks = {asyncio.create_task(socket.hold()), asyncio.create_task(self._poster.token_refused.wait())}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            raise TokenError(refusal("SLACK_BOT_TOKEN", "revoked"))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await _close(socket)

    async def take(self, inbox: Inbox, request: Request) -> None:
        if not request.trusted and await self._may_configure(request):
            request = replace(request, trusted=True)
        inbox.take(request, lambda: self._sign(request))

    async def _may_configure(self, request: Request) -> bool:
        """Whether who asks is an admin; looked up only for commands that need one."""
        name = request.text.lstrip("!/ ").partition(" ")[0].casefold()
        if request.user in self._admins or name not in self._managed:
            return request.user in self._admins
        asked, is_admin = self._admin.get(request.user, (-_MINDED, False))
        if time.monotonic() - asked < _MINDED:
            return is_admin
        try:
            user = (await self._poster.call("users.info", user=request.user))["user"]
        except ChatError as error:
            log.warning("slack: whether %s is an admin could not be asked: %s", request.user, error)
            return False
        is_admin = bool(user.get("is_admin") or user.get("is_owner")) and not user.get("is_restricted")
        self._admin[request.user] = (time.monotonic(), is_admin)
        return is_admin

    async def is_in(self, channel: str) -> bool:
        """Whether the bot is in a channel, as far as it may know."""
        try:
            told = await self._poster.call("conversations.info", channel=channel)
        except Unreachable as error:
            return not error.for_good
        except ChatError:
            return True
        return bool(told["channel"].get("is_member") or told["channel"].get("is_im"))

    async def greet(self, channel: str, event: str) -> None:
        """One message on being invited that says what to type first."""
        text = (
            "I answer from stored news articles, in their own words, each sentence with its source. "
            "Type `!summit` to begin, or mention me; `!help` lists the rest."
        )
        try:
            await self.post(Target(hearing.PLATFORM, channel), say(text), f"greeting:{channel}:{event}", retry=False)
        except ChatError as error:
            log.info("slack: no greeting in %s: %s", channel, error)

    async def gone_from(self, tenant: str) -> None:
        log.info("slack: removed from workspace %s", tenant)
        await self._left(tenant)

    def revoked(self) -> None:
        self._poster.token_refused.set()

    async def _sign(self, request: Request) -> None:
        """Slack shows bots no "is typing", so who waits gets a line that only they see."""
        target = request.target
        if target.channel.startswith(hearing.HOME):
            return
        thread = {"thread_ts": target.thread} if target.thread else {}
        try:
            await self._poster.call(
                "chat.postEphemeral", channel=target.channel, user=request.user, text="One moment…", **thread
            )
        except ChatError as error:
            log.info("slack: no sign of life could be given: %s", error)

    async def _notice(self, request: Request, message: Message, key: str) -> None:
        await self.post(request.target, message, key, retry=False)

    # --- posting ---

    async def post(self, target: Target, message: Message, key: str, *, retry: bool) -> tuple[str, ...]:
        payloads = render(message)
        if target.channel.startswith(hearing.HOME):
            await self._publish(target.channel.removeprefix(hearing.HOME), payloads)
            return ()
        ids: list[str] = []
        thread = target.thread
        before = self._poster.clock() if retry else None
        for part, payload in enumerate(payloads):
            ids.append(await self._poster.send(target.channel, thread, payload, f"{key}#{part}", before))
            thread = thread or ids[0]  # what does not fit goes into the thread of what does
        return tuple(ids)

    async def _publish(self, user: str, payloads: Sequence[dict[str, Any]]) -> None:
        """Show a message on somebody's home tab; doing it twice shows it once."""
        blocks = [block for payload in payloads for block in payload["blocks"] if block["type"] != "actions"]
        view = {"type": "home", "blocks": blocks[:_VIEW_BLOCKS]}
        await self._poster.call("views.publish", user_id=user, view=view)

    # --- looking ---

    async def check(self, target: Target) -> tuple[str, ...]:
        try:
            lacking = _lacking(await self._poster.who())
        except TokenError as error:
            return (str(error),)
        try:
            channel = (await self._poster.call("conversations.info", channel=target.channel))["channel"]
        except Unreachable as error:
            if not error.for_good:
                raise
            return (str(error),)
        missing = [lacking] if lacking else []
        if channel.get("is_archived"):
            missing.append("the channel is archived")
        elif not (channel.get("is_member") or channel.get("is_im")):
            missing.append("the bot is not in the channel; type `/invite @Dateline` there")
        return tuple(missing)

    def health(self) -> Health:
        """By answered pings: a session that is open can be dead."""
        ready = self._socket is not None and self._socket.answers
        return Health(ready=ready, detail="" if ready else "not connected to Slack's Socket Mode")


def _lacking(me: dict[str, Any]) -> str:
    """The scopes that the bot token lacks, in words; Slack names those granted in a header."""
    granted = set(re.split(r"[,\s]+", me["scopes"])) if me["scopes"] else hearing.SCOPES
    lacking = sorted(hearing.SCOPES - granted)
    return f"the bot token lacks the scopes {', '.join(lacking)}; install the app again" if lacking else ""


async def _close(socket: Socket) -> None:
    await socket.close()  # type: ignore[no-untyped-call]
    tasks = (socket.message_processor, socket.current_session_monitor, socket.message_receiver)
    await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)
