"""Which parts of an article's text are no news: marked by place with a reason each, the text never changed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from bot import dates
from bot.ingest.dateline import Dateline, dateline
from bot.ingest.shapes import (
    BLOCKS,
    CONTRIBUTED,
    CREDIT_BARE,
    CREDIT_DASHED,
    CREDIT_IN_BRACKETS,
    CREDITED,
    NOTICE,
    NOTICE_WITHIN,
    NOTICED,
    OPENINGS,
    OPENS,
    OPENS_AS_IT_STANDS,
    REPORTED,
)
from bot.languages import UNSPACED
from bot.model import Boilerplate, Span, shown
from bot.sentences import blocks, within

TITLE_WORDS = 25  # a first line longer than this is no headline
HEAD_WORDS = 14  # a later one longer than this is no sub-head
SHAPE = 400  # code points; nothing that fits a whole-block shape is longer
CAPTION = 600  # code points; a block longer than this is no caption, though it holds a photographer's credit
LEAD = 10  # blocks; a dateline stands in one of the first
TAIL = 6  # sentences; a credit that only its place betrays stands this near the end

_BLOCK = re.compile("|".join(f"(?P<r{n}>(?:{shape})\\Z)" for n, (_, shape) in enumerate(BLOCKS)))
_OPENING = re.compile("|".join(f"(?P<r{n}>{shape})" for n, (_, shape) in enumerate(OPENINGS)))
_ENDED = re.compile(r"[.!…:;,。！؟।][\"'”’»)\]]*\Z")
_BULLET = re.compile(r"[-–—•*·▪◦‣●○■►+>]|\(?\d{1,3}[.)]\s")
_SIGNED = re.compile(r"\([a-z]{2,3}(?:[-/][a-z]{2,3}){1,3}/?\)\Z")  # (aa-kjd): who wrote and who edited it


def clean(text: str, title: str = "", language: str = "en") -> tuple[Boilerplate, ...]:
    """What of `text` is never quoted, and why, in order and without overlap; `title` is the article's, if known.

    What English pages say of themselves is known; of other languages datelines, headings and what has no words.

    Reasons: advertisement, agency, byline, copyright, credit, dateline, notice, photo, read-more, sharing, sub-head,
    timestamp, title. O(len(text)).
    """
    found: list[Boilerplate] = []
    body: list[Span] = []
    known = _folded(title)
    headed = bool(known)
    parts = blocks(text)
    for number, (opens, end) in enumerate(parts):
        start = opens
        heading = _is_heading(text, start, end, language, first=number == 0)
        reason = _whole(text, start, end, known)
        line = dateline(text, start, end) if not reason and number < LEAD else None
        if line and _is_dateline(line, end, heading=heading, first=not body):
            found.append(Boilerplate(start, line.end, "dateline"))
            start = line.end
        elif heading and not reason and (body or headed) and len(parts) > 1:
            # a day alone on its line, on a page of many, dates what stands below it
            reason = "" if body and dates.calendar(shown(text[start:end])) else "sub-head"
        elif heading and not reason and number + 1 < len(parts):
            reason = "sub-head" if text[start] in "([" and text[end - 1] in ")]" else "title"
        if reason:
            found.append(Boilerplate(start, end, reason))
            if reason == "title" and not known:
                title, known = shown(text[start:end]), _folded(text[start:end])
            headed = headed or reason == "title"
        elif start < end:
            if not body and (cut := _title_ends(text, start, end, title)):
                found.append(Boilerplate(start, cut, "title"))
                start = cut
            body.append((start, end))
    found += _in_sentences(text, body, language)
    return tuple(_disjoint(found))


# --- whole blocks -----------------------------------------------------------------------------------------


def _whole(text: str, start: int, end: int, title: str) -> str:
    """The reason why the whole block is no news, or nothing; `title` is folded."""
    if end - start > SHAPE:
        return ""
    block = " ".join(text[start:end].split())
    if title and _folded(block) == title:
        return "title"
    return _reason(_BLOCK.match(block), BLOCKS)


def _is_heading(text: str, start: int, end: int, language: str, *, first: bool) -> bool:
    """Whether a block stands there as a heading does: short, one line, no full stop, no bullet, a capital."""
    opens = text[start].isupper() or text[start].isdigit() or text[start] in "\"'“‘¿¡(["
    if language != "en":
        opens = opens or text[start] in "«„‘「『【" or (text[start].isalpha() and not text[start].islower())
    if end - start > SHAPE or not opens:
        return False
    block = text[start:end]
    if language in UNSPACED and len(block) > (TITLE_WORDS if first else HEAD_WORDS) * UNSPACED[language]:
        return False
    if _ENDED.search(block) or _BULLET.match(block) or _OPENING.match(block):
        return False
    if len(within(text, start, end, language)) > 1:
        return False
    if CREDIT_IN_BRACKETS.search(block) or CREDIT_BARE.search(block):
        return False
    if block.endswith("?"):  # a question in the body is a sentence
        return first and len(block.split()) <= HEAD_WORDS
    return len(block.split()) <= (TITLE_WORDS if first else HEAD_WORDS)


def _is_dateline(line: Dateline, end: int, *, heading: bool, first: bool) -> bool:
    """A dateline that names no agency is believed only where it opens the news; a headline may look like one."""
    return bool(line.agency) or line.end >= end or (first and not heading)


def _title_ends(text: str, start: int, end: int, title: str) -> int:
    """Where the title ends that a page glued before its first sentence; 0 if it did not."""
    if len(title) < 20 or not text.startswith(title, start):
        return 0
    after = start + len(title)
    rest = text[after:end].lstrip(" .-–—|:\xa0")
    return end - len(rest) if rest[:1].isupper() and text[after : after + 1] in " .-–—|:\xa0\n" else 0


def _reason(found: re.Match[str] | None, shapes: Sequence[tuple[str, str]]) -> str:
    return shapes[int(found.lastgroup[1:])][0] if found and found.lastgroup else ""


def _folded(words: str) -> str:
    return "".join(char for char in words.casefold() if char.isalnum())


# --- sentences --------------------------------------------------------------------------------------------


def _in_sentences(text: str, body: Sequence[Span], language: str) -> Iterator[Boilerplate]:
    """What is no news among the sentences of the blocks `body`."""
    spans = [span for start, end in body for span in within(text, start, end, language)]
    told = text.lower() if text.isascii() else text.replace("İ", "I").lower()  # one for one, so that places hold
    known: set[int] = set()
    for number, (start, end) in enumerate(spans):
        if not (OPENS.match(told, start, end) or OPENS_AS_IT_STANDS.match(text, start, end)):
            continue
        if opening := _OPENING.match(text, start, end):
            reason = _reason(opening, OPENINGS)
            yield Boilerplate(start, opening.end() if reason == "advertisement" else end, reason)
            known.add(number)
    starts = [start for start, _ in spans]
    noticed = _notices(told, spans, starts)
    known.update(noticed)
    yield from (Boilerplate(*spans[number], "notice") for number in noticed)
    credited = _credits(text, spans, starts)
    known.update(credited)
    yield from (Boilerplate(*spans[number], "credit") for number in credited)
    for number in reversed(range(max(0, len(spans) - TAIL), len(spans))):
        if number not in known:
            if not REPORTED.match(text, *spans[number]):
                break
            yield Boilerplate(*spans[number], "credit")
    if spans and (found_last := _SIGNED.search(text, max(spans[-1][0], spans[-1][1] - 24), spans[-1][1])):
        yield Boilerplate(*found_last.span(), "agency")
    yield from _captions(told, text, body, spans, starts)


def _credits(text: str, spans: Sequence[Span], starts: Sequence[int]) -> list[int]:
    """Which sentences tell who helped to report."""
    if "contributed" not in text:
        return []
    numbers = ((bisect_right(starts, found.start()) - 1, found.end()) for found in CONTRIBUTED.finditer(text))
    return [number for number, end in numbers if number >= 0 and end <= spans[number][1]]


def _notices(told: str, spans: Sequence[Span], starts: Sequence[int]) -> list[int]:
    """Which sentences the page says of itself; `told` is the text in small letters."""
    found = {number for number, span in enumerate(spans) if NOTICE.match(told, *span)}
    hinted = {bisect_right(starts, at) - 1 for hint in NOTICED for at in _places(told, hint)}
    return sorted(found | {number for number in hinted if number >= 0 and NOTICE_WITHIN.match(told, *spans[number])})


def _places(told: str, words: str) -> Iterator[int]:
    at = told.find(words)
    while at >= 0:
        yield at
        at = told.find(words, at + len(words))


def _captions(
    told: str, text: str, body: Sequence[Span], spans: Sequence[Span], starts: Sequence[int]
) -> Iterator[Boilerplate]:
    """Captions: from the beginning of their sentence, or of their short block, to the photographer's credit."""
    shapes = [CREDIT_IN_BRACKETS]
    if any(sign in told for sign in CREDITED):
        shapes.append(CREDIT_BARE)
    elif "photo" in told or "pic" in told:
        shapes.append(CREDIT_DASHED)
    credited = [found.span() for shape in shapes for found in shape.finditer(text)]
    firsts = [start for start, _ in body]
    for start, end in credited:
        number, block = bisect_right(starts, start) - 1, bisect_right(firsts, start) - 1
        if number < 0 or start >= spans[number][1]:
            continue
        first = spans[number][0]
        opens, closes = body[block]
        if closes - opens <= CAPTION and not text[end:closes].strip(" ./|"):
            yield Boilerplate(opens, closes, "photo")  # the block ends in the credit, so it is the caption
            continue
        if not text[first:start].strip(" (") and number and spans[number - 1][0] >= opens:
            first = spans[number - 1][0]  # the credit is a sentence of its own, after its caption
        yield Boilerplate(first, end, "photo")


def _disjoint(found: Sequence[Boilerplate]) -> Iterator[Boilerplate]:
    at = 0
    for piece in sorted(found, key=lambda piece: (piece.start, -piece.end)):
        if piece.end > at:
            yield Boilerplate(max(piece.start, at), piece.end, piece.reason)
            at = piece.end
