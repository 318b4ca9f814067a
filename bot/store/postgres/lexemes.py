"""What PostgreSQL is given to find words by.

Its own parser takes "U.S." for a host and "his/her" for a file, so words are folded and parted here, by the same rule
for what is stored and what is asked, and only stemmed there. Its index of one text holds 16 383 places, 256 of one
word (PostgreSQL 15, section 12.11): a long text is indexed as a whole without places, and in parts with them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from bot.store.words import PIECE

PART = 2000  # words; so many hold no word 256 times
OVERLAP = PIECE // 2  # words that two parts share, at least as many as a phrase can have
LETTERS = 80  # of a word that are looked at; so a part stays within the 1 MB that an index of one text may take
ROOM = 400_000  # bytes of a long text's different words, likewise

_MARKS = re.compile("[\u0300-\u036f]+")
_LEXEME = re.compile(r"[^\W_]+")


def lexemes(text: str) -> list[str]:
    """The words of `text` in order, without case and accents."""
    if not text.isascii():
        plain = _MARKS.sub("", unicodedata.normalize("NFKD", text))
        text = unicodedata.normalize("NFKC", plain)
    return [word[:LETTERS] for word in _LEXEME.findall(text.casefold())]


def parts(words: Sequence[str]) -> Iterator[str]:
    """A long text's words in parts, such that every phrase stands in one."""
    for start in range(0, max(len(words) - OVERLAP, 1), PART - OVERLAP):
        yield " ".join(words[start : start + PART])


def different(words: Iterable[str]) -> str:
    """Each word once, as many as there is room for."""
    kept, room = [], ROOM
    for word in dict.fromkeys(words):
        room -= len(word.encode()) + 1
        if room < 0:
            break
        kept.append(word)
    return " ".join(kept)


def exact(spellings: Sequence[str]) -> str:
    """A tsquery for any of `spellings`, the words of each one after the other; empty if there is no word."""
    return _any(" <-> ".join(map(_quoted, lexemes(spelling))) for spelling in spellings)


def loose(spellings: Sequence[str]) -> str:
    """A tsquery for any of `spellings`, the words of each wherever they stand."""
    return _any(" & ".join(map(_quoted, dict.fromkeys(lexemes(spelling)))) for spelling in spellings)


def _any(queries: Iterable[str]) -> str:
    return " | ".join(f"({query})" for query in queries if query)


def _quoted(word: str) -> str:
    return f"'{word}'"
