"""Rules for feasts: days of the calendar that go by a name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from bot.dates import days, pieces, values
from bot.dates.pieces import EXPLICIT, VAGUE, Match, dated, told_year
from bot.dates.reader import Reader, Reading
from bot.model import MentionBasis, When

_FEASTS: dict[str, Callable[[int], date]] = {
    "new year's eve": lambda y: date(y, 12, 31),
    "new year's day": lambda y: date(y, 1, 1),
    "martin luther king day": lambda y: values.nth(y, 1, 0, 3),
    "valentine's day": lambda y: date(y, 2, 14),
    "presidents' day": lambda y: values.nth(y, 2, 0, 3),
    "good friday": lambda y: values.easter(y) - timedelta(days=2),
    "palm sunday": lambda y: values.easter(y) - timedelta(days=7),
    "ash wednesday": lambda y: values.easter(y) - timedelta(days=46),
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
    "black friday": lambda y: values.nth(y, 11, 3, 4) + timedelta(days=1),
    "cyber monday": lambda y: values.nth(y, 11, 3, 4) + timedelta(days=4),
    "christmas eve": lambda y: date(y, 12, 24),
    "christmas day": lambda y: date(y, 12, 25),
    "christmas": lambda y: date(y, 12, 25),
    "boxing day": lambda y: date(y, 12, 26),
}
FEAST = "|".join(sorted(_FEASTS, key=len, reverse=True))


def feast(reader: Reader, m: Match) -> Reading | None:
    make, now, year = _FEASTS[m["feast"]], reader.now, told_year(reader, m)
    if not reader.names(m.start("feast"), m["feast"]) or not 1600 < (year or (now.year if now else 0)) < 3000:
        return None
    if year:
        return dated(When.day(make(year)), MentionBasis.EXPLICIT, EXPLICIT)
    assert now is not None
    day = days.nearest(reader, m, [make(now.year + by) for by in (-1, 0, 1)])
    season = m["feast"] in {"christmas", "easter", "thanksgiving"}  # Christmas shopping
    return dated(When.day(day), reader.basis, VAGUE if season else pieces.RELATIVE_MONTH)
