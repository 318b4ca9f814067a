"""A claim -> the passages that say it, or the honest answer that none does.

Law: a number, a name or a denial that differs is never support. Where a likeness is open, the answer is `near`: an
article must not be made to say what it does not. No language model judges here; what two sentences share is counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import chain, pairwise
from math import log

from bot import terms
from bot.model import Entry, Passage, Sentence, shown
from bot.source import words
from bot.source.comparing import Comparison
from bot.source.reading import Read, reading
from bot.source.words import Word

MOST = 5  # passages in an answer
READ = 30  # sentences compared closely, of all that share words with the claim
SUPPORT = 0.8  # share of a claim's matter that a sentence must say to support it
NEAR = 0.5  # and to be shown as the closest
UNSURE = 0.75  # the most that is believed of a likeness in other languages than English
VAGUE = 3  # words of a claim for each that carries matter, from which nothing but its very words supports it
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
    articles = [reading(entry) for entry in entries]
    pieces = {language: _pieces(claim, language) for language in {article.language for article in articles}}
    quoted = [said for article in articles for said in _quotations(pieces[article.language], article)]
    if exact := [said.passage for said in quoted if not said.differs]:
        words_ = max(len(terms.written(claim, language)) for language in pieces)
        sure = words_ >= QUOTED or claim.strip()[:1] in "\"“„«'‘「『"
        return Found(Verdict.EXACT if sure else Verdict.SUPPORTED, passages=tuple(exact[:MOST]))
    english = [article for article in articles if article.language == "en"]
    others = (said for article in articles if article.language != "en" for said in _near(claim, article))
    said = [*quoted, *_likeness(claim, english), *others]
    said.sort(key=lambda one: (-one.score, bool(one.differs), one.passage))
    if support := [one.passage for one in said if one.score >= SUPPORT and not one.differs]:
        return Found(Verdict.SUPPORTED, passages=tuple(dict.fromkeys(support))[:MOST])
    near = [one for one in said if one.score >= NEAR]
    if not near:
        return Found()
    return Found(Verdict.NEAR, near[0].differs, tuple(dict.fromkeys(one.passage for one in near[:MOST])))


def _pieces(claim: str, language: str) -> list[list[str]]:
    """The claim's words, as the language of an article has them, parted where something is left out."""
    parts = re.split(r"\.{3}|…", claim)
    return [piece for part in parts if (piece := terms.words(words.plain(part), language))]


# --- word for word ----------------------------------------------------------------------------------------


def _quotations(pieces: Sequence[list[str]], article: Read) -> Iterator[_Said]:
    """Where the article has the claim's words in their order; an ellipsis in the claim may skip some."""
    if not pieces or not all(word in article.low for piece in pieces for word in piece if word.isalpha()):
        return
    for group in _windows(article, pieces):
        spoken: list[str] = []
        home: list[int] = []  # which sentence each word stands in
        for n, found in group:
            spoken += found
            home += [n] * len(found)
        at = 0
        while (span := _run(pieces, spoken, at)) is not None:
            start, end = span
            denied = _denied(spoken, home, start, article.language)
            for n in range(home[start], home[end - 1] + 1):
                yield _Said(1.0, _passage(article.entry, article.entry.sentences[n]), denied)
            at = end


def _windows(article: Read, pieces: Sequence[list[str]]) -> Iterator[list[tuple[int, list[str]]]]:
    """Runs of sentences, with their words, that may hold the claim: about its longest word, as far as it reaches."""
    number, at = max(
        ((number, at) for number, piece in enumerate(pieces) for at in range(len(piece))),
        key=lambda place: (pieces[place[0]][place[1]].isalpha(), len(pieces[place[0]][place[1]])),
    )
    read = {n: article.words(n) for n in _homes(article, pieces[number], at)}
    before = at + sum(map(len, pieces[:number])) + GAP * number
    behind = sum(map(len, pieces[number:])) - at - 1 + GAP * (len(pieces) - number - 1)
    last = len(article.entry.sentences) - 1
    for n in list(read):
        for step, end, reach in ((-1, 0, before), (1, last, behind)):
            beside, room = n, reach
            while room > 0 and beside != end:
                beside += step
                if beside not in read:
                    read[beside] = article.words(beside)
                room -= len(read[beside])
    group: list[tuple[int, list[str]]] = []
    for n in sorted(read):
        if group and group[-1][0] != n - 1:
            yield group
            group = []
        group.append((n, read[n]))
    if group:
        yield group


def _homes(article: Read, piece: Sequence[str], at: int) -> set[int]:
    """The sentences that may hold word `at` of `piece`: by their letters, and those of the words beside it near by.

    Every sentence has a word, so that words n apart stand at most n sentences apart.
    """
    if not piece[at].isalpha():
        return set(range(len(article.entry.sentences)))
    homes = article.places(piece[at])
    for other in sorted(range(len(piece)), key=lambda other: abs(other - at)):
        if homes and other != at and piece[other].isalpha():
            far = abs(other - at)
            near = article.places(piece[other])
            homes = {n for n in homes if not near.isdisjoint(range(n - far, n + far + 1))}
    return homes


def _run(pieces: Sequence[list[str]], spoken: Sequence[str], at: int) -> tuple[int, int] | None:
    """The next place where the pieces stand in order, at most GAP words apart."""
    start = _piece(pieces[0], spoken, at, len(spoken))
    while start >= 0:
        end = start + len(pieces[0])
        for piece in pieces[1:]:
            found = _piece(piece, spoken, end, end + GAP + 1)
            if found < 0:
                break
            end = found + len(piece)
        else:
            return start, end
        start = _piece(pieces[0], spoken, start + 1, len(spoken))
    return None


def _piece(piece: list[str], spoken: Sequence[str], at: int, before: int) -> int:
    """Where `piece` stands first, beginning at `at` or after and before `before`; -1: nowhere."""
    while at < before:
        try:
            at = spoken.index(piece[0], at, before)
        except ValueError:
            return -1
        if spoken[at : at + len(piece)] == piece:
            return at
        at += 1
    return -1


def _denied(spoken: Sequence[str], home: Sequence[int], start: int, language: str) -> str:
    """Whether the words right before those quoted deny them: "… denied that he would resign"."""
    before = [spoken[n] for n in range(max(0, start - 4), start) if home[n] == home[start]]
    denial = next((word for word in before if words.denies(word, language)), "")
    return f"the article denies it (“{denial}”)" if denial else ""


# --- in other words ---------------------------------------------------------------------------------------


def _likeness(claim: str, articles: Sequence[Read]) -> Iterator[_Said]:
    """The sentences that share most with the claim, each held against it word by word."""
    places = _candidates(claim, articles)
    texts = [shown(entry.article.text[entry.sentences[n].start : entry.sentences[n].end]) for entry, n in places]
    read = [words.read(text) for text in (claim, *texts)]
    names = _names(read)
    asked, *read = [words.named(found, names) for found in read]
    spread = Counter(key for found in read for key in {word.key for word in found})
    weights = [log(2 + len(read) / (1 + spread[word.key])) for word in asked]
    # "we will return", "that is not the way it is": too few words with matter to say anything by themselves
    told = len(terms.written(claim))
    vague = told > 2 and VAGUE * len({word.key for word in asked}) <= told
    passive, denials = words.is_passive(claim), words.denials(claim)
    for (entry, n), text, found in zip(places, texts, read, strict=True):
        around = partial(_around, entry, n)
        hangs = terms.words(text)[:1] in _PRONOUNS
        held = Comparison(asked, found, around, _whole(entry, asked), hangs=hangs, passive=passive)
        score = held.score(weights)
        if vague:
            score = min(score, NEAR)
        differs = held.difference() if score >= NEAR else ""
        if score >= SUPPORT and not differs:
            differs = held.denial(denials, words.denials(text))
        yield _Said(score, _passage(entry, entry.sentences[n]), differs)


def _near(claim: str, article: Read) -> Iterator[_Said]:
    """The sentences that share stems with the claim, where no more is known of the language: they never support it."""
    asked = set(terms.stems(claim, article.language))
    text = article.entry.article.text
    for sentence in article.entry.sentences if asked else ():
        shared = asked.intersection(terms.stems(text[sentence.start : sentence.end], article.language))
        if len(shared) >= NEAR * len(asked):
            yield _Said(min(len(shared) / len(asked), UNSURE), _passage(article.entry, sentence))


def _candidates(claim: str, articles: Sequence[Read]) -> list[tuple[Entry, int]]:
    """The sentences worth a close look: those that hold most beginnings of the claim's words, a third at the least."""
    beginnings = {word.written.lower()[:BEGINNING] for word in words.read(claim)}
    found: list[tuple[int, int, int]] = []
    for number, article in enumerate(articles):
        held = Counter(chain.from_iterable(map(article.places, beginnings)))
        found += [(-hits, number, n) for n, hits in held.items() if hits * 3 >= len(beginnings)]
    return [(articles[number].entry, n) for _, number, n in sorted(found)[:READ]]


def _names(read: Sequence[list[Word]]) -> set[str]:
    """Keys of capitalised words that no sentence writes without the capital, so that an opening word may be told."""
    capital = {word.key for found in read for word in found if word.written[0].isupper()}
    lower = {word.key for found in read for word in found if word.written[0].islower()}
    return {key for key in capital if lower.isdisjoint(words.inflected(key))}


def _around(entry: Entry, n: int) -> list[Word]:
    """What a sentence takes for known: the title, the article's own year, and the sentence before."""
    when = entry.article.published.when
    before = [shown(entry.article.text[one.start : one.end]) for one in entry.sentences[max(0, n - 1) : n]]
    return words.read(". ".join([entry.article.title, *([str(when.first.year)] if when else []), *before]))


def _whole(entry: Entry, asked: Sequence[Word]) -> set[tuple[str, str]]:
    """Neighbours in the claim that the article writes side by side: the first and the last name of somebody."""
    return {
        (one.key, other.key) for one, other in pairwise(asked) if f"{one.written} {other.written}" in entry.article.text
    }


def _passage(entry: Entry, sentence: Sentence) -> Passage:
    return Passage(entry.article.id, entry.article.version, sentence.start, sentence.end)
