"""Platforms to test against, over loopback, under the real client libraries."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(is_so: Callable[[], object], seconds: float = 10) -> None:
    """Wait for something that another task brings about."""
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110  what is waited for differs from test to test
            await asyncio.sleep(0.005)
