"""What the lines of a text say: where its paragraphs, headings and bullets begin and end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto

from bot.model import Span
from bot.sentences.words import TITLES, words

WRAP = 120  # code points; nobody wraps wider, so longer lines are whole paragraphs
NARROW = 25  # code points; nobody wraps narrower
LIST = 40  # code points; neighbouring lines this short, neither of them ended, are a list

_ENDS = frozenset(".!?…:;。！？؟।")
_CLOSING = "\"'”’»)]\u200b"
_UNSPACED = re.compile("[\u2e80-\u9fff\uf900-\ufaff]")  # Chinese and Japanese put no spaces between words
_BULLET = re.compile(r"(?:[-–—•*·▪◦‣●○■□►▶+]|--|\(?\d{1,2}[.)]|\(?[a-z]\))\s+\S")
_GOES_ON = words(
    "a an the and or but nor of in on at by to for from with as into than that which who whose is are was were be been "
    "has have had will would its his her their our my both between"
)


class _Break(Enum):
    """What a single line break is; EARLY goes on although the next word had room, UNSURE might be either."""

    CUT = auto()
    WRAPPED = auto()
    EARLY = auto()
    UNSURE = auto()


def blocks(text: str) -> list[Span]:
    """Paragraphs, headings and bullets of `text`, each with its wrapped lines joined, trimmed of white space."""
    lines, blank = _lines(text)
    if len(lines) < 2:
        return lines
    width = _width(lines)
    breaks = [
        _Break.CUT if cut else _break(text, above, below, width)
        for above, below, cut in zip(lines, lines[1:], blank[1:], strict=False)
    ]
    # some wires indent a paragraph's first line; with the indent lost it is short, time and again
    early = breaks.count(_Break.EARLY)
    indented = early >= 3 and early > breaks.count(_Break.UNSURE)
    found = []
    start = lines[0][0]
    for (_, end), below, kind in zip(lines, lines[1:], breaks, strict=False):
        goes_on = indented and (below[1] - below[0] > 0.75 * width or text[below[1] - 1] in _ENDS)
        if kind is _Break.CUT or (kind is _Break.UNSURE and not goes_on):
            found.append((start, end))
            start = below[0]
    return [*found, (start, lines[-1][1])]


def _lines(text: str) -> tuple[list[Span], list[bool]]:
    """The lines that hold something, trimmed, and whether a blank line or the beginning stands above each."""
    found: list[Span] = []
    blank: list[bool] = []
    above = True
    at = 0
    for line in text.splitlines(keepends=True):
        words = line.strip()
        if words:
            start = at + line.index(words[0])
            found.append((start, start + len(words)))
            blank.append(above)
        above = not words
        at += len(line)
    return found, blank


def _width(lines: Sequence[Span]) -> int:
    """The column at which the lines were wrapped, 0 if they were not."""
    lengths = sorted(end - start for start, end in lines)
    short = [length for length in lengths if length <= WRAP]
    if sum(short) < 0.75 * sum(lengths):
        return 0
    width = short[-1 - len(short) // 20]  # an overlong line in twenty is no wrapping
    return width if width >= NARROW else 0


def _break(text: str, above: Span, below: Span, width: int) -> _Break:
    tail = text[max(above[0], above[1] - 12) : above[1]]
    last = tail.rsplit(None, 1)[-1]
    ended = last.rstrip(_CLOSING)[-1:] in _ENDS and last[:-1].lower() not in TITLES
    room = not width or above[1] - above[0] < width - _word_length(text, below)
    if (ended or room) and _BULLET.match(text, *below):
        return _Break.CUT
    if not room:
        return _Break.WRAPPED
    if ended:
        return _Break.CUT
    if not (text[below[0]].islower() or last[-1] in ".,([“‘–—-" or last.lower() in _GOES_ON):
        return _Break.CUT if text[above[0] : above[1]].isupper() else _Break.UNSURE
    short = max(above[1] - above[0], below[1] - below[0]) <= LIST
    return _Break.CUT if short and text[below[1] - 1] not in _ENDS else _Break.EARLY


def _word_length(text: str, line: Span) -> int:
    if _UNSPACED.match(text, line[0]):
        return 1  # such a line may break anywhere
    return len(text[line[0] : min(line[1], line[0] + WRAP)].split(None, 1)[0])
