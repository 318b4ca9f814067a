"""Calendar values: made, written as TIMEX3 and read back.

A `When` of a month, year or decade may cover a part of it ("the end of February") or several ("1950-53"): its
precision says in which unit it was told, its days say which.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import MAXYEAR, MINYEAR, date, timedelta

from bot.model import Precision, When

SEASONS = {"SP": ("spring", 3), "SU": ("summer", 6), "FA": ("fall", 9), "WI": ("winter", 12)}  # first month

_DAY = timedelta(days=1)
_PARTED = {Precision.MONTH, Precision.YEAR, Precision.DECADE, Precision.CENTURY}


def days(year: int, month: int) -> int:
    """How many days a month has."""
    return (_first(*_shifted(year, month, 1)) - date(year, month, 1)).days if (year, month) < (MAXYEAR, 12) else 31


def a_day(year: int, month: int, day: int) -> When | None:
    """That day; None where the calendar has none such."""
    try:
        return When.day(date(year, month, day))
    except ValueError:
        return None


def a_month(year: int, month: int) -> When | None:
    if not (MINYEAR <= year <= MAXYEAR and 1 <= month <= 12):
        return None
    return When(date(year, month, 1), date(year, month, days(year, month)), Precision.MONTH)


def a_week(day: date) -> When | None:
    """The week, Monday to Sunday, that holds `day`; ISO 8601."""
    monday, sunday = moved(day, -day.weekday()), moved(day, 6 - day.weekday())
    return When(monday, sunday, Precision.WEEK) if monday and sunday else None


def a_weekend(day: date) -> When | None:
    """Saturday and Sunday of the week that holds `day`."""
    week = a_week(day)
    return When(week.last - _DAY, week.last, Precision.RANGE) if week else None


def a_quarter(year: int, quarter: int) -> When | None:
    return _months(year, 3 * quarter - 2, 3, Precision.QUARTER)


def quarter_of(day: date) -> When | None:
    return a_quarter(day.year, (day.month + 2) // 3)


def a_half(year: int, half: int) -> When | None:
    return _months(year, 6 * half - 5, 6, Precision.RANGE)


def a_season(year: int, season: str) -> When | None:
    """Meteorological seasons of the north; the winter of a year is the one that begins in it."""
    return _months(year, SEASONS[season][1], 3, Precision.SEASON)


def a_year(year: int) -> When | None:
    return _years(year, year, Precision.YEAR)


def a_decade(year: int) -> When | None:
    """The decade that holds `year`: 1950 to 1959."""
    return _years(year // 10 * 10, year // 10 * 10 + 9, Precision.DECADE)


def a_century(year: int) -> When | None:
    """The century written with the hundreds of `year`, as TIMEX3 does: 1900 to 1999 is the 20th."""
    return _years(year // 100 * 100, year // 100 * 100 + 99, Precision.CENTURY)


def span(first: When, last: When) -> When | None:
    """From `first` to `last`, in the finer of their units; None where they are not in order."""
    if last.first <= first.first:
        return None
    units = {first.precision, last.precision}
    precision = Precision.RANGE if len(units) > 1 or Precision.DAY in units else first.precision
    return When(first.first, last.last, precision)


def part(when: When, which: str) -> When:
    """The "START", "MID" or "END" third of one month, year, decade or century; of anything else, the whole."""
    if when.precision not in _PARTED or _unit(when.first, when.precision) != _unit(when.last, when.precision):
        return when
    if when.precision is Precision.YEAR:
        months = {"START": 1, "MID": 5, "END": 9}[which]
        third = _months(when.first.year, months, 4, Precision.YEAR)
        return third or when
    length = ((when.last - when.first).days + 1) // 3
    match which:
        case "START":
            return When(when.first, when.first + (length - 1) * _DAY, when.precision)
        case "MID":
            return When(when.first + length * _DAY, when.last - length * _DAY, when.precision)
        case _:
            return When(when.last - (length - 1) * _DAY, when.last, when.precision)


def shifted(day: date, months: int) -> date:
    """The same day `months` later, or the last of that month; stays within the calendar."""
    year, month = _shifted(day.year, day.month, months)
    if not MINYEAR <= year <= MAXYEAR:
        return day
    return date(year, month, min(day.day, days(year, month)))


def moved(day: date, by: int) -> date | None:
    """`by` days later; None where the calendar ends before."""
    try:
        return day + by * _DAY
    except OverflowError:
        return None


def easter(year: int) -> date:
    """Easter Sunday of the western churches; Meeus, Astronomical Algorithms, chapter 8."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    j, k = divmod(c, 4)
    m = (a + 11 * h) // 319
    r = (2 * e + 2 * j - k - h + m + 32) % 7
    month = (h - m + r + 90) // 25
    return date(year, month, (h - m + r + month + 19) % 32)


def nth(year: int, month: int, weekday: int, n: int) -> date:
    """The nth `weekday` (0 = Monday) of a month; the last one for n = 0."""
    if n == 0:
        last = date(year, month, days(year, month))
        return last - (last.weekday() - weekday) % 7 * _DAY
    first = date(year, month, 1)
    return first + ((weekday - first.weekday()) % 7 + 7 * (n - 1)) * _DAY


# --- TIMEX3 -----------------------------------------------------------------------------------------------


def timex(when: When) -> str:
    """`when` as a TIMEX3 value; TimeML 1.2.1. Several units, and days, as "first/last" (ISO 8601-1, 4.4)."""
    first, last = _unit(when.first, when.precision), _unit(when.last, when.precision)
    if first == last and when.precision is not Precision.RANGE:
        return first
    return f"{first}/{last}"


def read(text: str) -> When | None:
    """The days that a TIMEX3 value names; None for one that is no calendar value. Unknown ends ("1989-XX") are cut."""
    if "/" in text:
        first, last = (read(half) for half in text.split("/", 1))
        return span(first, last) if first and last else None
    text = re.sub(r"(T.*|(-?W?X+)+)$", "", text)
    for pattern, make in _READERS:
        if found := re.fullmatch(pattern, text):
            try:
                return make(found)
            except ValueError:
                return None
    return None


_READERS: tuple[tuple[str, Callable[[re.Match[str]], When | None]], ...] = (
    (r"(\d{4})-(\d\d)-(\d\d)", lambda m: a_day(int(m[1]), int(m[2]), int(m[3]))),
    (r"(\d{4})-W(\d\d?)-WE", lambda m: a_weekend(date.fromisocalendar(int(m[1]), int(m[2]), 1))),
    (r"(\d{4})-W(\d\d?)", lambda m: a_week(date.fromisocalendar(int(m[1]), int(m[2]), 1))),
    (r"(\d{4})-(\d\d)", lambda m: a_month(int(m[1]), int(m[2]))),
    (r"(\d{4})-Q([1-4])", lambda m: a_quarter(int(m[1]), int(m[2]))),
    (r"(\d{4})-H([12])", lambda m: a_half(int(m[1]), int(m[2]))),
    (r"(\d{4})-(SP|SU|FA|WI)", lambda m: a_season(int(m[1]), m[2])),
    (r"(\d{4})", lambda m: a_year(int(m[1]))),
    (r"(\d{3})", lambda m: a_decade(int(m[1]) * 10)),
    (r"(\d\d)", lambda m: a_century(int(m[1]) * 100)),
)


def _unit(day: date, precision: Precision) -> str:
    match precision:
        case Precision.WEEK:
            year, week, _ = day.isocalendar()
            return f"{year:04}-W{week:02}"
        case Precision.MONTH:
            return f"{day.year:04}-{day.month:02}"
        case Precision.QUARTER:
            return f"{day.year:04}-Q{(day.month + 2) // 3}"
        case Precision.SEASON:
            code = next((code for code, (_, month) in SEASONS.items() if 0 <= (day.month - month) % 12 < 3), "WI")
            return f"{day.year - (day.month < 3):04}-{code}"
        case Precision.YEAR:
            return f"{day.year:04}"
        case Precision.DECADE:
            return f"{day.year // 10:03}"
        case Precision.CENTURY:
            return f"{day.year // 100:02}"
    return day.isoformat()


def _first(year: int, month: int) -> date:
    return date(year, month, 1)


def _shifted(year: int, month: int, by: int) -> tuple[int, int]:
    years, index = divmod(month - 1 + by, 12)
    return year + years, index + 1


def _months(year: int, month: int, count: int, precision: Precision) -> When | None:
    until = _shifted(year, month, count - 1)
    if year < MINYEAR or until[0] > MAXYEAR:
        return None
    return When(date(year, month, 1), date(*until, days(*until)), precision)


def _years(first: int, last: int, precision: Precision) -> When | None:
    if first < MINYEAR or last > MAXYEAR:
        return None
    return When(date(first, 1, 1), date(last, 12, 31), precision)
