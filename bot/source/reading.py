"""An article as claims are looked for in it."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate

from bot import terms
from bot.model import Entry
from bot.source import words


@dataclass(frozen=True, slots=True)
class Read:
    """An article as claims are looked for in it: in lower case and plain typography, and where its sentences start."""

    entry: Entry
    low: str
    starts: list[int]

    def home(self, at: int) -> int:
        """Which sentence stands at a place of `low`; -1: before the first."""
        return bisect(self.starts, at) - 1

    def places(self, word: str) -> set[int]:
        """The sentences with these letters in them."""
        found: set[int] = set()
        at = self.low.find(word)
        while at >= 0:
            n = self.home(at)
            found.add(n)
            after = self.starts[n + 1] if n + 1 < len(self.starts) else len(self.low)
            at = self.low.find(word, max(at + 1, after))
        return found - {-1}

    @property
    def language(self) -> str:
        return self.entry.article.language

    def words(self, n: int) -> list[str]:
        sentence = self.entry.sentences[n]
        return terms.words(words.plain(self.entry.article.text[sentence.start : sentence.end]), self.language)


def reading(entry: Entry) -> Read:
    text = entry.article.text
    low = words.plain(text).lower()
    if len(low) == len(text):
        return Read(entry, low, [sentence.start for sentence in entry.sentences])
    # soft hyphens have gone, or a letter has two signs in lower case: places are found anew
    told = [words.plain(text[sentence.start : sentence.end]).lower() for sentence in entry.sentences]
    starts = list(accumulate((len(one) + 1 for one in told), initial=0))
    return Read(entry, "\n".join(told), starts[:-1])
