"""Feeds kept up with: what is due is fetched, read beside this process, stored, and tried again at its own pace.

Laws:
- A feed is polled by whoever took it, and by nobody else until that one tells how it fared or its lease runs out.
- What breaks in one feed is its own reason, in words, and nothing to the others.
- Nothing heavy is done on the event loop: reading and analysing in a process beside, the store in threads.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from types import TracebackType
from typing import TYPE_CHECKING, Self

from bot.errors import FeedError, FetchError, StoreError, mishap
from bot.message import Message
from bot.model import NOWHERE, Followed, Sighting, Target
from bot.polling import faring, pacing, storing
from bot.polling.reading import Document, Prepared, Reading, Wanted, is_fresh, prepare, read
from bot.polling.sharing import Recent
from bot.polling.storing import Taken
from bot.polling.workers import Workers
from bot.ports import Store

if TYPE_CHECKING:  # aiohttp is loaded when there is something to fetch
    from bot.fetching import Fetched, Fetcher

__all__ = ["Poller", "document"]

AT_ONCE = 32  # feeds polled side by side; each host is waited for apart from the others
LEASE = 900.0  # seconds that a taken feed is its taker's: longer than any poll
PATIENCE = 780.0  # seconds after which a poll is given up
ENOUGH = 480.0  # seconds after which no further article of a feed is fetched; the rest comes with the next try
PAUSE = 5.0  # seconds between looks at what is due
REST = 300.0  # seconds without work after which the process beside is let go of
WORST = 30.0  # seconds before the database is tried again

Tell = Callable[[Target, Message, str, str], Awaitable[bool]]  # where, what, under which key, whose

log = logging.getLogger("dateline")


class Poller:
    """Polls feeds; an async context manager. `clock` tells the time in UTC.

    `fetcher` makes what is opened when something is first fetched. `first`: how many of its entries a new feed
    brings, as background. `tell` posts a notice under a key, once, and
    returns whether it could. `workers` do what is heavy.
    """

    def __init__(
        self,
        store: Store,
        fetcher: Callable[[], Fetcher],
        clock: Callable[[], datetime],
        *,
        first: int = 20,
        summarizer: str = "dateline",
        workers: Workers | None = None,
        random: Random | None = None,
    ) -> None:
        self.store = store
        self.clock = clock
        self.first = first
        self.summarizer = summarizer
        self.workers = workers or Workers()
        self.tell: Tell | None = None
        self._fetcher = fetcher
        self._web: Fetcher | None = None
        self._random = random or Random()  # noqa: S311  spreads waits
        self._opening = asyncio.Lock()
        self._recent = Recent()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.workers.close()
        if self._web:
            await self._web.__aexit__(kind, error, trace)
            self._web = None

    # --- over and over ---

    async def run(self) -> None:
        """Poll what falls due until cancelled."""
        worked = time.monotonic()
        while True:
            try:
                if await self.poll_due():
                    worked = time.monotonic()
            except StoreError as error:
                log.error("feeds wait: %s", error)  # noqa: TRY400  the sentence says it all
                await asyncio.sleep(WORST)
            except Exception as error:  # noqa: BLE001  it is logged, and the feeds are looked at again
                mishap(error, "polling")
                await asyncio.sleep(WORST)
            if time.monotonic() - worked > REST:
                self.workers.rest()
            await asyncio.sleep(PAUSE)

    async def poll_due(self) -> int:
        """Poll every feed that is due, and those that fall due meanwhile, until there is none; returns how many."""
        busy: set[asyncio.Task[None]] = set()
        polled = 0
        try:
            while True:
                free = AT_ONCE - len(busy)
                taken: tuple[Followed, ...] = ()
                if free >= AT_ONCE // 2:  # some at a time: each taking is a write
                    taken = await asyncio.to_thread(self.store.take, self.clock(), free, LEASE)
                busy |= {asyncio.create_task(self._kept(feed)) for feed in taken}
                polled += len(taken)
                if not busy:
                    return polled
                done, busy = await asyncio.wait(busy, timeout=PAUSE, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            for task in busy:
                task.cancel()
            await asyncio.gather(*busy, return_exceptions=True)

    async def _kept(self, feed: Followed) -> None:
        """Poll one feed and record how it fared, whatever happens."""
        try:
            fared, seen = await self._outcome(feed)
        except asyncio.CancelledError:
            with suppress(StoreError):
                # whoever comes next need not wait for the lease
                await asyncio.to_thread(self.store.polled, feed)
            raise
        try:
            # shielded: cut off here, it is recorded all the same, and not as if it had not been tried
            await asyncio.shield(asyncio.to_thread(self.store.polled, fared, seen))
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  it is logged, and the lease runs out
            mishap(error, f"recording feed {feed.id}")

    async def _outcome(self, feed: Followed) -> tuple[Followed, tuple[Sighting, ...] | None]:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self.poll(feed)
        except (FetchError, FeedError) as error:
            why: FetchError | FeedError = error
        except TimeoutError:
            why = FetchError(f"it took longer than {PATIENCE / 60:.0f} minutes")
        except Exception as error:  # noqa: BLE001  it is logged, and `!status` tells it
            # a StoreError, too: it may lie in what this feed brings; where it does not, recording it fails as well
            why = FetchError(mishap(error, f"feed {feed.id}"))
        return await self._failed(feed, why), None

    # --- one feed ---

    async def poll(self, feed: Followed) -> tuple[Followed, tuple[Sighting, ...] | None]:
        """Fetch a feed, store what is new in it; how it fares then, and what is seen of it (None: as before).

        Raises FetchError and FeedError.
        """
        fetched = await self.get(feed)
        now = self.clock()
        body = hashlib.blake2b(fetched.body, digest_size=16).hexdigest() if fetched.status != 304 else feed.body
        same = fetched.status == 304  # and servers seldom say again what they know it by
        etag, modified = (feed.etag, feed.modified) if same else (fetched.etag, fetched.modified)
        feed = faring.well(feed, now, moved=fetched.moved, etag=etag, modified=modified)
        if feed.synced and body == feed.body:
            pace = pacing.pace(feed.pace, news=False)
            return self._again(feed, pace, fetched.max_age), None
        reading = await self.read(feed, fetched)
        taken = await self._take_in(feed, reading)
        fared = replace(
            feed,
            title=reading.title or feed.title,
            body=body if taken.whole else "",  # what is left is looked for in the same bytes
            etag=feed.etag if taken.whole else "",
            modified=feed.modified if taken.whole else "",
            news=now if taken.new and feed.synced else feed.news,
            reason=faring.note(taken.notes, len(reading.wanted), background=0 if feed.synced else taken.new),
            synced=True,
        )
        log.info("feed %s: %s new of %s", feed.id, taken.new, reading.entries)
        asked = min(reading.interval or 0.0, pacing.MOST)  # kept as its pace: what has not changed is not read again
        if not feed.synced:
            pace = max(pacing.START, asked)
            due = now + timedelta(seconds=pacing.spread(pace, (fetched.max_age, asked), self._random))
            return replace(fared, due=due, pace=pace), taken.seen
        pace = max(pacing.LEAST if taken.left else pacing.pace(feed.pace, news=taken.new > 0), asked)
        return self._again(fared, pace, fetched.max_age), taken.seen

    async def _take_in(self, feed: Followed, reading: Reading) -> Taken:
        """Store what is wanted of a feed, one entry after the other, while there is time."""
        seen = dict(enumerate(reading.seen))
        notes, new, left, unsure = list[str](), 0, reading.left, False
        began = time.monotonic()
        for wanted in reading.wanted:
            late = time.monotonic() - began > ENOUGH
            prepared = Prepared() if late else await self.prepare(feed, wanted, reading)
            added = await asyncio.to_thread(storing.entry, self.store, feed.address, wanted, prepared, self.clock())
            one = replace(seen[wanted.place], article=added.id if added else wanted.article)
            notes += [prepared.note] if prepared.note else []
            new += added is not None and added.outcome == "new"
            left += late
            # a page that is away for now is tried once more; without its text, for as long as the entry is fresh
            retried = (
                prepared.again and not wanted.article and (added is not None or is_fresh(wanted.entry, self.clock()))
            )
            unsure = unsure or retried
            if not (late or retried):
                seen[wanted.place] = one
            elif one.article:
                seen[wanted.place] = replace(one, words="")  # as changed, the next time
            else:
                del seen[wanted.place]  # as new
        return Taken(tuple(seen.values()), tuple(notes), new, left, whole=not (left or unsure))

    async def get(self, feed: Followed) -> Fetched:
        """The feed's bytes, or that they are still the same."""
        web = await self.web()
        return await self._recent.get(
            feed, self.clock(), lambda: web.get(feed.address, etag=feed.etag, modified=feed.modified, kind="feed")
        )

    async def read(self, feed: Followed, fetched: Fetched) -> Reading:
        """What is to be stored of it. Raises FeedError, also where it is a page and no feed."""
        seen = await asyncio.to_thread(self.store.sightings, feed.id) if feed.id else ()
        first = None if feed.synced else self.first
        reading = await self.workers.run(read, document(fetched), seen, self.clock(), first=first)
        if reading.found and not reading.entries:
            raise FeedError(f"it is a page and no feed; it links to {', '.join(reading.found[:3])}")
        return reading

    async def prepare(self, feed: Followed, wanted: Wanted, reading: Reading) -> Prepared:
        """An entry as an article; with the text of its page where the feed holds a teaser only."""
        page, note, again = None, "", False
        if wanted.entry.link and (wanted.entry.teaser or not wanted.entry.text.strip()):
            try:
                page = document(await (await self.web()).get(wanted.entry.link, robots=True, kind="page"))
            except FetchError as error:
                note, again = f"only its teaser, as {error.reason}", not error.for_good
        title = reading.title or feed.title
        try:
            prepared = await self.workers.run(
                prepare, wanted, page, title, feed.tenant, self.clock(), self.summarizer, reading.language
            )
        except FeedError as error:  # what breaks the process leaves the other entries
            return Prepared(note=str(error))
        return replace(prepared, note=note or prepared.note, again=again)

    async def web(self) -> Fetcher:
        """The fetcher, opened when it is first needed: a terminal without feeds does not pay for it."""
        async with self._opening:
            if self._web is None:
                fetcher = await asyncio.to_thread(self._fetcher)  # its library is large
                self._web = await fetcher.__aenter__()
        return self._web

    # --- how it fares ---

    def _again(self, feed: Followed, pace: float, *asked: float | None) -> Followed:
        due = self.clock() + timedelta(seconds=pacing.wait(pace, asked, self._random))
        return replace(feed, due=due, pace=pace)

    async def _failed(self, feed: Followed, error: FetchError | FeedError) -> Followed:
        """One failure more; who added it is told once it fails for long, or for good."""
        now = self.clock()
        fared = faring.failed(feed, error, now, self._random)
        log.info("feed %s failed %s times: %s", fared.id, fared.failures, fared.reason)
        if isinstance(error, FetchError) and error.for_good:
            # stopped when it has been said, not before: else it would be silent for good
            said = await self._tell(fared, over=True)
            return replace(fared, stopped=said, told=said, due=fared.due if said else now + faring.LONG)
        if faring.is_long(fared, now) and not feed.told:
            return replace(fared, told=await self._tell(fared, over=False))
        return fared

    async def _tell(self, feed: Followed, *, over: bool) -> bool:
        """Say once, where it was added, that a feed fails or has ended; the operator reads the log."""
        if feed.target == NOWHERE:
            log.warning("feed %s, %s: %s", feed.id, feed.named, feed.reason)
            return True
        if self.tell is None:
            return False
        message, key = faring.notice(feed, over=over)
        return await self.tell(feed.target, message, key, feed.tenant)


def document(fetched: Fetched) -> Document:
    """What goes to the process beside: neither aiohttp nor what it needs is loaded there."""
    return Document(fetched.body, fetched.url, fetched.content_type)
