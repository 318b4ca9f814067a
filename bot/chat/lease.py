"""Until when a message may be sent: while its claim holds and not a moment longer, however long the process slept.

A machine that swaps or migrates can stop a process between two lines for minutes; another one has then taken the
message over. So the clock is looked at before every request that posts, and once more when its connection stands;
what is left is the moment between that look and the socket.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

import aiohttp

from bot.errors import Unreachable

_ends: ContextVar[float] = ContextVar("ends", default=inf)


@contextmanager
def until(moment: float) -> Iterator[None]:
    """Let nothing be posted in here after `moment`, by the event loop's clock."""
    given = _ends.set(moment)
    try:
        yield
    finally:
        _ends.reset(given)


def traced() -> aiohttp.TraceConfig:
    """For a session that posts: looks at the clock at each request and at each connection for one."""
    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(_look)
    trace.on_connection_create_end.append(_look)
    trace.on_connection_reuseconn.append(_look)
    return trace


async def _look(*_: object) -> None:
    check()


def check() -> None:
    """Raise Unreachable, for now, where the claim has run out."""
    if asyncio.get_running_loop().time() > _ends.get():
        raise Unreachable("it took so long that another process may have it in hand", for_good=False)
