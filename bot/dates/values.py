"""Calendar values: made, written as TIMEX3, read back and shown.

A `When` of a month, year or decade may cover a part of it ("the end of February") or several ("1950-53"): its
precision says in which unit it was told, its days say which.
"""

from __future__ import annotations

import re
from datetime import MAXYEAR, MINYEAR, date, timedelta

from bot.model import Precision, When

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
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


def a_week(day: date) -> When:
    """The week, Monday to Sunday, that holds `day`; ISO 8601."""
    first = day - day.weekday() * _DAY
    return When(first, first + 6 * _DAY, Precision.WEEK)


def a_weekend(day: date) -> When:
    """Saturday and Sunday of the week that holds `day`."""
    sunday = a_week(day).last
    return When(sunday - _DAY, sunday, Precision.RANGE)


def a_quarter(year: int, quarter: int) -> When | None:
    return _months(year, 3 * quarter - 2, 3, Precision.QUARTER)


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


def value(when: When) -> str:
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


_READERS = (
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


# --- shown ------------------------------------------------------------------------------------------------


def show(when: When) -> str:
    """`when` as it is read aloud: "June 12, 2018", "February 27-28, 2019", "late February 2019", "the 1950s"."""
    first, last = when.first, when.last
    match when.precision:
        case Precision.DAY if first == last:
            return _day(first)
        case Precision.WEEK if (last - first).days == 6:
            return f"week of {_day(first)}"
        case Precision.MONTH:
            return _third(when, a_month(first.year, first.month)) or _hyphened(
                MONTHS[first.month - 1], MONTHS[last.month - 1], first.year, last.year
            )
        case Precision.QUARTER if when == a_quarter(first.year, (first.month + 2) // 3):
            return f"{('first', 'second', 'third', 'fourth')[first.month // 3]} quarter of {first.year}"
        case Precision.SEASON if named := _season(when):
            return named
        case Precision.YEAR:
            return _third(when, a_year(first.year)) or _joined(str(first.year), str(last.year))
        case Precision.DECADE:
            whole = a_decade(first.year)
            name = f"{first.year // 10 * 10}s"
            return f"the {_third(when, whole, name)}" if _third(when, whole, name) else f"the {name}"
        case Precision.CENTURY:
            return f"the {_ordinal(first.year // 100 + 1)} century"
    for half, name in ((1, "first"), (2, "second")):
        if when == a_half(first.year, half):
            return f"{name} half of {first.year}"
    return _days(first, last)


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


def _hyphened(first: str, last: str, year: int, until: int) -> str:
    if year != until:
        return f"{first} {year} - {last} {until}"
    return f"{_joined(first, last)} {year}"


def _joined(first: str, last: str) -> str:
    return first if first == last else f"{first}-{last}"


def _third(when: When, whole: When | None, name: str = "") -> str:
    """ "early", "mid-" or "late" where `when` is that part of `whole`, else nothing."""
    if whole is None or when == whole or not (whole.first <= when.first and when.last <= whole.last):
        return ""
    name = name or show(whole)
    if when.first == whole.first:
        return f"early {name}"
    return f"late {name}" if when.last == whole.last else f"mid-{name}"


def _season(when: When) -> str:
    for code, (name, _) in SEASONS.items():
        if when == a_season(when.first.year, code):
            years = f"{when.first.year}-{when.last.year % 100:02}" if code == "WI" else str(when.first.year)
            return f"{name} {years}"
    return ""


def _ordinal(n: int) -> str:
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


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
    if not (MINYEAR <= year and until[0] <= MAXYEAR):
        return None
    return When(date(year, month, 1), date(*until, days(*until)), precision)


def _years(first: int, last: int, precision: Precision) -> When | None:
    if not (MINYEAR <= first and last <= MAXYEAR):
        return None
    return When(date(first, 1, 1), date(last, 12, 31), precision)
