"""Feeds and pages with their bytes cut, doubled and overwritten, polled to the end: `python -m tests.fuzz_feeds`.

What a website would send is put in where the poller fetches; from there on all is as it is when serving, with the
process beside. Held after each poll: the feed has fared one way or the other for a reason of its own, and each
sentence that was stored stands in its article. Printed at the end, as a table: what came, and the memory it took.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Self, cast

from bot import commands
from bot.chat.terminal import render
from bot.errors import FetchError
from bot.fetching import Fetched, Fetcher
from bot.model import NOWHERE, Followed
from bot.polling import Poller
from bot.ports import Request, Store
from bot.store import open_store
from tests.following import Item, atom
from tests.make import NOW
from tests.soak_feeds import Cost
from tests.test_feeds import CASES as FEEDS
from tests.test_feeds import mutated, opened
from tests.test_pages import CASES as PAGES

MOST = 256  # MB of memory, of each of the two processes
_TYPES = ("application/xml", "text/html; charset=latin-1", "application/json", "", "text/xml; charset=\0", "utf-16")


@dataclass
class Broken:
    """A `Fetcher` whose every answer was tampered with; `served` counts them."""

    random: Random
    served: int = 0
    feeds: list[bytes] = field(default_factory=lambda: [*_bodies(FEEDS), _teasers()])
    pages: list[bytes] = field(default_factory=lambda: _bodies(PAGES))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def get(self, url: str, *, kind: str = "feed", **_: object) -> Fetched:
        if kind == "page" and self.random.random() < 0.05:
            raise FetchError("the server answered 500", status=500)
        self.served += 1
        body = mutated(self.random.choice(self.feeds if kind == "feed" else self.pages), self.random)
        return Fetched(200, url, body=body, content_type=self.random.choice(_TYPES))


def _bodies(cases: list[Path]) -> list[bytes]:
    return [body for case in cases if len(body := opened(case)[1]) < 20_000]


def _teasers() -> bytes:
    """A feed whose every entry has its page fetched."""
    return atom(
        *(Item(f"t{n}", f"Story {n}", "A teaser of it.", f"https://n.example/{n}", teaser=True) for n in range(4))
    )


async def fuzz(count: int, seed: int) -> dict[str, str]:
    """Poll until `count` tampered answers were served."""
    web, now, cost = Broken(Random(seed)), NOW, Cost()
    store = open_store(":memory:")
    told: Counter[str] = Counter()
    began = time.process_time()

    def clock() -> datetime:
        return now

    async with Poller(store, lambda: cast(Fetcher, web), clock, first=3, random=Random(seed)) as poller:
        number = held = 0
        while web.served < count:
            number += 1
            feed = store.follow(Followed(f"https://n{number}.example/feed", now, now))
            for _ in range(2):  # the second time, as changed
                await poller.poll_due()
                (feed,) = (one for one in store.followed() if one.id == feed.id)
                assert feed.failures or feed.synced
                assert "the log knows it as" not in feed.reason, feed.reason
                told["read" if feed.synced and not feed.failures else "refused"] += 1
                now += timedelta(days=1)
            held = check(store, held)
            store.unfollow(feed.id)
            processes: Any = getattr(poller.workers._own, "_processes", None) or ()
            cost.look(list(processes))
    articles = store.facts().articles
    here = Cost()
    here.look([os.getpid()])  # getrusage would tell of whoever started this process, too
    store.close()
    return {
        "answers tampered with": f"{web.served}",
        "polls that went well": f"{told['read']}",
        "polls refused with a reason": f"{told['refused']}",
        "articles stored": f"{articles}",
        "CPU s here / beside": f"{time.process_time() - began:.0f} / {sum(cost.beside.values()):.0f}",
        "peak memory here, MB": f"{here.peak / 1e3:.0f}",
        "peak memory beside, MB": f"{cost.peak / 1e3:.0f}",
    }


def check(store: Store, held: int) -> int:
    """Hold what was stored after article `held` against its words, and ask about it; returns the newest."""
    new = [id_ for id_ in store.newest(limit=100) if id_ > held]
    for id_ in new:
        article = store.article(id_)
        assert article
        places = store.sentences(id_, article.version)
        assert places
        assert all(0 <= start < end <= len(article.text) for start, end, _ in places)
        article.text.encode()
    for text in ("status", "topics", "feed list", *([f"source {new[0]}"] if new else [])):
        reply = commands.answer(Request(text, NOWHERE, "k", trusted=True), store, NOW)
        assert len(render(reply.message)) < 10_000
    return max(new, default=held)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=6)
    given = options.parse_args()
    logging.disable()  # of thousands of feeds that fail
    told = asyncio.run(fuzz(given.count, given.seed))
    print("| | |\n|---|---|")
    for name, value in told.items():
        print(f"| {name} | {value} |")
    assert float(told["peak memory here, MB"]) < MOST
    assert float(told["peak memory beside, MB"]) < MOST


if __name__ == "__main__":
    main()
