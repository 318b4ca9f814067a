"""The tick: which slots fell due. The only room that knows APScheduler, which is a clock here and nothing more.

What is due follows from the standing orders and the outbox alone, so that a process that died, slept or runs beside
another comes to the same slots; the claim in the store decides who posts.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

from bot import slots
from bot.model import Due, Subscription
from bot.ports import Store

log = logging.getLogger("dateline")

LATE = timedelta(minutes=5)  # past this a digest says what it is delayed from


def due(store: Store, now: datetime, allowance: timedelta) -> tuple[Due, ...]:
    """Every slot that fell due and has no row in the outbox yet, oldest first."""
    found: list[Due] = []
    for subscription in store.subscriptions():
        if subscription.stopped or subscription.paused:
            continue
        try:
            found += _due(subscription, store, now, allowance)
        except ZoneInfoNotFoundError:  # a zone that the tz database has dropped since
            log.exception("digest %s cannot be scheduled", subscription.id)
    return tuple(found)


def _due(subscription: Subscription, store: Store, now: datetime, allowance: timedelta) -> list[Due]:
    last = next(iter(store.deliveries(subscription.id, limit=1)), None)
    since = max(subscription.since, last.due) if last and last.due else subscription.since
    found = slots.between(subscription.schedule, since, now)
    told = []
    for slot in found:
        if now - slot.at > allowance:
            hours = allowance.total_seconds() / 3600
            reason = f"nobody was up to post it within {hours:g} hours"
        elif slot is not found[-1]:
            reason = "the next one took it in"
        else:
            reason = ""
        told.append(Due(subscription, slot, late=now - slot.at > LATE, missed=reason))
    return told


@asynccontextmanager
async def every_minute(tick: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Call `tick` as each minute begins, one at a time, for as long as the context lasts; the running one ends first."""
    import asyncio

    from apscheduler.schedulers.asyncio import AsyncIOScheduler
    from apscheduler.triggers.cron import CronTrigger

    running = asyncio.Lock()

    async def once() -> None:
        async with running:
            await tick()

    scheduler = AsyncIOScheduler(timezone="UTC")
    # lateness is decided by `due`, from the outbox: APScheduler must neither drop a late run nor queue several
    scheduler.add_job(once, CronTrigger(second=0, timezone="UTC"), misfire_grace_time=None, coalesce=True)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.pause()
        async with running:  # shutdown would cancel a send half-way
            scheduler.shutdown(wait=False)
