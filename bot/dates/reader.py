"""What a rule of the grammar knows of the text around it: the words so far, the article's date, the dates before."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

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
        self.named_end = -REACH * 3
        self.named: date | None = None  # the last day, month or year named in full, when there is no anchor
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

    def named_at(self, at: int, word: str) -> bool:
        """Whether `word` names a month or a day: its capital says so, or it means nothing else."""
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

    # --- tense ---

    def ahead(self, start: int, end: int) -> bool:
        """Whether the verb that governs a date tells it as still to come."""
        left = self.left(start)
        if self.low.endswith("'s", start, end) or self.low.startswith("'s", end):  # Wednesday's ruling
            return False
        if _BEFORE.search(left):
            return True
        cue = max(_CUE.finditer(left), key=re.Match.end, default=None)
        if cue is None or (cue.end() < len(left) - 60 and "," in left[cue.end() :]):
            cue = _CUE.search(self.right(end)) or cue
        return cue is not None and cue["ahead"] is not None


_ADVERBS = r"(?: (?:not|also|now|still|soon|be|have|been|only|probably|likely|formally|officially|\w+ly))*"
_TO_COME = (
    rf"(?:will|won't|'ll|shall|would|may|might|should|must|(?:is|are|am|'re|'s) to|to be){_ADVERBS} \w+"
    r"|(?:scheduled|slated|expected|expects?|planned|plans?|planning|due|set) (?:\w+ )?(?:to|for|on|in|at|by|next)\b(?: \w+)?"
    r"|(?:going|likely|ready|hopes?|hoping|intends?|vowed|promised|agreed|prepar\w+|wants?|aims?|about|supposed|decided|urged|asked|ordered|designed) to \w+"
    r"|(?:planned|planning|plans?) (?:an?|the) |(?:due|scheduled|slated|upcoming|coming|forthcoming|deadline)\b"
    r"|(?:starts?|begins?|opens|takes? (?:place|effect)|kicks? off|arrives?|leaves|departs|ends|expires?|comes|goes|travels"
    r"|meets?|faces|visits|hosts|returns|resumes?|launches)\b(?!')"
    r"|(?:ahead of|in time for|tomorrow|next week|next month)\b"
    r"|(?:is|are|was|were) (?:\w+ )?(?:visiting|meeting|starting|beginning|coming|arriving|leaving|travelling|traveling|holding|hosting"
    r"|playing|opening|facing|going)\b"
)
_OVERTAKEN = r"(?:had|has|have) been (?:due|scheduled|expected|planned|set|slated)(?: to \w+)?"
_TOLD = (
    r"(?:had|has|have|having|was|were|been|did|didn't|said|says|(?!united|need|speed|hundred|embed)\w{2,}ed|began|took|came|went|met|gave|made|held|told|rose|fell"
    r"|left|won|lost|became|got|saw|found|sent|led|broke|spoke|wrote|died|hit|shot|cut|sold|bought|brought|kept|ran|grew|drew|fled"
    r"|flew|swept|struck|killed|since|after|ago)\b"
)
_CUE = re.compile(rf"\b(?:(?:{_OVERTAKEN})|(?P<ahead>{_TO_COME})|(?:{_TOLD}))")
_BEFORE = re.compile(
    r".\b(?:until|till|no later than|next|effective|expires?|starting|beginning|as (?:soon|early|late) as)"
    r" (?:the |early |late |on |in |at )?(?:(?:\d\S{0,5}(?: ?[ap]\.?m\.?)?|noon|midnight)(?: [a-z]{3})? )?$"
)
