"""The picture of a timeline: dates and citation numbers along a line, to scale; no word of any article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot import dates
from bot.message import Dot, Message, Picture
from bot.model import counted

FEWEST, MOST = 3, 12  # events in a picture


def picture(dots: Sequence[Dot]) -> Picture:
    """`dots`, FEWEST to MOST of them, as a PNG and the words that say the same. The same bytes each time."""
    from bot.picture.layout import layout
    from bot.picture.painting import measure, paint

    return Picture(paint(layout(dots[:MOST], measure)), alt(dots[:MOST]))


def alt(dots: Sequence[Dot]) -> str:
    """The picture in words: "Timeline of 3 events from 1950-1953 to June 12, 2018: 1950-1953 [2]; …"."""
    line = sorted(dots, key=lambda dot: (dot.when, dot.number))
    told = "; ".join(f"{dates.show(dot.when)}{_mark(dot)} [{dot.number}]" for dot in line)
    first, last = dates.show(line[0].when), dates.show(max(line, key=lambda dot: dot.when.last).when)
    span = f"from {first} to {last}" if first != last else f"in {first}"
    return f"Timeline of {counted(len(line), 'event')} {span}: {told}."


def _mark(dot: Dot) -> str:
    return " (planned)" if dot.planned else " (inferred)" if dot.inferred else ""


def drawn(message: Message) -> Message:
    """`message` with its picture in place of the dots that it shows."""
    if not message.dots:
        return message
    return replace(message, blocks=(*message.blocks, picture(message.dots)), dots=())
