"""The tick: which slots fell due. The only room that knows APScheduler, which is a clock here and nothing more.

What is due follows from the standing orders and the outbox alone, so that a process that died, slept or runs beside
another comes to the same slots; the claim in the store decides who posts.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Container, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

from bot import slots
from bot.model import DeliveryState, Due, Schedule, Subscription
from bot.ports import Store

log = logging.getLogger("dateline")

LOOKED_AT = 200  # newest digests that are looked through for those still in hand
LATE = timedelta(minutes=5)  # past this a digest says what it is delayed from


Nexts = dict[int, tuple[Schedule, datetime, datetime]]  # order -> its schedule, since when, and its first slot then


def due(store: Store, now: datetime, allowance: timedelta, nexts: Nexts | None = None) -> tuple[Due, ...]:
    """Every slot that fell due and has no row in the outbox yet, oldest first within an order.

    `nexts` spares whoever asks each minute most of the work. It holds nothing that does not follow from the order and
    its last row, and of no clock: a changed order, another process's post or a jump of the clock make it no less true.
    """
    nexts = {} if nexts is None else nexts
    last = store.last_due()
    orders = [one for one in store.subscriptions() if not (one.stopped or one.paused)]
    for gone in nexts.keys() - {one.id for one in orders}:
        del nexts[gone]
    found: list[Due] = []
    for order in orders:
        try:
            since = max(order.since, last.get(order.id, order.since))
            if _next(order, since, nexts) <= now:
                found += _due(order, since, now, allowance)
        except ZoneInfoNotFoundError:  # a zone that the tz database has dropped since
            log.exception("digest %s cannot be scheduled", order.id)
    return tuple(found)


def _next(order: Subscription, since: datetime, nexts: Nexts) -> datetime:
    """When the first slot of an order after `since` is due."""
    known = nexts.get(order.id)
    if known is None or known[:2] != (order.schedule, since):
        known = nexts[order.id] = order.schedule, since, slots.following(order.schedule, since).at
    return known[2]


def _due(subscription: Subscription, since: datetime, now: datetime, allowance: timedelta) -> list[Due]:
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


def overdue(store: Store, now: datetime, dues: Sequence[Due], platforms: Container[str]) -> int:
    """How many slots of `platforms`, of `dues` or in hand, are late and neither posted nor given up.

    Nobody takes them up, or it takes long.
    """
    rows = store.deliveries(limit=LOOKED_AT)
    left = [(row.target.platform, row.due) for row in rows if row.due and row.state is DeliveryState.CLAIMED]
    last = store.last_due() if dues else {}
    for one in dues:
        order, at = one.subscription, one.slot.at
        if order.id not in last or last[order.id] < at:
            left.append((order.target.platform, at))
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
