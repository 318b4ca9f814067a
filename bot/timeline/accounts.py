"""Where sources disagree on the day of one event: both days are kept, each with the passage that names it.

Two sentences tell one event on two days where both write their day out ("June 12", not "Wednesday", which is our
reading), in different articles, as past, with the same figures and nearly the same words. Anything less is two events:
the dead of two days are counted in the same words.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import timedelta
from math import sqrt

from bot import dates
from bot.model import Precision, When
from bot.timeline.texts import Texts
from bot.timeline.weighing import DatedEvent, Named

NEAR = timedelta(days=3)  # that two accounts of one event are apart at most, or a year to the day
ALIKE = 0.6  # cosine from which two sentences tell one event, the days in them left out
SHARED = 5  # stems that they have in common at least


def settled(chosen: Sequence[DatedEvent], days: Sequence[DatedEvent], texts: Texts) -> list[DatedEvent]:
    """`chosen` less the days that only contradict a weightier one, which now names them; `days` are all, in order.

    `chosen` stands in order of weight.
    """
    left = list(chosen)
    writing: dict[When, list[Named]] = {}  # day -> who writes it out, looked up once

    def written(event: DatedEvent) -> list[Named]:
        if event.when not in writing:
            writing[event.when] = [one for one in event.named if _is_written(one, texts)]
        return writing[event.when]

    for event in chosen:
        if event.when.precision is not Precision.DAY or event not in left:
            continue
        mine = written(event)
        for other in _near(event, days) if mine else ():
            apart = [one for one in written(other) if any(_tell_one_event(one, known, texts) for known in mine)]
            if not apart or (other in left and left.index(other) < left.index(event)):
                continue
            event.otherwise.append(apart[0])
            other.named = [one for one in other.named if one not in apart]
            del writing[other.when]
            if other in left and not other.named:
                left.remove(other)
    return left


def _near(event: DatedEvent, days: Sequence[DatedEvent]) -> Iterator[DatedEvent]:
    """The other days that the same event may be told of."""
    day = event.when.first
    for far in (0, -365, 365):
        try:
            middle = day + timedelta(days=far)
            since, until = middle - NEAR, middle + NEAR
        except OverflowError:
            continue
        first = bisect_left(days, since, key=lambda one: one.when.first)
        last = bisect_right(days, until, key=lambda one: one.when.first)
        for other in days[first:last]:
            whole = other.when.precision is Precision.DAY and other is not event
            if whole and (not far or (other.when.first.month, other.when.first.day) == (day.month, day.day)):
                yield other


def _is_written(one: Named, texts: Texts) -> bool:
    """Whether a sentence writes the day out, as its only date, and tells it as past."""
    mention = one.dated.mention
    text = texts.entries[one.dated.article].article.text[mention.start : mention.end]
    written = any(sign.isdigit() for sign in text) and mention.confidence >= dates.SURE
    return written and not mention.announced and not mention.background and len(texts.dates_in(one.passage)) == 1


def _tell_one_event(one: Named, other: Named, texts: Texts) -> bool:
    if (
        one.dated.article == other.dated.article
        or len(texts.tokens(one.passage) & texts.tokens(other.passage)) < SHARED
    ):
        return False
    a, b = texts.matter(one.passage), texts.matter(other.passage)
    common = len(a & b)
    if common < SHARED or common < ALIKE * sqrt(len(a) * len(b)):
        return False
    return texts.figures_agree(one.passage, other.passage)
