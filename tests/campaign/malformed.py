"""Ten thousand malformed inputs of each kind: no crash, and a sentence where somebody waits for one."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import string
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot import commands, corpus, ingest
from bot.commands import COMMANDS
from bot.config import Settings
from bot.errors import SettingsError
from bot.message import dumps
from bot.model import Target
from bot.ports import Request
from bot.quotation import check
from bot.store import open_store
from tests.campaign.scene import Outcome, Scene
from tests.make import NOW, VOV, XINHUA, seeded

_ODD = ["\x00", "\ud800", "\u202e", "\u0301" * 50, "@everyone", "<!channel>", "```", "||", "[a](http://b)", "\r\n", "\t",
        "“", "’", "￿", "🏳️‍🌈", "a" * 3000, "'; DROP TABLE article; --", "NEAR(", '"', "*", "^", "-", "0" * 400, "\u2028"]  # fmt: skip
_WORDS = "summit timeline source digest more topics status help since until daily weekly every about to 2 [2] Kim sanctions 08:00 25:61 Asia/Seoul Mars/Base #news".split()  # noqa: SIM905


def text(rng: random.Random, pieces: int = 8) -> str:
    kinds: list[Callable[[], str]] = [
        lambda: rng.choice(_ODD),
        lambda: rng.choice(_WORDS),
        lambda: "".join(rng.choice(string.printable) for _ in range(rng.randint(1, 30))),
        lambda: "".join(chr(rng.randrange(1, 0x11_0000)) for _ in range(rng.randint(1, 12))),
    ]
    return rng.choice(["", " "]).join(rng.choice(kinds)() for _ in range(rng.randint(0, pieces)))


def mutated(rng: random.Random, data: bytes) -> bytes:
    hurt = bytearray(data)
    for _ in range(rng.randint(1, 30)):
        at = rng.randrange(len(hurt) + 1)
        match rng.randrange(4):
            case 0:
                hurt[at : at + rng.randint(0, 50)] = b""
            case 1:
                hurt[at:at] = rng.randbytes(rng.randint(1, 50))
            case 2:
                hurt[at:at] = text(rng, 2).encode("utf-8", "surrogatepass")
            case 3:
                hurt[at:at] = hurt[rng.randrange(len(hurt) + 1) :][: rng.randint(1, 200)]
    return bytes(hurt)


def files(rng: random.Random, trials: int) -> Counter[str]:
    told: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, closing(open_store(":memory:")) as store:
        for n in range(trials):
            suffix = rng.choice((".txt", ".jsonl"))
            good = rng.choice((XINHUA, VOV)).read_bytes()
            if suffix == ".jsonl":
                record = {"title": "T", "url": "https://a.example/1", "published": "2019-02-26", "text": good.decode()}
                good = json.dumps(record).encode()
            path = Path(folder, f"{n}{suffix}")
            path.write_bytes(rng.choice((mutated(rng, good), rng.randbytes(rng.randint(0, 2000)))))
            for read in ingest.read([path]):
                if read.article:
                    told["stored"] += 1
                    corpus.add(read.article, corpus.analyse(read.article), store, NOW)
                else:
                    assert read.error.endswith(".")
                    told["refused in words"] += 1
            path.unlink()
    return told


def typed(rng: random.Random, trials: int) -> Counter[str]:
    told: Counter[str] = Counter()
    with closing(open_store(":memory:")) as store:
        seeded(store)
        for n in range(trials):
            name = rng.choice([*COMMANDS, ""])
            asked = Request(f"!{name} {text(rng)}", Target("terminal", "here"), f"k{n}", trusted=True)
            reply = commands.answer(asked, store, datetime.now(UTC))
            check(reply.message, reply.citations, store)
            assert dumps((reply.message, reply.citations, reply.command))
            told["answered"] += 1
            for order in store.subscriptions():
                store.subscribe(replace(order, stopped=True))
    return told


def settings(rng: random.Random, trials: int) -> Counter[str]:
    told: Counter[str] = Counter()
    names = [line.split("=")[0].lstrip("# ") for line in Path(".env.example").read_text().splitlines() if "=" in line]
    for _ in range(trials):
        chosen = [
            rng.choice([*names, f"DATELINE_{text(rng, 1)[:20]}", "DISCORD_TOKN"]) for _ in range(rng.randint(1, 5))
        ]
        environment = {name.replace("=", "").replace("\0", ""): text(rng, 3).replace("\0", "") for name in chosen}
        try:
            Settings.load(environment, None)
            told["taken"] += 1
        except SettingsError as error:
            told["refused in words" if str(error) else "refused without a word"] += 1
    return told


async def events(rng: random.Random, trials: int) -> Outcome:
    """Mutated events into the real client libraries of a running process; afterwards it still answers."""
    row = "malformed events"
    counts: list[str] = []
    for platform in ("discord", "slack"):
        async with Scene(platform, rng) as scene:
            process = scene.start()
            server: Any = scene.server
            await server.connected()
            for n in range(trials // 2):
                payload = _twisted(
                    rng, server._message("1", text(rng), "2") if platform == "discord" else server.message(text(rng))
                )
                try:
                    if platform == "discord":
                        kind = rng.choice(
                            ("MESSAGE_CREATE", "GUILD_CREATE", "INTERACTION_CREATE", "CHANNEL_DELETE", "THREAD_CREATE")
                        )
                        await server.dispatch(kind, payload)
                        server._replay.clear()
                    else:
                        await server.event(payload)
                except (ConnectionError, OSError):
                    await asyncio.sleep(0.2)
                if n % 50 == 0:
                    await asyncio.sleep(0.05)
            deadline = time.monotonic() + 60
            before = len(server.messages)
            while len(server.messages) == before and time.monotonic() < deadline and process.is_alive():
                with suppress(ConnectionError, OSError):
                    await server.says(
                        "!summit", by=f"20000000000000{n}{len(counts)}" if platform == "discord" else "UREADER"
                    )
                n += 1
                await asyncio.sleep(1.0)
            alive = process.is_alive() and len(server.messages) > before
            counts.append(f"{platform} {'still answers' if alive else 'is dead'}")
    return Outcome(row, trials, lost=sum("dead" in one for one in counts), note=", ".join(counts))


def _twisted(rng: random.Random, payload: Any) -> Any:
    """A payload with a few of its values gone, of another type, or odd."""
    payload = json.loads(json.dumps(payload))
    for _ in range(rng.randint(1, 4)):
        inner = payload
        while isinstance(inner, dict) and inner:
            key = rng.choice(list(inner))
            if isinstance(inner[key], dict) and inner[key] and rng.random() < 0.7:
                inner = inner[key]
                continue
            if rng.random() < 0.3:
                del inner[key]
            else:
                inner[key] = rng.choice(
                    [None, -1, 10**30, "", "x", [], {}, [None], True, text(rng, 2).encode("utf-8", "replace").decode()]
                )
            break
    return payload


def feed(what: str, rng: random.Random, trials: int) -> Any:
    if what == "events":
        return events(rng, trials)
    logging.disable(logging.CRITICAL)
    try:
        told = _KINDS[what](rng, trials)
    finally:
        logging.disable(logging.NOTSET)
    return Outcome(f"malformed {what}", trials, note=", ".join(f"{count} {how}" for how, count in told.most_common()))


_KINDS: dict[str, Callable[[random.Random, int], Counter[str]]] = {
    "files": files,
    "commands": typed,
    "settings": settings,
}
KINDS = (*_KINDS, "events")
