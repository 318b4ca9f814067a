"""Calendar values as they are read aloud."""

from __future__ import annotations

from datetime import date

from bot.dates import values
from bot.model import Precision, When

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_QUARTERS = ("first", "second", "third", "fourth")


def show(when: When) -> str:
    """`when` as it is read aloud: "June 12, 2018", "February 27-28, 2019", "late February 2019", "the 1950s"."""
    first, last = when.first, when.last
    match when.precision:
        case Precision.WEEK if (last - first).days == 6:
            return f"week of {_day(first)}"
        case Precision.MONTH:
            return _part(when, values.a_month(first.year, first.month)) or _months(first, last)
        case Precision.QUARTER if when == values.quarter_of(first):
            return f"{_QUARTERS[first.month // 3]} quarter of {first.year}"
        case Precision.SEASON if season := _season(when):
            return season
        case Precision.YEAR:
            return _part(when, values.a_year(first.year)) or _joined(str(first.year), str(last.year))
        case Precision.DECADE:
            name = f"{first.year // 10 * 10}s"
            return f"the {_part(when, values.a_decade(first.year), name) or name}"
        case Precision.CENTURY:
            return f"the {_ordinal(first.year // 100 + 1)} century"
    return _half(when) or _days(first, last)


def _day(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def _days(first: date, last: date) -> str:
    if first == last:
        return _day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{MONTHS[first.month - 1]} {first.day}-{last.day}, {first.year}"
    if first.year == last.year:
        return f"{MONTHS[first.month - 1]} {first.day} - {_day(last)}"
    return f"{_day(first)} - {_day(last)}"


def _months(first: date, last: date) -> str:
    names = MONTHS[first.month - 1], MONTHS[last.month - 1]
    if first.year != last.year:
        return f"{names[0]} {first.year} - {names[1]} {last.year}"
    return f"{_joined(*names)} {first.year}"


def _joined(first: str, last: str) -> str:
    return first if first == last else f"{first}-{last}"


def _part(when: When, whole: When | None, name: str = "") -> str:
    """`whole` with "early", "mid-" or "late" where `when` is that part of it, else nothing."""
    if whole is None or when == whole or not (whole.first <= when.first and when.last <= whole.last):
        return ""
    name = name or show(whole)
    if when.first == whole.first:
        return f"early {name}"
    return f"late {name}" if when.last == whole.last else f"mid-{name}"


def _half(when: When) -> str:
    halves = [(values.a_half(when.first.year, n), name) for n, name in ((1, "first"), (2, "second"))]
    return next((f"{name} half of {when.first.year}" for half, name in halves if half == when), "")


def _season(when: When) -> str:
    for code, (name, _) in values.SEASONS.items():
        if when == values.a_season(when.first.year, code):
            years = f"{when.first.year}-{when.last.year % 100:02}" if code == "WI" else str(when.first.year)
            return f"{name} {years}"
    return ""


def _ordinal(n: int) -> str:
    ending = "th" if n % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"
