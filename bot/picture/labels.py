"""What is written beside an event, and how neighbours make room for one another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot import dates
from bot.message import Dot

_MONTH = re.compile(r"\b(Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]+")
_YEAR = re.compile(r"(?P<date>.+?)(?:,| of)? (?P<year>\d{4}(?:-\d\d)?)")
_ORDINALS = {"first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th"}
_ORDINAL = re.compile(rf"\b({'|'.join(_ORDINALS)})\b")


def written(dot: Dot, columns: int) -> tuple[tuple[str, ...], str]:
    """The date in lines of about `columns` characters, and the year it is of where it stands apart.

    The same words as in the message, shorter: ("Feb 27-28",) and "2019", ("1950-1953",) and "".
    """
    words = _ORDINAL.sub(lambda found: _ORDINALS[found[1]], _MONTH.sub(r"\1", dates.show(dot.when)))
    apart = _YEAR.fullmatch(words)
    if apart and not re.search(r"\d{4}", apart["date"]):
        return tuple(_lines(apart["date"], columns)), apart["year"]
    return tuple(_lines(words, columns)), ""


def _lines(text: str, columns: int) -> Iterator[str]:
    """`text` broken behind a dash, and where it is longer than `columns`; no word is cut."""
    line = ""
    for word in text.split():
        if line and (len(line) + 1 + len(word) > columns or (line.endswith(" -") and len(text) > columns)):
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    yield line


def spread(wanted: Sequence[float], widths: Sequence[float], gap: float, left: float, right: float) -> list[float]:
    """Middles as near to `wanted` (ascending) as they can be, `gap` apart and between `left` and `right`.

    The least sum of squared shifts: isotonic regression by pooling of adjacent violators. Where there is no room
    for all, they stand in order from `left` on, past `right`.
    """
    if not wanted:
        return []
    offsets = [0.0]
    for before, after in pairwise(widths):
        offsets.append(offsets[-1] + (before + after) / 2 + gap)
    pools: list[list[float]] = []  # sum, count
    for place, offset in zip(wanted, offsets, strict=True):
        pools.append([place - offset, 1.0])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] >= pools[-1][0] / pools[-1][1]:
            total, count = pools.pop()
            pools[-1][0] += total
            pools[-1][1] += count
    low, high = left + widths[0] / 2, right - widths[-1] / 2 - offsets[-1]
    levels = [max(low, min(high, total / count)) for total, count in pools for _ in range(int(count))]
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]
