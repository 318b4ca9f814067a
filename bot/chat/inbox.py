"""Between a platform's events and the handler: cooldown, a sign of life, and a sentence when something breaks."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field

from bot.errors import ChatError, mishap
from bot.message import Message, say
from bot.ports import Handler, Request

MOST, PERIOD = 8, 30.0  # commands of one user in so many seconds; more is a script, or a cat on the keyboard
SLOW = 0.7  # seconds after which who asked is told that work is going on
FEW = 1000  # people
REMEMBERED = 10_000  # events that are known when they come again
DRAIN = 8.0  # seconds that answers in hand get when the process is asked to stop

log = logging.getLogger("dateline")

Reply = Callable[[Request, Message, str], Awaitable[object]]
Sign = Callable[[], Awaitable[object]]  # raises nothing: the answer itself may still get through


@dataclass
class Cooldown:
    """Who asked how often; `clock` in seconds."""

    clock: Callable[[], float] = time.monotonic
    _asked: dict[str, deque[float]] = field(default_factory=dict)
    _most: int = FEW  # people kept in mind before those who are silent are let go
    _told: dict[str, float] = field(default_factory=dict)

    def wait(self, user: str) -> float:
        """Seconds until `user` may ask again; 0: now, and it is counted."""
        now = self.clock()
        asked = self._asked.setdefault(user, deque())
        while asked and asked[0] <= now - PERIOD:
            asked.popleft()
        if len(asked) >= MOST:
            return asked[0] + PERIOD - now
        asked.append(now)
        if len(self._asked) > self._most:
            self._asked = {u: at for u, at in self._asked.items() if at[-1] > now - PERIOD}
            self._most = max(FEW, 2 * len(self._asked))  # so that letting go stays a small part of the work
        return 0.0

    def first_notice(self, user: str) -> bool:
        """Whether `user` has not been told yet in this period."""
        now = self.clock()
        self._told = {one: at for one, at in self._told.items() if at > now - PERIOD}
        if user in self._told:
            return False
        self._told[user] = now
        return True


class Inbox:
    """Hands requests on. `names` are the commands: a stranger's `!word` counts for nothing, here."""

    def __init__(self, handle: Handler, reply: Reply, names: Collection[str], cooldown: Cooldown) -> None:
        self._handle = handle
        self._reply = reply
        self._names = names
        self._cooldown = cooldown
        self._open: set[asyncio.Task[None]] = set()
        self._taken: dict[str, None] = {}

    def take(self, request: Request, sign: Sign) -> None:
        """Answer in the background; `sign` shows that work is going on, where it takes long.

        What was taken already is not taken again: Slack brings a mention twice, and a doubt brings it once more.
        """
        if request.key in self._taken:
            return
        while len(self._taken) >= REMEMBERED:
            del self._taken[next(iter(self._taken))]
        self._taken[request.key] = None
        task = asyncio.create_task(self._answer(request, sign))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def drain(self) -> None:
        """Let the answers in hand get out."""
        if self._open:
            _, late = await asyncio.wait(self._open, timeout=DRAIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _answer(self, request: Request, sign: Sign) -> None:
        try:
            if await self._allowed(request):
                await self._watched(request, sign)
        except Exception as error:  # noqa: BLE001  whatever it is, who asked is told
            await self._say(request, f"Sorry, {mishap(error, f'request {request.key}, {request.text!r},')}.", "failed")

    async def _allowed(self, request: Request) -> bool:
        name = request.text.strip().lstrip("!/ ").partition(" ")[0].casefold()
        if name not in self._names and not request.addressed:
            return True  # most likely another bot's command: not counted, and the handler drops it
        seconds = self._cooldown.wait(request.user)
        if seconds and (self._cooldown.first_notice(request.user) or request.awaited):
            await self._say(request, f"That is a lot at once; please ask again in {seconds:.0f} seconds.", "cooldown")
        return not seconds

    async def _watched(self, request: Request, sign: Sign) -> None:
        work = asyncio.ensure_future(self._handle(request))
        try:
            await asyncio.wait({work}, timeout=SLOW)
            if not work.done():
                await sign()
            await work
        finally:
            work.cancel()

    async def _say(self, request: Request, sentence: str, why: str) -> None:
        try:
            await self._reply(request, say(sentence), f"{why}:{request.key}")
        except ChatError as error:
            log.warning("a notice could not be given: %s", error)
