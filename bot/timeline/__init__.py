"""What happened when, from many articles: which dates matter, and which stored sentence tells each.

A date matters by how many articles name it, and more by those that still name it days later: dates decide, not prose
(log-mix, tests/quality_dates.py). A coarse reference ("last June") joins the day it speaks of; articles that copy one
another count once; sources that disagree on a day share an entry; what is only guessed makes none. Every passage is a stored sentence, or a fragment of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.model import Entry, TimelineEvent
from bot.ports import Dated
from bot.timeline.accounts import settled
from bot.timeline.telling import tell
from bot.timeline.texts import Texts
from bot.timeline.weighing import by_days, chosen, named

ONE_EVENT = 0.3  # of the dated sentences hold the words: from there the articles are about them and little else
LONGEST = 24  # events, where nobody asked for a number: what a reader follows


def timeline(
    entries: Sequence[Entry],
    dated: Sequence[Dated],
    words: Sequence[str] = (),
    *,
    most: int | None = None,
    per_date: int = 1,
    since: date | None = None,
    until: date | None = None,
) -> tuple[TimelineEvent, ...]:
    """The events that `entries` tell of, in order of their dates, background last.

    `passages[:per_date]` tell the event, the rest name it too, one an article; `mentions[n]` is the date in
    `passages[n]` (of no width where the article was merely published that day). A sentence that is the only one for
    two dates stands first in both: where `passages[0]` was told before, refer to it.
    """
    texts = Texts(entries, dated, words)
    references = named(texts, dated, since, until)
    wide = bool(words) and sum(one.relevant for one in references) < ONE_EVENT * len(references)
    asked = wide and most is None and any(one.relevant for one in references)
    days = by_days(references, texts)
    found = chosen(days, texts, LONGEST if most is None else most, wide=wide, asked=asked)
    events = tell(settled(found, [one for one in days if one.fine], texts), texts, per_date, wide=wide)
    return tuple(sorted(events, key=lambda event: (event.background, event.when)))
