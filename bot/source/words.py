"""A claim and a sentence as comparable words: numbers, names, and what is denied of which word.

Surface forms and closed lists alone. They lean to strictness: a likeness missed makes an honest "closest, not the
same", one wrongly seen would put words into an article's mouth.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from enum import Enum, auto
from functools import lru_cache
from typing import NamedTuple

from bot import terms
from bot.source.lexicon import (
    CONTRARY,
    DATE_WORDS,
    DENIES,
    DIGITS,
    EMPTY,
    ENDINGS,
    LOWER_NAMES,
    MONEY,
    NO_COUNT,
    NOT,
    NOT_ABROAD,
    ONE_NAME,
    REACH,
    SAME,
    SCALE,
    SCALE_SIGN,
    SMALL,
    TYPOGRAPHY,
)


class Kind(Enum):
    PLAIN = auto()
    NUMBER = auto()
    NAME = auto()


class Word(NamedTuple):
    """A word that carries matter: `key` is what it is compared by; `denied`: a "not", "never", "refused to" governs it."""

    key: str
    written: str
    kind: Kind = Kind.PLAIN
    denied: bool = False
    clause: int = 0


class _Look(NamedTuple):
    """What a word says wherever it stands. `counts`: it may be a number, or begin one; `day`: or a month or weekday."""

    bare: str
    key: str
    capital: bool
    counts: bool
    day: str
    negates: bool
    denies: bool


# what ONE_NAME cannot match without: looked for first, as it is quickly seen to be missing
_MAY_NAME = re.compile(r"Korea|D\.?[PR]|US|U\.|UN|UK|EU|E\.U|United|America|European U|Brit|per ?cent|%|\$|€|£")
# "Kim Jong-un": the second half is of the name; "two-day", "US-led" are not
_HALF_NAME = re.compile(
    r"\b([A-Z][a-z]+)-(?!(?:day|led|time|year|born|wide|style|based|old|run|up|made|term)\b)([a-z]{2,5})\b"
)
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being) (?:\w+ ){0,2}?\w+(?:ed|en|wn|ld|id|de|ght|un) .*\bby\b")
_CLAUSE = re.compile(
    r"[,;:!?()\"](?!\d)|\.(?=\s|$)|\s-+\s|\b(?:but|while|although|though|whereas)\b|\band (?=(?:has|have|had|will|would|is|are|was|were|did|said|then|later|instead)\b)"
)


def plain(text: str) -> str:
    """`text` with one kind of quotation mark, apostrophe and dash."""
    return text.translate(TYPOGRAPHY)


def read(text: str) -> list[Word]:
    """The words of a claim or a sentence that carry matter, in order."""
    text = _HALF_NAME.sub(lambda match: f"{match[1]} {match[2].title()}", plain(text))
    if _MAY_NAME.search(text):
        text = ONE_NAME.sub(_one_name, text)
    found: list[Word] = []
    for number, clause in enumerate(_CLAUSE.split(text)):
        found += _clause(terms.written(clause), number, opens=not found)
    return found


def named(read: Sequence[Word], names: Collection[str]) -> list[Word]:
    """The same words, those a name whose keys are known as names elsewhere."""
    return [word._replace(kind=Kind.NAME) if word.key in names and word.kind is Kind.PLAIN else word for word in read]


def _clause(written: list[str], number: int, *, opens: bool) -> list[Word]:
    found: list[Word] = []
    denied = n = 0
    lifted = False  # whether "and" ends what is denied: "rejected an offer and demanded more", not "no men and women"
    while n < len(written):
        look = _look(written[n])
        value, used = _number(written, n) if look.counts else (0, 0)
        if used:
            found.append(Word(f"#{value:g}", " ".join(written[n : n + used]), Kind.NUMBER, denied > 0, number))
        elif look.negates:
            denied, lifted = REACH, False
        elif lifted and look.bare.lower() == "and":
            denied = 0
        elif look.day:
            found.append(Word(look.day, look.bare, Kind.NUMBER, denied > 0, number))
        elif look.key:
            name = look.capital and (not (opens and n == 0) or (look.key.isupper() and len(look.key) > 1))
            found.append(Word(look.key, look.bare, Kind.NAME if name else Kind.PLAIN, denied > 0, number))
            denied, lifted = (REACH + 2, True) if look.denies else (denied - 1, lifted)
        n += used or 1
    return found


@lru_cache(maxsize=1 << 14)
def _look(written: str) -> _Look:
    bare = written.removesuffix("'s")
    low = bare.lower()
    key = LOWER_NAMES.get(low) or terms.stem(bare) or (low if bare.isupper() and len(bare) > 1 else "")
    capital = bare[:1].isupper() or (key.isupper() and len(key) > 1)
    counts = _figure(written.lower())[1] > 0
    return _Look(bare, "" if bare in EMPTY else key, capital, counts, _day(bare, low), _is_not(low), low in DENIES)


def _one_name(match: re.Match[str]) -> str:
    if match["sign"]:
        return " percent"
    return f"{match['sum']} {MONEY[match['money']]}" if match["money"] else str(match.lastgroup)


def is_passive(claim: str) -> bool:
    """Whether the claim names who does a thing after it: "The offer was rejected by the union"."""
    return bool(_PASSIVE.search(claim))


def denials(text: str) -> list[int]:
    """In which clauses a "not", "no" or "never" stands, once for each; "without" denies one thing, not the clause."""
    clauses = _CLAUSE.split(plain(text).lower())
    return [
        number
        for number, clause in enumerate(clauses)
        for word in terms.written(clause)
        if _is_not(word) and word != "without"
    ]


def _is_not(word: str) -> bool:
    return word in NOT or word.endswith("n't")


def denies(word: str, language: str = "en") -> bool:
    return _is_not(word) or word in DENIES if language == "en" else word in NOT_ABROAD.get(language, "").split()


def _day(written: str, low: str) -> str:
    """The month or weekday that a word names; "may" and "march" only with a capital."""
    if written[0].isupper():
        return DATE_WORDS.get(low.rstrip("."), "")
    return low if low in DATE_WORDS and len(low) > 5 else ""


def _number(written: list[str], at: int) -> tuple[float, int]:
    """The number that begins at word `at`, in figures or words, and how many words it takes; 0 words: none."""
    value, used = _figure(written[at].lower())
    if not used:
        return 0, 0
    following = written[at + 1].lower() if at + 1 < len(written) else ""
    if written[at].lower() == "one" and (
        following in {"of", "another", "to"} or (at and written[at - 1].lower() in NO_COUNT)
    ):
        return 0, 0
    if value >= 20 and value % 10 == 0 and value < 100 and 0 < SMALL.get(following, 0) < 10:
        value, used = value + SMALL[following], 2
        following = written[at + 2].lower() if at + 2 < len(written) else ""
    while following in SCALE:
        value, used = value * SCALE[following], used + 1
        following = written[at + used].lower() if at + used < len(written) else ""
    return value, used


def _figure(word: str) -> tuple[float, int]:
    if match := DIGITS.match(word):
        return float(match[1].replace(",", "")) * SCALE_SIGN.get(match[2] or "", 1), 1
    if word in SMALL:
        return SMALL[word], 1
    return (SCALE[word], 1) if word in SCALE else (0, 0)


def alike(one: Word, other: Word) -> bool:
    """Whether two words mean the same thing: equal, one stem with another ending, or known to say the same."""
    if one.key == other.key:
        return True
    if one.kind is Kind.NUMBER or other.kind is Kind.NUMBER:
        return False
    if one.key[:4] == other.key[:4]:
        shorter, longer = (one.key, other.key) if len(one.key) < len(other.key) else (other.key, one.key)
        if len(shorter) >= 4 and longer.startswith(shorter) and longer[len(shorter) :] in ENDINGS:
            return True
    return one.key in SAME and SAME[one.key] == SAME.get(other.key)


def inflected(key: str) -> set[str]:
    """The key with each other ending that it may have."""
    bare = {key} | {key.removesuffix(ending) for ending in ENDINGS if len(key) - len(ending) >= 4}
    return {one + ending for one in bare for ending in ("", *ENDINGS)}


def contrary(one: Word, other: Word) -> bool:
    return frozenset((one.key, other.key)) in CONTRARY
