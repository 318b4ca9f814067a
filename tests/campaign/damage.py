"""The rows in which the database itself is hurt, and the one in which nothing happens, for long."""

from __future__ import annotations

import asyncio
import logging
import math
import multiprocessing
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw

from bot import commands, corpus
from bot.errors import StoreError
from bot.model import Delivery, Target
from bot.ports import Request
from bot.store import open_store
from bot.store.sqlite.schema import APPLICATION, MIGRATIONS
from tests.campaign.scene import Outcome, Scene
from tests.make import VOV, seeded

_context = multiprocessing.get_context("forkserver")
A_SECOND, ROOMS = 10, 20  # commands, and the channels that they are asked in
STOCK = 600  # articles at the start of a soak: as many as any answer looks at, so that later ones cost no more
ASKED = ("!summit", "!timeline", "!source 1", "!topics", "!status", "!source trust between Kim and Trump")


def corrupt(rng: random.Random, trials: int) -> Outcome:
    """Bytes flipped, pages zeroed, the end cut off: the bot says what is wrong, or still quotes only what stands there."""
    logging.disable(logging.CRITICAL)
    told: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder, "whole.db")
        with closing(open_store(str(whole))) as store:
            seeded(store)
        for _ in range(trials):
            hurt = Path(folder, "hurt.db")
            hurt.write_bytes(_hurt(whole.read_bytes(), rng))
            for name in ("hurt.db-wal", "hurt.db-shm"):
                Path(folder, name).unlink(missing_ok=True)
            told[_asked(hurt)] += 1
    logging.disable(logging.NOTSET)
    broke = [f"{count} {what}" for what, count in told.items() if what not in {"answered", "refused in words"}]
    note = f"{told['answered']} still answered, {told['refused in words']} refused in words"
    return Outcome("corrupt and truncated database", trials, lost=0, note="; ".join([note, *broke]))


def _hurt(data: bytes, rng: random.Random) -> bytes:
    kind = rng.choice(("flip", "zero", "cut", "noise"))
    if kind == "cut":
        return data[: rng.randrange(len(data))]
    hurt = bytearray(data)
    for _ in range(rng.randint(1, 20)):
        at = rng.randrange(len(data))
        if kind == "flip":
            hurt[at] ^= 1 << rng.randrange(8)
        else:
            end = min(len(data), at + 4096)
            hurt[at:end] = bytes(end - at) if kind == "zero" else rng.randbytes(end - at)
    return bytes(hurt)


def _asked(path: Path) -> str:
    """What came of opening a hurt store and asking it everything."""
    try:
        with closing(open_store(str(path), wait=1.0)) as store:
            for n, text in enumerate(ASKED):
                asked = Request(text, Target("terminal", "here"), f"k{n}", trusted=True)
                reply = commands.answer(asked, store, datetime.now(UTC))
                assert reply.message.blocks
            held = store.claim(Delivery("digest:1:x", asked.target, subscription=1, due=datetime.now(UTC)), 60)
            assert held is None or store.freeze(held, "text", 0) is not None
    except StoreError:
        return "refused in words"
    except Exception as error:  # noqa: BLE001  what is counted here
        return f"broke with {type(error).__name__}"
    return "answered"


def migration(rng: random.Random, trials: int) -> Outcome:
    """kill -9 while the schema is brought up to date, from every earlier version: a version is there whole or not at all."""
    half = 0
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        _opened(_earlier(Path(folder, "first.db"), 0))
        takes = time.monotonic() - began
        for n in range(trials):
            path = _earlier(Path(folder, f"{n}.db"), rng.randrange(len(MIGRATIONS)))
            process = _context.Process(target=_opened, args=(path,), daemon=True)
            process.start()
            time.sleep(rng.uniform(0, 4 * takes))
            process.kill()
            process.join()
            half += not _is_whole(path)
            with closing(open_store(str(path))) as store:  # and the next start brings it up to date
                half += seeded(store).facts().articles < 2
            path.unlink()
    return Outcome("150 kills during migration" if trials == 150 else "kills during migration", trials, lost=half)


def _earlier(path: Path, version: int) -> Path:
    """A database as an earlier version left it."""
    db = apsw.Connection(str(path))
    db.pragma("journal_mode", "wal")
    for number, file in enumerate(MIGRATIONS[:version], 1):
        db.execute(file.read_text("utf-8"))
        db.pragma("application_id", APPLICATION)
        db.pragma("user_version", number)
    db.close()
    return path


def _opened(path: Path) -> None:
    open_store(str(path)).close()


def _is_whole(path: Path) -> bool:
    """Whether the schema is that of the version it bears, table for table."""
    db = apsw.Connection(str(path))
    version = db.pragma("user_version")
    found = set(db.execute("SELECT type, name, tbl_name FROM sqlite_schema"))
    db.close()
    model = apsw.Connection(":memory:")
    for file in MIGRATIONS[: int(version or 0)]:
        model.execute(file.read_text("utf-8"))
    wanted = set(model.execute("SELECT type, name, tbl_name FROM sqlite_schema"))
    model.close()
    return found == wanted


async def soak(rng: random.Random, trials: int) -> Outcome:
    """`trials` seconds at load: commands, digests and new articles without a pause; memory stays flat.

    Nothing is sped up: what is held for a minute or ten is held so long.
    """
    async with Scene("discord", rng, bad=0.02, scale=1.0) as scene:
        server: Any = scene.server
        rooms = [server.channel(10**6 + number) for number in range(ROOMS)]
        await asyncio.to_thread(_taken_in, scene, range(-min(STOCK, trials), 0))
        process = scene.start()
        await server.connected()
        began = last = asyncio.get_running_loop().time()
        sizes: list[float] = []
        due: dict[str, float] = {}
        asked = 0
        while (now := asyncio.get_running_loop().time()) < began + trials:
            assert process.is_alive()
            by = str(200_000_000_000_000_000 + rng.randrange(10**6))
            await server.says(rng.choice(ASKED), by=by, channel=rng.choice(rooms))
            asked += 1
            if asked % 20 == 0:
                scene.due(1)
                due[next(reversed(scene.expected.values()))] = time.monotonic()
                await asyncio.to_thread(_taken_in, scene, [asked])
                server.forget(rooms)
            if now - last > trials / 60:
                last = now
                sizes.append(_resident(process.pid))
            await asyncio.sleep(max(0.0, began + asked / A_SECOND - asyncio.get_running_loop().time()))
        answered = scene.log().count("INFO reply:")
        outcome = await scene.finish("soak at load", trials)
        waits = sorted(server.arrivals.get(channel, math.inf) - at for channel, at in due.items())
        third = max(1, len(sizes) // 3)
        early, late = max(sizes[third : 2 * third] or sizes), max(sizes[-third:])
        outcome.note = (
            f"{asked} commands, {answered} answered by the end; digests after {_at(waits, 0.5):.1f} s (median), "
            f"{_at(waits, 0.99):.1f} s (99th percentile); memory {early:.0f} MB in the second third, {late:.0f} MB in "
            f"the last; {outcome.note}"
        )
        return outcome


def _at(waits: list[float], share: float) -> float:
    return waits[int(share * (len(waits) - 1))] if waits else math.nan


def _taken_in(scene: Scene, numbers: Iterable[int]) -> None:
    for number in numbers:
        article = scene.folder / f"{number}.txt"
        article.write_text(f"{VOV.read_text()}\n\nNote {number} was added by the desk today.")
        list(corpus.take_in([article], scene.store, datetime.now(UTC)))
        article.unlink()


def _resident(pid: int) -> float:
    """Megabytes."""
    line = next(one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
