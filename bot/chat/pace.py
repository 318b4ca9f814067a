"""One platform's rate: what is posted to all its channels together waits its turn here, before the platform must say so."""

from __future__ import annotations

import asyncio


class Pace:
    """Lets through one every so many `seconds`, in the order of asking."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = 0.0

    async def turn(self) -> None:
        now = asyncio.get_running_loop().time()
        at = max(now, self._next)
        self._next = at + self._seconds
        if at > now:
            await asyncio.sleep(at - now)
