"""Rules for what is longer than a day: years, decades, quarters, seasons, "last week", "two days ago"."""

from __future__ import annotations

import re
from datetime import date

from bot.dates import pieces, values
from bot.dates.pieces import EXPLICIT, RELATIVE_MONTH, SEASONS, VAGUE, YEAR, Match, dated, number, told_year, unplaced
from bot.dates.reader import Reader, Reading
from bot.model import MentionBasis, Precision, When

# --- years, decades, centuries ----------------------------------------------------------------------------

_YEAR_BEFORE = re.compile(
    r"\b(?:in|since|by|until|till|during|from|to|through|for|and|or|between|before|after|of|the|that|this|an?|early|late|mid|fiscal"
    r"|year|around|circa|season|spring|summer|fall|autumn|winter|its|his|her|their|our|back|on|[a-z]+ber|[a-z]+ary|june"
    r"|july|april|may|august|march|every|as|versus|vs)[(/,;:]? $|[(/,;:] $|[-(/]$|^$|\n$"
)
_NEVER_BEFORE = re.compile(
    r"(?:\b(?:at|no\.?|number|room|flight|route|highway|channel|page|model|aged?|some|nearly|about|over|than|copyright)|[$£€#©]|\(c\)) ?$"
)
_PROPER = re.compile(r"\b\w*[A-Z]\w* $")  # "Windows", "iPhone"
_STREET = re.compile(r"(?: [A-Z]\w+){1,2} (?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Drive|Lane)\b")


def bare_year(reader: Reader, m: Match) -> Reading | None:
    year = int(m["year"])
    left = reader.low[max(0, m.start("year") - 12) : m.start("year")]
    if _NEVER_BEFORE.search(left) or pieces.counted(reader, m.end()) or _STREET.match(reader.cased, m.end()):
        return None
    if not reader.loose and not _YEAR_BEFORE.search(left) and not _stands_alone(reader, m, year):
        return None
    if year < 1400 and not re.search(r"\b(?:in|since|ad|year|of|from) $", left):
        return None
    return dated(values.a_year(year), MentionBasis.EXPLICIT, YEAR)


def _stands_alone(reader: Reader, m: Match, year: int) -> bool:
    """Whether four digits are a year though no word before them says so: not "Windows 2000", "1999 cases"."""
    named = _PROPER.search(reader.cased, max(0, m.start() - 20), m.start())
    counted = re.match(r" [a-z]+s\b", reader.low[m.end() : m.end() + 20])
    return 1900 <= year <= 2039 and year % 100 != 0 and not named and not counted


def years(reader: Reader, m: Match) -> Reading | None:
    """From year to year: "1950-53", "1999-00"; 1998-01 is a month."""
    first, last = int(m["year"]), m["until"]
    full = int(last) if len(last) == 4 else first // 100 * 100 + int(last)
    if len(last) == 2 and full <= first:
        full += 100
        if full - first > 2:
            return None
    if not first < full <= first + 150 or _NEVER_BEFORE.search(reader.low, max(0, m.start() - 12), m.start()):
        return None
    start, end = values.a_year(first), values.a_year(full)
    return dated(start and end and values.span(start, end), MentionBasis.EXPLICIT, EXPLICIT)


_DECADES = {
    name: 1900 + 10 * n
    for n, name in enumerate(
        ("twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"), 2
    )
}


def decade(reader: Reader, m: Match) -> Reading | None:
    word = m["decade"]
    left = reader.low[max(0, m.start() - 8) : m.start("decade")]
    if word in _DECADES:
        year = _DECADES[word] if re.search(r"\b(?:the|early|late|mid)[ -]$", left) else 0
    elif word[0] == "'":
        year = (1900 if int(word[1]) >= 2 else 2000) + int(word[1:3])
    else:
        year = int(word[:4])
        if year % 100 == 0 and year < 2000:
            return dated(values.a_century(year), MentionBasis.EXPLICIT, YEAR)
    return dated(values.a_decade(year), MentionBasis.EXPLICIT, YEAR) if year else None


def century(_: Reader, m: Match) -> Reading | None:
    n = pieces.day(m["n"])
    return dated(values.a_century((n - 1) * 100), MentionBasis.EXPLICIT, YEAR) if 2 <= n <= 30 else None


def spelled_year(reader: Reader, m: Match) -> Reading | None:
    year = pieces.year(m["year"], reader) if m["year"] else 2000 + int(number(m["rest"] or "zero") or 0)
    return dated(values.a_year(year), MentionBasis.EXPLICIT, YEAR) if year < 2020 else None


def year_end(reader: Reader, _: Match) -> Reading | None:
    year = values.a_year(reader.now.year) if reader.now else None
    return dated(values.part(year, "END"), reader.basis, pieces.BARE_MONTH) if year else None


# --- units around a date ----------------------------------------------------------------------------------

_BACK = {"last": -1, "past": -1, "this past": -1, "previous": -1, "preceding": -1}
_STEPS = _BACK | {"next": 1, "coming": 1, "this coming": 1, "following": 1}
_TOLD_BEFORE = {"previous", "preceding", "following", "same", "that", "that same"}


def of_unit(unit: str, day: date, by: int) -> When | None:
    """The `unit` that holds `day`, moved `by` units."""
    if unit in {"day", "week", "fortnight", "weekend"}:
        there = values.moved(day, by * {"day": 1, "fortnight": 14}.get(unit, 7))
        make = {"day": When.day, "weekend": values.a_weekend}.get(unit, values.a_week)
        return make(there) if there else None
    if unit in {"month", "quarter"}:
        there = values.shifted(day, by * {"month": 1, "quarter": 3}[unit])
        return values.a_month(there.year, there.month) if unit == "month" else values.quarter_of(there)
    years = {"year": 1, "decade": 10}.get(unit, 100)
    make_years = {"year": values.a_year, "decade": values.a_decade}.get(unit, values.a_century)
    return make_years(day.year + years * by)


def dated_unit(unit: str, when: When | None, basis: MentionBasis, confidence: float) -> Reading | None:
    week = values.a_week(when.first) if when and unit == "weekend" else None
    value = f"{values.timex(week)}-WE" if week else ""
    return dated(when, basis, confidence, value)


def which_unit(reader: Reader, m: Match) -> Reading | None:
    """A unit beside one: "last week", "this year", "the next day", "that month", "last summer"."""
    rel, unit = m["rel"].removeprefix("the "), m["unit"]
    if m["rel"] == "the next" and reader.told(*Precision):
        rel = "following"  # than what was told of
    if unit in SEASONS:
        return _which_season(reader, rel, unit)
    if unit in {"quarter", "period"}:
        return _which_quarter(reader, rel)
    told = rel in _TOLD_BEFORE
    now = _context(reader, unit) if told else reader.anchor
    if now is None or unit in {"hour", "minute", "second"} or (rel == "latest" and unit != "week"):
        return None
    if unit == "decade" and rel in _BACK:
        return None  # the past decade lasts till now
    if unit == "century" and rel in _BACK:
        return dated(of_unit(unit, now, -1), reader.basis, VAGUE) if rel == "last" else None
    when = of_unit(unit, now, _STEPS.get(rel, 0))
    if m["rel"] == "the next" and unit == "day":
        told = True  # than one that we cannot place
    return dated_unit(unit, when, MentionBasis.CONTEXT if told else reader.basis, VAGUE if told else RELATIVE_MONTH)


def _which_quarter(reader: Reader, rel: str) -> Reading | None:
    if reader.anchor is None:
        return None
    told = reader.told(Precision.QUARTER) if rel in {"that", "same", "that same"} else None
    by = -1 if rel == "latest" else _STEPS.get(rel, 0)
    return dated(told or of_unit("quarter", reader.anchor, by), MentionBasis.CONTEXT, VAGUE)


def _context(reader: Reader, unit: str) -> date | None:
    """The date that "the next day" or "that year" goes back to: the last told of that is no coarser."""
    order = list(Precision)
    coarsest = {"day": Precision.DAY, "week": Precision.WEEK, "weekend": Precision.WEEK, "month": Precision.MONTH}
    finer = order[: order.index(coarsest.get(unit, Precision.YEAR)) + 1]
    told = reader.told(*finer, Precision.RANGE)
    return told.first if told else reader.now


def _which_season(reader: Reader, rel: str, word: str) -> Reading | None:
    now, season = reader.anchor, SEASONS[word]
    this = values.a_season(now.year, season) if now else None
    if now is None or this is None:
        return None
    if rel in _BACK:
        year = now.year if this.last < now else now.year - 1
    elif rel in {"next", "coming", "this coming"}:
        year = now.year if this.first > now else now.year + 1
    else:
        year = now.year - (season == "WI" and now.month < 3)
    return dated(values.a_season(year, season), reader.basis, RELATIVE_MONTH)


_IN_SEASON = re.compile(r"\b(?:in|since|by|until|during|from|through|before|after|over|for|of|early|late|mid)[ -]$")


def season(reader: Reader, m: Match) -> Reading | None:
    """A season, "summer 2018", "in the summer"; no springing and no falling."""
    if year := told_year(reader, m):
        basis = MentionBasis.EXPLICIT if m["year"] else reader.basis
        return dated(values.a_season(year, SEASONS[m["season"]]), basis, YEAR)
    if re.match(r"[A-Z]\w+ [A-Z]", reader.cased[m.start("season") : m.end() + 2]):
        return None  # the Fall River courthouse
    verb = m["season"] in {"fall", "spring"} and (not m["the"] or reader.low.startswith(" of ", m.end()))
    if reader.loose:
        this = _which_season(reader, "this", m["season"])
        begun = this and this.when and reader.anchor and this.when.first <= reader.anchor
        return this if begun else _which_season(reader, "last", m["season"])
    if verb or not _IN_SEASON.search(reader.low, max(0, m.start() - 12), m.start()):
        return None
    return _which_season(reader, "next" if reader.ahead(m.start(), m.end()) else "this", m["season"])


_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "final": 4, "last": 4}


def quarter(reader: Reader, m: Match) -> Reading | None:
    """A quarter or half: "the third quarter of 2018", "last year's second half", "Q3"."""
    groups, now = m.groupdict(), reader.now
    n = int(groups["digit"]) if groups.get("digit") else _NTH[m["n"]]
    year = int(groups["before"]) if groups.get("before") else told_year(reader, m)
    if now and (of := groups.get("of")):
        year = now.year + {"last": -1, "this": 0, "next": 1, "year": -1}[of[:4]]
    basis = MentionBasis.EXPLICIT if groups.get("year") or groups.get("before") else reader.basis
    if groups.get("half") == "half":
        n = min(n, 2) if n != 3 else 0
        return dated(values.a_half(year, n), basis, YEAR, f"{year:04}-H{n}") if year and n else None
    if year is None and now:
        long_off = n - (now.month + 2) // 3 > 1
        year = now.year - (long_off and not reader.ahead(m.start(), m.end()))
    return dated(values.a_quarter(year, n), basis, pieces.BARE_MONTH) if year else None


_ENDS = re.compile(r" ?[.,;:)?!\"]|\n|$| and ")


def ago(reader: Reader, m: Match) -> Reading | None:
    """A distance, "two days ago", "a year earlier"; "two days after the vote" goes by the vote and is none."""
    unit, way = m["unit"], m["way"]
    amount = number(m["n"]) if m["n"] else 1
    if (way in {"before", "after", "prior", "back"} and not _ENDS.match(reader.low, m.end())) or unit in {
        *("hour", "minute", "second")
    }:
        return None
    if reader.low.endswith("half ", 0, m.start()):
        return None
    past = way not in {"later", "after", "from now"}
    if amount is None:
        return unplaced("PAST_REF" if past else "FUTURE_REF", VAGUE)
    by = -int(amount) if past else int(amount)
    if unit == "year" and by == -1 and reader.anchor:
        told = reader.told(Precision.QUARTER, Precision.YEAR)
        if told and told.precision is Precision.QUARTER:  # profit, against a year earlier
            return dated(values.quarter_of(values.shifted(told.first, -12)), MentionBasis.CONTEXT, VAGUE)
        return dated(values.a_year(reader.anchor.year - 1), MentionBasis.ARTICLE, VAGUE)
    from_now = way in {"ago", "from now", "back"}
    base = reader.now if from_now else _context(reader, unit)
    if base is None or amount % 1:
        return None
    when = values.a_year(base.year + 10 * by) if unit == "decade" else of_unit(unit, base, by)
    basis = reader.basis if from_now else MentionBasis.CONTEXT
    return dated(when, basis, pieces.DAYS_AGO if unit == "day" and from_now else VAGUE)
