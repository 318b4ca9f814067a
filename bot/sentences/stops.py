"""What a full stop, question mark, exclamation mark or ellipsis says: whether a sentence ends there."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.model import Span
from bot.sentences.words import CLOSERS, LETTERED, NAMES, NUMBERED, OPENERS, TITLES, ZONES

_STOP = re.compile(
    r"([.!?…。！？؟।](?<![.!?…][.!?…])[.!?…。！？؟।]*+(?:[^\S\n]?[.!?…]){0,3}+)"  # also spaced: ". . ."
    r"((?:[\"'”’»)\]}\u200b\u200e\u200f\u202c\u2069\ufeff]|“(?=\s)|\[\d{1,3}\])*+"
    r"(?:\s(?:''|[\"”’)])(?=[\s.]|\Z))*+)"  # quotation marks stand alone in tokenised text
    r"\s*+(?![\"'“‘`(]*+[a-z](?![A-Z]|[ln]-[A-Z]))"  # a small letter goes on, but al-Shabab and iPhone
)
_LABEL = re.compile(r":(?<=\s(?:Image|Photo):)\s(?=[A-Z])")  # a credit after its caption
_OPENING = "\"'“‘`«([{–—/"
_QUOTES = frozenset("\"'”’")
_HOURS = frozenset(("a.m", "p.m"))
_NEXT = re.compile(
    r"((?:[\"'“‘`«(\[{¿¡$£€¥#@*\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]\s?|[–—-]{1,2}\s?)*+)(\w[\w'’&-]*+)?(\.?)"
)
_SPOKE = re.compile(
    r"(?:[A-Z][\w'’.-]*+\s++){1,4}(?:said|says|asked|asks|wrote|added|cried|shouted|yelled|exclaimed|tweeted|replied)\b"
)
_TIME = re.compile(r"\s+time\b")  # 9 a.m. Paris time
_MIXED = re.compile(r"[a-z](?:[ln]-)?[A-Z]")
_ACRONYM = re.compile(r"(?:[A-Za-z]{1,2}\.)+[A-Z]\Z")
_CLIPPED = re.compile(r"[B-DF-HJ-NP-TV-Z][b-df-hj-np-tv-xz]{1,3}\Z")  # Pvt, Sgt, Hwy: no vowel, so no word

LONG = 4000  # code points; no block of an article is longer, and what is need not be remembered
_TAILS = frozenset(word[-3:].lower() for word in TITLES | NUMBERED | CLOSERS | NAMES)


def cut(text: str, start: int, end: int, found: list[Span]) -> None:
    """Add the sentences of text[start:end], one block or a part of one, to `found`."""
    if end - start > LONG:
        _cut(text, start, end, found)
    else:
        found += [(start + first, start + last) for first, last in _spans(text[start:end])]


@lru_cache(maxsize=64)  # cleaning asks for the blocks of an article, and right after it quoting for the same ones
def _spans(block: str) -> list[Span]:
    found: list[Span] = []
    _cut(block, 0, len(block), found)
    return found


def _cut(text: str, start: int, end: int, found: list[Span]) -> None:
    for label in _LABEL.finditer(text, start, end):
        word = label.start() - len("Photo")
        _cut_at_stops(text, start, word, found)
        start = word
    _cut_at_stops(text, start, end, found)


def _cut_at_stops(text: str, start: int, end: int, found: list[Span]) -> None:
    while start < end and text[start].isspace():
        start += 1
    for stop in _STOP.finditer(text, start, end):
        at = stop.end()
        if at == end:
            break
        if at - stop.start() == 2 and text[at].isupper():  # by far the most frequent: a word, a stop, a space
            tail = text[at - 5 : at - 2]
            if tail.islower() and tail.isalpha() and tail not in _TAILS:
                found.append((start, at - 1))
                start = at
                continue
        if _ends(text, start, stop):
            last = stop.end(2)
            if stop[2] and _opens(text, start, stop):
                last, at = last - 2, last - 1
            found.append((start, last))
            start = at
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        found.append((start, end))


def _opens(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether the straight quotation mark that stands alone after `stop` opens the next sentence."""
    at = stop.end(2) - 1
    alone = text[at] == '"' and text[at - 1].isspace()
    return alone and text.count('"', max(start, at - 2000), at) % 2 == 0


def _ends(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether the sentence that began at `start` ends at `stop`."""
    marks, close = stop.groups()
    at = stop.end()
    before = _word_before(text, start, stop.start())
    if at == stop.end(2):  # no space: "the summit.The next"
        if marks[-1] in "。！？।":
            return True
        return len(before) > 2 and before.islower() and before.isalpha() and text[at : at + 2].istitle()
    following = _NEXT.match(text, at)
    assert following is not None, "every part of it is optional"
    opening, word, dot = following.groups()
    if not word:
        return marks != "." or not _is_abbreviation(before)
    if word[0].islower():
        return _MIXED.match(word) is not None
    if marks == ".":
        return not before or _full_stop(text, start, stop, before, opening, word, dot)
    if marks[0] in "!?":
        quoted = not _QUOTES.isdisjoint(close)
        return not (quoted and _SPOKE.match(text, at)) and (before not in NAMES or word in OPENERS)
    return bool(before or close) or len(marks) > 3 or (word in OPENERS and word != "I")


def _full_stop(text: str, start: int, stop: re.Match[str], before: str, opening: str, word: str, dot: str) -> bool:
    """Whether a single full stop between `before` and `word` ends the sentence; `dot` is what follows `word`."""
    low = before.lower()
    number = word[0].isdigit()
    if low in TITLES or (number and low in NUMBERED):
        return False
    if low in _HOURS:
        return not number and word not in ZONES and not _TIME.match(text, stop.end() + len(word))
    if stop.start() - len(before) == start and (len(before) == 1 or before.isdigit()):
        return False  # the number of an item
    if not _is_abbreviation(before) or (len(before) == 1 and not _is_initial(text, start, stop.start())):
        return True
    if stop[2] and not _QUOTES.isdisjoint(stop[2]):
        return True
    if opening:
        return "(" not in opening and not number
    if number or (word == "No" and dot):
        return False
    return word in OPENERS or (word.endswith("ly") and text.startswith(",", stop.end() + len(word)))


def _word_before(text: str, start: int, at: int) -> str:
    """The word that ends at `at`, without opening marks; empty after white space."""
    if text[at - 1].isspace():
        return ""
    piece = text[max(start, at - 24) : at].rsplit(None, 1)
    return piece[-1].rsplit("-", 1)[-1].lstrip(_OPENING) if piece else ""


def _is_abbreviation(word: str) -> bool:
    if len(word) == 1:
        return word.isalpha()
    return (
        word in CLOSERS
        or word.title() in CLOSERS
        or _CLIPPED.match(word) is not None
        or _ACRONYM.match(word) is not None
    )


def _is_initial(text: str, start: int, at: int) -> bool:
    """Whether the letter that ends at `at` may stand for a name: not "I", but after a name; not in "Plan B"."""
    words = text[max(start, at - 24) : at].split()
    previous = words[-2] if len(words) > 1 else ""
    if words[-1] == "I":
        return previous[:1].isupper()
    return previous.lower() not in LETTERED
