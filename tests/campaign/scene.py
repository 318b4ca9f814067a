"""One trial: a platform, a store, processes of the bot, digests falling due; then what became of each."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import random
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from bot import corpus
from bot.model import Delivery, DeliveryState, Schedule, Subscription, Target
from bot.ports import Store
from bot.store import open_store
from tests import newsroom
from tests.campaign import worker
from tests.campaign.platforms import PLATFORMS, Stormy, Weather, doubled
from tests.campaign.worker import Job
from tests.make import SEEDS

SCALE = 1 / 20  # of every waiting time
SETTLED = 60.0  # seconds without another digest dealt with, in fine weather, after which nothing more is waited for

logging.getLogger("aiohttp").setLevel(logging.CRITICAL)  # of the platforms: whoever is killed hangs up

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.campaign.worker"])


@dataclass
class Outcome:
    """What a row of the table says."""

    row: str
    trials: int = 0
    slots: int = 0
    lost: int = 0
    doubled: int = 0
    unknown: int = 0
    note: str = ""


class Scene:
    """`async with` it. `url` is a store that exists already, without it one in a file; `scale` is of all waiting."""

    logs: ClassVar[Path | None] = None  # folder in which the processes' logs are kept

    def __init__(
        self,
        platform: str,
        rng: random.Random,
        *,
        url: str = "",
        bad: float = 0.0,
        kinds: str = "troubles",
        scale: float = SCALE,
    ):
        self.rng = rng
        self.folder = Path(tempfile.mkdtemp(prefix="dateline-campaign-"))
        self.url = url or f"sqlite:///{self.folder / 'dateline.db'}"
        self.server: Stormy = PLATFORMS[platform](rng, scale)
        self.weather = Weather(rng, bad, getattr(self.server, kinds)())
        self.server.faults = self.weather
        self.expected: dict[int, str] = {}  # subscription -> its channel
        self.processes: list[Any] = []
        self._numbers = 0
        self.job = Job(platform, self.url, "", "", "", "", str(self.folder / "log"), scale)

    async def __aenter__(self) -> Self:
        await self.server.__aenter__()
        server: Any = self.server
        discord = self.job.platform == "discord"
        self.job = replace(
            self.job,
            api=server.base if discord else server.api,
            gateway=server.gateway_url if discord else "",
            token=server.token,
            app_token="" if discord else server.app_token,
        )
        self.store: Store = open_store(self.url)
        list(corpus.take_in([SEEDS], self.store, datetime.now(UTC)))
        for one in newsroom.Newsroom(1).dispatches(12):  # so many that a digest has more than one part
            corpus.add(one.article, one.analysis, self.store, datetime.now(UTC))
        return self

    async def __aexit__(self, *_: object) -> None:
        for process in self.processes:
            process.kill()
            process.join()
        self.store.close()
        await self.server.__aexit__()
        if Scene.logs:
            Scene.logs.mkdir(parents=True, exist_ok=True)
            shutil.copy(self.job.log, Scene.logs / f"{self.folder.name}-{self.job.platform}.log")
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- what happens ---

    def due(self, count: int, *, at: datetime | None = None, zone: str = "UTC") -> None:
        """So many digests fall due, each in a channel of its own."""
        at = at or datetime.now(UTC).replace(second=0, microsecond=0)
        local = at.astimezone(ZoneInfo(zone))
        when = Schedule(frozenset({local.weekday()}), local.hour, local.minute, zone)
        for _ in range(count):
            self._numbers += 1
            channel = self.server.channel(self._numbers)
            order = Subscription(
                Target(self.job.platform, channel), when, at - timedelta(minutes=1), even_if_empty=True
            )
            self.expected[self.store.subscribe(order).id] = channel

    def start(self, **changes: Any) -> Any:
        process = _context.Process(target=worker.serve, args=(replace(self.job, **changes),), daemon=True)
        process.start()
        self.processes = [one for one in self.processes if one.is_alive()]
        self.processes.append(process)
        return process

    async def ended(self, process: Any, seconds: float) -> bool:
        """Whether it ends within so long."""
        until = asyncio.get_running_loop().time() + seconds
        while process.is_alive() and asyncio.get_running_loop().time() < until:  # noqa: ASYNC110  another process
            await asyncio.sleep(0.01)
        return not process.is_alive()

    async def kill(self, process: Any, after: float) -> None:
        await asyncio.sleep(after)
        process.kill()
        process.join()

    async def freeze(self, process: Any, seconds: float, awake: float) -> None:
        """Stop it as a machine that swaps or migrates does; it does not know, and is `awake` for a while after."""
        os.kill(process.pid, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        if process.is_alive():
            os.kill(process.pid, signal.SIGCONT)
            await self.kill(process, awake)

    async def settled(self, process: Any = None, within: float = SETTLED) -> None:
        """Until every digest has been dealt with, or none was for `within` seconds; then `process` is killed."""
        clock = asyncio.get_running_loop().time
        left, changed = self._left(), clock()
        while left and clock() - changed < within:
            await asyncio.sleep(0.2)
            if (now := self._left()) != left:
                left, changed = now, clock()
        await asyncio.sleep(0.5)
        if process:
            process.kill()
            process.join()

    # --- and what came of it ---

    async def finish(self, row: str, trials: int, note: str = "", **changes: Any) -> Outcome:
        """Fine weather from here on; what is still open gets done; then the channels are read."""
        self.weather.bad, self.server.down, self.server.lag = 0.0, False, 0.0
        self.server.at = lambda _point: None
        if not any(process.is_alive() for process in self.processes):
            self.start(**changes)
        await self.settled()
        rows = self._rows()
        states = {number: row.state for number, row in rows.items()}
        seen = {channel: self.server.seen(channel) for channel in self.expected.values()}
        parts = Counter(len(set(messages)) for messages in seen.values() if messages)
        whole = max(parts, key=lambda count: (parts[count], count), default=1)
        held = {self.expected[one] for one, state in states.items() if state is DeliveryState.UNKNOWN}
        return Outcome(
            row,
            trials,
            len(self.expected),
            sum(len(set(messages)) < whole for channel, messages in seen.items() if channel not in held),
            sum(map(doubled, seen.values())),
            len(held),
            ", ".join(filter(None, (note, self._told(rows.values()), f"{self.server.posts} posts, {whole} a digest"))),
        )

    def _rows(self) -> dict[int, Delivery]:
        rows = self.store.deliveries(limit=100_000)
        return {row.subscription: row for row in rows if row.subscription in self.expected}

    def _left(self) -> int:
        """How many digests are not dealt with yet."""
        return len(self.expected) - sum(row.state is not DeliveryState.CLAIMED for row in self._rows().values())

    def _told(self, rows: Iterable[Delivery]) -> str:
        odd = Counter(f"{row.state.value} ({row.reason})" for row in rows if row.state is not DeliveryState.SENT)
        return ", ".join(f"{count} {state}" for state, count in odd.items())

    def log(self) -> str:
        return Path(self.job.log).read_text() if Path(self.job.log).exists() else ""


def table(outcomes: Sequence[Outcome]) -> str:
    head = ("row", "trials", "digests", "lost", "doubled", "unknown", "")
    lines = [head, *((o.row, o.trials, o.slots, o.lost, o.doubled, o.unknown, o.note) for o in outcomes)]
    widths = [max(len(str(line[n])) for line in lines) for n in range(6)]
    return "\n".join(
        f"{line[0]!s:<{widths[0]}}  " + "  ".join(f"{line[n]!s:>{widths[n]}}" for n in range(1, 6)) + f"  {line[6]}"
        for line in lines
    )
