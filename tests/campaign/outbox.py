"""The rows in which digests are on their way while something breaks."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from math import inf
from statistics import median
from typing import Any

import apsw

from tests.campaign.scene import SCALE, Outcome, Scene
from tests.campaign.worker import POINTS

LEASE = 120.0 * SCALE
WINDOW = 60.0 * SCALE


async def kills(platform: str, rng: random.Random, trials: int) -> Outcome:
    """kill -9 at random moments, on a slow and faulty platform."""
    async with Scene(platform, rng, bad=0.1) as scene:
        for _ in range(trials):
            scene.due(rng.randint(1, 3))
            await scene.kill(scene.start(), rng.uniform(0.3, 2.5))
        return await scene.finish(f"{platform}: kill -9 at random moments", trials)


async def points(platform: str, rng: random.Random, trials: int) -> Outcome:
    """A kill at every named point of the outbox, `trials` times each."""
    async with Scene(platform, rng) as scene:
        for point in POINTS * trials:
            scene.due(2)
            process = scene.start(point=point)
            if point in {"arrived", "stored"}:
                scene.server.at = partial(_kill_at, process, point)
            await scene.ended(process, 4.0)
            scene.server.at = lambda _point: None
            process.kill()
            process.join()
        return await scene.finish(f"{platform}: a kill at each of {len(POINTS)} points", len(POINTS) * trials)


def _kill_at(process: Any, point: str, here: str) -> None:
    if here == point and process.is_alive():
        process.kill()


async def replicas(platform: str, rng: random.Random, trials: int, *, url: Callable[[], str]) -> Outcome:
    """Three processes on one PostgreSQL, killed, and frozen for longer than a lease."""
    freezes = trials * 2 // 5
    async with Scene(platform, rng, url=url(), bad=0.05) as scene:
        running = [scene.start() for _ in range(3)]
        frozen: set[asyncio.Task[None]] = set()
        left = ["kill"] * trials + ["freeze"] * freezes
        rng.shuffle(left)
        for what in left:
            scene.due(rng.randint(1, 4))
            await asyncio.sleep(rng.uniform(0.1, 0.8))
            n = rng.randrange(3)
            if what == "kill":
                running[n].kill()
                running[n].join()
            elif running[n].is_alive():
                task = asyncio.create_task(scene.freeze(running[n], LEASE * rng.uniform(1.05, 1.6), LEASE))
                frozen.add(task)
                task.add_done_callback(frozen.discard)
                running[n] = scene.start()  # its place is taken by another while it sleeps
            if not running[n].is_alive():
                running[n] = scene.start()
        await asyncio.gather(*frozen)
        note = f"{trials} kills, {freezes} freezes"
        return await scene.finish(f"{platform}: three replicas on PostgreSQL", trials + freezes, note)


async def outages(platform: str, rng: random.Random, trials: int, *, long: bool) -> Outcome:
    """The platform away: some requests stored, none answered; shorter or longer than nonces are remembered."""
    async with Scene(platform, rng) as scene:
        process = scene.start()
        for _ in range(trials):
            scene.due(rng.randint(2, 6))
            await asyncio.sleep(rng.uniform(0.1, 0.5))
            scene.server.down = True
            if rng.random() < 0.5:
                await scene.kill(process, rng.uniform(0.1, 0.5))
                process = scene.start()
            await asyncio.sleep(WINDOW * (rng.uniform(1.5, 3) if long else rng.uniform(0.2, 0.6)))
            scene.server.down = False
            await asyncio.sleep(rng.uniform(0.1, 0.5))
        return await scene.finish(
            f"{platform}: outages {'longer' if long else 'shorter'} than the nonce window", trials
        )


async def storms(platform: str, rng: random.Random, trials: int) -> Outcome:
    """Seven posts of ten are answered 429: by bucket, globally, by the edge."""
    async with Scene(platform, rng, bad=0.7, kinds="limits") as scene:
        scene.start()
        for _ in range(trials):
            scene.due(rng.randint(1, 4))
            await asyncio.sleep(0.3)
        return await scene.finish(f"{platform}: 429 storms", trials)


async def cuts(platform: str, rng: random.Random, trials: int) -> Outcome:
    """The connection ends in mid-request or in mid-answer, for half of all posts."""
    async with Scene(platform, rng, bad=0.5, kinds="cuts") as scene:
        scene.start()
        for _ in range(trials):
            scene.due(rng.randint(1, 4))
            await asyncio.sleep(0.3)
        return await scene.finish(f"{platform}: network cut in mid-request and mid-answer", trials)


async def stopped(platform: str, rng: random.Random, trials: int) -> Outcome:
    """SIGTERM in mid-send: what is being sent is sent to its end, within ten seconds."""
    slowest = 0.0
    async with Scene(platform, rng) as scene:
        scene.server.lag = 0.6
        for _ in range(trials):
            scene.due(rng.randint(1, 6))
            process, before = scene.start(), scene.server.posts
            while scene.server.posts == before and process.is_alive():  # noqa: ASYNC110  another process
                await asyncio.sleep(0.005)
            await asyncio.sleep(rng.uniform(0, 0.6))
            began = asyncio.get_running_loop().time()
            os.kill(process.pid, signal.SIGTERM)
            await scene.ended(process, 30)
            slowest = max(slowest, asyncio.get_running_loop().time() - began)
        return await scene.finish(f"{platform}: SIGTERM in mid-send", trials, f"slowest exit {slowest:.1f} s")


async def punctual(platform: str, rng: random.Random, trials: int) -> Outcome:
    """So many channels due in one minute: how long until each reads its digest."""
    async with Scene(platform, rng) as scene:
        server: Any = scene.server
        with scene.store.together():
            scene.due(trials)
        scene.start(tick=10.0)
        await scene.settled()
        began = min(server.arrivals.values())  # the process was up, and the minute began
        waits = sorted(server.arrivals.get(channel, inf) - began for channel in scene.expected.values())
        note = f"after {median(waits):.0f} s (median), {waits[int(0.99 * len(waits))]:.0f} s (99th percentile)"
        return await scene.finish(f"{platform}: due in one minute", trials, note)


async def jumps(platform: str, rng: random.Random, trials: int) -> Outcome:
    """The machine's clock jumps by up to two hours, either way."""
    async with Scene(platform, rng, bad=0.05) as scene:
        clock = scene.folder / "clock"
        clock.write_text("0 - 1")
        process = scene.start(clock=str(clock))
        for _ in range(trials):
            scene.due(rng.randint(1, 3))
            _replaced(clock, f"{rng.uniform(-7200, 7200):.0f} - 1")
            await asyncio.sleep(rng.uniform(0.2, 1.0))
            if rng.random() < 0.3:
                await scene.kill(process, 0.1)
                process = scene.start(clock=str(clock))
        _replaced(clock, "0 - 1")
        return await scene.finish(f"{platform}: clock jumps of up to two hours", trials, clock=str(clock))


def _replaced(file: Any, text: str) -> None:
    new = file.with_suffix(".new")
    new.write_text(text)
    new.replace(file)


CHANGES = (  # a slot that the clock repeats, and one that it skips
    ("America/New_York", datetime(2026, 11, 1, 5, 20, tzinfo=UTC), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2027, 3, 28, 0, 50, tzinfo=UTC), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
)


async def clock_change(platform: str, rng: random.Random, trials: int) -> Outcome:
    """The night of a clock change, ten minutes a second, with kills."""
    async with Scene(platform, rng) as scene:
        clock = scene.folder / "clock"
        kills = 0
        for zone, start, slot in CHANGES:
            scene.due(trials, at=slot, zone=zone)
            _replaced(clock, f"{datetime.now(UTC).timestamp()} {start.isoformat()} 600")
            process = scene.start(clock=str(clock))
            for _ in range(10):
                await scene.kill(process, rng.uniform(0.4, 1.6))
                process = scene.start(clock=str(clock))
                kills += 1
            process.kill()
            process.join()
            hour_later = slot + timedelta(hours=1) - datetime.now(UTC)
            _replaced(clock, f"{hour_later.total_seconds()} - 1")
            await scene.settled(scene.start(clock=str(clock)))
        name = f"{platform}: across a clock change, either way"
        return await scene.finish(name, kills, "2 h of a night in 12 s", clock=str(clock))


async def disk_full(platform: str, rng: random.Random, trials: int) -> Outcome:
    """No room for another page in the database, at some moment; then there is again."""
    async with Scene(platform, rng) as scene:
        path = scene.folder / "dateline.db"
        for _ in range(trials):
            scene.due(rng.randint(1, 5))
            log = path.with_name(path.name + "-wal")
            full = max(path.stat().st_size, log.stat().st_size if log.exists() else 0)
            await scene.kill(scene.start(room=full + rng.choice([0, 4096, 8192, 16384, 65536])), 1.5)
        refused = scene.log().count("no room") + scene.log().count("cannot be read or written")
        return await scene.finish(f"{platform}: disk full", trials, f"{refused} writes refused")


async def locked(platform: str, rng: random.Random, trials: int) -> Outcome:
    """Another program holds the database's write lock for longer than the bot waits for it."""
    async with Scene(platform, rng) as scene:
        scene.start(wait=0.5)
        other = apsw.Connection(str(scene.folder / "dateline.db"))
        other.set_busy_timeout(30_000)
        for _ in range(trials):
            scene.due(rng.randint(1, 5))
            await asyncio.sleep(rng.uniform(0, 0.6))
            await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
            await asyncio.sleep(rng.uniform(0.3, 1.5))
            other.execute("ROLLBACK")
            await asyncio.sleep(0.2)
        other.close()
        refused = scene.log().count("has been locked")
        return await scene.finish(f"{platform}: database locked", trials, f"{refused} calls refused")
