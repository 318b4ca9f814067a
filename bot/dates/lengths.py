"""Rules for what lasts or recurs, and for "now" and "recently": recognised, most of it not placed."""

from __future__ import annotations

import re

from bot.dates import pieces
from bot.dates.pieces import RELATIVE_MONTH, SEASONS, VAGUE, Match, dated, number, unplaced
from bot.dates.reader import Reader, Reading
from bot.dates.spans import dated_unit, of_unit
from bot.model import MentionBasis, Precision, TimexType

_OLD = re.compile(r"[ -]?(?:years?|months?|weeks?|days?)?[ -]old\b")
_LENGTHS = {"decade": (10, "Y", "PXE"), "century": (100, "Y", "PXC"), "centurie": (100, "Y", "PXC")}
_LENGTHS |= {"fortnight": (2, "W", "PXW"), "weekend": (2, "D", "PXD")}
_TIMES = {"hour", "minute", "second"}


def _period(unit: str, amount: float | None) -> str:
    """A TIMEX3 duration: "P2D", "PT30M", "P2Y6M", "PXW"."""
    if unit in _LENGTHS:
        length, symbol, unknown = _LENGTHS[unit]
        return unknown if amount is None else f"P{length * amount:g}{symbol}"
    symbol, time = unit[0].upper(), "T" * (unit in _TIMES)
    if amount and amount % 1 and unit in {"year", "hour"}:
        return f"P{time}{int(amount)}{symbol}{'6M' if unit == 'year' else '30M'}"
    return f"P{time}{'X' if amount is None else f'{amount:g}'}{symbol}"


def duration(reader: Reader, m: Match) -> Reading | None:
    if _OLD.match(reader.low, m.end(), m.end() + 12):
        return None
    amount = number(m["n"]) if m["n"] else None
    return Reading(TimexType.DURATION, _period(m["unit"] or m["units"], amount))


_PART_OF = re.compile(r"\b(?:end|start|beginning|middle|early|late|earlier|later)(?: of| in)? $")
_RATE = re.compile(r"(?:%|percent|[\d,.]|million|billion|barrels|tons|times|dollars|once|twice|cents|people) $")


def single(reader: Reader, m: Match) -> Reading | None:
    """One unit: "a year", "one day", "the weekend"; not the "$5 a year" that is a rate."""
    unit, word = m["unit"], m["word"]
    if word == "the":
        return _the_unit(reader, m, unit)
    if unit in {"second", "quarter"} or _RATE.search(reader.left(m.start())):
        return None
    if unit in _TIMES and word not in {"a", "an", "one"}:
        return None
    return Reading(TimexType.DURATION, _period(unit, 1))


def _the_unit(reader: Reader, m: Match, unit: str) -> Reading | None:
    now, left = reader.anchor, reader.left(m.start())
    if unit == "year" and (now is None or re.match(r" (?:ended|ending|to )|-", reader.low[m.end() : m.end() + 8])):
        return Reading(TimexType.DURATION, "P1Y")
    if now is None:
        return None
    if unit in {"month", "year"} and _PART_OF.search(left):
        return dated(of_unit(unit, now, 0), reader.basis, RELATIVE_MONTH)
    match unit:
        case "quarter":
            told = reader.told(Precision.QUARTER) or of_unit("quarter", now, -1)
            return dated(told, MentionBasis.CONTEXT, VAGUE)
        case "weekend":
            past = now.weekday() < 5 and not reader.ahead(m.start(), m.end())
            return dated_unit(unit, of_unit(unit, now, -past), reader.basis, VAGUE)
        case "week" | "year":
            return dated(of_unit(unit, now, 0), reader.basis, VAGUE)
    return None


def every(_: Reader, m: Match) -> Reading | None:
    if m["weekday"]:
        return Reading(TimexType.SET, f"XXXX-WXX-{pieces.weekday(m['weekday']) + 1}")
    if m["month"]:
        return Reading(TimexType.SET, f"XXXX-{pieces.month(m['month']):02}")
    if m["season"]:
        return Reading(TimexType.SET, f"XXXX-{SEASONS[m['season']]}")
    unit = "day" if m["unit"] in pieces.PARTS else m["unit"]
    return Reading(TimexType.SET, _period(unit, number(m["n"] or "one") or 2))


REGULAR = {"daily": "P1D", "nightly": "P1D", "weekly": "P1W", "monthly": "P1M", "yearly": "P1Y", "hourly": "PT1H"}


def regular(reader: Reader, m: Match) -> Reading | None:
    if not reader.loose and reader.cased[m.start()].isupper():
        return None  # the Daily Telegraph
    return Reading(TimexType.SET, REGULAR[m[0]])


_PRESENT = {"now", "currently", "current", "present", "these", "nowadays"}
_FUTURE = {"future", "near", "foreseeable"}


def reference(reader: Reader, m: Match) -> Reading | None:
    """No day in particular: "now", "recently", "the future"; not "now that"."""
    word = re.sub(r"^(?:in |the |right )+", "", m[0])
    if word == "now" and re.match(r" that\b|-|!", reader.low[m.end() : m.end() + 6]):
        return None
    kind = word.split()[0]
    return unplaced("PRESENT_REF" if kind in _PRESENT else "FUTURE_REF" if kind in _FUTURE else "PAST_REF")
