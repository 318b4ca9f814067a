"""A claim held against one sentence, word by word: how much of it is said there, and what is said otherwise."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from difflib import SequenceMatcher
from functools import cache

from bot.source.words import Kind, Word, alike, contrary

IMPLIED = 0.7  # of a word that the sentence leaves to what stands before it
VERBATIM = 0.8  # share of a claim in the sentence's order, from which one changed word is an altered quotation

_DENIED = "it denies that (“not”)"
_WITHOUT_NOT = "it says so without a “not”"
_YEAR = re.compile(r"#(?:19|20)\d\d")


class Comparison:
    """`around` reads what the sentence takes for known, if it `hangs` on it; `whole` are the full names in its article.

    `passive`: the claim names who does a thing after what is done.
    """

    def __init__(
        self,
        asked: Sequence[Word],
        found: Sequence[Word],
        around: Callable[[], Sequence[Word]],
        whole: Collection[tuple[str, str]],
        *,
        hangs: bool,
        passive: bool,
    ) -> None:
        self.asked, self.found, self.whole = asked, found, whole
        self._around = cache(around)  # few comparisons come to it
        self.hangs, self.passive = hangs, passive
        places = [[n for n, other in enumerate(found) if alike(word, other)] for word in asked]
        clauses = Counter(clause for place in places for clause in {found[n].clause for n in place})
        self.main = max(clauses, key=lambda clause: (clauses[clause], -clause), default=0)
        self.matches = [self._best(word, place) for word, place in zip(asked, places, strict=True)]
        self.free = [other for n, other in enumerate(found) if n not in self.matches]
        # a sentence that names another cannot mean one named before
        self.named = any(other.kind is Kind.NAME for other in self.free)

    def _best(self, word: Word, places: Sequence[int]) -> int | None:
        """Where the sentence says a word: the very word first, and in the clause that says most of the claim."""

        def rank(n: int) -> tuple[bool, bool, int]:
            return self.found[n].key != word.key, self.found[n].clause != self.main, n

        return min(places, key=rank, default=None)

    def score(self, weights: Sequence[float]) -> float:
        """The share of what is asked that the sentence says, in [0, 1]."""
        said = 0.0
        for word, match, weight in zip(self.asked, self.matches, weights, strict=True):
            said += weight if match is not None else IMPLIED * weight if self._implied(word) else 0
        return said / sum(weights) if weights else 0.0

    def _implied(self, word: Word) -> bool:
        """Whether the sentence leaves a word out because it is known: "Hoff" for "Lena Hoff", "he", the year."""
        if word.kind is Kind.NAME:
            beside = {self.asked[n].key for n, match in enumerate(self.matches) if match is not None}
            if any(pair[0] == word.key and pair[1] in beside for pair in self.whole):
                return True
            fits = self.hangs and not self.named
        else:
            fits = bool(_YEAR.fullmatch(word.key))
        return fits and any(alike(word, other) for other in self._around())

    def difference(self) -> str:
        """What the sentence says otherwise, in words: a number, a name, a denial, a contrary or changed word."""
        return (
            self._missing(Kind.NUMBER, "number")
            or self._missing(Kind.NAME, "name")
            or self._denial()
            or self._other_subject()
            or self._contrary()
            or self._other_number()
            or self._changed()
        )

    def denial(self, asked: Sequence[int], found: Sequence[int]) -> str:
        """Whether claim and sentence deny unlike often; both as `words.denials` gives them.

        Of the sentence's, those count that stand in a clause which the claim repeats; all, where it repeats nearly
        every word.
        """
        if len(asked) > len(found):
            return _WITHOUT_NOT
        repeats = sum(any(alike(word, one) for one in self.asked) for word in self.found)
        if repeats >= VERBATIM * len(self.found):
            return _DENIED if len(found) > len(asked) else ""
        whole = Counter(word.clause for word in self.found)
        told = Counter(self.found[match].clause for match in set(self.matches) if match is not None)
        repeated = [n for n in found if 0 < whole[n] <= 2 * told[n]]
        return _DENIED if len(repeated) > len(asked) else ""

    def _missing(self, kind: Kind, noun: str) -> str:
        spare = Counter(word.key for word in self.found)
        for word, match in zip(self.asked, self.matches, strict=True):
            spare[word.key] -= 1
            twice = kind is Kind.NUMBER and match is not None and spare[word.key] < 0
            if word.kind is kind and (twice or (match is None and not self._implied(word))):
                return _instead(noun, self._in_place_of(word), word)
        return ""

    def _in_place_of(self, word: Word) -> Word | None:
        """What the sentence has where the claim has `word`: a free one of its kind, next to the claim's neighbours."""
        at = self.asked.index(word)
        near = [match for match in self.matches[max(0, at - 1) : at + 2] if match is not None]
        rivals = [
            (min((abs(n - match) for match in near), default=0), n)
            for n, other in enumerate(self.found)
            if n not in self.matches and other.kind is word.kind and (other.key[0] == "#") == (word.key[0] == "#")
        ]
        return self.found[min(rivals)[1]] if rivals else None

    def _denial(self) -> str:
        for word, match in zip(self.asked, self.matches, strict=True):
            if match is not None and word.kind is Kind.PLAIN and word.denied != self.found[match].denied:
                return (
                    "it says so without a “not”" if word.denied else f"it denies that (“{self.found[match].written}”)"
                )
        return ""

    def _other_subject(self) -> str:
        """Whether another name does in the sentence what the claim says of one."""
        names = [n for n, word in enumerate(self.asked) if word.kind is Kind.NAME]
        deeds = [n for n, word in enumerate(self.asked) if word.kind is Kind.PLAIN and self.matches[n] is not None]
        for n in names:
            beside = [deed for deed in deeds if (deed < n) == self.passive]
            if not beside:
                continue
            deed = max(beside) if self.passive else min(beside)
            there = self.matches[deed] or 0
            clause = self.found[there].clause
            doers = [word for word in self.found[:there] if word.kind is Kind.NAME and word.clause == clause]
            told = [self.asked[n] for n in names if (n > deed) == self.passive]
            if doers and not any(alike(one, other) for one in doers for other in told):
                return _instead("name", doers[0], self.asked[n])
        return ""

    def _contrary(self) -> str:
        for word, match in zip(self.asked, self.matches, strict=True):
            if other := next((one for one in self._rivals(match) if contrary(word, one)), None):
                return _instead("word", other, word)
        return ""

    def _other_number(self) -> str:
        for word, match in zip(self.asked, self.matches, strict=True):
            if word.kind is Kind.NUMBER and match is not None:
                for other in self._rivals(match):
                    if other.kind is Kind.NUMBER:
                        return _instead("number", other, word)
        return ""

    def _rivals(self, match: int | None) -> list[Word]:
        """Words that may stand in place of one matched nowhere, or only outside the clause that says the rest."""
        if match is None:
            return self.free
        return [one for one in self.free if one.clause == self.main != self.found[match].clause]

    def _changed(self) -> str:
        """Whether a claim that follows the sentence nearly word for word has another word in one place."""
        matched = zip(self.asked, self.matches, strict=True)
        keys = [word.key if match is None else self.found[match].key for word, match in matched]
        order = SequenceMatcher(None, keys, [word.key for word in self.found], autojunk=False)
        if sum(block.size for block in order.get_matching_blocks()) < VERBATIM * len(keys):
            return ""
        for verb, n, _, there, _ in order.get_opcodes():
            if verb not in {"replace", "delete"} or self.matches[n] is not None:
                continue
            if not any(alike(self.asked[n], other) for other in self._around()):
                return _instead("word", self.found[there] if verb == "replace" else None, self.asked[n])
        return ""


def _instead(noun: str, there: Word | None, asked: Word) -> str:
    if there is None:
        return f"the {noun} “{asked.written}” is not in it"
    return f"the {noun} is “{there.written}”, not “{asked.written}”"
