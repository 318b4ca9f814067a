"""What Slack knows of people and bots in a workspace, asked as rarely as can be."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.chat.slack.posting import Poster
from bot.errors import ChatError

MINDED = 300.0  # seconds that somebody's being an admin, and who is in a channel, is remembered
CROWD = 30  # members of a channel, past which it is not looked through for other bots: each costs a call
REMEMBERED = 10_000  # people, and channels

log = logging.getLogger("dateline")


@dataclass(frozen=True, slots=True)
class _Person:
    asked: float
    is_admin: bool
    is_bot: bool
    is_guest: bool


class People:
    """`admins` are named by the operator; the workspace's own come to them."""

    def __init__(
        self, poster: Poster, admins: frozenset[str] = frozenset(), clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._poster = poster
        self._admins = admins
        self._clock = clock
        self._known: dict[str, _Person] = {}
        self._alone: dict[str, tuple[float, bool]] = {}
        self._looking = asyncio.Lock()

    async def is_admin(self, user: str) -> bool:
        if user in self._admins:
            return True
        try:
            return (await self._asked(user, MINDED)).is_admin
        except ChatError as error:
            log.warning("slack: whether %s is an admin could not be asked: %s", user, error)
            return False

    async def is_guest(self, user: str) -> bool:
        """Whether `user` is let into a few channels only; in doubt so."""
        if user in self._admins:
            return False
        try:
            return (await self._asked(user, MINDED)).is_guest
        except ChatError as error:
            log.warning("slack: whether %s is a guest could not be asked: %s", user, error)
            return True

    async def is_alone(self, channel: str, me: str) -> bool:
        """Whether `me` is the only bot in a channel; in doubt it is not."""
        async with self._looking:  # one after the other: the second one finds what the first was told
            asked, alone = self._alone.get(channel, (-MINDED, False))
            if self._clock() - asked < MINDED:
                return alone
            try:
                alone = await self._looked(channel, me)
            except ChatError as error:
                log.info("slack: who is in %s could not be asked: %s", channel, error)
                alone = False
            _keep(self._alone, channel, (self._clock(), alone))
            return alone

    async def _looked(self, channel: str, me: str) -> bool:
        page = await self._poster.call("conversations.members", channel=channel, limit=CROWD + 1)
        others = [user for user in page["members"] if user != me]
        if len(others) > CROWD or (page.get("response_metadata") or {}).get("next_cursor"):
            return False
        for user in others:
            if (await self._asked(user, float("inf"))).is_bot:  # who is a person stays one
                return False
        return True

    async def _asked(self, user: str, minded: float) -> _Person:
        known = self._known.get(user)
        if known and self._clock() - known.asked < minded:
            return known
        told: dict[str, Any] = (await self._poster.call("users.info", user=user))["user"]
        is_guest = bool(told.get("is_restricted") or told.get("is_ultra_restricted"))
        is_admin = bool(told.get("is_admin") or told.get("is_owner")) and not is_guest
        known = _Person(self._clock(), is_admin, bool(told.get("is_bot")), is_guest)
        _keep(self._known, user, known)
        return known


def _keep(kept: dict[str, Any], key: str, value: Any) -> None:
    kept.pop(key, None)
    while len(kept) >= REMEMBERED:
        del kept[next(iter(kept))]
    kept[key] = value
