"""How this machine's clock stands against a platform's."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

import aiohttp

_HALF = 0.5  # seconds; the Date header drops what is past the second, half of one on average


async def ahead(address: str) -> float | None:
    """Seconds by which this clock is before that of the server at `address`; None where it does not tell."""
    limit = aiohttp.ClientTimeout(total=10)
    try:
        async with aiohttp.ClientSession(timeout=limit) as session:
            asked = time.time()
            async with session.get(address, allow_redirects=False) as response:
                told = parsedate_to_datetime(response.headers["Date"]).timestamp()
    except (aiohttp.ClientError, OSError, KeyError, ValueError):
        return None
    return (asked + time.time()) / 2 - told - _HALF
