"""Days, wall time and zone -> instants."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.model import Schedule, Slot

LOOKBACK = timedelta(days=400)  # no slot older than this before `until` is told: nobody would still post it
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def between(schedule: Schedule, after: datetime, until: datetime) -> tuple[Slot, ...]:
    """Slots with after < at <= until, in order; only those of the last LOOKBACK before `until`."""
    zone = ZoneInfo(schedule.zone)
    earliest = max(after.astimezone(UTC), until.astimezone(UTC) - LOOKBACK)
    # until a slot is due the clock shows less than it, so none is dated before `first`; afterwards the clock may go
    # back over midnight, as St. John's did at 00:01, so a slot of the day after may have been
    first, last = earliest.astimezone(zone).date(), until.astimezone(zone).date() + DAY
    return tuple(slot for slot in _slots(schedule, zone, first, last) if earliest < slot.at <= until)


def following(schedule: Schedule, after: datetime) -> Slot:
    """The first slot with at > after."""
    zone = ZoneInfo(schedule.zone)
    today = after.astimezone(zone).date()
    # the same day of next week, and of the week after it, where the zone skips one
    return next(slot for slot in _slots(schedule, zone, today, today + 15 * DAY) if slot.at > after)


def _slots(schedule: Schedule, zone: ZoneInfo, first: date, last: date) -> Iterator[Slot]:
    """Slots of the dates from `first` to `last`, in order."""
    dates = (first + n * DAY for n in range((last - first).days + 1))
    clock = time(schedule.hour, schedule.minute)
    due = (datetime.combine(day, clock) for day in dates if day.weekday() in schedule.days)
    held: Slot | None = None
    for wall in due:
        slot = Slot(wall.isoformat(timespec="minutes"), _moment(wall, zone))
        if held and held.at != slot.at:
            yield held
        held = slot
    if held:
        yield held


def _moment(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first moment, in UTC, at which the clock of `zone` shows `wall` or later."""
    at = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wall:
        return at
    # in a gap, fold 0 reads past its end and fold 1 before it (PEP 495); the clock jumps in between, on a whole second
    before, past = wall.replace(tzinfo=zone, fold=1).astimezone(UTC), at
    while past - before > SECOND:
        middle = before + (past - before) // (2 * SECOND) * SECOND
        if middle.astimezone(zone).replace(tzinfo=None) < wall:
            before = middle
        else:
            past = middle
    return past
