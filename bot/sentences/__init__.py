"""Where sentences begin and end in a raw text: rules, no model, no training.

A text is first cut into *blocks* (paragraphs, headings, bullets) by its lines alone: a blank line always cuts, a
single line break cuts unless a line was wrapped there (`lines`). Each block is then cut at the full stops, question
marks, exclamation marks and ellipses that end a sentence (`stops`; in other languages than English `abroad`). Text is
never rewritten, so spans are exact whatever the white space; every pattern is linear and every look back bounded, so
no text can make it slow.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.model import Boilerplate, Sentence, Span
from bot.sentences import abroad, stops
from bot.sentences.lines import blocks

__all__ = ["blocks", "sentences", "split", "within"]


def split(text: str, language: str = "en") -> list[Span]:
    """Every sentence of `text`, in order, trimmed of white space; a heading or a bullet is a sentence of its own."""
    found: list[Span] = []
    for start, end in blocks(text):
        _cut(text, start, end, found, language)
    return found


def within(text: str, start: int, end: int, language: str = "en") -> list[Span]:
    """The sentences of text[start:end], which lies in one block."""
    found: list[Span] = []
    _cut(text, start, end, found, language)
    return found


def sentences(text: str, boilerplate: Sequence[Boilerplate] = (), language: str = "en") -> tuple[Sentence, ...]:
    """The sentences that may be quoted: none inside, over or across boilerplate; paragraphs that hold one count."""
    holes = sorted((piece.start, piece.end) for piece in boilerplate)
    found: list[Sentence] = []
    paragraph = hole = 0
    for start, end in blocks(text):
        spans: list[Span] = []
        at = start
        while hole < len(holes) and holes[hole][0] < end:
            left, right = holes[hole]
            _cut(text, at, left, spans, language)
            at = max(at, right)
            if right > end:
                break
            hole += 1
        _cut(text, at, end, spans, language)
        found += [Sentence(*span, paragraph) for span in spans]
        paragraph += bool(spans)
    return tuple(found)


def _cut(text: str, start: int, end: int, found: list[Span], language: str) -> None:
    if language == "en":
        stops.cut(text, start, end, found)
    else:
        abroad.cut(text, start, end, found, language)
