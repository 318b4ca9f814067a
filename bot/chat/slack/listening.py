"""Bolt's listeners: what comes through the socket is acknowledged first and then taken."""

from __future__ import annotations

import logging
import re
from typing import Any, Protocol

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.inbox import Inbox
from bot.chat.slack import hearing
from bot.chat.slack.dress import COMMAND
from bot.ports import Request

_NOT_HERE = "I am not in this channel yet. Type `/invite @Dateline` here, then ask again."


class Ears(Protocol):
    """What the listeners need of the adapter."""

    async def take(self, inbox: Inbox, request: Request) -> None: ...
    async def is_in(self, channel: str) -> bool: ...
    async def greet(self, channel: str, event: str) -> None: ...
    async def gone_from(self, tenant: str) -> None: ...
    def revoked(self) -> None: ...


class Listeners:
    """Those of workspace `team`, whose bot is user `me`. Their arguments are named as Bolt wants them."""

    def __init__(self, ears: Ears, inbox: Inbox, team: str, me: str) -> None:
        self._ears = ears
        self._inbox = inbox
        self._team = team
        self._me = me

    def app(self, web: AsyncWebClient) -> AsyncApp:
        app = AsyncApp(
            name="dateline",
            client=web,
            logger=logging.getLogger("slack_bolt"),  # else it sets levels of its own
            request_verification_enabled=False,  # of requests over HTTP; there are none
            ssl_check_enabled=False,
            url_verification_enabled=False,
        )
        app.use(self.ours)
        app.event("message")(self.message)
        app.event("app_mention")(self.message)
        app.event("app_home_opened")(self.home)
        app.event("member_joined_channel")(self.joined)
        app.event("app_uninstalled")(self.removed)
        app.event("tokens_revoked")(self.revoked)
        app.event(re.compile(".*"))(self.nothing)
        app.command(re.compile("|".join(hearing.COMMANDS)))(self.command)
        app.action(re.compile(rf"^{COMMAND}\d+$"))(self.button)
        return app

    async def ours(self, body: dict[str, Any], next_: Any) -> BoltResponse | None:
        if not hearing.is_ours(body, self._team):
            return BoltResponse(status=200, body="")  # acknowledged, or it would be sent again
        await next_()
        return None

    async def message(self, event: dict[str, Any]) -> None:
        await self._take(hearing.heard(event, self._team, self._me))

    async def home(self, event: dict[str, Any]) -> None:
        await self._take(hearing.at_home(event, self._team))

    async def button(self, ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await self._take(hearing.clicked(body, self._team))

    async def command(self, ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        request = hearing.commanded(body, self._team)
        if request.trusted or await self._ears.is_in(request.target.channel):
            await self._take(request)
        else:
            await respond(text=_NOT_HERE, response_type="ephemeral")

    async def joined(self, event: dict[str, Any]) -> None:
        if event.get("user") == self._me:
            await self._ears.greet(event["channel"], event.get("event_ts", ""))

    async def removed(self) -> None:
        await self._ears.gone_from(hearing.tenant(self._team, ""))

    async def revoked(self, event: dict[str, Any]) -> None:
        if event.get("tokens", {}).get("bot"):
            self._ears.revoked()

    async def nothing(self) -> None:
        """Other events are acknowledged, no more."""

    async def _take(self, request: Request | None) -> None:
        if request:
            await self._ears.take(self._inbox, request)
