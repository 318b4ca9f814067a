"""The grammar: one list of (pattern, rule); of all that match at a place the longest wins, and a rule may refuse.

A rule answers with a `Reading`, or None: not a date here. Patterns are read against folded lower-case text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from bot.dates import days, feasts, lengths, months, spans
from bot.dates.pieces import (
    CLOCK,
    DAY,
    LONG_YEAR,
    MONTH,
    NUMBER,
    OF_YEAR,
    ONES,
    ORDINAL,
    PART,
    SEASON,
    SOME,
    SPELLED_YEAR,
    UNIT,
    WEEKDAY,
    ZONE,
    Match,
)
from bot.dates.reader import Reader, Reading

Rule = Callable[[Reader, Match], Reading | None]

_M, _D = rf"(?P<month>{MONTH})", rf"(?P<day>{DAY})"
_TO_M, _TO_D = rf"(?P<until_month>{MONTH})", rf"(?P<until>{DAY})"
_OPEN = (
    rf"(?:(?P<weekday>{WEEKDAY}|(?:mon|tue|wed|thu|fri|sat|sun)(?=,))(?: ?,| the)? )?"
    r"(?:the )?(?:(?P<rel>last|this past|next|this|this coming) )?"
)
# after "February 27 and 28": no thing that is counted
_DONE = (
    r"(?= ?[.,;:)?!\"']| -|\n|$| (?:in|at|to|for|on|with|by|from|of|and|or|as|when|where|after|before|during|between|the"
    r"|a)\b)"
)
_NEXT = r"last|past|next|this|coming|this past|this coming"
_WHICH = rf"(?:the )?(?:{_NEXT}|previous|following|same|that same|that|current|latest|preceding)"
_LASTING = "last|past|next|first|previous|coming|following|final|another|additional|each of the past"
_NTH = "first|second|third|fourth|final|last|1st|2nd|3rd|4th"

_RULES: tuple[tuple[str, Rule], ...] = (
    (r"(?P<year>1[5-9]\d\d|20\d\d)([-/])(?P<month>\d\d?)\2(?P<day>\d\d?)(?![\d/]|[a-su-z_])", days.iso),
    (
        r"(?P<a>\d\d?)(?P<sign>[/.-])(?P<b>\d\d?)(?P=sign)(?P<year>(?:19|20)\d\d|\d\d)(?![\w/]|-\d|\.\d)",
        days.numeric,
    ),
    (rf"{_OPEN}{_M} (?:the )?{_D}{OF_YEAR}?", days.month_day),
    (rf"{_OPEN}{_M} {_D}(?: ?[-/] ?(?:{_TO_M} )?| to | through ){_TO_D}{OF_YEAR}?", days.month_day),
    (rf"{_OPEN}{_M} {_D} (?:and|&) {_TO_D}(?:{OF_YEAR}|{_DONE})", days.two_days),
    (rf"{_OPEN}{_M} {_D}", days.month_day),  # "June 12, 2000 people came"
    (rf"(?<=, ){_D}(?=(?:, {DAY}){{0,5}},? and {DAY}{_DONE})", days.another_day),
    (rf"(?<=and ){_D}(?:, {LONG_YEAR}|{_DONE})", days.another_day),
    (rf"{_M} {_D}{OF_YEAR} ?- ?{_TO_M} {_TO_D},? (?P<until_year>{LONG_YEAR})", days.month_day),
    (rf"{_OPEN}{_M} {_D},? (?P<far>[3-9]\d{{3}})(?=[.;:)?!\"]|,? ?(?:$|\n))", days.far_year),
    (rf"{_OPEN}{_D}(?: of)?[ -]{_M}{OF_YEAR}?", days.month_day),
    (rf"{_OPEN}{_D} ?(?:-|/|to|and) ?{_TO_D}(?: of)? {_M}{OF_YEAR}?", days.month_day),
    (rf"{_D}-{_M}-(?P<year>{LONG_YEAR})", days.month_day),
    (rf"{_M}{OF_YEAR}", months.month_year),
    (rf"{_M} ?- ?{_TO_M}{OF_YEAR}", months.month_year),
    (rf"(?<=between ){_M} and {_TO_M}{OF_YEAR}?", months.months),
    (rf"(?<=from ){_M} (?:to|until|till|through) {_TO_M}{OF_YEAR}?", months.months),
    (rf"{_M} ?- ?{_TO_M}", months.months),
    (_M, months.bare_month),
    (rf"(?P<rel>{_NEXT}|the same|the previous) {_M}", months.which_month),
    (rf"(?:the )?week of {_M} {_D}{OF_YEAR}?", days.week_of),
    (
        rf"(?P<rel>(?:{_NEXT}|the previous|the following) )?(?P<weekday>{WEEKDAY})(?: ?'s)?(?: (?P<part>{PART})\b)?",
        days.by_weekday,
    ),
    (
        rf"(?P<weekday>{WEEKDAY})(?: of)? (?P<rel>last|this|next) week\b",
        days.weekday_of_week,
    ),
    (rf"(?:the )?(?P<n>{_NTH}) (?P<weekday>{WEEKDAY}) (?:of|in) {_M}{OF_YEAR}?", months.nth_weekday),
    (
        rf"(?:the )?(?P<n>{_NTH}) (?P<unit>day|week) (?:of|in) (?:{_M}{OF_YEAR}?|(?P<of>{LONG_YEAR}))",
        months.counted_within,
    ),
    (
        (
            r"(?P<word>today|yesterday|tomorrow|tonight|overnight|last night|the day (?:before yesterday|after tomorrow)|this (?:morning|afternoon|evening))\b(?: ?'s)?"
            rf"(?: (?P<part>{PART})\b)?"
        ),
        days.today,
    ),
    (rf"(?:(?P<rel>last|next|this|past) )?(?P<feast>{feasts.FEAST})\b{OF_YEAR}?", feasts.feast),
    (r"9/11\b(?!/)", days.nine_eleven),
    (rf"(?P<clock>{CLOCK}){ZONE}", days.clock),
    (rf"(?:the year )?(?P<year>{LONG_YEAR})", spans.bare_year),
    (r"(?P<year>(?:1[5-9]|20)\d\d) ?[-/] ?(?P<until>\d{4}|\d\d)(?![\w/]|[-.,]\d)", spans.years),
    (
        (
            r"(?:the )?(?P<decade>(?:1[5-9]|20)\d0'?s|'\d0s"
            r"|twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties)\b"
        ),
        spans.decade,
    ),
    (rf"(?:the )?(?P<n>\d\d?(?:st|nd|rd|th)|{ORDINAL})[ -]century", spans.century),
    (
        rf"(?P<year>{SPELLED_YEAR})|the year (?P<thousand>two thousand)(?: and)?(?: (?P<rest>{ONES}))?\b",
        spans.spelled_year,
    ),
    (r"year-end\b|year's end\b|year end\b", spans.year_end),
    (rf"(?P<rel>{_WHICH}) (?:fiscal )?(?P<unit>{UNIT}|{SEASON})\b(?: ?'s)?", spans.which_unit),
    (r"(?P<rel>the latest) (?P<unit>period)\b", spans.which_unit),
    (rf"(?P<the>the )?(?P<season>{SEASON}){OF_YEAR}?\b", spans.season),
    (
        (
            r"(?:the )?(?:(?P<of>this year's|last year's|next year's|year-ago|year-earlier) )?(?:fiscal[ -])?"
            rf"(?:(?P<before>{LONG_YEAR}) )?(?P<n>{_NTH})[ -](?P<half>quarter|half)\b{OF_YEAR}?"
        ),
        spans.quarter,
    ),
    (rf"(?P<n>q)(?P<digit>[1-4]){OF_YEAR}?\b", spans.quarter),
    (
        (
            rf"(?P<n>{NUMBER}|an?|{SOME})[ -](?P<unit>{UNIT})s?"
            r" (?P<way>ago|earlier|later|before|after|from now|back|prior|previously)\b"
        ),
        spans.ago,
    ),
    (
        r"(?:the |a )?(?:comparable )?(?P<n>)(?P<unit>year|month|week|day)-(?P<way>ago|earlier)(?: (?:period|quarter))?",
        spans.ago,
    ),
    (
        (
            rf"(?:the |an )?(?:(?:{_LASTING}) ){{0,3}}(?P<n>{NUMBER}|{SOME})"
            rf"(?: more| straight| consecutive| trading| full| additional)?(?:[ -](?P<unit>{UNIT})|[ ](?P<units>{UNIT})s)\b"
        ),
        lengths.duration,
    ),
    (
        (
            rf"(?:the )?(?:(?:last|past|next|coming|few|many|early) ){{1,3}}(?P<n>)(?P<unit>{UNIT})s(?P<units>)\b"
            r"(?: (?:ahead|to come|ago))?"
        ),
        lengths.duration,
    ),
    (
        rf"(?P<word>an?|the|one|per|another) (?:(?:full|fiscal|whole|additional|entire) )?(?P<unit>{UNIT})\b",
        lengths.single,
    ),
    (
        (
            rf"(?:each|every)(?: (?P<n>{NUMBER}|other))? (?:(?P<weekday>{WEEKDAY})|(?P<month>{MONTH})"
            rf"|(?P<season>{SEASON})|(?P<unit>{UNIT}|morning|night|evening)s?)\b"
        ),
        lengths.every,
    ),
    (rf"(?:(?<=for )|(?<=within ))(?P<n>)(?P<unit>{UNIT})s(?P<units>)\b", lengths.duration),
    (rf"(?:{'|'.join(lengths.REGULAR)})\b", lengths.regular),
    (
        (
            r"(?:right )?now\b|currently\b|current\b|nowadays\b|these days\b|the (?:near |foreseeable )?future\b|in future\b"
            rf"|in the past\b(?! (?:\w+ )?{UNIT}s?\b)|recently\b|recent (?:years|months|weeks|days|decades|times)\b|the present\b"
        ),
        lengths.reference,
    ),
)

# before a date, and the part of it that is meant
_PARTIAL = (
    r"(?:the )?(?:(?P<START>early(?: on| in)?|beginning of|start of|earlier(?: on| in)?|first part of)"
    r"|(?P<MID>mid|middle of)|(?P<END>late(?: on| in)?|end of|end(?=-)|later(?: on| in)?|last part of|close of))[ -]"
)

# where a match may start
_START = (
    r"(?='\d0s)|(?<![\w$£€#])(?=(?<![.,:/-])\d|(?<!-)(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri"
    r"|sat|sun|the|an? |one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirt|fourt|fift|sixt|sevent|eigh"
    r"|ninet|twent|fort|several|many|some|few|couple|last|past|next|this|coming|previous|following|same|that|current|latest"
    r"|preceding|first|second|third|final|fiscal|q[1-4]|spring|summer|autumn|fall|winter|today|yesterday|tomorrow|tonight"
    r"|overnight|year|month|week|day|decade|centur|hour|minute|each|every|daily|nightly|hourly|in future|in the past|right now|now|recent|noon|mid"
    r"|early|late|beginning|start|end|close|another|additional|per |martin l|valentine|president|good friday|easter"
    r"|memorial|independence d|black f|palm s|ash w|cyber m|bastille|labor d|columbus|halloween|election d|veterans|thanksgiving|christmas|boxing|new y"
    r"|1st))"
)


class Grammar(NamedTuple):
    start: re.Pattern[str]
    partial: re.Pattern[str]
    rules: tuple[tuple[re.Pattern[str], Rule], ...]


@cache
def grammar() -> Grammar:
    """The grammar compiled, at its first use: it takes longer than most answers, and most need none."""
    rules = tuple((re.compile(pattern), rule) for pattern, rule in _RULES)
    return Grammar(re.compile(_START), re.compile(_PARTIAL), rules)
