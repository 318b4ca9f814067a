"""Slack as a chat: a socket that listens and is restarted when it fails, and posting beside it."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.chat import Examined, Nobody, Register, Spoken, budget, greeting, lease
from bot.chat.clock import ahead
from bot.chat.inbox import Cooldown, Inbox
from bot.chat.slack import hearing
from bot.chat.slack.dress import pictured, render
from bot.chat.slack.listening import Listeners
from bot.chat.slack.people import People
from bot.chat.slack.pictures import PAUSES, Pictures
from bot.chat.slack.posting import Poster, error_of, refusal
from bot.chat.slack.socket import Handler, Hung, Paces, Socket
from bot.errors import ChatError, RateLimited, TokenError, Unreachable
from bot.message import Heading, Message, Paragraph, Text, own
from bot.model import Target
from bot.ports import PERSON, Health, Request
from bot.ports import Handler as Handle

log = logging.getLogger("dateline")

_PRIVATE = ("D", PERSON)  # direct messages
_HOME = (
    Heading((Text("News, in its own words"),)),
    Paragraph(
        own(
            "In a channel that I am in, type `!summit` for a briefing and `!timeline` for what happened when; here, under "
            "Messages, the same works in private. `/dateline help` lists the rest."
        )
    ),
    Heading((Text("How things stand"),)),
)
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
        register: Register | None = None,
        paces: Paces | None = None,
        settle: float = budget.SLACK_SETTLE,
        rate: float = budget.SLACK_RATE,
        pauses: tuple[float, ...] = PAUSES,
    ) -> None:
        self._app_token = app_token
        self._names = {one.name for one in spoken}
        self._managed = {one.name for one in spoken if one.managed}
        self._shared = {one.name for one in spoken if one.shared}
        self._register = register or Nobody()
        self._paces = paces or Paces()
        self._poster = Poster(token, api_base, settle=settle, rate=rate)
        self._pictures = Pictures(self._poster, pauses)
        self._socket: Socket | None = None
        self._opened = 0  # connections of the sockets before this one
        self._cooldown = Cooldown()
        self._people = People(self._poster, admins)
        self._me = self._lacks = ""

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
        self._lacks = _lacking(me)
        if self._lacks:
            log.warning("slack: %s", self._lacks)
        self._me = me["user_id"]
        await self._register.within([hearing.tenant(me["team_id"], "")], lambda _: False)  # of others it cannot know
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
            self._opened += socket.opened
            socket.opened = 0
            await _close(socket)

    async def take(self, inbox: Inbox, request: Request) -> None:
        name = request.text.lstrip("!/ ").partition(" ")[0].casefold()
        if not request.trusted and name in self._managed and await self._people.is_admin(request.user):
            request = replace(request, trusted=True)
        elif request.trusted and name in self._managed and await self._people.is_guest(request.user):
            request = replace(request, trusted=False)  # in private, where others may order for themselves
        if not request.addressed and name in self._shared:
            request = replace(request, alone=await self._people.is_alone(request.target.channel, self._me))
        inbox.take(request, lambda: self._sign(request))

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
        said = greeting("!summit", "/dateline help")
        try:
            await self.post(Target(hearing.PLATFORM, channel), said, f"greeting:{channel}:{event}", retry=False)
        except ChatError as error:
            log.info("slack: no greeting in %s: %s", channel, error)

    async def gone_from(self, tenant: str) -> None:
        await self._register.left(tenant)

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

    async def post(
        self, target: Target, message: Message, key: str, *, retry: bool, until: float = inf
    ) -> tuple[str, ...]:
        if target.channel.startswith(hearing.HOME):
            await self._publish(target.channel.removeprefix(hearing.HOME), message)
            return ()
        payloads = render(message)
        ids: list[str] = []
        channel, thread = target.channel.removeprefix(PERSON), target.thread  # a person's id stands for their channel
        before = self._poster.clock() if retry else None
        for part, payload in enumerate(payloads):
            with lease.until(until):
                ids.append(await self._poster.send(channel, thread, payload, f"{key}#{part}", before))
            thread = thread or ids[0]  # what does not fit goes into the thread of what does
        if payloads and (picture := pictured(message)):
            await self._pictures.attach(channel, ids[0], payloads[0], picture, f"{key}#0")
        return tuple(ids)

    async def _publish(self, user: str, message: Message) -> None:
        """Show a message on somebody's home tab, under what to type; doing it twice shows it once."""
        payloads = render(Message((*_HOME, *message.blocks)))
        blocks = [block for payload in payloads for block in payload["blocks"] if block["type"] != "actions"]
        view = {"type": "home", "blocks": blocks[:_VIEW_BLOCKS]}
        await self._poster.call("views.publish", user_id=user, view=view)

    # --- looking ---

    async def check(self, target: Target) -> tuple[str, ...]:
        try:
            lacking = _lacking(await self._poster.who())
        except TokenError as error:
            return (str(error),)
        if target.channel.startswith(_PRIVATE):
            return (lacking,) if lacking else ()  # nothing else can be missing, and to ask needs one scope more
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
        opened = self._opened + (self._socket.opened if self._socket else 0)
        return Health(
            ready=ready,
            detail=self._lacks if ready else "not connected to Slack's Socket Mode",
            reconnects=max(0, opened - 1),
            limited=self._poster.limited,
            held_back=self._poster.held_back,
        )


async def examine(token: str, app_token: str, api_base: str = "") -> Examined:
    """What Slack says of the bot token, its scopes, and the app token."""
    poster = Poster(token, api_base)
    name, faults = "", []
    try:
        me = await poster.who()
        name = f"{me.get('user') or me['user_id']} in {me.get('team') or me['team_id']}"
        if lacking := _lacking(me):
            faults.append(f"{lacking} from deploy/slack-app-manifest.yaml.")
    except ChatError as error:
        faults.append(str(error))
    try:
        # gives an address to connect to, which is not used
        await poster.web.apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        faults.append(refusal("SLACK_APP_TOKEN", error_of(error) or "it does not say why"))
    except (aiohttp.ClientError, OSError) as error:
        faults.append(f"Slack cannot be reached ({error}).")
    return Examined(name, tuple(faults), await ahead(f"{poster.web.base_url}api.test"))


def _lacking(me: dict[str, Any]) -> str:
    """The scopes that the bot token lacks, in words; Slack names those granted in a header."""
    granted = set(re.split(r"[,\s]+", me["scopes"])) if me["scopes"] else hearing.NEEDED
    lacking = sorted(hearing.NEEDED - granted)
    return f"the bot token lacks the scopes {', '.join(lacking)}; install the app again" if lacking else ""


async def _close(socket: Socket) -> None:
    await socket.close()  # type: ignore[no-untyped-call]
    tasks = (socket.message_processor, socket.current_session_monitor, socket.message_receiver)
    await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)
