"""Slash commands and buttons: acknowledged at once, and a slash command answered in the place that is kept for it."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import discord
from discord.http import Route

from bot.chat import budget
from bot.chat.discord.posting import History, Poster
from bot.errors import Unreachable

log = logging.getLogger("dateline")

_ACKNOWLEDGED = 40060  # "JSON Error Codes"


class Interactions:
    """`tokens` of slash commands, by id, for as long as they may be answered."""

    def __init__(self, poster: Poster) -> None:
        self._poster = poster
        self.tokens: dict[str, str] = {}

    async def defer(self, interaction: discord.Interaction) -> None:
        """Acknowledge within Discord's three seconds; the answer then takes the place of "is thinking…"."""
        slash = interaction.type is discord.InteractionType.application_command
        try:
            await interaction.response.defer(thinking=slash)
        except discord.HTTPException as error:
            if error.code != _ACKNOWLEDGED:  # by another replica: any of them may answer
                log.warning("discord: an interaction came too late to be acknowledged: %s", error)
                return
        if slash:
            id_ = str(interaction.id)
            self.tokens[id_] = interaction.token
            lives = budget.DISCORD_INTERACTION - budget.SEND
            asyncio.get_running_loop().call_later(lives, self.tokens.pop, id_, None)

    async def complete(self, interaction: str, body: dict[str, Any], png: bytes, history: History) -> str | None:
        """Put the answer in the place of "is thinking…"; None where it must be posted like any other message.

        Filling that place twice leaves one message, so this needs no nonce.
        """
        token = self.tokens.get(interaction)
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
                self.tokens.pop(interaction, None)
                return None
            raise
