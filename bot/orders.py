"""Standing orders as JSON lines, out of one store and into another."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.errors import UserError
from bot.model import Schedule, Subscription, Target
from bot.ports import Store

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def exported(store: Store) -> Iterator[str]:
    """One line a standing order that is not stopped, by number."""
    for one in store.subscriptions():
        if not one.stopped:
            yield json.dumps(_plain(one), ensure_ascii=False)


def imported(store: Store, lines: Iterable[str], now: datetime) -> Iterator[tuple[Subscription, bool]]:
    """Each order of `lines` as it is stored, and whether it is new; nothing that was due before `now` is posted.

    All lines are read before the first is stored: UserError names the first that cannot be.
    """
    orders = [_order(line, number, now) for number, line in enumerate(lines, 1) if line.strip()]
    stored = {_likeness(one): one for one in reversed(store.subscriptions()) if not one.stopped}
    for order in orders:
        same = stored.get(_likeness(order))
        one = stored[_likeness(order)] = same or store.subscribe(order)
        yield one, same is None


def _plain(one: Subscription) -> dict[str, Any]:
    return {
        "platform": one.target.platform,
        "channel": one.target.channel,
        "thread": one.target.thread,
        "days": [DAYS[day] for day in sorted(one.schedule.days)],
        "time": f"{one.schedule.hour:02}:{one.schedule.minute:02}",
        "zone": one.schedule.zone,
        "about": one.words,
        "even_if_empty": one.even_if_empty,
        "tenant": one.tenant,
        "paused": one.paused,
    }


def _order(line: str, number: int, now: datetime) -> Subscription:
    try:
        plain = json.loads(line)
        hour, minute = map(int, plain["time"].split(":"))
        days = frozenset(map(DAYS.index, plain["days"]))
        zone = ZoneInfo(plain["zone"]).key
        texts = [plain[name] for name in ("platform", "channel", "thread", "about", "tenant", "paused")]
        even = plain["even_if_empty"]
        right = days and hour in range(24) and minute in range(60) and isinstance(even, bool)
        if not (right and plain["channel"] and all(isinstance(text, str) for text in texts)):
            raise ValueError(line)
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise UserError(
            f"Line {number} is no standing order as `dateline export` writes them; none was taken."
        ) from error
    platform, channel, thread, words, tenant, paused = texts
    schedule = Schedule(days, hour, minute, zone)
    return Subscription(Target(platform, channel, thread), schedule, now, words, even, tenant, paused=paused)


def _likeness(one: Subscription) -> str:
    """The same for two that order the same digest for the same place."""
    return json.dumps(_plain(replace(one, paused="")))
