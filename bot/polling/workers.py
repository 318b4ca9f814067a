"""A process beside this one for what is heavy or may break: so that nothing here waits, grows or falls with it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

from bot.corpus import leave_together
from bot.errors import FeedError

P = ParamSpec("P")
R = TypeVar("R")

LONGEST = 20.0  # seconds of CPU for one piece of work; the longest feed that is read takes two
FRESH = 500  # pieces of work after which the process makes room for a new one: libraries leak


class Workers:
    """Does one thing at a time. The process is started when it is needed; `rest` and `close` let
    go of it.

    `pool`: work there instead, without a limit of time.
    """

    def __init__(self, pool: Executor | None = None, longest: float = LONGEST) -> None:
        self._given = pool
        self._longest = longest
        self._own: Executor | None = None
        self._turn = asyncio.Lock()

    async def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """What `work` returns or raises; FeedError where it takes too long or breaks the process."""
        async with self._turn:
            if self._given:
                return await asyncio.wrap_future(self._given.submit(work, *args, **kwargs))
            if self._own is None:
                self._own = ProcessPoolExecutor(
                    1, mp_context=get_context("forkserver"), initializer=leave_together, max_tasks_per_child=FRESH
                )
            try:
                # in a thread, for it may have to start the process first
                begun = await asyncio.to_thread(
                    self._own.submit, _within, self._longest, partial(work, *args, **kwargs)
                )
                return await asyncio.wrap_future(begun)
            except BrokenExecutor:
                self.close()
                raise FeedError("it takes too long to read") from None
            except asyncio.CancelledError:
                # nobody waits for it, and the pool loses count of what was put in behind unfinished work: with
                # `max_tasks_per_child` it would then start no other process (cpython issue 115634)
                self.close()
                raise

    def rest(self) -> None:
        """Let go of the process unless it is at work; the next piece of work starts another."""
        if not self._turn.locked():
            self.close()

    def close(self) -> None:
        """Let go of the process, whatever it is at."""
        if self._own:
            # ended, not waited for: Python would wait for it at its own end. 3.14 has `terminate_workers` for this
            processes = list((getattr(self._own, "_processes", None) or {}).values())
            self._own.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.terminate()
            self._own = None


def _within(longest: float, work: Callable[[], R]) -> R:
    # of CPU, for others may load the machine; not handled, it ends the process, also within a library's own loop
    signal.setitimer(signal.ITIMER_PROF, longest)
    try:
        return work()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
