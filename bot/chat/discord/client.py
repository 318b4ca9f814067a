"""Discord as a chat: a gateway that listens and is restarted when it fails, and posting beside it.

The address of the interface and of the gateway are class-wide in discord.py: one process speaks to one Discord.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Sequence
from typing import Any

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.chat import Left, Spoken, Suggest, budget, no_topics, nobody_told
from bot.chat.discord import hearing
from bot.chat.discord.dress import render, thread_name
from bot.chat.discord.gateway import Exhausted, Gateway, Hung, Logins, Paces
from bot.chat.discord.permission import TIMED_OUT, missing, place_to_greet
from bot.chat.discord.posting import NO_PERMISSION, REFUSAL, History, Poster
from bot.chat.discord.slash import sync
from bot.chat.inbox import Cooldown, Inbox
from bot.errors import TokenError, Unreachable
from bot.message import Message, say
from bot.model import Target
from bot.ports import Handler, Health, Request

log = logging.getLogger("dateline")

_INTENT_OFF = (
    "the Message Content intent is off, so commands that start with ! are not heard; "
    "a mention and the slash commands are"
)
_BAD_TOKEN, _BAD_INTENTS = 4004, 4014  # close codes; "Gateway Close Event Codes"


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
        left: Left = nobody_told,
        paces: Paces | None = None,
    ) -> None:
        if api_base:
            Route.BASE = api_base.rstrip("/")
        if gateway_url:
            DiscordWebSocket.DEFAULT_GATEWAY = type(DiscordWebSocket.DEFAULT_GATEWAY)(f"{gateway_url.rstrip('/')}/")
        self._token = token
        self._spoken = spoken
        self._suggest = suggest
        self._left = left
        self._paces = paces or Paces()
        self._poster = Poster(token)
        self._gateway: Gateway | None = None
        self._logins = Logins()
        self._cooldown = Cooldown()
        self._hears_all = True
        self._synced = False
        self._answering: dict[str, str] = {}  # interaction -> its token, while it may still be answered

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
        await self._logins.leave(client)
        gateway = Gateway(self, inbox, self._logins, self._paces, hears_all=self._hears_all)
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

    async def defer(self, interaction: discord.Interaction) -> None:
        """Acknowledge within Discord's three seconds; the answer then takes the place of "is thinking…"."""
        slash = interaction.type is discord.InteractionType.application_command
        try:
            await interaction.response.defer(thinking=slash)
        except discord.HTTPException as error:
            if error.code != 40060:  # acknowledged already, by another replica: any of them may answer
                log.warning("discord: an interaction came too late to be acknowledged: %s", error)
                return
        if slash:
            self._answering[str(interaction.id)] = interaction.token
            asyncio.get_running_loop().call_later(
                budget.DISCORD_INTERACTION - budget.SEND, self._answering.pop, str(interaction.id), None
            )

    async def topics(self, tenant: str, typed: str) -> Sequence[str]:
        found = await asyncio.to_thread(self._suggest, tenant, typed)
        return [topic for topic in found if 0 < len(topic) <= budget.DISCORD_CHOICE][: budget.DISCORD_CHOICES]

    async def greet(self, guild: discord.Guild) -> None:
        """One message on joining that says what to type first."""
        channel = place_to_greet(guild)
        if channel is None:
            return
        text = (
            "I answer from stored news articles, in their own words, each sentence with its source. "
            "Type `/summit` to begin, or mention me; `/help` lists the rest."
        )
        joined = guild.me.joined_at.isoformat() if guild.me.joined_at else ""
        key = f"greeting:{guild.id}:{joined}"
        await self.post(Target(hearing.PLATFORM, str(channel.id)), say(text), key, retry=False)

    async def gone_from(self, guild: discord.Guild) -> None:
        log.info("discord: removed from server %s", guild.id)
        await self._left(hearing.tenant(guild.id, 0))

    async def _notice(self, request: Request, message: Message, key: str) -> None:
        await self.post(request.target, message, key, retry=False)

    # --- posting ---

    async def post(self, target: Target, message: Message, key: str, *, retry: bool) -> tuple[str, ...]:
        async with self._poster:
            try:
                return await self._post(target, message, key, retry=retry)
            except TokenError as error:  # `run` ends with it; what is posted meanwhile may go out after a restart
                raise Unreachable(str(error), for_good=False) from error

    async def _post(self, target: Target, message: Message, key: str, *, retry: bool) -> tuple[str, ...]:
        place = target.thread or target.channel
        if not place.isdecimal():
            raise Unreachable(f"there is no channel {place}", for_good=True)
        asked, interaction = hearing.asker(key), hearing.interaction_of(key)
        history = History(self._poster, place, doubted=retry, after=asked or interaction)
        reply_to = asked or target.reply_to
        interaction = "" if reply_to else interaction
        ids: list[str] = []
        for part, payload in enumerate(render(message)):
            if part == 0 and interaction:
                id_ = await self._complete(interaction, payload.body, payload.png, history)
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
        lacking = await self.check(target)
        if not lacking:
            return error
        return Unreachable("; ".join(lacking), for_good=not any(TIMED_OUT in one for one in lacking))

    async def _complete(self, interaction: str, body: dict[str, Any], png: bytes, history: History) -> str | None:
        """Put the answer in the place of "is thinking…"; None where it must be posted like any other message.

        Filling that place twice leaves one message, so this needs no nonce.
        """
        token = self._answering.get(interaction)
        if token is None:
            return await history.answered(interaction) if history.doubted else None
        client = await self._poster.client()
        route = Route(
            "PATCH",
            "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
            webhook_id=client.application_id,
            webhook_token=token,
        )
        try:
            return await self._poster.request(route, body, png)
        except Unreachable as error:
            if isinstance(error.__cause__, discord.NotFound):  # expired, or deleted meanwhile
                self._answering.pop(interaction, None)
                return None
            raise

    # --- looking ---

    async def check(self, target: Target) -> tuple[str, ...]:
        place = target.thread or target.channel
        if not place.isdecimal():
            return (f"there is no channel {place}",)
        try:
            async with self._poster:
                channel, me = await self._seen(int(place))
                return () if me is None else await missing(channel, me)
        except TokenError as error:
            return (str(error),)
        except discord.NotFound:
            return ("the channel is gone",)
        except discord.Forbidden:
            return ("the bot cannot see the channel: give it View Channel",)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            raise Unreachable("Discord cannot be asked", for_good=False) from error

    async def _seen(self, place: int) -> tuple[Any, discord.Member | None]:
        """The channel and the bot in its server: as the gateway knows them, else asked for."""
        if self._gateway and self._gateway.is_ready() and (known := self._gateway.get_channel(place)):
            guild = getattr(known, "guild", None)
            return known, guild.me if guild else None
        client = await self._poster.client()
        channel: Any = await client.fetch_channel(place)
        if getattr(channel, "guild", None) is None:
            return channel, None
        assert client.user is not None
        guild = await client.fetch_guild(channel.guild.id, with_counts=False)
        return await guild.fetch_channel(place), await guild.fetch_member(client.user.id)

    def health(self) -> Health:
        """By the gateway's latency, which is finite only while heartbeats are answered."""
        if self._gateway is None or not math.isfinite(self._gateway.latency):
            return Health(ready=False, detail="not connected to Discord's gateway")
        return Health(ready=True, detail="" if self._hears_all else _INTENT_OFF)
