"""The grammar: one list of (pattern, handler); the longest match wins and a handler may refuse it.

Patterns are read against folded lower-case text. A handler answers with a `Reading`, or None: not a date here.
It stands in one file, longer than most, because the order and the shared pieces are the grammar.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from bot.dates import values
from bot.dates.reader import Reader, Reading
from bot.model import MentionBasis, Precision, TimexType, When

Match = re.Match[str]
Handler = Callable[[Reader, Match], Reading | None]

# share that was right on development data
EXPLICIT, MONTH_DAY, YEAR, WEEKDAY, LAST_MONTH, BARE_MONTH, RELATIVE, VAGUE = (
    0.98,
    0.96,
    0.94,
    0.93,
    0.92,
    0.91,
    0.9,
    0.45,
)
DOUBTFUL = 0.3  # contradicts itself, or can be read in two ways

DATE, TIME, DURATION, SET = TimexType.DATE, TimexType.TIME, TimexType.DURATION, TimexType.SET

# --- pieces -----------------------------------------------------------------------------------------------

_MONTHS = "january february march april may june july august september october november december".split()
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan\.?|feb\.?|mar\.?|apr\.?|jun\.?|jul\.?|aug\.?|sept?\.?|oct\.?|nov\.?|dec\.?)(?!\w)"
)
WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon\.|tues?\.|wed\.|thurs?\.|thu\.|fri\.|sat\.|sun\.)(?!\w)"
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
    " sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth"
    " twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
).split()
_ORDINAL = "|".join(sorted(_ORDINALS, key=len, reverse=True))
# what follows a count of things, or more digits, is no day and no year
_NOT_COUNT = r"(?!\w|[.,:/]\d| ?%| percent| per cent| (?:million|billion|trillion|point|mile|minute|hour)s?\b)"
DAY = rf"(?:(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?|{_ORDINAL}){_NOT_COUNT}"
LONG_YEAR = r"(?:1[0-9]|20)\d\d(?!\d|[,.]\d|-?\w)"
SEASON = r"(?:spring|summer|autumn|fall|winter)"
_SEASONS = {"spring": "SP", "summer": "SU", "autumn": "FA", "fall": "FA", "winter": "WI"}
UNIT = r"(?:second|minute|hour|day|week|weekend|fortnight|month|quarter|year|decade|century|centurie)"
_SYMBOL = {
    "day": "D",
    "week": "W",
    "month": "M",
    "year": "Y",
    "quarter": "Q",
    "hour": "H",
    "minute": "M",
    "second": "S",
}
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
).split()
_TENS = {word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_TEN = "|".join(_TENS)
_ONES = "|".join(sorted(_SMALL[1:], key=len, reverse=True))
NUMBER = rf"(?:\d{{1,3}}(?:[ -]1/2|\.\d)?|(?:{_TEN})(?:[ -](?:{_ONES}))?|{_ONES}|a hundred|one hundred|a dozen|a couple(?: of)?|couple of)"
SOME = r"(?:a few|several|many|some|a number of|few)"
PART = r"(?:morning|afternoon|evening|night|overnight)"
_PARTS = {"morning": "TMO", "afternoon": "TAF", "evening": "TEV", "night": "TNI", "overnight": "TNI"}
CLOCK = r"(?:(?:[01]?\d|2[0-3])(?:[:.][0-5]\d)? ?(?:[ap]\.m\.?|[ap]m\b)|(?:[01]?\d|2[0-3]):[0-5]\d(?: (?:gmt|est|edt|utc)\b)?(?![\d:])|noon\b|midnight\b|midday\b)"
ZONE = r"(?: (?:[ecmp][sd]t|gmt|utc|local time|local|\([^()]{1,20}\))){0,3}"
SPELLED_YEAR = rf"(?:nineteen|twenty) (?:(?:{_TEN})(?:[- ](?:{_ONES}))?|(?:{'|'.join(_SMALL[10:])}))\b"
_OF_YEAR = rf"(?: ?,? (?:of |in )?(?P<year>[12]\d\d\d(?!\d|[,.]\d|-?\w)|'\d\d\b|{SPELLED_YEAR})| (?:of )?(?P<which>last|this|next) year)"

_NUMBERS = {word: n for n, word in enumerate(_SMALL)}


def _number(words: str) -> float | None:
    """The number that `words` name; None for an unknown count."""
    if found := re.match(r"(\d+)(?:[ -](1)/2|(\.\d))?$", words):
        return int(found[1]) + (0.5 if found[2] else float(found[3] or 0))
    if words.startswith(("a couple", "couple")):
        return 2
    if words in ("a hundred", "one hundred"):
        return 100
    if words in ("a", "an"):
        return 1
    if words == "a dozen":
        return 12
    total = 0
    for word in re.split("[ -]", words):
        if word in _TENS:
            total += _TENS[word]
        elif word in _NUMBERS:
            total += _NUMBERS[word]
        else:
            return None
    return total


def _month(word: str) -> int:
    return next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(word[:3]))


def _weekday(word: str) -> int:
    return next(n for n, name in enumerate(_DAYS) if name.startswith(word[:3]))


def _day(word: str) -> int:
    return _ORDINALS.index(word) + 1 if word in _ORDINALS else int(re.match(r"\d+", word)[0])  # type: ignore[index]


def _year(word: str, reader: Reader) -> int:
    if word[0].isalpha():
        high, low = word.split(" ", 1)
        return int(100 * (_number(high) or 19) + (_number(low) or 0))
    if not word.startswith("'"):
        return int(word)
    short = int(word[1:])
    limit = (reader.now.year if reader.now else 2030) + 10
    return max(year for year in (1800 + short, 1900 + short, 2000 + short) if year <= limit)


def _dated(when: When | None, basis: MentionBasis, confidence: float, value: str = "") -> Reading | None:
    return when and Reading(DATE, value or values.value(when), when, basis, confidence)


# --- dates that say everything themselves -----------------------------------------------------------------


def _full(reader: Reader, year: int, month: int, day: int, weekday: str | None = None) -> Reading:
    when = values.a_day(year, month, day)
    if when is None:  # February 30
        return Reading(DATE, f"{year:04}-{month:02}-{day:02}", None, MentionBasis.EXPLICIT, DOUBTFUL)
    contradicts = weekday is not None and when.first.weekday() != _weekday(weekday)
    far = reader.anchor is not None and not 1000 <= year <= reader.anchor.year + 100
    return Reading(DATE, values.value(when), when, MentionBasis.EXPLICIT, DOUBTFUL if contradicts or far else EXPLICIT)


def _iso(reader: Reader, m: Match) -> Reading | None:
    month, day = int(m["month"]), int(m["day"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return _full(reader, int(m["year"]), month, day)


def _numeric(reader: Reader, m: Match) -> Reading | None:
    a, b, year = int(m["a"]), int(m["b"]), m["year"]
    if not (1 <= a <= 31 and 1 <= b <= 31 and min(a, b) <= 12):
        return None
    if len(year) == 2 and m["sign"] != "/":
        return None  # a score, a version, a telephone number
    full = int(year) if len(year) == 4 else _year(f"'{year}", reader)
    if a > 12 or b > 12 or a == b:
        return _full(reader, full, min(a, b) if a != b else a, max(a, b))
    readings = [_full(reader, full, a, b), _full(reader, full, b, a)]
    if reader.anchor:  # one of the two near the article's own date
        near = [r for r in readings if r.when and abs((r.when.first - reader.anchor).days) <= 10]
        if len(near) == 1:
            return Reading(DATE, near[0].value, near[0].when, MentionBasis.EXPLICIT, VAGUE)
    return Reading(DATE, readings[0].value, readings[0].when, MentionBasis.EXPLICIT, DOUBTFUL)


def _month_day(reader: Reader, m: Match) -> Reading | None:
    word, groups = m["month"], m.groupdict()
    if not reader.capital(m.start("month")):
        return None
    month, day = _month(word), _day(m["day"])
    year = _told_year(reader, groups)
    first = _full(reader, year, month, day, groups.get("weekday")) if year else _yearless(reader, m, month, day)
    until = groups.get("until")
    if until is None or first.when is None:
        return first
    last_month = _month(groups["until_month"]) if groups.get("until_month") else month
    start = first.when.first
    last_year = int(groups.get("until_year") or start.year + (last_month < month))
    last = values.a_day(last_year, last_month, _day(until))
    when = last and values.span(first.when, last)
    return when and Reading(DATE, values.value(when), when, first.basis, first.confidence)


def _told_year(reader: Reader, groups: dict[str, str | None]) -> int | None:
    if year := groups.get("year"):
        return _year(year, reader)
    if (which := groups.get("which")) and reader.now:
        return reader.now.year + {"last": -1, "this": 0, "next": 1}[which]
    return None


def _yearless(reader: Reader, m: Match, month: int, day: int) -> Reading:
    """A month and a day: the nearest within 120 days; beyond that, tense decides."""
    value = f"XXXX-{month:02}-{day:02}"
    if (month, day) == (9, 11) and _TERROR.match(reader.low, m.end()):
        return Reading(DATE, "2001-09-11", values.a_day(2001, 9, 11), MentionBasis.EXPLICIT, MONTH_DAY)
    if reader.now is None:
        return Reading(DATE, value, None, MentionBasis.CONTEXT, VAGUE)
    rel = m.groupdict().get("rel") or ""
    years = range(reader.now.year - 4, reader.now.year + 5)
    candidates = [when.first for year in years if (when := values.a_day(year, month, day))]
    if not candidates:
        return Reading(DATE, value, None, reader.basis, DOUBTFUL)
    if reader.anchor is None:  # it follows the full date before it
        chosen = min(c for c in candidates if c >= reader.now)
    else:
        now = reader.anchor
        chosen = min(candidates, key=lambda c: abs((c - now).days))
        if rel in ("last", "this past") or _JUST_TOLD.search(reader.left(m.start())):
            chosen = max(c for c in candidates if c <= now)
        elif rel:
            chosen = min(c for c in candidates if c >= now)
        elif reader.loose and (chosen - now).days > 31:  # who types asks for what is stored
            chosen = max(c for c in candidates if c <= now)
        elif abs((chosen - now).days) > 120:
            ahead = reader.ahead(m.start(), m.end())
            chosen = min(c for c in candidates if c > now) if ahead else max(c for c in candidates if c < now)
    if weekday := m.groupdict().get("weekday"):
        agree = [c for c in candidates if c.weekday() == _weekday(weekday)]
        if chosen not in agree:
            return Reading(DATE, chosen.isoformat(), When.day(chosen), reader.basis, DOUBTFUL)
    return Reading(DATE, chosen.isoformat(), When.day(chosen), reader.basis, MONTH_DAY)


_JUST_TOLD = re.compile(r"\b(?:ended|since)(?: on)? $")
_TERROR = re.compile(r"(?:,? 2001)?,? (?:terror\w*|attacks?|hijack\w*|commission|suicide)")


def _month_year(reader: Reader, m: Match) -> Reading | None:
    groups = m.groupdict()
    if not reader.capital(m.start("month")):
        return None
    month, year = _month(m["month"]), _told_year(reader, groups)
    if year is None:
        return None
    when = values.a_month(year, month)
    if when and (until := groups.get("until_month")):
        last = values.a_month(year, _month(until))
        when = last and values.span(when, last)
    return _dated(when, MentionBasis.EXPLICIT if groups.get("year") else reader.basis, EXPLICIT)


# names of people and verbs, unless something says that a month is meant
_NAMELIKE = {"may", "march", "april", "june", "august"}
_IN = re.compile(
    r"(?:\b(?:in|since|by|until|till|during|from|to|through|for|and|or|between|before|after|of|last|next|this|early|late"
    r"|mid|each|every|as of|around|about|the|a|that|or|end|beginning|middle|past|coming|previous|following|since)|[-,(/])[ ]?$"
)


def _bare_month(reader: Reader, m: Match) -> Reading | None:
    word = m["month"]
    if not reader.capital(m.start("month")):
        return None
    if not reader.loose:
        short = word.rstrip(".") not in _MONTHS
        signed = _IN.search(reader.low, max(0, m.start() - 12), m.start()) is not None
        if (short or word in _NAMELIKE) and not signed:
            return None
        if short and not word.endswith("."):
            return None
        if word in _NAMELIKE and re.match(r"'s| [A-Z][a-z]", reader.cased[m.end() : m.end() + 3]):
            return None
    month = _month(word)
    now = reader.now
    if now is None:
        return Reading(DATE, f"XXXX-{month:02}", None, MentionBasis.CONTEXT, VAGUE)
    if reader.anchor is None:
        year = now.year + (month < now.month)
    elif month == now.month:
        year = now.year
    else:
        ahead = reader.ahead(m.start(), m.end()) or reader.left(m.start()).endswith("by ")
        year = now.year + (month < now.month) if ahead else now.year - (month > now.month)
    return _dated(values.a_month(year, month), reader.basis, BARE_MONTH)


def _which_month(reader: Reader, m: Match) -> Reading | None:
    if not reader.capital(m.start("month")) or reader.now is None:
        return None
    month, now = _month(m["month"]), reader.now
    match m["rel"]:
        case "last" | "past" | "this past":
            year = now.year - (month >= now.month)
        case "next" | "coming" | "this coming":
            year = now.year + (month <= now.month)
        case _:
            year = now.year
    return _dated(values.a_month(year, month), reader.basis, LAST_MONTH)


# --- years and longer -------------------------------------------------------------------------------------

_YEAR_BEFORE = re.compile(
    r"(?:\b(?:in|since|by|until|till|during|from|to|through|for|and|or|between|before|after|of|the|early|late|mid|fiscal"
    r"|year|around|about|circa|than|season|spring|summer|fall|autumn|winter|its|his|her|their|our|back|on|[a-z]+ber|[a-z]+ary|june|july|april|may"
    r"|august|march|every|as|versus|vs)|[(/,;:])[ ]$|[-(/]$|^$|\n$"
)
_PROPER = re.compile(r"\b[A-Z]\w* $")
_YEAR_NEVER = re.compile(
    r"(?:\bat|\bno\.?|\bnumber|\broom|\bflight|\broute|\bhighway|\bchannel|\bpage|\bmodel|\baged?|\bsome|\bnearly|\babout|\bover|than|[$£€#]) ?$"
)
_COUNTED = re.compile(
    r" (?:people|troops|soldiers|persons|men|women|children|dollars|euros|pounds|miles|feet|meters|metres|tons|tonnes|votes|hours"
    r"|gmt|est|edt|utc|local|residents|workers|jobs|homes|members|square|words|points|km|kilometers|acres|barrels|times|others"
    r"|years?|days|years|vehicles|cars|shares|students|police|officers|models?|rupees|yen|yuan|protesters|demonstrators|refugees)\b|%"
)


def _bare_year(reader: Reader, m: Match) -> Reading | None:
    year = int(m["year"])
    left = reader.low[max(0, m.start() - 12) : m.start()]
    if _YEAR_NEVER.search(left) or _COUNTED.match(reader.low, m.end()):
        return None
    signed = _YEAR_BEFORE.search(left) is not None
    if not signed and not reader.loose:
        if _PROPER.search(reader.cased, max(0, m.start() - 20), m.start()):
            return None  # Windows 2000
        if not 1900 <= year <= 2039 or re.match(r" [a-z]+s\b", reader.low[m.end() : m.end() + 20]):
            return None
        if year % 100 == 0:
            return None
    if year < 1400 and not re.search(r"\b(?:in|since|ad|year|of|from) $", left):
        return None
    return _dated(values.a_year(year), MentionBasis.EXPLICIT, YEAR)


def _years(reader: Reader, m: Match) -> Reading | None:
    first, last = int(m["year"]), m["until"]
    full = int(last) if len(last) == 4 else first // 100 * 100 + int(last)
    if len(last) == 2 and full <= first:
        full += 100
        if full - first > 2:  # 1998-01 is a month, 1999-00 a season
            return None
    if not first < full <= first + 150 or _YEAR_NEVER.search(reader.low, max(0, m.start() - 12), m.start()):
        return None
    start, end = values.a_year(first), values.a_year(full)
    return _dated(start and end and values.span(start, end), MentionBasis.EXPLICIT, EXPLICIT)


_NAMED_DECADES = {
    "twenties": 20,
    "thirties": 30,
    "forties": 40,
    "fifties": 50,
    "sixties": 60,
    "seventies": 70,
    "eighties": 80,
    "nineties": 90,
}


def _decade(reader: Reader, m: Match) -> Reading | None:
    word = m["decade"]
    if word in _NAMED_DECADES:
        if not re.search(
            r"\b(?:the|early|late|mid)[ -]$", reader.low[max(0, m.start("decade") - 8) : m.start("decade")]
        ):
            return None
        if re.search(r"\b(?:his|her|their) ", reader.low[max(0, m.start() - 6) : m.end()]):
            return None
        year = 1900 + _NAMED_DECADES[word]
    elif len(word.rstrip("s'")) <= 2 or word.startswith("'"):
        digits = int(word.strip("s'"))
        if not word.startswith("'") and re.search(
            r"\b(?:his|her|their|in|low|high|mid) ", reader.low[max(0, m.start() - 8) : m.end()]
        ):
            return None  # his 80s, temperatures in the 80s
        year = 1900 + digits if digits >= 20 else 2000 + digits
    else:
        year = int(word.rstrip("s'"))
        if year % 100 == 0 and year < 2000:
            return _dated(values.a_century(year), MentionBasis.EXPLICIT, YEAR)
    return _dated(values.a_decade(year), MentionBasis.EXPLICIT, YEAR)


def _century(reader: Reader, m: Match) -> Reading | None:
    n = _day(m["n"]) if m["n"] else 0
    return _dated(values.a_century((n - 1) * 100), MentionBasis.EXPLICIT, YEAR) if 1 <= n <= 30 else None


def _spelled_year(reader: Reader, m: Match) -> Reading | None:
    if m["thousand"]:
        rest = _number(m["rest"]) if m["rest"] else 0
        return _dated(values.a_year(2000 + int(rest or 0)), MentionBasis.EXPLICIT, YEAR)
    if m["year"].startswith("twenty") and not m["year"].startswith("twenty ten"):
        return None  # twenty thirty … counts things as often
    return _dated(values.a_year(_year(m["year"], reader)), MentionBasis.EXPLICIT, YEAR)


# --- weekdays and days relative to today ------------------------------------------------------------------


def _by_weekday(reader: Reader, m: Match) -> Reading | None:
    word, rel = m["weekday"], m["rel"] or ""
    if not reader.capital(m.start("weekday")):
        return None
    if word.endswith(".") and not reader.loose:
        return None
    now = reader.anchor
    n = _weekday(word)
    if now is None:
        if reader.loose or not reader.day:
            return Reading(DATE, f"XXXX-WXX-{n + 1}", None, MentionBasis.CONTEXT, VAGUE)
        return Reading(DATE, f"XXXX-WXX-{n + 1}", None, MentionBasis.CONTEXT, VAGUE)
    back = (now.weekday() - n) % 7
    on = (n - now.weekday()) % 7
    if rel.startswith(("last", "past", "this past")):
        by = -(back or 7)
    elif rel in ("the previous ", "the following "):
        base = reader.day.first if reader.day else now
        by = (base - now).days + (
            (n - base.weekday()) % 7 or 7 if "follow" in rel else -((base.weekday() - n) % 7 or 7)
        )
    elif rel.startswith(("next", "coming", "this coming")):
        by = on or 7
    elif rel.startswith("this"):
        by = on if on <= 6 else -back
    else:
        by = on if on and reader.ahead(m.start(), m.end()) else -back
    day = values.moved(now, by)
    if day is None:
        return None
    return _on(reader, day, m["part"], WEEKDAY_SURE if not rel else LAST_MONTH)


WEEKDAY_SURE = WEEKDAY_CONFIDENCE = 0.93


def _on(reader: Reader, day: date, part: str | None, confidence: float) -> Reading:
    value = day.isoformat()
    if part:
        return Reading(TIME, value + _PARTS[part], When.day(day), reader.basis, confidence)
    return Reading(DATE, value, When.day(day), reader.basis, confidence)


def _today(reader: Reader, m: Match) -> Reading | None:
    word = m["word"]
    now = reader.anchor
    if now is None:
        return Reading(DATE, "PRESENT_REF", None, MentionBasis.CONTEXT, VAGUE)
    if (
        word == "today"
        and re.search(r"\b(?:usa|the \w+ of|youth of|of) $", reader.left(m.start()))
        and not reader.loose
    ):
        return Reading(DATE, "PRESENT_REF", None, MentionBasis.ARTICLE, VAGUE)
    by = {"yesterday": -1, "tomorrow": 1}.get(word, 0)
    part = m["part"] or {"tonight": "night", "overnight": "night"}.get(word)
    if word == "last night":
        by, part = -1, "night"
    elif word.startswith("this "):
        part = word[5:]
    day = values.moved(now, by)
    return day and _on(reader, day, part, EXPLICIT if not word.startswith("overnight") else VAGUE)


# --- units relative to a date -----------------------------------------------------------------------------


def _of_unit(unit: str, day: date, by: int) -> When | None:
    """The `unit` that holds `day`, moved `by` units."""
    match unit:
        case "day":
            there = values.moved(day, by)
            return there and When.day(there)
        case "week":
            there = values.moved(day, 7 * by)
            return there and values.a_week(there)
        case "fortnight":
            there = values.moved(day, 14 * by)
            return there and values.a_week(there)
        case "weekend":
            there = values.moved(day, 7 * by)
            return there and values.a_weekend(there)
        case "month":
            there = values.shifted(day, by)
            return values.a_month(there.year, there.month)
        case "quarter":
            there = values.shifted(day, 3 * by)
            return values.a_quarter(there.year, (there.month + 2) // 3)
        case "year":
            return values.a_year(day.year + by)
        case "decade":
            return values.a_decade(day.year + 10 * by)
        case "century" | "centurie":
            return values.a_century(day.year + 100 * by)
    return None


def _which_unit(reader: Reader, m: Match) -> Reading | None:
    rel, unit = m["rel"].removeprefix("the "), m["unit"]
    if m["rel"] == "the next" and reader.told(*Precision):
        rel = "following"  # the next day: after the one told of
    if unit == "period":
        unit = "quarter"
    if unit == "quarter" and rel in ("latest", "that", "same", "that same", "last", "past") and reader.anchor:
        told = None if rel in ("last", "past", "latest") else reader.told(Precision.QUARTER)
        told = told or _of_unit("quarter", reader.anchor, -1)
        return _dated(told, MentionBasis.CONTEXT, VAGUE)
    if rel == "latest" and unit != "week":
        return None
    if unit in _SEASONS:
        return _which_season(reader, rel, unit)
    now = reader.anchor
    if rel in ("previous", "following", "same", "that", "that same", "preceding"):
        now = _context(reader, unit)
    if now is None:
        return None
    by = {
        "last": -1,
        "past": -1,
        "previous": -1,
        "preceding": -1,
        "next": 1,
        "coming": 1,
        "following": 1,
        "this past": -1,
        "this coming": 1,
    }.get(rel, 0)
    if unit in ("decade", "century") and rel in ("last", "past"):
        return None
    if unit == "weekend" and rel in ("last", "past", "this past") and now.weekday() < 5:
        by = -1
    when = _of_unit(unit, now, by)
    if when is None:
        return None
    basis = (
        MentionBasis.CONTEXT
        if rel in ("previous", "following", "same", "that", "that same", "preceding")
        else reader.basis
    )
    value = values.value(values.a_week(when.first)) + "-WE" if unit == "weekend" else ""
    return _dated(when, basis, LAST_MONTH if basis is not MentionBasis.CONTEXT else VAGUE, value)


def _week_of(reader: Reader, m: Match) -> Reading | None:
    day = _month_day(reader, m)
    return day and day.when and _dated(values.a_week(day.when.first), day.basis, day.confidence)


def _year_end(reader: Reader, m: Match) -> Reading | None:
    year = reader.now and values.a_year(reader.now.year)
    return year and _dated(values.part(year, "END"), reader.basis, BARE_MONTH)


def _context(reader: Reader, unit: str) -> date | None:
    """The date that "the next day" or "that year" goes back to."""
    finer = [Precision.DAY, Precision.RANGE]
    finer += [Precision.WEEK] if unit == "week" else []
    finer += [Precision.MONTH] if unit not in ("day", "week", "weekend", "fortnight") else []
    finer += [Precision.QUARTER, Precision.SEASON] if unit in ("quarter", "year", "decade", "century") else []
    finer += [Precision.YEAR] if unit in ("year", "decade", "century") else []
    told = reader.told(*finer)
    return told.first if told else reader.now


def _which_season(reader: Reader, rel: str, word: str) -> Reading | None:
    now = reader.anchor
    if now is None:
        return None
    season = _SEASONS[word]
    this = values.a_season(now.year, season)
    if this is None:
        return None
    match rel:
        case "last" | "past" | "this past" | "previous":
            year = now.year if this.last < now else now.year - 1
        case "next" | "coming":
            year = now.year if this.first > now else now.year + 1
        case _:
            year = now.year - (season == "WI" and now.month < 3)
    return _dated(values.a_season(year, season), reader.basis, LAST_MONTH)


def _season(reader: Reader, m: Match) -> Reading | None:
    year = _told_year(reader, m.groupdict())
    if year:
        when = values.a_season(year, _SEASONS[m["season"]])
        return _dated(when, MentionBasis.EXPLICIT if m["year"] else reader.basis, YEAR)
    left = reader.low[max(0, m.start() - 12) : m.start()]
    if m["season"] in ("fall", "spring") and (not m["the"] or reader.low.startswith(" of ", m.end())):
        return None
    if not re.search(r"\b(?:in|since|by|until|during|from|through|before|after|over|for|of|early|late|mid)[ -]$", left):
        return None
    return _which_season(reader, "next" if reader.ahead(m.start(), m.end()) else "this", m["season"])


_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "final": 4, "last": 4}


def _quarter(reader: Reader, m: Match) -> Reading | None:
    groups, now = m.groupdict(), reader.now
    n = int(groups["digit"]) if groups.get("digit") else _NTH[m["n"]]
    year = _told_year(reader, groups) or (int(groups["before"]) if groups.get("before") else None)
    basis = MentionBasis.EXPLICIT if groups.get("year") or groups.get("before") else reader.basis
    if now and (of := groups.get("of")):
        year = now.year + {"last": -1, "this": 0, "next": 1, "year": -1}[of[:4]]
    if groups.get("half") == "half":
        if year is None or n == 3:
            return None
        n = min(n, 2)
        return _dated(values.a_half(year, n), basis, YEAR, f"{year:04}-H{n}")
    if year is None:
        if now is None:
            return None
        ahead = n - (now.month + 2) // 3 > 1 and not reader.ahead(m.start(), m.end())
        year = now.year - ahead
    return _dated(values.a_quarter(year, n), basis, BARE_MONTH)


def _ago(reader: Reader, m: Match) -> Reading | None:
    unit, way = m["unit"], m["way"]
    number = _number(m["n"]) if m["n"] else 1
    past = way in ("ago", "earlier", "before", "previously", "back", "prior")
    if way in ("before", "after", "prior", "back") and not re.match(
        r" ?[.,;:)?!\"]|\n|$| and ", reader.low[m.end() : m.end() + 5]
    ):
        return None  # "two days after the vote" goes by the vote
    if number is None:
        return Reading(DATE, "PAST_REF" if past else "FUTURE_REF", None, MentionBasis.ARTICLE, VAGUE)
    from_now = way in ("ago", "from now", "back")
    by = (-1 if past else 1) * int(number)
    if unit in ("hour", "minute", "second") or number != int(number):
        return None
    if unit == "year" and reader.anchor and by == -1:
        told = reader.told(Precision.QUARTER, Precision.YEAR)
        if told and told.precision is Precision.QUARTER:  # profit against a year earlier
            return _dated(
                values.a_quarter(told.first.year - 1, (told.first.month + 2) // 3), MentionBasis.CONTEXT, VAGUE
            )
        return _dated(values.a_year(reader.anchor.year - 1), MentionBasis.ARTICLE, VAGUE)
    base = reader.now if from_now else _context(reader, unit)
    if base is None:
        return None
    when = _of_unit(unit, base, by)
    if when and unit == "decade":
        when = values.a_year(base.year + 10 * by)
    basis = reader.basis if from_now else MentionBasis.CONTEXT
    return _dated(when, basis, RELATIVE if unit == "day" and from_now else VAGUE)


# --- durations and sets -----------------------------------------------------------------------------------


def _duration(reader: Reader, m: Match) -> Reading | None:
    unit, number = m["unit"] or m["units"], m["n"]
    amount = _number(number) if number else None
    count = "X" if amount is None else f"{amount:g}"
    if re.match(r"[ -]?(?:years?|months?|weeks?|days?)?[ -]old\b", reader.low[m.end() : m.end() + 12]):
        return None
    match unit:
        case "decade":
            value = f"P{int(amount * 10)}Y" if amount else "PXE"
        case "century" | "centurie":
            value = f"P{int(amount * 100)}Y" if amount else "PXC"
        case "fortnight":
            value = f"P{int((amount or 1) * 2)}W"
        case "weekend":
            value = "P2D"
        case _ if unit in ("hour", "minute", "second"):
            whole = int(amount) if amount is not None else 0
            value = f"PT{whole}H30M" if unit == "hour" and amount and amount % 1 else f"PT{count}{_SYMBOL[unit]}"
        case _:
            value = f"P{int(amount)}Y6M" if unit == "year" and amount and amount % 1 else f"P{count}{_SYMBOL[unit]}"
    return Reading(DURATION, value)


_PART_OF = re.compile(r"\b(?:end|start|beginning|middle|early|late|earlier|later)(?: of| in)? $")


def _single(reader: Reader, m: Match) -> Reading | None:
    """ "a year", "the quarter", "one day"."""
    unit, word = m["unit"], m["word"]
    if unit == "second":
        return None
    left = reader.left(m.start())
    if unit in ("hour", "minute"):
        return Reading(DURATION, f"PT1{_SYMBOL[unit]}") if word in ("an", "one", "a") else None
    value = {"decade": "P10Y", "century": "P100Y", "weekend": "P2D", "fortnight": "P2W", "centurie": "P100Y"}.get(
        unit
    ) or f"P1{_SYMBOL[unit]}"
    if word in ("the",):
        if unit == "quarter" and reader.anchor:
            if told := reader.told(Precision.QUARTER):
                return _dated(told, MentionBasis.CONTEXT, VAGUE)
            return _dated(_of_unit("quarter", reader.anchor, -1), reader.basis, VAGUE)
        if unit == "weekend" and reader.anchor:
            back = reader.anchor.weekday() < 5 and not reader.ahead(m.start(), m.end())
            when = values.a_weekend(reader.anchor - timedelta(days=7 * back))
            return _dated(when, reader.basis, VAGUE, values.value(values.a_week(when.first)) + "-WE")
        if unit == "week" and reader.anchor:
            return _dated(values.a_week(reader.anchor), reader.basis, VAGUE)
        if unit in ("month", "year") and reader.anchor and _PART_OF.search(left):
            return _dated(_of_unit(unit, reader.anchor, 0), reader.basis, LAST_MONTH)
        if unit == "year":
            ended = re.match(r" (?:ended|ending|to )|-", reader.low[m.end() : m.end() + 8])
            now = reader.now
            return (
                Reading(DURATION, "P1Y")
                if ended or now is None
                else _dated(values.a_year(now.year), reader.basis, VAGUE)
            )
        return None
    if re.search(
        r"(?:%|percent|[$£€]?[\d,.]+|million|billion|barrels|tons|times|dollars|once|twice|cents|people) $", left
    ):
        return None  # so much a year
    return None if unit == "quarter" else Reading(DURATION, value)


def _set(reader: Reader, m: Match) -> Reading | None:
    if m["weekday"]:
        return Reading(SET, f"XXXX-WXX-{_weekday(m['weekday']) + 1}")
    if m["month"]:
        return Reading(SET, f"XXXX-{_month(m['month']):02}")
    if m["season"]:
        return Reading(SET, f"XXXX-{_SEASONS[m['season']]}")
    unit = m["unit"]
    amount = _number(m["n"]) if m["n"] else 1
    time = "T" if unit in ("hour", "minute", "second") else ""
    symbol = {"decade": "0Y", "weekend": "W", "century": "00Y", "fortnight": "W"}.get(unit) or _SYMBOL.get(unit, "D")
    return Reading(SET, f"P{time}{amount or 1:g}{symbol}")


_REGULAR = {"daily": "P1D", "nightly": "P1D", "weekly": "P1W", "monthly": "P1M", "yearly": "P1Y", "hourly": "PT1H"}


def _regular(reader: Reader, m: Match) -> Reading | None:
    if not reader.loose and reader.cased[m.start()].isupper():
        return None  # the Daily Telegraph, People's Daily
    return Reading(SET, _REGULAR[m[0]])


def _reference(reader: Reader, m: Match) -> Reading | None:
    word = m[0].removeprefix("in ").removeprefix("the ").removeprefix("right ")
    if word == "now" and re.match(r" that\b|-|!", reader.low[m.end() : m.end() + 6]):
        return None
    match word.split()[0]:
        case "now" | "currently" | "current" | "present" | "these" | "nowadays":
            value = "PRESENT_REF"
        case "future" | "near" | "coming" | "soon" | "foreseeable":
            value = "FUTURE_REF"
        case _:
            value = "PAST_REF"
    return Reading(DATE, value, None, MentionBasis.ARTICLE)


# --- times of day -----------------------------------------------------------------------------------------


def _clock(reader: Reader, m: Match) -> Reading | None:
    word = m["clock"]
    if found := re.match(r"(\d{1,2})(?:[:.](\d\d))?", word):
        hour, minute = int(found[1]), found[2]
        if "p" in word[found.end() :] and hour < 12:
            hour += 12
        elif "a" in word[found.end() :] and hour == 12:
            hour = 0
        if hour > 23:
            return None
        clock = f"T{hour:02}:{minute or '00'}"
    else:
        clock = {"noon": "T12:00", "midday": "T12:00", "midnight": "T24:00"}[word]
    day = reader.day.first if reader.day else reader.anchor
    if day is None:
        return Reading(TIME, f"XXXX-XX-XX{clock}", None, MentionBasis.CONTEXT, VAGUE)
    return Reading(TIME, day.isoformat() + clock, When.day(day), reader.basis, VAGUE)


# --- feasts -----------------------------------------------------------------------------------------------

_FEASTS: dict[str, Callable[[int], date]] = {
    "new year's eve": lambda y: date(y, 12, 31),
    "new year's day": lambda y: date(y, 1, 1),
    "martin luther king day": lambda y: values.nth(y, 1, 0, 3),
    "valentine's day": lambda y: date(y, 2, 14),
    "presidents' day": lambda y: values.nth(y, 2, 0, 3),
    "good friday": lambda y: values.easter(y) - timedelta(days=2),
    "easter sunday": values.easter,
    "easter monday": lambda y: values.easter(y) + timedelta(days=1),
    "easter": values.easter,
    "may day": lambda y: date(y, 5, 1),
    "memorial day": lambda y: values.nth(y, 5, 0, 0),
    "independence day": lambda y: date(y, 7, 4),
    "bastille day": lambda y: date(y, 7, 14),
    "labor day": lambda y: values.nth(y, 9, 0, 1),
    "columbus day": lambda y: values.nth(y, 10, 0, 2),
    "halloween": lambda y: date(y, 10, 31),
    "election day": lambda y: values.nth(y, 11, 0, 1) + timedelta(days=1),
    "veterans day": lambda y: date(y, 11, 11),
    "thanksgiving day": lambda y: values.nth(y, 11, 3, 4),
    "thanksgiving": lambda y: values.nth(y, 11, 3, 4),
    "christmas eve": lambda y: date(y, 12, 24),
    "christmas day": lambda y: date(y, 12, 25),
    "christmas": lambda y: date(y, 12, 25),
    "boxing day": lambda y: date(y, 12, 26),
}
_FEAST = "|".join(sorted(_FEASTS, key=len, reverse=True))


def _feast(reader: Reader, m: Match) -> Reading | None:
    if not reader.capital(m.start("feast")):
        return None
    make, now = _FEASTS[m["feast"]], reader.now
    year = _told_year(reader, m.groupdict())
    if year:
        return _dated(When.day(make(year)), MentionBasis.EXPLICIT, EXPLICIT)
    if now is None or not 1600 < now.year < 3000:
        return None
    candidates = [make(now.year + by) for by in (-1, 0, 1)]
    rel = m["rel"]
    if rel in ("last", "past"):
        chosen = max(c for c in candidates if c < now)
    elif rel == "next":
        chosen = min(c for c in candidates if c > now)
    else:
        chosen = min(candidates, key=lambda c: abs((c - now).days))
        if abs((chosen - now).days) > 120:
            ahead = reader.ahead(m.start(), m.end())
            chosen = min(c for c in candidates if c > now) if ahead else max(c for c in candidates if c < now)
    return _dated(When.day(chosen), reader.basis, LAST_MONTH)


def _nine_eleven(reader: Reader, m: Match) -> Reading | None:
    return _dated(values.a_day(2001, 9, 11), MentionBasis.EXPLICIT, EXPLICIT)


# --- the list ---------------------------------------------------------------------------------------------

_OPEN_DAY = (
    r"(?:(?P<weekday>"
    + WEEKDAY
    + r"|(?:mon|tue|wed|thu|fri|sat|sun)(?=,))(?: ?,| the)? )?(?:the )?(?:(?P<rel>last|this past|next|this|this coming) )?"
)
_ENDS = r"(?= ?[.,;:)?!\"']| -|\n|$| (?:in|at|to|for|on|with|by|from|of|and|or|as|when|where|after|before|during|between|the|a)\b)"
_REL = r"(?:the )?(?:last|past|next|this|coming|previous|following|same|that same|that|current|latest|preceding|this past|this coming)"

RULES: tuple[tuple[re.Pattern[str], Handler], ...] = tuple(
    (re.compile(pattern), handler)
    for pattern, handler in (
        (r"(?P<year>1[5-9]\d\d|20\d\d)([-/])(?P<month>\d\d?)\2(?P<day>\d\d?)(?:t[\d:.]+z?)?(?![\w/])", _iso),
        (r"(?P<a>\d\d?)(?P<sign>[/.-])(?P<b>\d\d?)(?P=sign)(?P<year>(?:19|20)\d\d|\d\d)(?![\w/]|-\d|\.\d)", _numeric),
        (rf"{_OPEN_DAY}(?P<month>{MONTH}) (?:the )?(?P<day>{DAY}){_OF_YEAR}?", _month_day),
        (
            rf"{_OPEN_DAY}(?P<month>{MONTH}) (?P<day>{DAY})(?: ?[-/] ?(?:(?P<until_month>{MONTH}) )?| to | through )(?P<until>{DAY}){_OF_YEAR}?",
            _month_day,
        ),
        (
            rf"{_OPEN_DAY}(?P<month>{MONTH}) (?P<day>{DAY}) (?:and|&) (?P<until>{DAY})(?:{_OF_YEAR}|{_ENDS})",
            _month_day,
        ),
        (
            rf"(?P<month>{MONTH}) (?P<day>{DAY}){_OF_YEAR} ?- ?(?P<until_month>{MONTH}) (?P<until>{DAY}),? (?P<until_year>{LONG_YEAR})",
            _month_day,
        ),
        (rf"{_OPEN_DAY}(?P<day>{DAY})(?: of)?[ -](?P<month>{MONTH}){_OF_YEAR}?", _month_day),
        (
            rf"{_OPEN_DAY}(?P<day>{DAY}) ?(?:-|/|to|and) ?(?P<until>{DAY})(?: of)? (?P<month>{MONTH}){_OF_YEAR}?",
            _month_day,
        ),
        (rf"(?P<month>{MONTH}){_OF_YEAR}", _month_year),
        (rf"(?P<month>{MONTH}) ?- ?(?P<until_month>{MONTH}){_OF_YEAR}", _month_year),
        (rf"(?P<month>{MONTH})", _bare_month),
        (
            rf"(?P<rel>last|next|this|past|coming|this past|this coming|the same|the previous) (?P<month>{MONTH})",
            _which_month,
        ),
        (rf"(?P<year>{LONG_YEAR})", _bare_year),
        (r"(?P<year>(?:1[5-9]|20)\d\d) ?[-/] ?(?P<until>\d{4}|\d\d)(?![\w/]|[-.,]\d)", _years),
        (
            r"(?:the )?(?P<decade>(?:1[5-9]|20)\d0'?s|'\d0s|[2-9]0s|twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties)\b",
            _decade,
        ),
        (rf"(?:the )?(?P<n>\d\d?(?:st|nd|rd|th)|{_ORDINAL})[ -]century", _century),
        (
            rf"(?P<year>{SPELLED_YEAR})|the year (?P<thousand>two thousand)(?: and)?(?: (?P<rest>{_ONES}))?\b",
            _spelled_year,
        ),
        (
            rf"(?P<rel>(?:last|next|this|this past|this coming|past|coming|the previous|the following) )?(?P<weekday>{WEEKDAY})(?:'s)?(?: (?P<part>{PART})\b)?",
            _by_weekday,
        ),
        (
            rf"(?P<word>today|yesterday|tomorrow|tonight|overnight|last night|this (?:morning|afternoon|evening))\b(?:'s)?(?: (?P<part>{PART})\b)?",
            _today,
        ),
        (rf"(?P<rel>{_REL}) (?:fiscal )?(?P<unit>{UNIT}|{SEASON})\b(?:'s)?", _which_unit),
        (r"(?P<rel>the latest) (?P<unit>period)\b", _which_unit),
        (rf"(?:the )?week of (?P<month>{MONTH}) (?P<day>{DAY}){_OF_YEAR}?", _week_of),
        (r"year-end\b|year's end\b|year end\b", _year_end),
        (rf"(?P<the>the )?(?P<season>{SEASON}){_OF_YEAR}?\b", _season),
        (
            rf"(?:the )?(?:(?P<of>this year's|last year's|next year's|year-ago|year-earlier) )?(?:fiscal[ -])?(?:(?P<before>{LONG_YEAR}) )?(?P<n>first|second|third|fourth|final|last|1st|2nd|3rd|4th)[ -](?P<half>quarter|half)\b{_OF_YEAR}?",
            _quarter,
        ),
        (rf"(?P<n>q)(?P<digit>[1-4]){_OF_YEAR}?\b", _quarter),
        (
            rf"(?P<n>{NUMBER}|an?|{SOME})[ -](?P<unit>{UNIT})s? (?P<way>ago|earlier|later|before|after|from now|back|prior|previously)\b",
            _ago,
        ),
        (
            r"(?:the |a )?(?:comparable )?(?P<n>)(?P<unit>year|month|week|day)-(?P<way>ago|earlier)(?: (?:period|quarter))?",
            _ago,
        ),
        (
            rf"(?:the |an )?(?:(?:last|past|next|first|previous|coming|following|final|another|additional|each of the past) ){{0,3}}(?P<n>{NUMBER}|{SOME})(?: more| straight| consecutive| trading| full| additional)?(?:[ -](?P<unit>{UNIT})|[ ](?P<units>{UNIT})s)\b",
            _duration,
        ),
        (
            rf"(?:the )?(?:(?:last|past|next|coming|few|many|early) ){{1,3}}(?P<n>)(?P<unit>{UNIT})s(?P<units>)\b(?: (?:ahead|to come|ago))?",
            _duration,
        ),
        (
            rf"(?P<word>an?|the|one|per|another) (?:(?:full|fiscal|whole|additional|entire) )?(?P<unit>{UNIT})\b",
            _single,
        ),
        (
            rf"(?:each|every)(?: (?P<n>{NUMBER}|other))? (?:(?P<weekday>{WEEKDAY})|(?P<month>{MONTH})|(?P<season>{SEASON})|(?P<unit>{UNIT}|morning|night|evening)s?)\b",
            _set,
        ),
        (rf"(?:{'|'.join(_REGULAR)})\b", _regular),
        (
            r"(?:right )?now\b|currently\b|current\b|nowadays\b|these days\b|the (?:near |foreseeable )?future\b|in future\b|in the past\b(?! \w+s?\b)|recently\b|recent (?:years|months|weeks|days|decades|times)\b|the present\b",
            _reference,
        ),
        (rf"(?P<clock>{CLOCK}){ZONE}", _clock),
        (rf"(?:(?P<rel>last|next|this|past) )?(?P<feast>{_FEAST})\b{_OF_YEAR}?", _feast),
        (r"9/11\b(?!/)", _nine_eleven),
    )
)

# "early", "mid-", "the end of" before a date, and the part of it that they name
PARTIAL = re.compile(
    r"(?:the )?(?:(?P<START>early(?: on| in)?|beginning of|start of|earlier(?: on| in)?|first part of)|(?P<MID>mid|middle of)"
    r"|(?P<END>late(?: on| in)?|end of|later(?: on| in)?|last part of|close of))[ -]"
)

# where a match may start
START = re.compile(
    r"(?<![\w$£€#])(?=(?<![.,:/-])\d|'\d0s|(?<!-)(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun"
    r"|the|a |an |one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirt|fourt|fift|sixt|sevent|eigh|ninet|twent"
    r"|fort|several|many|some|few|a[ -]|last|past|next|this|coming|previous|following|same|that|current|latest|preceding|first"
    r"|second|third|final|fiscal|q[1-4]|spring|summer|autumn|fall|winter|today|yesterday|tomorrow|tonight|overnight|year|month"
    r"|week|day|hour|minute|decade|centur|quarter|each|every|daily|nightly|weekly|monthly|yearly|hourly|in future|in the past|right now|now|recent|future|near"
    r"|foreseeable|these days|noon|mid|early|late|beginning|start|end|close|another|additional|per|new year|martin l|valentine"
    r"|president|good friday|easter|memorial|independence d|bastille|labor d|columbus|halloween|election d|veterans"
    r"|thanksgiving|christmas|boxing|almost|fourth|fifth|1st))"
)
