"""The connection that listens: discord.py's client, its events handed on, its logins counted, its heartbeat watched."""

from __future__ import annotations

import asyncio
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
import discord
from discord.gateway import KeepAliveHandler

from bot.chat import budget
from bot.chat.discord import hearing
from bot.chat.inbox import Inbox
from bot.errors import ChatError, Unreachable

log = logging.getLogger("dateline")

_DAY = 86_400.0
_JOIN = 2.0  # seconds that a heartbeat on its way may take

discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # no voice is wanted, so none is missed


@dataclass(frozen=True)
class Paces:
    """How long things take, in seconds; the tests are quicker."""

    pause: float = 1.0  # before connecting again, doubled each time
    longest: float = 60.0
    steady: float = 60.0  # a connection that held so long was a good one
    hung: float = 120.0  # without an answered heartbeat
    silence: float = 60.0  # without anything from the gateway, until discord.py connects again
    identify: float = 5.0  # between two logins; "Gateway", "Rate Limiting"
    ready: float = 2.0  # after the last server that a login brings; those that come later were joined


Shards = tuple[tuple[int, ...], int]  # those of this process, and how many there are in all


class Hung(Exception):
    """The gateway has not answered a heartbeat for long."""


class Exhausted(Exception):
    """Too many logins in a day; at a thousand Discord resets the token. `seconds` until more are wise."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{budget.DISCORD_IDENTIFIES} logins within a day; no more for {seconds / 3600:.1f} hours")
        self.seconds = seconds


class Logins:
    """Counts logins, our own and, where Discord tells them, those of earlier processes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._at: deque[float] = deque()

    def note(self) -> None:
        now = self._clock()
        while self._at and self._at[0] < now - _DAY:
            self._at.popleft()
        if len(self._at) >= budget.DISCORD_IDENTIFIES:
            raise Exhausted(self._at[0] + _DAY - now)
        self._at.append(now)

    async def leave(self, client: discord.Client) -> int:
        """Raise Exhausted unless Discord leaves room for another login; into how many shards it wants it divided."""
        try:
            shards, _, limit = await client.http.get_bot_gateway()
        except (discord.DiscordException, aiohttp.ClientError, OSError, KeyError):
            return 1  # our own count holds all the same
        if limit["total"] - limit["remaining"] >= budget.DISCORD_IDENTIFIES:
            raise Exhausted(limit["reset_after"] / 1000)
        return shards


class Ears(Protocol):
    """What the gateway needs of the adapter."""

    def connected(self) -> None: ...
    async def defer(self, interaction: discord.Interaction) -> None: ...
    async def topics(self, tenant: str, typed: str) -> Sequence[str]: ...
    async def at_home(self, guilds: Sequence[discord.Guild]) -> None: ...
    async def join(self, guild: discord.Guild) -> None: ...
    async def gone_from(self, guild: discord.Guild) -> None: ...


class Gateway(discord.Client):
    """One login. Methods named `on_…` are discord.py's events."""

    def __init__(
        self, ears: Ears, inbox: Inbox, logins: Logins, paces: Paces, *, hears_all: bool, **sharding: Any
    ) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True, messages=True, message_content=hears_all),
            allowed_mentions=discord.AllowedMentions.none(),
            activity=discord.CustomActivity("/summit, or mention me"),
            max_messages=None,
            heartbeat_timeout=paces.silence,
            guild_ready_timeout=paces.ready,
            **sharding,
        )
        self._spent: Exhausted | None = None
        self._ears = ears
        self._inbox = inbox
        self._logins = logins
        self._paces = paces

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        try:
            self._logins.note()
        except Exhausted as error:
            self._spent = error
            raise
        if not initial:
            await asyncio.sleep(self._paces.identify)

    async def connect(self, *, reconnect: bool = True) -> None:
        try:
            await super().connect(reconnect=reconnect)
        except AttributeError as error:
            if self.ws is not None:
                raise
            # discord.py trips over there being no connection to resume, where the first one fails
            raise Unreachable("Discord's gateway cannot be reached", for_good=False) from error

    async def close(self) -> None:
        await super().close()
        # discord.py leaves its heartbeat threads to themselves, which then fall over a loop that is closed
        beating = [thread for thread in threading.enumerate() if isinstance(thread, KeepAliveHandler)]
        for thread in beating:
            if thread.ws._connection is self._connection:  # noqa: SLF001  nothing else tells whose it is
                thread.stop()
                await asyncio.to_thread(thread.join, _JOIN)

    async def watch(self) -> None:
        """Raise Hung when heartbeats have not been answered for long, whatever the library believes."""
        clock = asyncio.get_running_loop().time
        alive = clock()
        while clock() - alive < self._paces.hung:
            await asyncio.sleep(self._paces.hung / 20)
            if self._spent:  # a shard's login would be tried for ever
                raise self._spent
            if math.isfinite(self.latency):
                alive = clock()
        raise Hung("no heartbeat was answered")

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        if not self.is_closed():  # discord.py tells of being ready a little later, whether or not it still is
            super().dispatch(event, *args, **kwargs)

    async def on_connect(self) -> None:
        self._ears.connected()

    async def on_resumed(self) -> None:
        self._ears.connected()

    async def on_ready(self) -> None:
        await self._ears.at_home(self.guilds)

    async def on_message(self, message: discord.Message) -> None:
        assert self.user is not None
        if request := hearing.heard(message, self.user.id):
            self._inbox.take(request, _typing(message.channel))

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if interaction.type is discord.InteractionType.autocomplete:
            await self._complete(interaction)
            return
        request = hearing.clicked(interaction)
        if request is None:
            return
        await self._ears.defer(interaction)
        slash = interaction.type is discord.InteractionType.application_command
        self._inbox.take(request, _nothing if slash else _typing(interaction.channel))

    async def _complete(self, interaction: discord.Interaction) -> None:
        data: Any = interaction.data or {}
        typed = next((str(option["value"]) for option in data.get("options", ()) if option.get("focused")), "")
        tenant = hearing.tenant(interaction.guild_id, interaction.user.id)
        topics = await self._ears.topics(tenant, typed)
        choices = [discord.app_commands.Choice(name=topic, value=topic) for topic in topics]
        try:
            await interaction.response.autocomplete(choices)
        except discord.HTTPException as error:
            log.info("discord: suggestions came too late: %s", error)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        try:
            await self._ears.join(guild)
        except ChatError as error:
            log.info("discord: no greeting in server %s: %s", guild.id, error)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self._ears.gone_from(guild)


class Sharded(Gateway, discord.AutoShardedClient):
    """Several logins, each for the servers of one shard; what one of them brings is as if there were one alone."""


def opened(
    ears: Ears,
    inbox: Inbox,
    logins: Logins,
    paces: Paces,
    *,
    hears_all: bool,
    shards: Shards | None,
) -> Gateway:
    """The gateway of `shards`; of all servers, where it is None."""
    if shards is None:
        return Gateway(ears, inbox, logins, paces, hears_all=hears_all)
    ids, count = shards
    return Sharded(ears, inbox, logins, paces, hears_all=hears_all, shard_ids=list(ids), shard_count=count)


def _typing(channel: Any) -> Callable[[], Awaitable[object]]:
    async def typing() -> None:
        try:
            await channel.typing()  # shown for ten seconds, or until the message comes
        # RuntimeError: aiohttp's session is closed, as the process is stopping
        except (discord.HTTPException, aiohttp.ClientError, OSError, RuntimeError) as error:
            log.info("discord: no sign of typing could be given: %s", error)

    return typing


async def _nothing() -> None:
    """A slash command shows "is thinking…" already."""
