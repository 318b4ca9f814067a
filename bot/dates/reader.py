"""What a rule of the grammar knows of the text around it: the words so far, the article's date, the dates before."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.dates import tense
from bot.model import MentionBasis, Precision, Span, TimexType, When

REACH = 120  # characters of a sentence, either side, that can govern a date; keeps reading linear


@dataclass(frozen=True, slots=True)
class Reading:
    """What a rule made of a match; `value` is TIMEX3."""

    type: TimexType
    value: str
    when: When | None = None
    basis: MentionBasis = MentionBasis.EXPLICIT
    confidence: float = 0.98


class Folded:
    """A text with white space folded, to one space or a line feed between paragraphs, and typographic signs made plain.

    `cased` and `low` are equally long; `place` leads back to code points of the text.
    """

    def __init__(self, text: str) -> None:
        words: list[str] = []
        self._starts: list[int] = []
        self._places: list[int] = []
        at = end = 0
        for found in re.finditer(r"\S+", text):
            start = found.start()
            if words:
                words.append("\n" if text.count("\n", end, start) > 1 else " ")
                at += 1
            self._starts.append(at)
            self._places.append(start)
            words.append(found[0])
            end = found.end()
            at += end - start
        cased = "".join(words)
        for sign, plain in _PLAIN:
            cased = cased.replace(sign, plain)
        self.cased = cased
        self.low = cased.lower()

    def place(self, start: int, end: int) -> Span:
        return self._out(start), self._out(end - 1) + 1

    def at(self, place: int) -> int:
        """Where the first word at or after code point `place` stands here."""
        word = bisect_left(self._places, place)
        if word and (word == len(self._places) or self._places[word] > place):
            inside = self._starts[word - 1] + place - self._places[word - 1]
            limit = self._starts[word] - 1 if word < len(self._starts) else len(self.low)
            if inside < limit:
                return inside
        return self._starts[word] if word < len(self._starts) else len(self.low)

    def _out(self, at: int) -> int:
        word = bisect_right(self._starts, at) - 1
        return self._places[word] + at - self._starts[word]


# one for one, so that offsets hold; "İ" alone would grow when lowered
_PLAIN = (("’", "'"), ("‘", "'"), ("–", "-"), ("—", "-"), ("‑", "-"), ("−", "-"), ("İ", "I"), ("“", '"'), ("”", '"'))

_END = re.compile(r"[.!?]['\")]{0,2} (?=['\"(]?[A-Z])|\n|;")
_SHORT = re.compile(r"(?:^|[\W_])(?:[A-Za-z]|[A-Z][a-z]{1,3}|[ap]\.m|[A-Z]\.[A-Z])$")


def rough(cased: str) -> list[int]:
    """Where sentences roughly start: enough to keep a verb from governing the next sentence's date."""
    starts = [0]
    for end in _END.finditer(cased):
        if end[0][0] == "." and _SHORT.search(cased, max(0, end.start() - 6), end.start()):
            continue
        starts.append(end.end())
    return starts


class Reader:
    """The place of a reading: everything left of it has been read."""

    def __init__(self, folded: Folded, anchor: date | None, starts: Sequence[int], *, loose: bool = False) -> None:
        self.low, self.cased = folded.low, folded.cased
        self.anchor = anchor
        self.loose = loose  # typed by a person: capitals say nothing
        self.named: date | None = None  # the last day or month named in full, and where that was
        self.named_end = -REACH * 3
        self.years: dict[tuple[int, int], int] = {}  # of the months and days told with one
        self._told: dict[Precision, When] = {}  # the last of each precision told of, latest last
        self._starts = starts

    @property
    def basis(self) -> MentionBasis:
        return MentionBasis.ARTICLE if self.anchor else MentionBasis.CONTEXT

    @property
    def now(self) -> date | None:
        """The day that the text is read from: its article's date, else the last date named in full."""
        return self.anchor or self.named

    def left(self, start: int) -> str:
        """The sentence before `start`, as far as it may govern what stands there."""
        sentence = self._starts[bisect_right(self._starts, start) - 1]
        return self.low[max(sentence, start - REACH) : start]

    def right(self, end: int) -> str:
        after = bisect_right(self._starts, end - 1)
        sentence = self._starts[after] if after < len(self._starts) else len(self.low)
        return self.low[end : min(sentence, end + REACH)]

    def names(self, at: int, word: str) -> bool:
        """Whether `word` names a month or a weekday: its capital says so, or it means nothing else."""
        return self.loose or self.cased[at].isupper() or (len(word) > 4 and word not in {"march", "august"})

    def tell(self, when: When) -> None:
        """Remember `when` for "the next day" and "that year"."""
        self._told.pop(when.precision, None)
        self._told[when.precision] = when

    def told(self, *precisions: Precision) -> When | None:
        """The last date told of, of one of these precisions."""
        return next((when for precision, when in reversed(self._told.items()) if precision in precisions), None)

    @property
    def day(self) -> When | None:
        return self.told(Precision.DAY)

    def then(self, at: int) -> date | None:
        """The day or month told with its year shortly before `at`."""
        return self.named if at - self.named_end < REACH * 3 else None

    def ahead(self, start: int, end: int) -> bool:
        """Whether the verb that governs a date tells it as still to come."""
        possessive = self.low.endswith("'s", start, end) or self.low.startswith("'s", end)  # Wednesday's ruling
        return not possessive and tense.ahead(self.left(start), self.right(end))
