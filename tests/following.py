"""A place to follow feeds in: a website on loopback, a store, and a poller whose clock the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from bot.chat.terminal import render
from bot.fetching import Fetcher, Limits
from bot.message import Message
from bot.model import EVERYONE, Article, Followed, Target
from bot.polling import Poller
from bot.polling.workers import Workers
from bot.ports import Store
from bot.store import open_store
from tests.make import NOW
from tests.servers.website import Website, answer, website

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Item:
    """An entry as a feed carries it; `text` is whole unless `teaser`."""

    guid: str = "a"
    title: str = "Council votes on the bridge"
    text: str = "The council voted on the new bridge on Monday. Work is to begin in May, the mayor said."
    link: str = ""
    day: str = "2026-03-02T08:00:00Z"
    teaser: bool = False


def atom(*items: Item, head: str = "") -> bytes:
    """A feed of these entries, as it is sent."""
    entries = []
    for one in items:
        guid = f"<id>{one.guid}</id>" if one.guid else ""
        link = f'<link href="{one.link}"/>' if one.link else ""
        day = f"<updated>{one.day}</updated><published>{one.day}</published>" if one.day else ""
        text = f"<summary>{one.text}</summary>" if one.teaser else f'<content type="text">{one.text}</content>'
        entries.append(f"<entry>{guid}<title>{one.title}</title>{link}{day}{text}</entry>")
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Town News</title>{head}{"".join(entries)}</feed>'.encode()


def many(number: int) -> list[Item]:
    """Entries that tell different things, newest first, an hour apart."""
    verbs = "opened closed sold bought painted moved repaired lost found praised".split()  # noqa: SIM905
    return [
        Item(
            f"g{n}",
            f"Report {n}",
            f"The town {verbs[n % 10]} its mill number {n} on Monday. Nobody in street {n * 7} was surprised by it.",
            f"https://example.org/{n}",
            (NOW - timedelta(hours=n)).isoformat(),
        )
        for n in range(number)
    ]


class Place:
    """A website, a store, and a poller over them whose clock the test moves."""

    def __init__(self, site: Website, store: Store, fetcher: Callable[[], Fetcher], **options: Any) -> None:
        self.site, self.store, self.now = site, store, NOW
        self.told: dict[str, str] = {}
        self.chats = {"discord"}
        self.poller = Poller(store, fetcher, lambda: self.now, random=Random(7), **options)
        self.poller.tell = self.tell

    async def tell(self, target: Target, message: Message, key: str, tenant: str) -> bool:
        if target.platform in self.chats:
            self.told[key] = render(message)
        return target.platform in self.chats

    def serve(self, *items: Item, path: str = "/feed", head: str = "", **headers: str) -> None:
        told: dict[str, Any] = {"content_type": "application/atom+xml", **headers}
        self.site.pages[path] = answer(200, atom(*items, head=head), **told)

    def follow(self, path: str = "/feed", **fields: Any) -> Followed:
        return self.store.follow(Followed(self.site.url(path), self.now, self.now, **fields))

    async def poll(self, after: timedelta = DAY) -> Followed:
        """Let so much time pass and poll what is due; the first feed as it then is."""
        self.now += after
        await self.poller.poll_due()
        return self.store.followed()[0]

    def articles(self, tenant: str = EVERYONE) -> list[Article]:
        """What is stored, newest last."""
        return [entry.article for entry in self.store.entries(self.store.newest(tenant, limit=1000)[::-1], tenant)]

    def news(self, tenant: str = EVERYONE) -> list[str]:
        ids = self.store.newest(tenant, limit=1000, background=False)[::-1]
        return [entry.article.title for entry in self.store.entries(ids, tenant)]


def play(test: Callable[[Place], Awaitable[Any]], limits: Limits | None = None, **options: Any) -> Any:
    """Run `test` in a place of its own; what is heavy is done in a thread here, where it starts at once."""

    async def run() -> Any:
        store = open_store(":memory:")
        pool = ThreadPoolExecutor(1)
        try:
            async with website() as site:

                def fetcher() -> Fetcher:
                    return Fetcher(allow=[site.host], limits=limits or Limits(pace=0.0, seconds=2.0, silence=1.0))

                options.setdefault("workers", Workers(pool))
                place = Place(site, store, fetcher, **options)
                async with place.poller:
                    return await test(place)
        finally:
            pool.shutdown()
            store.close()

    return asyncio.run(run())
