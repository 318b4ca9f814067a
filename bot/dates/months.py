"""Rules for months, with their year or without, and for what is counted within them."""

from __future__ import annotations

import re

from bot.dates import pieces, values
from bot.dates.pieces import EXPLICIT, VAGUE, Match, dated, told_year, unplaced
from bot.dates.reader import Reader, Reading
from bot.model import MentionBasis, Precision, When


def month_year(reader: Reader, m: Match) -> Reading | None:
    year = told_year(reader, m)
    if year is None or not reader.names(m.start("month"), m["month"]):
        return None
    when = values.a_month(year, pieces.month(m["month"]))
    if when and (until := m.groupdict().get("until_month")):
        last = values.a_month(year, pieces.month(until))
        when = last and values.span(when, last)
    return dated(when, MentionBasis.EXPLICIT if m["year"] else reader.basis, EXPLICIT)


# names of people and verbs too, unless something says that a month is meant
_NAMELIKE = {"may", "march", "april", "june", "august"}
_IN = re.compile(
    r"(?:\b(?:in|since|by|until|till|during|from|to|through|for|and|or|between|before|after|of|last|next|this|early|late"
    r"|mid|each|every|as of|around|about|the|a|that|end|beginning|middle|past|coming|previous|following)|[-,(/]) ?$"
)


def bare_month(reader: Reader, m: Match) -> Reading | None:
    word, month, now = m["month"], pieces.month(m["month"]), reader.now
    if not reader.names(m.start("month"), word) or not (reader.loose or _is_month(reader, m, word)):
        return None
    if now is None:
        return unplaced(f"XXXX-{month:02}", VAGUE, MentionBasis.CONTEXT)
    if reader.anchor is None or month == now.month:
        year = now.year + (month < now.month)
    else:
        ahead = reader.ahead(m.start(), m.end()) or reader.left(m.start()).endswith("by ")
        year = now.year + (month < now.month) if ahead else now.year - (month > now.month)
    return dated(values.a_month(year, month), reader.basis, pieces.BARE_MONTH)


def _is_month(reader: Reader, m: Match, word: str) -> bool:
    short = pieces.is_short(word)
    if short and not word.endswith("."):
        return False
    if not short and word not in _NAMELIKE:
        return True
    named = word in _NAMELIKE and re.match(r"'s| [A-Z][a-z]", reader.cased[m.end() : m.end() + 3])
    start = m.start("month")
    return not named and _IN.search(reader.low, max(0, start - 12), start) is not None


def which_month(reader: Reader, m: Match) -> Reading | None:
    """A month beside this one: "last June" is the latest before it."""
    if not reader.names(m.start("month"), m["month"]) or reader.now is None:
        return None
    month, now = pieces.month(m["month"]), reader.now
    match m["rel"]:
        case "last" | "past" | "this past":
            year = now.year - (month >= now.month)
        case "next" | "coming" | "this coming":
            year = now.year + (month <= now.month)
        case _:
            year = now.year
    return dated(values.a_month(year, month), reader.basis, pieces.RELATIVE_MONTH)


# --- several, and parts of one -----------------------------------------------------------------------------


def months(reader: Reader, m: Match) -> Reading | None:
    """From month to month: "between June and August"."""
    if not (reader.names(m.start("month"), m["month"]) and reader.names(m.start("until_month"), m["until_month"])):
        return None
    first, last = pieces.month(m["month"]), pieces.month(m["until_month"])
    until = told_year(reader, m)
    if until is None:
        begun = bare_month(reader, m) if reader.now else None
        if begun is None or begun.when is None:
            return None
        until = begun.when.first.year + (last < first)
    since, till = values.a_month(until - (last < first), first), values.a_month(until, last)
    basis = MentionBasis.EXPLICIT if m.groupdict().get("year") else reader.basis
    return dated(since and till and values.span(since, till), basis, pieces.BARE_MONTH)


def _month_told(reader: Reader, m: Match) -> tuple[When, MentionBasis, float] | None:
    """The month that a match names, with its year or without."""
    month = month_year(reader, m) if told_year(reader, m) else bare_month(reader, m)
    return (month.when, month.basis, month.confidence) if month and month.when else None


def counted_within(reader: Reader, m: Match) -> Reading | None:
    """A day or week counted within a month or year: "the last day of June", "the first week of March"."""
    year = values.a_year(int(m["of"])) if m["of"] else None
    told = (year, MentionBasis.EXPLICIT, EXPLICIT) if year else _month_told(reader, m) if m["month"] else None
    if told is None:
        return None
    whole, basis, sure = told
    n, length = pieces.nth(m["n"]), {"day": 1, "week": 7}[m["unit"]]
    last = values.moved(whole.first, n * length - 1) if n else whole.last
    first = last and values.moved(last, 1 - length)
    if first is None or last is None or last > whole.last:
        return None
    return dated(When.day(first) if first == last else When(first, last, Precision.WEEK), basis, sure)


def nth_weekday(reader: Reader, m: Match) -> Reading | None:
    """A weekday counted within a month: "the third Thursday of November"."""
    told = _month_told(reader, m)
    if told is None:
        return None
    whole, basis, sure = told
    day = values.nth(whole.first.year, whole.first.month, pieces.weekday(m["weekday"]), pieces.nth(m["n"]))
    return dated(When.day(day), basis, sure)
