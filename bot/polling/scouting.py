"""Going out for a command: what stands at an address, what polling a feed would do, an article from its page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.commands.asking import Looked
from bot.config import Settings
from bot.errors import FeedError, FetchError, UserError
from bot.model import Followed, PublishedBasis, counted
from bot.polling import Poller, document, storing
from bot.polling.reading import Prepared, Wanted, of_page, read
from bot.ports import Added, Store

if TYPE_CHECKING:  # aiohttp is loaded when there is something to fetch
    from bot.fetching import Fetched, Fetcher

PATIENCE = 60.0  # seconds that somebody waits for an answer
SHOWN = 5  # entries of a feed that a check goes through to the end

Begin = Callable[[Poller], Coroutine[Any, Any, Any]]


class Scout:
    """A `commands.Scout`. `run` lends a poller to what it is given and brings it to its end; the thread waits."""

    def __init__(self, run: Callable[[Begin], Any]) -> None:
        self._run = run

    def look(self, address: str) -> Looked:
        looked: Looked = self._run(lambda poller: _look(poller, address))
        return looked

    def check(self, feed: Followed) -> tuple[str, ...]:
        lines: tuple[str, ...] = self._run(lambda poller: _collected(_stages(poller, feed)))
        return lines

    def bring(self, link: str, tenant: str) -> Added:
        added: Added = self._run(lambda poller: _bring(poller, link, tenant))
        return added


def poller(store: Store, settings: Settings, clock: Callable[[], datetime]) -> Poller:
    """A poller as the settings have it; it opens nothing until there is something to fetch."""

    def fetcher() -> Fetcher:
        from bot.fetching import Fetcher

        return Fetcher(contact=settings.contact, allow=settings.allow_hosts)

    return Poller(store, fetcher, clock, first=settings.first_entries, summarizer=settings.summarizer)


def alone(store: Store, settings: Settings, clock: Callable[[], datetime]) -> Scout:
    """With a poller and a loop of its own each time, where nothing else runs."""

    def run(begin: Begin) -> Any:
        async def once() -> Any:
            async with poller(store, settings, clock) as lent:
                return await begin(lent)

        return asyncio.run(once())

    return Scout(run)


def within(poller: Poller, loop: asyncio.AbstractEventLoop) -> Scout:
    """Over a poller that is at work on `loop`, for threads beside it."""

    def run(begin: Begin) -> Any:
        begun = asyncio.run_coroutine_threadsafe(begin(poller), loop)
        try:
            return begun.result(PATIENCE)
        except TimeoutError:
            begun.cancel()
            raise UserError(f"That took longer than {PATIENCE:.0f} seconds; please try again later.") from None

    return Scout(run)


async def _look(poller: Poller, address: str) -> Looked:
    try:
        fetched = await (await poller.web()).get(address, kind="feed")
        reading = await poller.workers.run(read, document(fetched), (), poller.clock(), first=poller.first)
    except (FetchError, FeedError) as error:
        raise UserError(f"That cannot be followed: {error}.") from error
    if reading.found and not reading.entries:
        return Looked(address, reading.title, found=reading.found)
    return Looked(fetched.moved or address, reading.title, reading.entries, len(reading.wanted))


async def _bring(poller: Poller, link: str, tenant: str) -> Added:
    try:
        page = await (await poller.web()).get(link, robots=True, kind="page")
    except FetchError as error:
        raise UserError(f"That page cannot be read: {error.reason}.") from error
    try:
        prepared: Prepared = await poller.workers.run(
            of_page, document(page), tenant, poller.clock(), poller.summarizer
        )
    except FeedError as error:  # it broke the process beside
        raise UserError(f"That page cannot be read: {error}.") from error
    return await asyncio.to_thread(storing.page, poller.store, prepared, poller.clock())


async def _stages(poller: Poller, feed: Followed) -> AsyncIterator[str]:
    """What polling `feed` now would do, stage by stage, up to where it ends."""
    try:
        fetched = await (await poller.web()).get(feed.address, kind="feed")
    except FetchError as error:
        yield f"Address: it cannot be read: {error.reason}."
        return
    yield f"Address: {_answer(fetched)}."
    try:
        reading = await poller.read(feed, fetched)
    except FeedError as error:
        yield f"Feed: {error}."
        return
    waiting = f", and {reading.left} wait for the try after" if reading.left else ""
    yield (
        f"Feed: it holds {counted(reading.entries, 'entry')}, {reading.known} of them known; "
        f"the next try takes {len(reading.wanted)}{waiting}."
    )
    for wanted in reading.wanted[: -SHOWN - 1 : -1]:
        yield _told(wanted, await poller.prepare(feed, wanted, reading))
    if (more := len(reading.wanted) - SHOWN) > 0:
        yield f"And {counted(more, 'more entry')}."


async def _collected(stages: AsyncIterator[str]) -> tuple[str, ...]:
    return tuple([line async for line in stages])


def _answer(fetched: Fetched) -> str:
    size = f"{len(fetched.body) / 1000:.0f} kB" if len(fetched.body) > 1000 else counted(len(fetched.body), "byte")
    moved = f", moved for good to {fetched.moved.partition('?')[0]}" if fetched.moved else ""
    kind = f" of {fetched.content_type.partition(';')[0]}" if fetched.content_type else ""
    unchanged = "an empty answer" if fetched.etag or fetched.modified else "all of it again"
    return f"it answers with {size}{kind}{moved}; where nothing has changed it sends {unchanged}"


def _told(wanted: Wanted, prepared: Prepared) -> str:
    """What would become of an entry, and why not."""
    name = f"Entry “{wanted.entry.title or wanted.entry.link or 'without a title'}”"
    if prepared.article is None or prepared.analysis is None:
        return f"{name}: not stored, for {prepared.note}."
    if wanted.article:
        how = "known; its page is tried once more" if prepared.again else "changed; stored as a new version"
    else:
        how = "stored as background" if wanted.background else "new"
    undated = ", undated" if prepared.article.published.basis is PublishedBasis.SEEN else ""
    note = f"; {prepared.note}" if prepared.note else ""
    return f"{name}: {how}, {counted(len(prepared.analysis.sentences), 'sentence')}{undated}{note}."
