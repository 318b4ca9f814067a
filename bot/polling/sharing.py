"""Answers shared: an address that several tenants follow is asked once in five minutes, whoever polls it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from bot.model import Followed
from bot.polling.pacing import LEAST

if TYPE_CHECKING:  # aiohttp is loaded when there is something to fetch
    from bot.fetching import Fetched

FRESH = timedelta(seconds=LEAST)
MOST, LARGEST = 128, 200_000  # answers kept, and bytes of one: 25 MB at most


class Recent:
    """The last answers, by address. One that says "unchanged" does only for who would have asked in the same way."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[datetime, tuple[str, str], Fetched]] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def get(self, feed: Followed, now: datetime, ask: Callable[[], Awaitable[Fetched]]) -> Fetched:
        """What stands at the address of `feed`: just learnt, else as `ask` tells."""
        turn = self._turns.setdefault(feed.address, asyncio.Lock())
        async with turn:
            for address in [address for address, (at, _, _) in self._kept.items() if now - at > FRESH]:
                del self._kept[address]
            known_by = feed.etag, feed.modified
            if kept := self._kept.get(feed.address):
                _, asked_by, fetched = kept
                if fetched.status != 304 or asked_by == known_by:
                    return fetched
            fetched = await ask()
            if len(fetched.body) <= LARGEST and len(self._kept) < MOST:
                self._kept[feed.address] = now, known_by, fetched
            return fetched
