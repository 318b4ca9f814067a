"""Rules for days and months: written in full, without a year, weekdays, "yesterday", times of day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.dates import pieces, values
from bot.dates.pieces import DOUBTFUL, EXPLICIT, VAGUE, Match, counted, dated, told_year, unplaced
from bot.dates.reader import Reader, Reading
from bot.model import MentionBasis, TimexType, When

TOLD_NEAR = 90  # days within which a date belongs to another year just told of, and not to the article's own
CLOSE, FAR = (
    30,
    366,
)  # days within which a date has its nearest year whatever its weekday, and the weekday tells the year
NEAR = 120  # days within which a month and day is the nearest one, whatever the tense; most are, on development data

# --- with their year --------------------------------------------------------------------------------------


def _full(reader: Reader, year: int, month: int, day: int, weekday: str | None = None) -> Reading:
    when = values.a_day(year, month, day)
    if when is None:  # February 30
        return unplaced(f"{year:04}-{month:02}-{day:02}", DOUBTFUL, MentionBasis.EXPLICIT)
    contradicts = weekday is not None and when.first.weekday() != pieces.weekday(weekday)
    far = not 1000 <= year <= (reader.anchor.year + 100 if reader.anchor else pieces.FARTHEST)
    sure = DOUBTFUL if contradicts or far else EXPLICIT
    return Reading(TimexType.DATE, values.timex(when), when, MentionBasis.EXPLICIT, sure)


def iso(reader: Reader, m: Match) -> Reading | None:
    month, day = int(m["month"]), int(m["day"])
    return _full(reader, int(m["year"]), month, day) if 1 <= month <= 12 and 1 <= day <= 31 else None


def numeric(reader: Reader, m: Match) -> Reading | None:
    """26/02/2019; 2/3/2019 stays doubtful, read month first unless only the other order is near the article."""
    a, b = int(m["a"]), int(m["b"])
    if not (1 <= a <= 31 and 1 <= b <= 31 and min(a, b) <= 12) or (len(m["year"]) == 2 and m["sign"] != "/"):
        return None  # a score, a version, a telephone number
    year = int(m["year"]) if len(m["year"]) == 4 else pieces.year(f"'{m['year']}", reader)
    if a > 12 or b > 12 or a == b:
        return _full(reader, year, min(a, b), max(a, b))
    both = [_full(reader, year, a, b), _full(reader, year, b, a)]
    near = [r for r in both if r.when and reader.anchor and abs((r.when.first - reader.anchor).days) <= 10]
    chosen = near[0] if len(near) == 1 else both[0]
    return Reading(TimexType.DATE, chosen.value, chosen.when, MentionBasis.EXPLICIT, DOUBTFUL)


def month_day(reader: Reader, m: Match) -> Reading | None:
    """A month with a day or days: "June 12, 2018", "12 June", "Feb. 27-28", "Tuesday, Feb. 26"."""
    plain = pieces.is_short(m["month"]) and not m["month"].startswith("mar")  # "feb 6" means nothing else
    if not plain and not m.groupdict().get("year") and not reader.names(m.start("month"), m["month"]):
        return None
    groups, month, day = m.groupdict(), pieces.month(m["month"]), pieces.day(m["day"])
    if groups.get("year") and counted(reader, m.end()):
        return None
    year = told_year(reader, m) or _shared_year(reader, m, month)
    first = _full(reader, year, month, day, groups.get("weekday")) if year else _yearless(reader, m, month, day)
    until = groups.get("until")
    if until is None or first.when is None:
        return first
    last_month = pieces.month(groups["until_month"]) if groups.get("until_month") else month
    last_year = int(groups.get("until_year") or first.when.first.year + (last_month < month))
    last = values.a_day(last_year, last_month, pieces.day(until))
    return dated(last and values.span(first.when, last), first.basis, first.confidence)


# "May 3 to June 9, 2018", "May 3, 5 and 9, 2018", "3 May and 9 June 2018": one year for all of them
_SHARED = re.compile(
    rf"(?:, {pieces.DAY})*,? (?:and|or|to|through|until|till)(?: on)?(?: {pieces.WEEKDAY},?)?"
    rf"(?: (?P<month>{pieces.MONTH}))? {pieces.DAY}(?:(?: of)? (?P<last>{pieces.MONTH}))?,? (?P<year>{pieces.LONG_YEAR})"
)
HALF = 6  # months by which the first is later, where it is of the year before: "Dec. 28 to Jan. 3, 2018"


def _shared_year(reader: Reader, m: Match, month: int) -> int | None:
    """The year of a date that stands only behind the last of those told together."""
    found = _SHARED.match(reader.low, m.end())
    if found is None:
        return None
    named = found["month"] or found["last"]
    return int(found["year"]) - (bool(named) and month - pieces.month(named or "") >= HALF)


def two_days(reader: Reader, m: Match) -> Reading | None:
    """Two days in a row, "February 27 and 28"; of others the second stands for itself."""
    return month_day(reader, m) if pieces.day(m["until"]) == pieces.day(m["day"]) + 1 else None


_AFTER_A_DAY = re.compile(rf"(?P<month>{pieces.MONTH}) (?:{pieces.DAY}, ){{0,5}}{pieces.DAY}(?:,|,? and) $")


def another_day(reader: Reader, m: Match) -> Reading | None:
    """A day of the month just told of: the 12 and the 19 of "February 5, 12 and 19"."""
    before, told = _AFTER_A_DAY.search(reader.left(m.start())), reader.day
    if before is None or told is None:
        return None
    day = pieces.day(m["day"])
    if pieces.month(before["month"]) != told.first.month or day <= told.first.day:
        return None
    return dated(values.a_day(told.first.year, told.first.month, day), reader.basis, pieces.MONTH_DAY)


def far_year(_: Reader, m: Match) -> Reading | None:
    """A day of a year that no article tells of."""
    value = f"{m['far']}-{pieces.month(m['month']):02}-{pieces.day(m['day']):02}"
    return unplaced(value, DOUBTFUL, MentionBasis.EXPLICIT)


def week_of(reader: Reader, m: Match) -> Reading | None:
    day = month_day(reader, m)
    return dated(values.a_week(day.when.first), day.basis, day.confidence) if day and day.when else None


def nine_eleven(_: Reader, _m: Match) -> Reading | None:
    return dated(values.a_day(2001, 9, 11), MentionBasis.EXPLICIT, EXPLICIT)


# --- without it -------------------------------------------------------------------------------------------

_TOLD = re.compile(r"\b(?:ended|since)(?: on)? $")
_TERROR = re.compile(r"(?:,? 2001)?,? ?-? ?(?:style|type|terror\w*|attacks?|hijack\w*|commission|suicide)")


def _yearless(reader: Reader, m: Match, month: int, day: int) -> Reading:
    if (month, day) == (9, 11) and _TERROR.match(reader.low, m.end()):
        return nine_eleven(reader, m) or unplaced("XXXX-09-11")
    now, value = reader.now, f"XXXX-{month:02}-{day:02}"
    if now is None:
        return unplaced(value, VAGUE, MentionBasis.CONTEXT)
    around = {year for base in (now, reader.then(m.start()) or now) for year in range(base.year - 4, base.year + 5)}
    candidates = [when.first for year in sorted(around) if (when := values.a_day(year, month, day))]
    if not candidates:
        return unplaced(value, DOUBTFUL)
    chosen = nearest(reader, m, candidates)
    if weekday := m.groupdict().get("weekday"):
        agreeing = [day for day in candidates if day.weekday() == pieces.weekday(weekday)]
        best = min(agreeing, key=lambda day: abs((day - now).days), default=chosen)
        if abs((chosen - now).days) > CLOSE and abs((best - now).days) <= FAR:
            chosen = best
        if chosen not in agreeing:
            return Reading(TimexType.DATE, chosen.isoformat(), When.day(chosen), reader.basis, DOUBTFUL)
    return Reading(TimexType.DATE, chosen.isoformat(), When.day(chosen), reader.basis, pieces.MONTH_DAY)


def nearest(reader: Reader, m: Match, candidates: Sequence[date]) -> date:
    """The one nearest to the article's date; where none is near, tense decides. The next, in an undated text."""
    now, rel = reader.now, m.groupdict().get("rel") or ""
    assert now is not None
    past = [day for day in candidates if day <= now] or candidates[:1]
    ahead = [day for day in candidates if day >= now] or candidates[-1:]
    if reader.anchor is None:
        return ahead[0]
    nearest = min(candidates, key=lambda day: abs((day - now).days))
    if rel in {"last", "past", "this past"} or _TOLD.search(reader.left(m.start())):
        return past[-1]
    if rel:
        return ahead[0]
    if reader.loose and (nearest - now).days > 31:  # who types asks for what is stored
        return past[-1]
    told = [day for day in candidates if day.year == reader.years.get((day.month, day.day))]
    if told and abs((nearest - now).days) > CLOSE and _is_told(reader, m):
        return told[0]
    then = reader.then(m.start())
    if then and then.year != now.year and abs((nearest - now).days) > 30 and _is_told(reader, m):
        of_then = min(candidates, key=lambda day: abs((day - then).days))
        if abs((of_then - then).days) <= TOLD_NEAR:
            return of_then
    if abs((nearest - now).days) > NEAR:
        return ahead[0] if reader.ahead(m.start(), m.end()) else past[-1]
    return nearest


_WAS_DUE = re.compile(r"\b(?:was|were|had been) (?:due|scheduled|set|expected|planned|to)\b")


def _is_told(reader: Reader, m: Match) -> bool:
    return not reader.ahead(m.start(), m.end()) or _WAS_DUE.search(reader.left(m.start())) is not None


# --- days of the week, and around the article's own -------------------------------------------------------


_NAMED_DAY = re.compile(r"\b(?:black|super|bloody|cyber|fat|holy|maundy|giving|mega) $")
_THROUGH = re.compile(
    rf"\b{pieces.WEEKDAY}(?: {pieces.PART})?(?: (?:to|through|until|till) | ?- ?)$"
    rf"|\bbetween {pieces.WEEKDAY}(?: {pieces.PART})? and $"
)


def by_weekday(reader: Reader, m: Match) -> Reading | None:
    """A bare weekday is past unless a verb tells it as still to come; the article's own weekday is its own day."""
    word, rel = m["weekday"], (m["rel"] or "").strip()
    if not reader.names(m.start("weekday"), m["weekday"]) or (word.endswith(".") and not reader.loose):
        return None
    n, now = pieces.weekday(word), reader.anchor
    left = reader.left(m.start())
    if _NAMED_DAY.search(left):
        return None
    if now is None:
        return unplaced(f"XXXX-WXX-{n + 1}", VAGUE, MentionBasis.CONTEXT)
    if reader.day and not rel and _THROUGH.search(left):  # from Monday to Wednesday
        till = values.moved(reader.day.first, (n - reader.day.first.weekday()) % 7)
        return _on(reader, till, m["part"], pieces.WEEKDAY_ALONE) if till else None
    if rel in {"the previous", "the following"} and reader.day:
        now = reader.day.first
    back, on = (now.weekday() - n) % 7, (n - now.weekday()) % 7
    match rel:
        case "last" | "past" | "this past" | "the previous":
            by = -(back or 7)
        case "next" | "coming" | "this coming" | "the following":
            by = on or 7
        case "this":
            by = on
        case _:
            by = on if on and reader.ahead(m.start(), m.end()) else -back
    day = values.moved(now, by)
    sure = pieces.RELATIVE_MONTH if rel else pieces.WEEKDAY_ALONE
    return _on(reader, day, m["part"], sure) if day else None


def weekday_of_week(reader: Reader, m: Match) -> Reading | None:
    """A weekday of the last, this or the next week."""
    if reader.anchor is None or not reader.names(m.start("weekday"), m["weekday"]):
        return None
    monday = values.moved(reader.anchor, -reader.anchor.weekday() + {"last": -7, "this": 0, "next": 7}[m["rel"]])
    day = monday and values.moved(monday, pieces.weekday(m["weekday"]))
    return _on(reader, day, None, pieces.RELATIVE_MONTH) if day else None


def _on(reader: Reader, day: date, part: str | None, confidence: float) -> Reading:
    if part:
        value = day.isoformat() + pieces.PARTS[part]
        return Reading(TimexType.TIME, value, When.day(day), reader.basis, confidence)
    return Reading(TimexType.DATE, day.isoformat(), When.day(day), reader.basis, confidence)


_NOWADAYS = re.compile(r"\b(?:usa|of) $")  # USA Today, the youth of today


def today(reader: Reader, m: Match) -> Reading | None:
    word, now = m["word"], reader.anchor
    if now is None:
        return unplaced("PRESENT_REF", VAGUE, MentionBasis.CONTEXT)
    if word == "today" and not reader.loose and _NOWADAYS.search(reader.left(m.start())):
        return unplaced("PRESENT_REF", VAGUE)
    by = {
        "yesterday": -1,
        "last night": -1,
        "tomorrow": 1,
        "the day before yesterday": -2,
        "the day after tomorrow": 2,
    }.get(word, 0)
    part = m["part"] or {"tonight": "night", "last night": "night", "overnight": "night"}.get(word)
    if word.startswith("this "):
        part = word.removeprefix("this ")
    day = values.moved(now, by)
    vague = word == "overnight" or (word == "today" and m[0].endswith("'s"))  # today's world
    return _on(reader, day, part, VAGUE if vague else EXPLICIT) if day else None


def clock(reader: Reader, m: Match) -> Reading | None:
    """A time of day, on the day told of last; whatever names its day beside it is joined later."""
    word = m["clock"]
    if found := re.match(r"(\d{1,2})(?:[:.](\d\d))?", word):
        hour, half = int(found[1]), word[found.end() :].strip()[:1]
        hour = hour % 12 + 12 * (half == "p") if half in {"a", "p"} else hour
        value = f"T{hour:02}:{found[2] or '00'}"
    else:
        value = "T24:00" if word == "midnight" else "T12:00"
    day = reader.day.first if reader.day else reader.anchor
    if day is None:
        return Reading(TimexType.TIME, f"XXXX-XX-XX{value}", None, MentionBasis.CONTEXT, VAGUE)
    return Reading(TimexType.TIME, day.isoformat() + value, When.day(day), reader.basis, VAGUE)
