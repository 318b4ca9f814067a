"""Temporal expressions: found in a text, resolved against its article's date, and shown.

One hand-written grammar (`grammar`), read left to right; the longest match wins. Its rules stand in `days`, `months`,
`feasts`, `spans` and `lengths`, made of `pieces`; a `Reader` tells them what stands around a match, `tense` whether it
is still to come; `values` are the calendar and TIMEX3, `showing` is English. Refused: a model or a tagger of parts of
speech, which bring little over cues and cost a hundredfold in time. Laws: an article is never read by today's clock;
what cannot be placed keeps `when` None; what contradicts itself, or is only a guess, keeps a confidence below SURE.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.dates import values
from bot.dates.grammar import grammar
from bot.dates.pieces import DOUBTFUL, FARTHEST, WEEKDAY_WORD
from bot.dates.reader import Folded, Reader, Reading, rough
from bot.dates.showing import show
from bot.dates.values import read, timex
from bot.model import Mention, MentionBasis, Precision, Span, TimexType, When

__all__ = ["SURE", "calendar", "doubt", "mentions", "read", "show", "timex", "typed", "window"]

WINDOW = timedelta(days=60)  # the widest that still tells when an article was published
SURE = 0.5  # below it a mention is not placed on a line of days


def mentions(text: str, anchor: date | None, sentences: Sequence[Span] = ()) -> tuple[Mention, ...]:
    """Temporal expressions in `text`, in order, resolved against `anchor`, the day the article was published.

    With `sentences`, only what stands in one of them. Without an anchor, a date without a year follows the nearest
    full date before it. O(len(text)).
    """
    folded = Folded(text)
    starts = [folded.at(start) for start, _ in sentences] if sentences else rough(folded.cased)
    named = None if anchor else _first_named(folded, starts)
    found: list[Mention] = []
    for start, end, reading, reader in _readings(folded, anchor, starts, named):
        begin, stop = folded.place(start, end)
        if sentences and not _within(begin, stop, sentences):
            continue
        found.append(
            Mention(
                begin,
                stop,
                reading.type,
                reading.value,
                reading.when,
                reading.basis,
                reading.confidence,
                _announced(reader, reading.when, start, end),
                _background(reader, reading.when, start, end),
            )
        )
    return tuple(found)


def _within(start: int, end: int, sentences: Sequence[Span]) -> bool:
    at = bisect_right(sentences, (start, 1 << 60)) - 1
    return at >= 0 and sentences[at][0] <= start and end <= sentences[at][1]


def _readings(
    folded: Folded, anchor: date | None, starts: Sequence[int], named: date | None = None
) -> Iterator[tuple[int, int, Reading, Reader]]:
    reader = Reader(folded, anchor, [0, *starts])
    reader.named = named
    start, at = grammar().start, 0
    while found := start.search(folded.low, at):
        at = found.start()
        best = _longest(reader, at)
        if best is None:
            at += 1
            continue
        end, reading = best
        yield at, end, reading, reader
        if reading.when and reading.confidence >= SURE:
            reader.tell(reading.when)
            if _names_year(reading):
                reader.named, reader.named_end = reading.when.first, end
                reader.years[reading.when.first.month, reading.when.first.day] = reading.when.first.year
        at = end


_DAYS_AND_MONTHS = {Precision.DAY, Precision.RANGE, Precision.MONTH}


def _names_year(reading: Reading) -> bool:
    """Whether the dates after it that tell no year can follow it."""
    explicit = reading.basis is MentionBasis.EXPLICIT and reading.confidence >= SURE
    return explicit and reading.when is not None and reading.when.precision in _DAYS_AND_MONTHS


def _longest(reader: Reader, at: int) -> tuple[int, Reading] | None:
    low = reader.low
    if part := grammar().partial.match(low, at):
        inner = _rules(reader, part.end())
        if inner and inner[1].when and inner[1].type is TimexType.DATE:
            when = values.part(inner[1].when, part.lastgroup or "")
            return inner[0], replace(inner[1], when=when)
    best = _rules(reader, at)
    if best and best[1].type is TimexType.TIME and (join := _JOIN.match(low, best[0])):
        day = _rules(reader, join.end())
        clock = best[1].value.partition("T")[2]
        if day and day[1].when and day[1].type is TimexType.DATE and day[1].when.precision is Precision.DAY and clock:
            return day[0], replace(day[1], type=TimexType.TIME, value=f"{day[1].value}T{clock}")
    return best


_JOIN = re.compile(r",? (?:on )?(?=[a-z]+)")  # 9 a.m. Tuesday


def _rules(reader: Reader, at: int) -> tuple[int, Reading] | None:
    matches = [
        (m.end(), -n, m, rule)
        for n, (pattern, rule) in enumerate(grammar().rules)
        if (m := pattern.match(reader.low, at))
    ]
    for end, _, m, rule in sorted(matches, key=lambda found: found[:2], reverse=True):
        if reading := rule(reader, m):
            return end, reading
    return None


def _first_named(folded: Folded, starts: Sequence[int]) -> date | None:
    return next((r.when.first for _, _, r, _ in _readings(folded, None, starts) if r.when and _names_year(r)), None)


def _announced(reader: Reader, when: When | None, start: int, end: int) -> bool:
    if when is None:
        return False
    if reader.anchor is None:
        return reader.ahead(start, end)
    if when.first > reader.anchor:
        return True
    return when.last > reader.anchor and reader.ahead(start, end)


def doubt(mention: Mention, words: str, anchor: date | None) -> str:
    """Why an expression is not taken at its word, as the end of a sentence that begins with it; empty where it is."""
    if mention.confidence > DOUBTFUL or mention.type is not TimexType.DATE:
        return ""
    when = mention.when
    if when is None or not _is_near(when, anchor):
        far = re.match(r"\d{4}", mention.value)
        lies_far = when is not None or (far and int(far[0]) > FARTHEST)
        return "lies centuries away" if lies_far else "is no day of the calendar"
    if WEEKDAY_WORD.search(words.lower()):
        told = "was" if anchor is None or when.first <= anchor else "is"
        return f"contradicts itself: {show(when)} {told} a {when.first:%A}"
    other = values.a_day(when.first.year, when.first.day, when.first.month)
    return f"can be read in two ways, as {show(when)} or {show(other)}" if other else ""


def _is_near(when: When, anchor: date | None) -> bool:
    return 1000 <= when.first.year <= (anchor.year + 100 if anchor else FARTHEST)


_SINCE = re.compile(r"\bsince (?:(?:the|its|their|his|her|our|a|an) )?(?:[a-z'-]+ ){0,5}$")
_NAMING = re.compile(r"(?:\b(?:the|its|their|his|her|our|a)|'s) $")
_NOUN = re.compile(
    r" (?!(?:and|or|in|at|on|to|by|for|that|when|with|as|but|was|were|is|has|had|said|will|would)\b)[a-z]+"
)
_YEARS = {Precision.YEAR, Precision.DECADE, Precision.CENTURY}


def _background(reader: Reader, when: When | None, start: int, end: int) -> bool:
    """Whether a date dates something named in passing: "since the 1950-53 Korean War", "the 1994 genocide"."""
    if when is None or (reader.anchor and (reader.anchor - when.last).days < 180):
        return False
    left = reader.left(start)
    if _SINCE.search(left):
        return True
    return when.precision in _YEARS and _NAMING.search(left) is not None and _NOUN.match(reader.low, end) is not None


def calendar(text: str) -> When | None:
    """The days that one whole calendar expression names, such as "Feb. 26, 2019" or "June 2018"; else None."""
    reading = _whole(text, None)
    explicit = reading and reading.basis is MentionBasis.EXPLICIT and reading.confidence >= SURE
    return reading.when if reading and explicit else None


def typed(words: str, today: date) -> When | None:
    """The days that a person means by `words` on `today`: "last week", "june 12 2018", "3 days ago"; else None.

    None too where they can be read in two ways ("12/06/2018").
    """
    if found := _LATELY.fullmatch(" ".join(words.lower().split())):
        since = _whole(f"{found['n'] or 'one'} {found['unit']}s ago", today)
        return When(since.when.first, today, Precision.RANGE) if since and since.when else None
    reading = _whole(re.sub(r"(?i)^\s*(?:on|in)\s+", "", words), today)
    if reading is None or (reading.confidence < SURE and reading.basis is MentionBasis.EXPLICIT):
        return None
    return reading.when


_LATELY = re.compile(
    r"(?:the )?(?:last|past) (?P<n>\d{1,3}|two|three|four|five|six|seven|ten) (?P<unit>day|week|month|year)s?"
)
_YEAR_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def _whole(text: str, anchor: date | None) -> Reading | None:
    """The reading of all of `text`, told by a person or a header: capitals say nothing."""
    folded = Folded(text.strip(" \t\r\n.,;:()[]"))
    if found := _YEAR_MONTH.fullmatch(folded.low):
        when = values.a_month(int(found[1]), int(found[2])) if int(found[1]) else None
        return Reading(TimexType.DATE, values.timex(when), when) if when else None
    best = _longest(Reader(folded, anchor, [0], loose=True), 0) if folded.low else None
    return best[1] if best and _HOUR.fullmatch(folded.low, best[0]) else None


# what a time stamp has after its date: "10:30 GMT", "at 10.30 p.m.", "T10:30:00+01:00"
_HOUR = re.compile(
    r"(?:(?:,| at|t)? ?\d{1,2}[:.]\d\d(?:[:.]\d\d)*(?: ?[ap]\.?m\.?)?(?: ?(?:[a-z]{1,5}|[+-]\d\d:?\d\d))?)?"
)


def window(text: str, sentences: Sequence[Span]) -> When | None:
    """When an undated article can have been published: from its latest past event to its earliest announced one.

    A day in the header before the first sentence serves where nothing is announced. None where the content does not tell of both, within WINDOW of each other and of no later year: of 911 dated
    articles with their dates hidden, what told of a past event alone was published within two weeks of it in a third.
    """
    sure = [m for m in mentions(text, None) if m.when and m.confidence >= SURE and not m.background]
    told = [m for m in sure if not sentences or _within(m.start, m.end, sentences)]
    header = [m for m in sure if sentences and m.end <= sentences[0][0]]  # a dateline ends it as a plan does
    past = [m.when for m in told if m.when and not m.announced]
    ahead = [m.when for m in [m for m in told if m.announced] or header if m.when]
    first = max((when.first for when in past if when.precision in _DAYS_AND_MONTHS), default=None)
    lasts = [when.last for when in ahead if when.precision in _DAYS_AND_MONTHS]
    last = min((day for day in lasts if first and day >= first), default=None)
    if first is None or last is None or last - first > WINDOW or any(when.first > last for when in past):
        return None
    return When(first, last, Precision.RANGE)
