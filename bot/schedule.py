"""The tick: which slots fell due. The only room that knows APScheduler, which is a clock here and nothing more.

What is due follows from the standing orders and the outbox alone, so that a process that died, slept or runs beside
another comes to the same slots; the claim in the store decides who posts.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Container
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

from bot import slots
from bot.model import DeliveryState, Due, Subscription
from bot.ports import Store

log = logging.getLogger("dateline")

LOOKED_AT = 200  # newest digests that are looked through for those still in hand
LATE = timedelta(minutes=5)  # past this a digest says what it is delayed from


def due(store: Store, now: datetime, allowance: timedelta) -> tuple[Due, ...]:
    """Every slot that fell due and has no row in the outbox yet, oldest first."""
    found: list[Due] = []
    last = store.last_due()
    for subscription in store.subscriptions():
        if subscription.stopped or subscription.paused:
            continue
        try:
            found += _due(subscription, last.get(subscription.id), now, allowance)
        except ZoneInfoNotFoundError:  # a zone that the tz database has dropped since
            log.exception("digest %s cannot be scheduled", subscription.id)
    return tuple(found)


def _due(subscription: Subscription, last: datetime | None, now: datetime, allowance: timedelta) -> list[Due]:
    since = max(subscription.since, last) if last else subscription.since
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


def overdue(store: Store, now: datetime, allowance: timedelta, platforms: Container[str]) -> int:
    """How many slots of `platforms` are late and neither posted nor given up: nobody takes them up, or it takes long."""
    left = [(one.subscription.target.platform, one.slot.at) for one in due(store, now, allowance)]
    rows = store.deliveries(limit=LOOKED_AT)
    left += [(row.target.platform, row.due) for row in rows if row.due and row.state is DeliveryState.CLAIMED]
    return sum(platform in platforms and now - at > LATE for platform, at in left)


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
