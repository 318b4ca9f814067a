"""A claim -> the passages that say it, or the honest answer that none does.

Law: a number, a name or a denial that differs is never support. Where a likeness is open, the answer is `near`: an
article must not be made to say what it does not. No language model judges here; what two sentences share is counted.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import log

from bot import terms
from bot.model import Entry, Passage, Sentence, shown
from bot.source import words
from bot.source.comparing import Comparison
from bot.source.words import Word

MOST = 5  # passages in an answer
READ = 30  # sentences compared closely, of all that share words with the claim
SUPPORT = 0.8  # share of a claim's matter that a sentence must say to support it
NEAR = 0.5  # and to be shown as the closest
GAP = 60  # words that an ellipsis may stand for
QUOTED = 3  # words from which a run of words is a quotation, even without quotation marks
BEGINNING = 5  # letters by which a word is looked for before any closer look
_PRONOUNS = [[word] for word in ("he", "she", "it", "they", "his", "her", "its", "their", "this", "that", "both")]


class Verdict(StrEnum):
    EXACT = "exact"  # word for word
    SUPPORTED = "supported"  # in other words
    NEAR = "near"  # closest, not the same
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Found:
    """What the articles say of a claim; `differs` names, where the verdict is near, the number, name or denial."""

    verdict: Verdict = Verdict.NONE
    differs: str = ""
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class _Said:
    """One sentence held against the claim: how much of its matter it says, and what it says otherwise."""

    score: float
    passage: Passage
    differs: str = ""


def find(claim: str, entries: Sequence[Entry]) -> Found:
    """What `entries` say of `claim`: word for word, else in other words, else the nearest, else nothing."""
    low = [words.plain(entry.article.text).lower() for entry in entries]
    pieces = [piece for part in re.split(r"\.{3}|…", claim) if (piece := terms.words(words.plain(part)))]
    quoted = [said for entry, text in zip(entries, low, strict=True) for said in _quotations(pieces, entry, text)]
    if exact := [said.passage for said in quoted if not said.differs]:
        words_ = len(terms.written(claim))
        sure = words_ >= QUOTED or claim.strip()[:1] in "\"“„«'‘"
        return Found(Verdict.EXACT if sure else Verdict.SUPPORTED, passages=tuple(exact[:MOST]))
    said = [*quoted, *_likeness(claim, entries, low)]
    said.sort(key=lambda one: (-one.score, bool(one.differs), one.passage))
    if support := [one.passage for one in said if one.score >= SUPPORT and not one.differs]:
        return Found(Verdict.SUPPORTED, passages=tuple(dict.fromkeys(support))[:MOST])
    near = [one for one in said if one.score >= NEAR]
    if not near:
        return Found()
    return Found(Verdict.NEAR, near[0].differs, tuple(dict.fromkeys(one.passage for one in near[:MOST])))


# --- word for word ----------------------------------------------------------------------------------------


def _quotations(pieces: Sequence[list[str]], entry: Entry, low: str) -> Iterator[_Said]:
    """Where the article has the claim's words in their order; an ellipsis in the claim may skip some."""
    if not pieces or not all(word in low for piece in pieces for word in piece if word.isalpha()):
        return
    spoken: list[str] = []
    home: list[int] = []  # which sentence each word stands in
    for n, sentence in enumerate(entry.sentences):
        found = terms.words(words.plain(entry.article.text[sentence.start : sentence.end]))
        spoken += found
        home += [n] * len(found)
    at = 0
    while (span := _run(pieces, spoken, at)) is not None:
        start, end = span
        denied = _denied(spoken, home, start)
        for n in range(home[start], home[end - 1] + 1):
            yield _Said(1.0, _passage(entry, entry.sentences[n]), denied)
        at = end


def _run(pieces: Sequence[list[str]], spoken: Sequence[str], at: int) -> tuple[int, int] | None:
    """The next place where the pieces stand in order, at most GAP words apart."""
    for start in range(at, len(spoken)):
        end = start
        for number, piece in enumerate(pieces):
            last = start if number == 0 else min(end + GAP, len(spoken))
            end = next((n + len(piece) for n in range(end, last + 1) if spoken[n : n + len(piece)] == piece), -1)
            if end < 0:
                break
        if end > 0:
            return start, end
    return None


def _denied(spoken: Sequence[str], home: Sequence[int], start: int) -> str:
    """Whether the words right before those quoted deny them: "… denied that he would resign"."""
    before = [spoken[n] for n in range(max(0, start - 4), start) if home[n] == home[start]]
    denial = next((word for word in before if words.denies(word)), "")
    return f"the article denies it (“{denial}”)" if denial else ""


# --- in other words ---------------------------------------------------------------------------------------


def _likeness(claim: str, entries: Sequence[Entry], low: Sequence[str]) -> Iterator[_Said]:
    """The sentences that share most with the claim, each held against it word by word."""
    places = _candidates(claim, entries, low)
    texts = [shown(entry.article.text[entry.sentences[n].start : entry.sentences[n].end]) for entry, n in places]
    read = [words.read(text) for text in (claim, *texts)]
    names = _names(read)
    asked, *read = [words.named(found, names) for found in read]
    spread = Counter(key for found in read for key in {word.key for word in found})
    weights = [log(2 + len(read) / (1 + spread[word.key])) for word in asked]
    passive, denials = words.is_passive(claim), words.denials(claim)
    for (entry, n), text, found in zip(places, texts, read, strict=True):
        around = words.named(words.read(_around(entry, n)), names)
        hangs = terms.words(text)[:1] in _PRONOUNS
        held = Comparison(asked, found, around, _whole(entry, asked), hangs=hangs, passive=passive)
        score = held.score(weights)
        if len(asked) == 1 and len(terms.written(claim)) > 2:
            score = min(score, NEAR)  # "we will return": one word alone says nothing
        differs = held.difference() if score >= NEAR else ""
        if score >= SUPPORT and not differs:
            differs = held.denial(denials, words.denials(text))
        yield _Said(score, _passage(entry, entry.sentences[n]), differs)


def _candidates(claim: str, entries: Sequence[Entry], low: Sequence[str]) -> list[tuple[Entry, int]]:
    """The sentences worth a close look: those that hold most beginnings of the claim's words, a third at the least."""
    beginnings = {word.written.lower()[:BEGINNING] for word in words.read(claim)}
    found: list[tuple[int, int, int]] = []
    for number, (entry, text) in enumerate(zip(entries, low, strict=True)):
        starts = [sentence.start for sentence in entry.sentences]
        held: dict[int, set[str]] = defaultdict(set)
        for beginning in beginnings:
            at = text.find(beginning)
            while at >= 0:
                held[bisect(starts, at) - 1].add(beginning)
                at = text.find(beginning, at + 1)
        found += [(-len(hits), number, n) for n, hits in held.items() if n >= 0 and len(hits) * 3 >= len(beginnings)]
    return [(entries[number], n) for _, number, n in sorted(found)[:READ]]


def _names(read: Sequence[list[Word]]) -> set[str]:
    """Keys of capitalised words that no sentence writes without the capital, so that an opening word may be told."""
    capital = {word.key for found in read for word in found if word.written[0].isupper()}
    lower = {word.key for found in read for word in found if word.written[0].islower()}
    return {key for key in capital if lower.isdisjoint(words.inflected(key))}


def _around(entry: Entry, n: int) -> str:
    """What a sentence takes for known: the title, the article's own year, and the sentence before."""
    when = entry.article.published.when
    before = [shown(entry.article.text[one.start : one.end]) for one in entry.sentences[max(0, n - 1) : n]]
    return ". ".join([entry.article.title, *([str(when.first.year)] if when else []), *before])


def _whole(entry: Entry, asked: Sequence[Word]) -> set[tuple[str, str]]:
    """Neighbours in the claim that the article writes side by side: the first and the last name of somebody."""
    return {
        (one.key, other.key) for one, other in pairwise(asked) if f"{one.written} {other.written}" in entry.article.text
    }


def _passage(entry: Entry, sentence: Sentence) -> Passage:
    return Passage(entry.article.id, entry.article.version, sentence.start, sentence.end)
