"""Thousands of feeds on a local server, and an hour of polling them by a clock that is set on: `python -m tests.soak_feeds`.

The server runs in a process of its own and knows the simulated time: feeds get news at rates from one in five minutes
to one a day, most answer 304 where nothing has changed, some send everything each time, some ask for an hour between
tries, some fail. Printed at the end, as a table: what was sent, what came, and what it cost.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from aiohttp import ClientSession, web

from bot.fetching import Fetcher, Limits
from bot.model import Followed
from bot.polling import Poller
from bot.store import open_store

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STEP = timedelta(minutes=1)
ENTRIES = 10  # that a feed holds
WORDS = [
    "the",
    "town",
    "council",
    "voted",
    "on",
    "a",
    "new",
    "bridge",
    "after",
    "long",
    "debate",
    "while",
    "residents",
    "waited",
    "for",
    "work",
    "to",
    "begin",
    "and",
    "the",
    "mayor",
    "said",
    "that",
    "prices",
    "had",
    "risen",
    "since",
    "spring",
    "because",
    "steel",
    "from",
    "abroad",
    "became",
    "scarce",
    "so",
    "builders",
    "looked",
    "elsewhere",
]


# --- the server -------------------------------------------------------------------------------------------


@dataclass
class Press:
    """What the feeds hold at a time; feed `number` has news each `rate(number)` seconds, never all at once."""

    now: float = 0.0
    told: Counter[str] = field(default_factory=Counter)

    def rate(self, number: int) -> float:
        return (300.0, 3_600.0, 14_400.0, 43_200.0, 86_400.0)[number % 5] * (1 + number % 7 / 7)

    def newest(self, number: int) -> int:
        return int((self.now + number * 37.0) // self.rate(number)) + 1000

    def feed(self, number: int, newest: int) -> bytes:
        at = [BEGIN + timedelta(seconds=(n - 1000) * self.rate(number) - number * 37.0) for n in range(newest + 1)]
        items = "".join(
            f"<item><guid isPermaLink='false'>{number}-{n}</guid><title>Report {n} from town {number}</title>"
            f"<link>https://town{number}.example/{n}</link><pubDate>{at[n]:%a, %d %b %Y %H:%M:%S} +0000</pubDate>"
            f"<content:encoded><![CDATA[{''.join(_paragraphs(number, n))}]]></content:encoded></item>"
            for n in range(newest, newest - ENTRIES, -1)
        )
        ttl = "<ttl>60</ttl>" if number % 11 == 0 else ""
        return (
            "<?xml version='1.0'?><rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>"
            f"<title>Town {number}</title><link>https://town{number}.example/</link>{ttl}{items}</channel></rss>"
        ).encode()

    async def answer(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        response = self._answer(number, request.headers.get("If-None-Match", ""))
        self.told[f"answered {response.status}"] += 1
        self.told["bytes"] += len(response.body or b"")  # type: ignore[arg-type]
        return response

    def _answer(self, number: int, known: str) -> web.Response:
        if number % 50 == 7:
            return web.Response(status=503)
        newest = self.newest(number)
        if number % 5 == 4:  # no validators
            return web.Response(body=self.feed(number, newest), content_type="application/rss+xml")
        etag = f'"{newest}"'
        if known == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(body=self.feed(number, newest), content_type="application/rss+xml", headers={"ETag": etag})

    async def steer(self, request: web.Request) -> web.Response:
        self.now = float(request.query["now"])
        return web.json_response(dict(self.told))


def _paragraphs(number: int, n: int) -> Iterator[str]:
    random = Random(number * 100_003 + n)
    for _ in range(2):
        sentences = (" ".join(random.choices(WORDS, k=18)).capitalize() + f" {random.random():.6f}." for _ in range(3))
        yield f"<p>{' '.join(sentences)}</p>"


def serve() -> None:
    press = Press()
    app = web.Application()
    app.router.add_get("/feed/{number}", press.answer)
    app.router.add_get("/steer", press.steer)

    async def run() -> None:
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        print(runner.addresses[0][1], flush=True)
        await asyncio.sleep(3600)

    asyncio.run(run())


# --- the poller -------------------------------------------------------------------------------------------


@dataclass
class Cost:
    """CPU seconds and peak memory, of this process and of those beside it."""

    beside: dict[int, float] = field(default_factory=dict)
    peak: int = 0

    def look(self, pids: list[int]) -> None:
        for pid in pids:
            try:
                stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                status = Path(f"/proc/{pid}/status").read_text()
            except OSError:  # it has made room for the next
                continue
            self.beside[pid] = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
            # one that has ended and is not waited for yet has none
            peaks = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")]
            self.peak = max(self.peak, *peaks, 0)


async def soak(feeds: int, minutes: int, first: int, port: int) -> dict[str, str]:
    now = BEGIN
    cost, lag, busiest = Cost(), 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/dateline.db")
        for number in range(feeds):
            store.follow(Followed(f"http://127.0.0.1:{port}/feed/{number}", BEGIN, BEGIN))
        base = f"http://127.0.0.1:{port}"

        def fetcher() -> Fetcher:
            return Fetcher(allow=[f"127.0.0.1:{port}"], limits=Limits(pace=0.0))

        async def pulse() -> None:
            nonlocal lag
            while True:
                before = time.process_time()  # others may load the machine
                await asyncio.sleep(0.02)
                lag = max(lag, time.process_time() - before)
                cost.look(list(getattr(poller.workers._own, "_processes", None) or ()))

        async def told(at: datetime) -> Counter[str]:
            now_there = {"now": str((at - BEGIN).total_seconds())}
            async with ClientSession() as session, session.get(f"{base}/steer", params=now_there) as answer:
                return Counter(await answer.json())

        async with Poller(store, fetcher, lambda: now, first=first, random=Random(1)) as poller:
            beating = asyncio.create_task(pulse())
            began = time.monotonic(), time.process_time()
            await poller.poll_due()
            at_first = await told(now)
            synced = time.monotonic() - began[0], time.process_time() - began[1], sum(cost.beside.values())
            stored = store.facts().articles
            began = time.monotonic(), time.process_time()
            seen = at_first.total() - at_first["bytes"]
            for _ in range(minutes):
                now += STEP
                await told(now)
                await poller.poll_due()
                sent = await told(now)
                total = sent.total() - sent["bytes"]
                busiest, seen = max(busiest, total - seen), total
                print(f"\r{(now - BEGIN).seconds // 60} min", end="", file=sys.stderr, flush=True)
            polled = time.monotonic() - began[0], time.process_time() - began[1], sum(cost.beside.values())
            assert not beating.done()
            beating.cancel()
        hour = await told(now) - at_first
        ailing = sum(feed.failures > 0 for feed in store.followed())
        articles = store.facts().articles - stored
        size = sum(entry.stat().st_size for entry in os.scandir(folder))
        store.close()
    requests = hour.total() - hour["bytes"]
    return {
        "feeds": f"{feeds}",
        "first reading, requests": f"{at_first.total() - at_first['bytes']}",
        "first reading, MB": f"{at_first['bytes'] / 1e6:.0f}",
        "first reading, CPU s here / beside": f"{synced[1]:.0f} / {synced[2]:.0f}",
        f"{minutes} minutes: requests": f"{requests}",
        "requests in the busiest minute": f"{busiest}",
        "answered 304": f"{hour['answered 304']}",
        "answered 200": f"{hour['answered 200']}",
        "answered 503": f"{hour['answered 503']}",
        "MB of bodies": f"{hour['bytes'] / 1e6:.0f}",
        "articles stored": f"{articles}",
        "feeds that fail": f"{ailing}",
        "CPU s here / beside": f"{polled[1]:.0f} / {polled[2] - synced[2]:.0f}",
        "seconds by the wall": f"{polled[0]:.0f}",
        "longest between two beats of the event loop, ms of CPU": f"{lag * 1000:.0f}",
        "peak memory here / beside, MB": f"{_peak():.0f} / {cost.peak / 1e3:.0f}",
        "database, MB": f"{size / 1e6:.0f}",
    }


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


async def main(feeds: int, minutes: int, first: int) -> None:
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from tests.soak_feeds import serve; serve()", stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout
    try:
        port = int(await server.stdout.readline())
        told = await soak(feeds, minutes, first, port)
    finally:
        server.kill()
        await server.wait()
    print("\n| | |\n|---|---|")
    for name, value in told.items():
        print(f"| {name} | {value} |")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--feeds", type=int, default=5000)
    options.add_argument("--minutes", type=int, default=60)
    options.add_argument("--first", type=int, default=0, help="entries stored when a feed is first read")
    given = options.parse_args()
    asyncio.run(main(given.feeds, given.minutes, given.first))
