"""How well articles are told: `python -m tests.quality_summaries [DATA]` prints the tables and holds the floors.

DATA, else $DATELINE_QUALITY, is a folder with `articles.jsonl` ({id, text, references}) and `topics.jsonl` ({id,
articles, references}), one a line. Summaries: ROUGE-1 and ROUGE-2 F1, stemmed, every system under the same budget in
words; "Lead" takes whole sentences from the top while they fit.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot import digest, ranking, sentences
from bot.model import Article, Entry, shown
from bot.ranking import Line, Summarizer

WORDS = {"articles": 60, "topics": 100}
MOST = {"articles": 3, "topics": 5}

# development data: the figures may only be raised; other cases need figures of their own
CASES = {  # sha256 of each file, its first 16 digits
    "articles": "68a996d9d026ed7c",
    "topics": "b450847835018702",
}
FLOORS = {
    "articles": (32.1, 12.0),  # ROUGE-1, ROUGE-2
    "topics": (35.0, 12.4),
}


@dataclass(frozen=True, slots=True)
class Case:
    """An article (one entry) or a topic, and what people wrote of it."""

    entries: tuple[Entry, ...]
    references: tuple[str, ...]


def cases(path: Path) -> list[Case]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Case(tuple(_entries(row.get("articles") or [row["text"]])), tuple(row["references"])) for row in rows]


def _entries(texts: Sequence[str]) -> list[Entry]:
    return [Entry(Article(text, id=n), sentences.sentences(text), (), n) for n, text in enumerate(texts, 1)]


def words_of(entry: Entry, start: int, end: int) -> str:
    return shown(entry.article.text[start:end])


# --- summaries --------------------------------------------------------------------------------------------


def ours(case: Case, kind: str) -> str:
    entries = {entry.article.id: entry for entry in case.entries}
    if kind == "topics":
        told = digest.topic(case.entries, words=WORDS[kind], most=MOST[kind])
        return " ".join(words_of(entries[one.article], one.start, one.end) for one in told)
    [entry] = case.entries
    spans = digest.article(entry.article.text, entry.sentences, words=WORDS[kind], most=MOST[kind])
    return " ".join(words_of(entry, *span) for span in spans)


def lead(case: Case, kind: str) -> str:
    """The first sentences, of several articles in turn, while they fit."""
    lines = sorted(lines_of(case), key=lambda line: (line.position, line.article))
    told: list[str] = []
    for line in lines:
        if len(" ".join([*told, line.text]).split()) <= WORDS[kind]:
            told.append(line.text)
        elif kind == "articles":
            break
    return " ".join(told)


def peer(summarizer: Summarizer) -> Callable[[Case, str], str]:
    """A ranking of somebody else's under our budget and our rule against saying things twice; no editor over it."""

    def told(case: Case, kind: str) -> str:
        lines = lines_of(case)
        chosen = ranking.choose(lines, words=WORDS[kind], most=MOST[kind], summarizer=summarizer)
        return " ".join(lines[n].text for n in sorted(chosen))

    return told


def lines_of(case: Case) -> list[Line]:
    return [
        Line(words_of(entry, sentence.start, sentence.end), number, n)
        for number, entry in enumerate(case.entries)
        for n, sentence in enumerate(entry.sentences)
    ]


SYSTEMS: Mapping[str, Callable[[Case, str], str]] = {
    "dateline": ours,
    "Lead": lead,
    **{f"{one} (sumy)": peer(one) for one in Summarizer if one not in {Summarizer.DATELINE, Summarizer.LEAD}},
}


def rouge(told: Sequence[str], found: Sequence[Case]) -> tuple[float, float]:
    """Mean ROUGE-1 and ROUGE-2 F1 in percent; over several references, their mean."""
    from rouge_score.rouge_scorer import RougeScorer  # not above: it loads numpy before `ranking` has set its threads

    scorer = RougeScorer(["rouge1", "rouge2"], use_stemmer=True)
    sums = [0.0, 0.0]
    for summary, case in zip(told, found, strict=True):
        for reference in case.references:
            scores = scorer.score(reference, summary)
            for n, name in enumerate(("rouge1", "rouge2")):
                sums[n] += 100 * scores[name].fmeasure / len(case.references)
    return sums[0] / len(found), sums[1] / len(found)


def summaries(data: Path) -> dict[str, tuple[float, ...]]:
    figures: dict[str, tuple[float, ...]] = {}
    for kind in ("articles", "topics"):
        found = cases(data / f"{kind}.jsonl")
        print(f"\n{len(found)} {kind}, {WORDS[kind]} words    ROUGE-1  ROUGE-2    ms")
        for name, system in SYSTEMS.items():
            start = time.process_time()
            told = [system(case, kind) for case in found]
            spent = (time.process_time() - start) / len(found)
            scores = rouge(told, found)
            figures.setdefault(kind, scores)
            print(f"{name:30} {scores[0]:7.2f}  {scores[1]:7.2f}  {1000 * spent:5.1f}")
    return figures


# --- all --------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str]) -> int:
    data = Path(arguments[0] if arguments else os.environ.get("DATELINE_QUALITY", ""))
    files = {name: data / f"{name}.jsonl" for name in CASES}
    if not all(file.is_file() for file in files.values()):
        print("Skipped: no articles.jsonl and topics.jsonl in DATA or $DATELINE_QUALITY.")
        return 0
    figures = summaries(data)
    if [hashlib.sha256(file.read_bytes()).hexdigest()[:16] for file in files.values()] != list(CASES.values()):
        print("\nOther cases than the floors were set on: no floor holds.")
        return 0
    low = [name for name, found in figures.items() if any(map(float.__lt__, found, FLOORS[name]))]
    print(f"\nBelow its floor: {', '.join(low)}." if low else "\nEvery floor holds.")
    return 1 if low else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
