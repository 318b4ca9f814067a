"""Discord as a chat: a gateway that listens and is restarted when it fails, and posting beside it.

The address of the interface and of the gateway are class-wide in discord.py: one process speaks to one Discord.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Sequence

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.chat import Examined, Nobody, Register, Spoken, Suggest, budget, greeting, lease, no_topics
from bot.chat.clock import ahead
from bot.chat.discord import hearing
from bot.chat.discord.dress import render, thread_name
from bot.chat.discord.gateway import Exhausted, Gateway, Hung, Logins, Paces, Shards, opened
from bot.chat.discord.interactions import Interactions
from bot.chat.discord.permission import TIMED_OUT, lacking, place_to_greet
from bot.chat.discord.posting import History, Poster
from bot.chat.discord.refusals import NO_PERMISSION, REFUSAL
from bot.chat.discord.slash import sync
from bot.chat.inbox import Cooldown, Inbox
from bot.errors import TokenError, Unreachable
from bot.message import Message
from bot.model import Target
from bot.ports import PERSON, Handler, Health, Request

log = logging.getLogger("dateline")

_INTENT_OFF = (
    "the Message Content intent is off, so commands that start with `!` are not heard in servers: "
    "type `/summit` there, or mention me"
)
_BAD_TOKEN, _BAD_SHARDS = 4004, 4010  # close codes; "Gateway Close Event Codes"
_SHARDS_REFUSED = "Discord refuses DISCORD_SHARDS: write auto, or shards of the number that Discord asks for."


class Discord:
    """One bot on Discord."""

    def __init__(
        self,
        token: str,
        *,
        api_base: str = "",
        gateway_url: str = "",
        spoken: Sequence[Spoken] = (),
        suggest: Suggest = no_topics,
        register: Register | None = None,
        paces: Paces | None = None,
        shards: Shards | None = None,
    ) -> None:
        if api_base:
            Route.BASE = api_base.rstrip("/")
        if gateway_url:
            DiscordWebSocket.DEFAULT_GATEWAY = type(DiscordWebSocket.DEFAULT_GATEWAY)(f"{gateway_url.rstrip('/')}/")
        self._token = token
        self._spoken = spoken
        self._suggest = suggest
        self._register = register or Nobody()
        self._paces = paces or Paces()
        self._poster = Poster(token)
        self._gateway: Gateway | None = None
        self._logins = Logins()
        self._cooldown = Cooldown()
        self._hears_all = True
        self._shards = shards
        self._connected, self._logged_in = 0, 1  # connections so far, and how many there are to be at a time
        self._synced = False
        self._interactions = Interactions(self._poster)

    # --- listening ---

    async def run(self, handle: Handler) -> None:
        """Listen until cancelled, restarting what fails. Raises TokenError where starting again cannot help."""
        async with self._poster:
            await self._listen_on(handle)

    async def _listen_on(self, handle: Handler) -> None:
        inbox = Inbox(handle, self._notice, {one.name for one in self._spoken}, self._cooldown)
        loop = asyncio.get_running_loop()
        failures = 0
        try:
            while True:
                began = loop.time()
                try:
                    await self._listen(inbox)
                    reason = "it was closed"
                except TokenError:
                    raise
                except Exhausted as error:
                    log.error("discord: %s", error)  # noqa: TRY400  no fault of the code
                    await asyncio.sleep(error.seconds)
                    continue
                except discord.PrivilegedIntentsRequired:
                    self._hears_all, reason = False, "the Message Content intent is not enabled"
                except (discord.DiscordException, Unreachable, Hung, aiohttp.ClientError, OSError) as error:
                    reason = str(error) or type(error).__name__
                except Exception as error:  # a payload that the library cannot read comes out here
                    log.exception("discord: the gateway broke down")
                    reason = type(error).__name__
                failures = 0 if loop.time() - began > self._paces.steady else failures + 1
                pause = min(self._paces.longest, self._paces.pause * 2**failures)
                log.warning("discord: %s; connecting again in %.1f s", reason, pause)
                await asyncio.sleep(pause)
        finally:
            await inbox.drain()

    async def _listen(self, inbox: Inbox) -> None:
        """One life of the gateway."""
        client = await self._poster.client()
        flags = client.application_flags
        allowed = flags.gateway_message_content or flags.gateway_message_content_limited
        if not allowed or not self._hears_all:
            if self._hears_all:
                log.warning("discord: %s; switch it on at the application's Bot page", _INTENT_OFF)
            self._hears_all = False
        if self._spoken and not self._synced:
            self._synced = await sync(client, self._spoken)
        wanted = await self._logins.leave(client)
        shards = self._shards or ((tuple(range(wanted)), wanted) if wanted > 1 else None)
        self._logged_in = len(shards[0]) if shards else 1
        gateway = opened(self, inbox, self._logins, self._paces, hears_all=self._hears_all, shards=shards)
        self._gateway = gateway
        try:
            async with gateway:
                await gateway.login(self._token)
                await self._until_it_fails(gateway)
        except discord.LoginFailure as error:
            raise TokenError(REFUSAL) from error
        except discord.ConnectionClosed as error:
            if error.code == _BAD_TOKEN:
                raise TokenError(REFUSAL) from error
            if error.code == _BAD_SHARDS:
                raise TokenError(_SHARDS_REFUSED) from error
            raise

    async def _until_it_fails(self, gateway: Gateway) -> None:
        """Connected, and watched: a gateway that hangs claims to be ready."""
        tasks = {
            asyncio.create_task(gateway.connect()),
            asyncio.create_task(gateway.watch()),
            asyncio.create_task(self._poster.token_refused.wait()),
        }
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if self._poster.token_refused.is_set():
            raise TokenError(REFUSAL)

    def connected(self) -> None:
        self._connected += 1

    async def defer(self, interaction: discord.Interaction) -> None:
        await self._interactions.defer(interaction)

    async def topics(self, tenant: str, typed: str) -> Sequence[str]:
        found = await asyncio.to_thread(self._suggest, tenant, typed)
        return [topic for topic in found if 0 < len(topic) <= budget.DISCORD_CHOICE][: budget.DISCORD_CHOICES]

    async def at_home(self, guilds: Sequence[discord.Guild]) -> None:
        """After a login: these are all the servers of this process's shards."""
        ids, count = self._shards or ((0,), 1)

        def mine(tenant: str) -> bool:
            guild = hearing.guild_of(tenant)
            return bool(guild) and (guild >> 22) % count in ids  # "Sharding"

        await self._register.within([hearing.tenant(guild.id, 0) for guild in guilds], mine)

    async def join(self, guild: discord.Guild) -> None:
        """One message on joining that says what to type first."""
        await self._register.joined(hearing.tenant(guild.id, 0))
        channel = place_to_greet(guild)
        if channel is None:
            return
        joined = guild.me.joined_at.isoformat() if guild.me.joined_at else ""
        key = f"greeting:{guild.id}:{joined}"
        said = greeting("/summit", "/help")
        await self.post(Target(hearing.PLATFORM, str(channel.id)), said, key, retry=False)

    async def gone_from(self, guild: discord.Guild) -> None:
        await self._register.left(hearing.tenant(guild.id, 0))

    async def _notice(self, request: Request, message: Message, key: str) -> None:
        await self.post(request.target, message, key, retry=False)

    # --- posting ---

    async def post(
        self, target: Target, message: Message, key: str, *, retry: bool, until: float = math.inf
    ) -> tuple[str, ...]:
        async with self._poster:
            try:
                with lease.until(until):
                    return await self._post(target, message, key, retry=retry)
            except TokenError as error:  # `run` ends with it; what is posted meanwhile may go out after a restart
                raise Unreachable(str(error), for_good=False) from error

    async def _post(self, target: Target, message: Message, key: str, *, retry: bool) -> tuple[str, ...]:
        place = target.thread or target.channel
        if place.startswith(PERSON):
            place = await self._poster.private(place.removeprefix(PERSON))
        if not place.isdecimal():
            raise Unreachable(f"there is no channel {place}", for_good=True)
        asked, interaction = hearing.asker(key), hearing.interaction_of(key)
        history = History(self._poster, place, doubted=retry, after=asked or interaction)
        reply_to = asked or target.reply_to
        interaction = "" if reply_to else interaction
        ids: list[str] = []
        for part, payload in enumerate(render(message)):
            if part == 0 and interaction:
                id_ = await self._interactions.complete(interaction, payload.body, payload.png, history)
                if id_ is not None:
                    ids.append(id_)
                    continue
            if part == 1 and ids[0] and not target.thread and (name := thread_name(message)):
                place = await self._poster.thread(place, ids[0], name)
                history = History(self._poster, place, doubted=retry)
            try:
                ids.append(await self._poster.send(place, payload, key, part, "" if part else reply_to, history))
            except Unreachable as error:
                raise await self._explained(target, error) from error
        return tuple(id_ for id_ in ids if id_)

    async def _explained(self, target: Target, error: Unreachable) -> Unreachable:
        """A refused permission by its name; a bot that is timed out may write again later."""
        if not (isinstance(error.__cause__, discord.Forbidden) and error.__cause__.code == NO_PERMISSION):
            return error
        missing = await self.check(target)
        if not missing:
            return error
        return Unreachable("; ".join(missing), for_good=not any(TIMED_OUT in one for one in missing))

    # --- looking ---

    async def check(self, target: Target) -> tuple[str, ...]:
        if target.channel.startswith(PERSON):
            return ()  # whether a person lets the bot write is known once it does
        return await lacking(self._poster, self._gateway, target.thread or target.channel)

    def health(self) -> Health:
        """By the gateway's latency, which is finite only while heartbeats are answered."""
        latency = self._gateway.latency if self._gateway else math.inf
        ready = math.isfinite(latency)
        off = "not connected to Discord's gateway"
        return Health(
            ready=ready,
            detail=("" if self._hears_all else _INTENT_OFF) if ready else off,
            latency=latency if ready else None,
            reconnects=max(0, self._connected - self._logged_in),
            limited=self._poster.limited,
            held_back=self._poster.held_back,
        )


async def examine(token: str, api_base: str = "") -> Examined:
    """What Discord says of the bot's token and intents."""
    if api_base:
        Route.BASE = api_base.rstrip("/")
    name, faults = "", []
    try:
        async with Poster(token) as poster:
            client = await poster.client()
            name = str(client.user)
            flags = client.application_flags
            if not (flags.gateway_message_content or flags.gateway_message_content_limited):
                faults.append(f"{_INTENT_OFF}. Switch it on at the application's Bot page, Privileged Gateway Intents.")
            await Logins().leave(client)
    except (TokenError, Unreachable, Exhausted) as error:
        faults.append(str(error))
    return Examined(name, tuple(faults), await ahead(f"{Route.BASE}/gateway"))
