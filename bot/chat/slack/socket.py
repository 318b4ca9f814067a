"""Socket Mode: slack_sdk's connection, with what it keeps to itself made known, and watched.

slack_sdk tries for ever where a token is refused, and with a used-up address where the server was away: the first
becomes a TokenError here, the second a new connection.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack.posting import TOKEN_ERRORS, error_of, refusal
from bot.errors import TokenError


@dataclass(frozen=True)
class Paces:
    """How long things take, in seconds; the tests are quicker."""

    pause: float = 1.0  # before connecting again, doubled each time
    longest: float = 60.0
    steady: float = 60.0  # a connection that held so long was a good one
    hung: float = 120.0  # without a connection
    ping: float = 10.0  # between two pings; four unanswered ones end a connection


class Hung(Exception):
    """There has been no connection for long."""


class Socket(SocketModeClient):
    """slack_sdk's client. `refused` holds Slack's word when it takes the app token no more."""

    def __init__(self, app_token: str, web: AsyncWebClient, paces: Paces) -> None:
        super().__init__(app_token, web_client=web, ping_interval=paces.ping)
        self._paces = paces
        self.refused = ""
        self.opened = 0  # connections

    async def issue_new_wss_url(self) -> str:
        try:
            address = await super().issue_new_wss_url()
        except SlackApiError as error:
            said = error_of(error)
            if said in TOKEN_ERRORS or said == "missing_scope":
                self.refused = said
            raise
        self.opened += 1
        return address

    @property
    def answers(self) -> bool:
        """Whether pings are answered: a session that is open can be dead."""
        session = self.current_session
        alive = time.time() - (self.last_ping_pong_time or 0) < self.ping_interval * 4
        return not self.closed and not self.stale and session is not None and not session.closed and alive

    async def hold(self) -> None:
        """Connect and stay connected. Raises TokenError, Hung, or what the first try to connect raises."""
        try:
            self.wss_uri = await self.issue_new_wss_url()
        except SlackApiError:
            self._tell()
            raise
        connecting = asyncio.create_task(self.connect())  # type: ignore[no-untyped-call]
        clock = asyncio.get_running_loop().time
        alive = clock()
        try:
            while clock() - alive < self._paces.hung:
                await asyncio.sleep(self._paces.hung / 40)
                self._tell()
                if self.answers:
                    alive = clock()
        finally:
            connecting.cancel()
        raise Hung("there has been no connection for long")

    def _tell(self) -> None:
        if self.refused:
            raise TokenError(refusal("SLACK_APP_TOKEN", self.refused))


class Handler(AsyncSocketModeHandler):
    """Bolt's adapter, on our socket."""

    def __init__(self, app: AsyncApp, socket: Socket) -> None:
        # not the library's own __init__, which makes a socket of its own
        self.app = app
        self.app_token = socket.app_token
        self.client = socket
        socket.socket_mode_request_listeners.append(self.handle)  # type: ignore[arg-type]  # as the library does
