"""What happened when, from many articles: which dates matter, and which stored sentence tells each.

A date matters by how many articles name it, and more by those that still name it days later: dates decide, not prose
(log-mix, tests/quality_dates.py). A coarse reference ("last June") joins the day it speaks of; articles that copy one
another count once; what is only guessed makes no entry. Every passage is a stored sentence, or a fragment of one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from bot.model import Entry, TimelineEvent
from bot.ports import Dated
from bot.timeline.telling import tell
from bot.timeline.weighing import Texts, joined, named, weight

ONE_EVENT = 0.3  # of the dated sentences hold the words: from there the articles are about them and little else
LONGEST = 40  # events, where nobody asked for a number: what a reader follows


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
    published = Counter(day for number in texts.entries if (day := texts.published(number)))
    weighed = sorted(joined(references, texts), key=lambda one: (-weight(one, published, wide=wide), one.when))
    if most is None:
        asked = [one for one in weighed if any(other.relevant for other in one.named)] if wide else []
        weighed, most = asked or weighed, LONGEST
    chosen = weighed[:most]
    events = tell(chosen, texts, per_date, wide=wide)
    return tuple(sorted(events, key=lambda event: (event.background, event.when)))
