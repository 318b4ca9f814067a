"""The guilds and workspaces that the bot is in: what is theirs goes some time after it was removed from them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta

from bot.ports import Store

GRACE = timedelta(days=30)  # a bot that was removed by mistake, or in a quarrel, comes back to everything as it was

log = logging.getLogger("dateline")


class Register:
    """Keeps the store told, as the chats see it. `clock` tells the time in UTC."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    async def joined(self, tenant: str) -> None:
        """The bot was added: what is stored stays, and what was paused when it was away goes on."""
        await asyncio.to_thread(self._join, tenant)

    async def left(self, tenant: str) -> None:
        log.info("%s: the bot was removed; what is stored for it goes in %s days", tenant, GRACE.days)
        await asyncio.to_thread(self._store.depart, [tenant], self._clock())

    async def within(self, tenants: Collection[str], mine: Callable[[str], bool]) -> None:
        """These are all that the bot is in, of those that are `mine` to know: the others removed it meanwhile."""
        await asyncio.to_thread(self._look, frozenset(tenants), mine)

    def _join(self, tenant: str) -> None:
        self._store.arrive([tenant])
        for one in self._store.subscriptions():
            if one.tenant == tenant and one.paused and not one.stopped:
                self._store.subscribe(replace(one, paused="", since=self._clock()))

    def _look(self, tenants: Collection[str], mine: Callable[[str], bool]) -> None:
        self._store.arrive(tenants)
        gone = [one for one in self._store.tenants() if one not in tenants and mine(one)]
        if gone:
            self._store.depart(gone, self._clock())
            log.info("the bot is no longer in %s; what is stored for them goes in %s days", gone, GRACE.days)


def clear(store: Store, now: datetime) -> None:
    """Let go of what belongs to those who removed the bot longer ago than GRACE."""
    for tenant in store.clear(now - GRACE):
        log.info("%s: what was stored for it is gone", tenant)
