"""What rules of the grammar are made of: pieces of patterns, words as numbers, how sure each kind of date is.

Patterns are read against folded lower-case text (`reader.Folded`).
"""
# ruff: noqa: SIM905 - a list of words reads best as one text

from __future__ import annotations

import re

from bot.dates import values
from bot.dates.reader import Reader, Reading
from bot.model import MentionBasis, Precision, TimexType, When

Match = re.Match[str]

_COUNTED = re.compile(
    r" (?:people|troops|soldiers|persons|men|women|children|dollars|euros|pounds|miles|feet|meters|metres|tons|tonnes"
    r"|votes|hours|gmt|est|edt|utc|local|residents|workers|jobs|homes|members|square|words|points|km|kilometers|acres"
    r"|barrels|times|others|years?|days|vehicles|cars|shares|students|police|officers|models?|rupees|yen|yuan|protesters"
    r"|demonstrators|refugees|cases|deaths|percent|per cent|million|billion|degrees|guests|fans|passengers|supporters)\b|%"
)

# share that was right on development data, by kind
EXPLICIT, MONTH_DAY, YEAR, WEEKDAY_ALONE, RELATIVE_MONTH, BARE_MONTH, DAYS_AGO = 0.98, 0.96, 0.94, 0.93, 0.92, 0.91, 0.9
VAGUE = 0.45  # "N units ago", "the quarter": never an entry of its own
FARTHEST = 2200  # no year of a text that does not say when it was written lies beyond
DOUBTFUL = 0.3  # contradicts itself, or can be read in two ways

_MONTHS = "january february march april may june july august september october november december".split()
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
    " sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth"
    " twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
).split()
_NUMBERS = {
    word: n
    for n, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
        " eighteen nineteen".split()
    )
}
_TENS = {word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_COUNTS = {"a": 1, "an": 1, "a couple": 2, "a couple of": 2, "couple of": 2, "a dozen": 12, "a hundred": 100}
SEASONS = {"spring": "SP", "summer": "SU", "autumn": "FA", "fall": "FA", "winter": "WI"}
PARTS = {"morning": "TMO", "afternoon": "TAF", "evening": "TEV", "night": "TNI", "overnight": "TNI"}

MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan\.?|feb\.?|mar\.?|apr\.?|jun\.?|jul\.?|aug\.?|sept?\.?|oct\.?|nov\.?|dec\.?)(?!\w)"
)
WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon\.|tues?\.|wed\.|thurs?\.|thu\.|fri\.|sat\.|sun\.)(?!\w)"
WEEKDAY_WORD = re.compile(rf"\b(?:{WEEKDAY}|(?:mon|tue|wed|thu|fri|sat|sun)(?=,))")
ORDINAL = "|".join(sorted(_ORDINALS, key=len, reverse=True))
# more digits, or a thing counted, and it was no day
_NO_COUNT = r"(?!\w|[.,:/]\d| ?%| percent| per cent| (?:million|billion|trillion|point|mile|minute|hour)s?\b)"
DAY = rf"(?:(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?|{ORDINAL}){_NO_COUNT}"
_NO_NUMBER = r"(?!\d|[,.]\d|-?\w)"
LONG_YEAR = rf"(?:1[0-9]|20)\d\d{_NO_NUMBER}"
SEASON = "(?:spring|summer|autumn|fall|winter)"
UNIT = "(?:second|minute|hour|day|week|weekend|fortnight|month|quarter|year|decade|century|centurie)"
_TEN, ONES = "|".join(_TENS), "|".join(sorted(list(_NUMBERS)[1:], key=len, reverse=True))
NUMBER = (
    rf"(?:\d{{1,3}}(?:[ -]1/2|\.\d)?|(?:{_TEN})(?:[ -](?:{ONES}))?|{ONES}"
    r"|a hundred|a dozen|a couple(?: of)?|couple of)"
)
SOME = "(?:a few|several|many|some|a number of|few)"
PART = "(?:morning|afternoon|evening|night|overnight)"
_HOUR = r"(?:[01]?\d|2[0-3])"
CLOCK = (
    rf"(?:{_HOUR}(?:[:.][0-5]\d)? ?(?:[ap]\.m\.?|[ap]m\b)|{_HOUR}:[0-5]\d(?: (?:gmt|est|edt|utc)\b)?(?![\d:])"
    r"|noon\b|midnight\b|midday\b)"
)
ZONE = r"(?: (?:[ecmp][sd]t|gmt|utc|local time|local|\([^()]{1,20}\))){0,3}"
SPELLED_YEAR = rf"(?:nineteen|twenty) (?:(?:{_TEN})(?:[- ](?:{ONES}))?|(?:{'|'.join(list(_NUMBERS)[10:])}))\b"
OF_YEAR = (
    rf"(?: ?,? (?:of |in )?(?P<year>[12]\d\d\d{_NO_NUMBER}|'\d\d\b|{SPELLED_YEAR})"
    r"| (?:of )?(?P<which>last|this|next|that|the same) year)"
)


def number(words: str) -> float | None:
    """The number that `words` name; None for an unknown count."""
    if found := re.match(r"(\d+)(?:[ -](1)/2|(\.\d))?$", words):
        return int(found[1]) + (0.5 if found[2] else float(found[3] or 0))
    if words in _COUNTS:
        return _COUNTS[words]
    parts = [_TENS.get(word, _NUMBERS.get(word)) for word in re.split("[ -]", words)]
    return None if None in parts else sum(part for part in parts if part)


def month(word: str) -> int:
    return next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(word[:3]))


def is_short(word: str) -> bool:
    """Whether a month is abbreviated."""
    return word.rstrip(".") not in _MONTHS


def weekday(word: str) -> int:
    return next(n for n, name in enumerate(_DAYS) if name.startswith(word[:3]))


def day(word: str) -> int:
    return _ORDINALS.index(word) + 1 if word in _ORDINALS else int(word.rstrip("stndrh"))


def nth(word: str) -> int:
    """Which one, counted from 1; 0 for the last."""
    return 0 if word in {"last", "final"} else _ORDINALS.index(word) + 1 if word in _ORDINALS else int(word[0])


def counted(reader: Reader, end: int) -> bool:
    """Whether a thing that is counted follows: the number before it was no year."""
    return _COUNTED.match(reader.low, end) is not None


def year(word: str, reader: Reader) -> int:
    """A year as written: "2018", "'18", "nineteen ninety-one"."""
    if word[0].isalpha():
        high, low = word.split(" ", 1)
        return int(100 * (number(high) or 0) + (number(low) or 0))
    if not word.startswith("'"):
        return int(word)
    short, latest = int(word[1:]), (reader.now.year if reader.now else 2030) + 10
    return next((full + short for full in (2000, 1900, 1800) if full + short <= latest), 1800 + short)


def told_year(reader: Reader, m: Match) -> int | None:
    """The year that OF_YEAR matched."""
    groups = m.groupdict()
    if word := groups.get("year"):
        return year(word, reader)
    which = groups.get("which")
    if which in {"that", "the same"}:
        told = reader.told(*Precision)
        return told.first.year if told else None
    return reader.now.year + {"last": -1, "this": 0, "next": 1}[which] if which and reader.now else None


def dated(when: When | None, basis: MentionBasis, confidence: float, value: str = "") -> Reading | None:
    """A DATE; None where the calendar has no such days."""
    if when is None:
        return None
    return Reading(TimexType.DATE, value or values.timex(when), when, basis, confidence)


def unplaced(value: str, confidence: float = EXPLICIT, basis: MentionBasis = MentionBasis.ARTICLE) -> Reading:
    """A DATE that names no days of the calendar."""
    return Reading(TimexType.DATE, value, None, basis, confidence)
