"""Other people's rankings behind our splitter, words and budget: to choose instead, and to be measured against.

LexRank and TextRank are vectorised here, as sumy's loops take 28 s for 800 sentences; sumy is the oracle in the
tests. The rest is sumy's own.
"""
# ruff: noqa: SIM905 - a list of words reads best as one text

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np

from bot import terms
from bot.ranking import Line, Summarizer
from bot.ranking.centrality import Floats

MAX_LINES = 120  # what sumy is given; its KL and Reduction are quadratic in pure Python

# Edmundson's cue words, stemmed: what announces that something is told, and what that it is only guessed
_BONUS = frozenset("accord agre announc caus confirm decid declar final first find key kill result sign warn".split())
_STIGMA = frozenset("appar exampl hard hope imposs instanc perhap possibl probabl unclear".split())


def score(summarizer: Summarizer, lines: Sequence[Line], stems: Sequence[Sequence[str]], title: str) -> Floats:
    """How `summarizer` rates each line, in [0, 1]; lines past MAX_LINES, which sumy never sees, as its worst."""
    match summarizer:
        case Summarizer.LEAD:
            # of several articles their first sentences, then their second ones
            found = -np.array([line.position + line.article / (1 + lines[-1].article) for line in lines])
        case Summarizer.LEXRANK:
            found = lexrank(stems)
        case Summarizer.TEXTRANK:
            found = textrank(stems)
        case _:
            spoken = frozenset(line.language for line in lines)
            headline = [stem for language in sorted(spoken) for stem in terms.stems(title, language)]
            rated = _sumy(summarizer, [line.text for line in lines[:MAX_LINES]], stems, title, headline)
            found = np.array(rated + [min(rated)] * (len(lines) - len(rated)))
    spread = found.max() - found.min()
    return (found - found.min()) / spread if spread > 0 else np.ones(len(lines))


def _counts(stems: Sequence[Sequence[str]]) -> Floats:
    """How often each sentence uses each stem; shape (sentences, stems)."""
    column: dict[str, int] = {}
    rows = [(row, column.setdefault(stem, len(column))) for row, found in enumerate(stems) for stem in found]
    counts = np.zeros((len(stems), max(1, len(column))))
    if rows:
        np.add.at(counts, tuple(np.array(rows).T), 1)
    return counts


def lexrank(stems: Sequence[Sequence[str]], threshold: float = 0.1, epsilon: float = 0.1) -> Floats:
    """LexRank, Erkan & Radev 2004, doi:10.1613/jair.1523, section 3.2; rates as sumy 0.13 does."""
    counts = _counts(stems)
    most = counts.max(axis=1, keepdims=True)
    rarity = np.log(len(stems) / (1 + (counts > 0).sum(axis=0)))
    vectors = counts / np.where(most > 0, most, 1) * rarity
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = vectors / np.where(lengths > 0, lengths, 1)
    linked = (vectors @ vectors.T > threshold).astype(float)
    degrees = linked.sum(axis=1, keepdims=True)
    return _power(linked / np.where(degrees > 0, degrees, 1), epsilon, unit=True)


def textrank(stems: Sequence[Sequence[str]], damping: float = 0.85, epsilon: float = 1e-4) -> Floats:
    """TextRank, Mihalcea & Tarau 2004, https://aclanthology.org/W04-3252, section 5; rates as sumy 0.13 does."""
    counts = _counts(stems)
    logs = np.array([math.log(len(found)) if found else 0.0 for found in stems])
    norm = logs[:, None] + logs[None, :]
    shared = counts @ counts.T
    weights = np.where(np.isclose(norm, 0), shared, shared / np.where(np.isclose(norm, 0), 1, norm))
    weights /= weights.sum(axis=1)[:, None] + 1e-7
    size = len(stems)
    return _power(np.full((size, size), (1 - damping) / size) + damping * weights, epsilon, unit=False)


def _power(matrix: Floats, epsilon: float, *, unit: bool) -> Floats:
    """Where a walk over `matrix` ends, by the power method; `unit`: rescaled at each step."""
    ranks = np.full(len(matrix), 1 / len(matrix))
    while True:
        step = matrix.T @ ranks
        if unit:
            step /= np.linalg.norm(step) or 1
        moved = np.linalg.norm(step - ranks)
        ranks = step
        if not moved > epsilon:
            return cast("Floats", ranks)


class _Words:
    """sumy's tokenizer, working offline: it looks up the stems that we have already."""

    def __init__(self, stems: Mapping[str, Sequence[str]]) -> None:
        self._stems = stems

    def to_words(self, sentence: str) -> tuple[str, ...]:
        return tuple(self._stems.get(sentence, ()))


def _sumy(
    summarizer: Summarizer, texts: Sequence[str], stems: Sequence[Sequence[str]], title: str, headline: Sequence[str]
) -> list[float]:
    """`headline`: the stems of `title`."""
    from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
    from sumy.summarizers.edmundson import EdmundsonSummarizer
    from sumy.summarizers.kl import KLSummarizer
    from sumy.summarizers.lsa import LsaSummarizer
    from sumy.summarizers.luhn import LuhnSummarizer
    from sumy.summarizers.reduction import ReductionSummarizer
    from sumy.summarizers.sum_basic import SumBasicSummarizer

    kinds: dict[Summarizer, Any] = {
        Summarizer.EDMUNDSON: EdmundsonSummarizer,
        Summarizer.KL: KLSummarizer,
        Summarizer.LSA: LsaSummarizer,
        Summarizer.LUHN: LuhnSummarizer,
        Summarizer.REDUCTION: ReductionSummarizer,
        Summarizer.SUM_BASIC: SumBasicSummarizer,
    }
    rank = kinds[summarizer]()
    if summarizer == Summarizer.EDMUNDSON:
        rank.bonus_words, rank.stigma_words, rank.null_words = _BONUS, _STIGMA, {"the"}
    # numbered, as sumy keys its ratings by text and equal sentences would collapse
    numbered = {f"{n} {text}": tuple(found) for n, (text, found) in enumerate(zip(texts, stems, strict=False))}
    words = _Words(numbered | {title: tuple(headline)})
    sentences = [Sentence(text, words) for text in numbered]
    if title:
        sentences.insert(0, Sentence(title, words, is_heading=True))
    found: list[float] = [0.0] * len(texts)

    def note(infos: Sequence[Any]) -> Sequence[Any]:
        for info in infos:
            found[info.order] = float(info.rating)
        return infos

    with warnings.catch_warnings():  # LSA warns where a text has fewer words than sentences, and still rates it
        warnings.simplefilter("ignore")
        rank(ObjectDocumentModel([Paragraph(sentences)]), note)
    return found
