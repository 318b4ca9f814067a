"""Who is introduced where: a surname alone means nothing to a reader who has not met the full name.

Told by capitals alone, so that a text in lower case has no names. Laws: linear in the text; a sentence is held only
against those before it, and one that gives a full name never lacks it.
"""
# ruff: noqa: SIM905 - a list of words reads best as one text

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from bot import terms


class Names(NamedTuple):
    """Surnames in a sentence: those it `introduces`, and the `strangers` that an earlier sentence introduced."""

    introduces: frozenset[str] = frozenset()
    strangers: frozenset[str] = frozenset()


_NOBODY = Names()
# "Maria Olsen", "Ursula von der Leyen", "Peter J. Brandt"
_FULL = re.compile(
    r"[A-Z][\w’'-]*\.?"
    r"(?: (?:(?:al|bin|bint|da|de|del|den|der|di|dos|el|ibn|la|van|von|zu) )*[A-Z][\w’'-]*(?:\.(?= [A-Z]))?)+"
)
_COURTESY = frozenset({"Mr", "Mrs", "Ms", "Miss", "Messrs"})  # "Mr. Brandt" is somebody the reader has met
_LINEAGE = frozenset({"Jr", "Sr", "II", "III", "IV"})
# what makes a longer name of a place, not a fuller one of a person
_PLACE = frozenset(
    """
    New North South East West Northern Southern Eastern Western Northeastern Central Upper Lower Greater Great Latin
    Saudi San Santa St Fort Port Mount Lake Los Las El La Old Inner Outer United State Super Grand
    """.split()
)
# "Justice Department", later "Department": no surname
_THING = frozenset(
    """
    Agency Airport Association Authority Award Awards Bank Bay Beach Board Bureau Center Centre Church City College
    Commission Committee Company Conference Corporation Council County Court Cup Department District Festival Force
    Foundation Games Group Hall Hospital House Institute Island Islands League Ministry Museum Network News Ocean Office
    Organization Park Party Peninsula Police Port Post Press Republic River School Sea Senate Service State States Street
    Times Union University Valley War Wars
    """.split()
)
_SHORTEST = 3  # letters


def names(sentences: Sequence[str], language: str = "en") -> list[Names]:
    """Of each sentence of an article, in order, whom it introduces and whom it takes as known.

    Only those count whom the article also names by the surname alone; in other languages than English nobody, where
    capitals or the words beside a name mean other things.
    """
    if language != "en":
        return [_NOBODY] * len(sentences)
    text = "\n".join(sentences)
    written = [_FULL.findall(sentence) for sentence in sentences]
    runs = Counter(chain.from_iterable(written))
    surnames = {run: surname for run in runs if (surname := _surname(run))}
    full: Counter[str] = Counter()
    for run, surname in surnames.items():
        full[surname] += runs[run]
    told = [surname for surname, count in full.items() if text.count(surname) > count]
    if not told:
        return [_NOBODY] * len(sentences)
    found = [_NOBODY] * len(sentences)
    met: set[str] = set()
    for n, sentence in enumerate(sentences):
        spoken = [surname for surname in told if surname in sentence]
        if spoken:
            own = frozenset([surnames.get(run, "") for run in written[n]]).intersection(spoken)
            known = [name for name in spoken if name in met and name not in own and _is_bare(sentence, name)]
            if own or known:
                found[n] = Names(own, frozenset(known))
                met |= own
    return found


def _surname(run: str) -> str:
    """The surname in a run of capitalised words, if they read as a person's full name or name and office."""
    words = [word.rstrip(".") for word in run.split()]
    while words and (words[0] in _COURTESY or (len(words[0]) > 1 and words[0].isupper())):
        words = words[1:]
    if words and words[0] not in {"The", "A", "An"} and terms.is_stop(words[0].lower()):
        words = words[1:]
    while words and words[-1] in _LINEAGE:
        words.pop()
    if len(words) < 2 or words[0].rpartition("-")[2] in _PLACE or words[0] in {"The", "A", "An"}:
        return ""
    surname = words[-1].removesuffix("’s").removesuffix("'s").rstrip("’'")
    return surname if len(surname) >= _SHORTEST and not surname.isupper() and surname not in _THING else ""


def _is_bare(sentence: str, surname: str) -> bool:
    """Whether the first mention stands by itself: not "the Brandt", "Brandt Group" or "Brandtson"."""
    start = sentence.index(surname)
    end = start + len(surname)
    before, after = sentence[:start].rsplit(None, 1)[-1:], sentence[end : end + 2]
    if (start and sentence[start - 1].isalnum()) or after[:1].isalnum() or after[:1] == "-":
        return False
    if after[:1] == " " and after[1:].isupper():
        return False
    if not before or before[0].rstrip(".") in _COURTESY:
        return True
    return not (
        before[0].lower() in {"the", "a", "an"} or (before[0][0].isupper() and not terms.is_stop(before[0].lower()))
    )
