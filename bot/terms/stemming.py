"""Words as they are written, as they are compared, and as they are found."""
# ruff: noqa: SIM905 - a list of words reads best as one text

from __future__ import annotations

import re
import threading
from functools import lru_cache
from itertools import chain
from typing import cast

import Stemmer

from bot import languages

_STOP = frozenset(
    """
    a about above across after again against ago all almost along already also although always am amid among an and
    another any anybody anyone anything are around as at away back be became because become been before began being
    below between both but by came can cannot come comes coming could did do does doing done down during each either else enough
    even ever every everyone everything few for from further get gets getting give given go goes going gone got gives giving had
    has have having he hence her here hers herself him himself his how however i if in indeed instead into is it its
    itself just keep keeps kept least less let like likely made make makes making many may maybe me meanwhile might mine more
    moreover most much must my myself near nearly neither never nevertheless next no nobody none nor not nothing now
    of off often on once one only onto or other others otherwise ought our ours ourselves out over own per perhaps
    put quite rather really said same saw say saying says see seem seemed seems seen several shall she should since
    so some somebody someone something sometimes soon still such take taken than that the their theirs them
    themselves then there thereby therefore these they thing things this those though through thus to today together
    told too took toward towards takes taking under unless until up upon us used very via want wants wanted was way we well went were what
    whatever when where whereas whether which while who whole whom whose why will with within without would yes yet
    you your yours yourself yourselves
    """.split()
)

_CONTRACTED = _STOP | frozenset(  # what stands before the apostrophe of "don't" and "she'll"
    "ain aren couldn didn doesn don hadn hasn haven isn mightn mustn shan shouldn wasn weren won wouldn".split()
)

# letters and digits, with an apostrophe or the points of initials ("U.S.") between them, or what parts a number
_WORD = re.compile(r"\w+(?:['’]\w+|[.,](?=\d)\w+|\.(?<=\b\w\.)\w\b)*")

# Scripts whose words no space parts, and Hangul; each sign with the marks that belong to it.
_SIGN = (
    "\u0e01-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_SIGNED = re.compile(rf"(?=\w)[{_SIGN}](?:(?!\w)[\u0e31-\u0ece\u102b-\u109d\u17b4-\u17dd])*|[^\W{_SIGN}]+")
_RUN = re.compile(rf"(?:(?=\w)[{_SIGN}]|[\u0e31-\u0ece\u102b-\u109d\u17b4-\u17dd])+|[^\W{_SIGN}]+")
# Letters with the marks that some scripts write vowels with. What an apostrophe parts are two words in French, Italian
# and Turkish, and seldom one elsewhere.
_FOREIGN = re.compile(
    r"\w(?:\w|[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0963\u0966-\u0dff])*(?:[.,](?=\d)\w+)*"
)
_GRAM, _LETTERS = 2, 4  # signs that make a term, where a sign is a syllable or a word; and where it is a letter
_HIRAGANA = re.compile("[\u3040-\u309f]+")
_PARTICLES = frozenset("的了着是在和与及或也就都而其之于以为被把将这那一不有")

_CACHE_SIZE = 1 << 15  # words; a year of English news holds about four times as many, most of them seen once
_plains: dict[str, str] = {}  # word as written -> as compared
_stems: dict[str, str] = {}  # word as written -> its stem, "" for a stop word
_LONGEST_PIECE = 40  # code points; what is longer is an address, or hostile, and never comes again
_pieces: dict[str, tuple[str, ...]] = {}  # what stands between white space -> the stems in it
_local = threading.local()  # PyStemmer: "a stemmer object must not be used by two threads"


def is_stop(word: str) -> bool:
    """Whether `word`, lower-cased, carries no matter of its own; contractions ("don't") never do."""
    return word in _STOP or ("'" in word and word.split("'", maxsplit=1)[0] in _CONTRACTED)


def _plain(written: str) -> str:
    """A word as written -> as compared: lower-case, possessive and inner points of numbers and initials dropped."""
    if len(_plains) >= _CACHE_SIZE:
        _plains.clear()
    found = _plains[written] = _compared(written)
    return found


def _compared(written: str) -> str:
    if written == "US":
        return "u.s"  # the country; "us" is a stop word
    if written.isascii() and written.isalpha():
        return written.lower()
    word = written.lower().replace("’", "'")
    word = word.rstrip("_").removesuffix("'s")
    return word.replace(",", "") if word[:1].isdigit() else word


def written(text: str, language: str = "en") -> list[str]:
    """The words of `text` in order, as they stand there; sign by sign where no space parts them."""
    if language == "en":
        return _WORD.findall(text)
    return (_SIGNED if language in languages.SIGNED else _FOREIGN).findall(text)


def words(text: str, language: str = "en") -> list[str]:
    """The words of `text` in order, lower-cased; hyphened words count apart, "U.S." and "US" are "u.s"."""
    told = written(text, language)
    found = list(map(_plains.get, told))
    return [_plain(word) if known is None else known for word, known in zip(told, found, strict=True)]


def pieces(text: str, language: str = "en") -> list[str]:
    """What of `text` can be stemmed: its words as they stand there, or neighbouring signs where no space parts words."""
    if language not in languages.SIGNED:
        return written(text, language)
    size = _LETTERS if language in languages.ALPHABETIC else _GRAM
    found: list[str] = []
    for run in _RUN.findall(text):
        told = _SIGNED.findall(run)
        found += ["".join(told[n : n + size]) for n in range(max(bool(told), len(told) - size + 1))]
    return found


def stem(word: str, language: str = "en") -> str:
    """What `word`, as written, is compared by; empty for a stop word."""
    if language != "en":
        return _foreign_stem(word, language)
    known = _stems.get(word)
    return _stem(word) if known is None else known


def _stem(written: str) -> str:
    word = _plain(written)
    if is_stop(word) or (len(word) == 1 and not word.isdigit()):
        found = ""
    elif word.isalpha():
        try:
            stemmer = _local.stemmer
        except AttributeError:
            stemmer = _local.stemmer = Stemmer.Stemmer("english", 0)
        found = cast("str", stemmer.stemWord(word))
    else:
        found = word
    if len(_stems) >= _CACHE_SIZE:
        _stems.clear()
    _stems[written] = found
    return found


@lru_cache(maxsize=_CACHE_SIZE >> 2)
def _foreign_stem(written: str, language: str) -> str:
    """The stem of a word of another language than English; the word itself where no stemmer knows the language."""
    word = _plain(written)
    if word in languages.stop_words(language) or (len(word) == 1 and word.isalpha() and word.lower() != word.upper()):
        return ""
    if (language == "ja" and _HIRAGANA.fullmatch(word)) or (language == "zh" and not _PARTICLES.isdisjoint(word)):
        return ""  # endings and particles
    algorithm = languages.name(language).lower()
    if not word.isalpha() or algorithm not in Stemmer.algorithms():
        return word
    stemmers: dict[str, Stemmer.Stemmer] = _local.__dict__.setdefault("foreign", {})
    if algorithm not in stemmers:
        stemmers[algorithm] = Stemmer.Stemmer(algorithm, 0)
    return cast("str", stemmers[algorithm].stemWord(word))


def stems(text: str, language: str = "en") -> list[str]:
    """The words of `text` that carry matter, in order: lower-cased, stop words dropped, Snowball-stemmed.

    Snowball's English stemmer, Porter 2001, https://snowballstem.org/algorithms/english/stemmer.html.
    """
    if language != "en":
        return [one for piece in pieces(text, language) if (one := stem(piece, language))]
    # No word goes over white space, and what stands between it comes again and again: cutting there and looking up
    # is several times as fast as finding words.
    parts = text.split()
    found = list(map(_pieces.get, parts))
    if None in found:
        found = [_piece(part) if known is None else known for part, known in zip(parts, found, strict=True)]
    return list(chain.from_iterable(cast("list[tuple[str, ...]]", found)))


def _piece(piece: str) -> tuple[str, ...]:
    found = tuple(filter(None, map(stem, [piece] if piece.isalpha() else _WORD.findall(piece))))
    if len(piece) <= _LONGEST_PIECE:
        if len(_pieces) >= _CACHE_SIZE:
            _pieces.clear()
        _pieces[piece] = found
    return found


def findable(text: str, language: str) -> str:
    """What `text` is found by beside its words, in another language than English; asked words are made so, too.

    Its stems, each with its language before it, so that no text of another is found by them. Where no space parts
    words, its signs one by one, to be found in a row.
    """
    if language in {"", "en"}:
        return ""
    if language in languages.SIGNED:
        return signs(text, language)
    return " ".join(f"{language}0{one}" for one in stems(text, language))


def signs(text: str, language: str) -> str:
    """The signs of `text` one by one, in a language that puts no spaces between words; empty in others."""
    return " ".join(_SIGNED.findall(text)) if language in languages.SIGNED else ""
