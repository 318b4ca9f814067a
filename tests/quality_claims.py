"""How claims are judged: `python -m tests.quality_claims [DATA]` prints the tables and holds the floors.

The labelled set stands in `tests/cases`: claims over the two seeds and over short articles written for it, true ones
as quotations and in other words, and ones with an altered number, name or negation or that nothing supports. With
DATA, else $DATELINE_QUALITY, a folder with `articles.jsonl`, sentences of those articles are altered by rule as well.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import ingest, sentences, source, terms
from bot.model import Article, Entry, shown
from bot.source import Verdict
from tests.make import VOV, XINHUA, published

CLAIMS = Path(__file__).parent / "cases" / "claims.jsonl"

# the figures may only be raised; other cases need figures of their own
CASES = "1c22a6e7d3807154"  # sha256 of the labelled claims, its first 16 digits
RECALL, PRECISION = 0.895, 1.0  # of support
FALSE = 0.001  # share of sentences altered by rule that may pass as support: one in a thousand may come out true


def pool() -> dict[str, Entry]:
    """The articles that claims are made about: the seeds, and short ones written for it."""
    told = [
        ("xinhua", "", "2019-02-26", XINHUA.read_text(encoding="utf-8")),
        (
            "vov",
            "US, North Korea to hold 2nd summit",
            "2019-02-11",
            VOV.read_text(encoding="utf-8"),
        ),
    ]
    rows = (CLAIMS.parent / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    told += [(row["id"], row["title"], row["published"], row["text"]) for row in map(json.loads, rows)]
    return {
        name: Entry(
            Article(text, title, published(day), id=n),
            sentences.sentences(text, ingest.clean(text, title)),
            (),
            n,
        )
        for n, (name, title, day, text) in enumerate(told, 1)
    }


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled claim and what became of it. `held`: written after the rules, and looked at once to mend them."""

    claim: str
    kind: str
    said: bool
    held: bool
    verdict: Verdict

    @property
    def supported(self) -> bool:
        return self.verdict in {Verdict.EXACT, Verdict.SUPPORTED}


def judged() -> list[Judged]:
    entries = list(pool().values())
    rows: list[dict[str, Any]] = [json.loads(line) for line in CLAIMS.read_text(encoding="utf-8").splitlines()]
    return [
        Judged(
            row["claim"],
            row["kind"],
            row["says"] == "yes",
            row.get("held", False),
            source.find(row["claim"], entries).verdict,
        )
        for row in rows
    ]


def labelled() -> tuple[float, float]:
    """Print the tables of the labelled set; its recall and precision."""
    found = judged()
    for name, held in (("claims, while the rules were made", False), ("claims written afterwards", True)):
        told = [one for one in found if one.held == held]
        print(f"\n{len(told)} {name:35} exact  supported  near  none")
        for kind in dict.fromkeys(one.kind for one in told):
            _row(kind, Counter(one.verdict for one in told if one.kind == kind))
        print("recall {:.3f}, precision {:.3f}, false support {} of {}".format(*support(told)))
    recall, precision, _, _ = support(found)
    return recall, precision


def _row(kind: str, counts: Counter[Verdict]) -> None:
    print(f"{kind:40} {'  '.join(f'{counts[verdict]:7}' for verdict in Verdict)}")


def support(found: Sequence[Judged]) -> tuple[float, float, int, int]:
    """Recall and precision of support, and how often what no article says was supported."""
    said = [one for one in found if one.said]
    right = sum(one.supported for one in said)
    wrong = sum(one.supported for one in found if not one.said)
    return right / len(said), right / max(1, right + wrong), wrong, len(found) - len(said)


# --- altered by rule --------------------------------------------------------------------------------------

_AUXILIARY = r"\b(is|was|are|were|has|have|had|will|would|can|could)\b"
_LONE_NUMBER = r"(?<![\w.,-])\d{1,4}(?![\w.,-]|\d)"


def alterations(names: Sequence[str], chance: random.Random) -> dict[str, tuple[str, Callable[[re.Match[str]], str]]]:
    """What is looked for in a sentence, and what is written instead."""
    return {
        "another number": (_LONE_NUMBER, lambda match: str(int(match[0]) + chance.choice([1, 2, 5, 10]))),
        "another name": (r"\b[A-Z][a-z]+ [A-Z][a-z]+\b(?! [A-Z])", lambda _: chance.choice(names)),
        "“not” put in": (_AUXILIARY, lambda match: f"{match[0]} not"),
        "“not” left out": (r"\bnot |n't\b", lambda _: ""),
    }


def altered(data: Path) -> float:
    """Print what becomes of altered sentences; the share that is taken for support."""
    chance = random.Random(5)
    rows = [json.loads(line) for line in (data / "articles.jsonl").read_text(encoding="utf-8").splitlines()]
    entries = [Entry(Article(row["text"], id=n), sentences.sentences(row["text"]), (), n) for n, row in enumerate(rows)]
    names = [name for entry in entries for name in _names(entry) if " " in name]
    counts = {kind: Counter[Verdict]() for kind in ("unaltered", *alterations(names, chance))}
    for entry in entries:
        told = [one for one in _told(entry) if 8 <= len(one.split()) <= 30]
        pool_ = [entry, *chance.sample(entries, 3)]
        counts["unaltered"][source.find(chance.choice(told), pool_).verdict] += 1
        for kind, (pattern, instead) in alterations(names, chance).items():
            fitting = [one for one in told if re.search(pattern, one)]
            if kind == "“not” put in":
                fitting = [one for one in fitting if not re.search(r"\b(?:not|never|no)\b|n't\b", one)]
            if fitting:
                claim = re.sub(pattern, instead, chance.choice(fitting), count=1)
                counts[kind][source.find(claim, pool_).verdict] += 1
    print(f"\nsentences of {len(rows)} articles                 exact  supported  near  none")
    for kind, found in counts.items():
        _row(kind, found)
    wrong = sum(counts[kind][one] for kind in list(counts)[1:] for one in (Verdict.EXACT, Verdict.SUPPORTED))
    share = wrong / sum(counts[kind].total() for kind in list(counts)[1:])
    print(f"false support {share:.4f}")
    return share


def _told(entry: Entry) -> Iterator[str]:
    return (shown(entry.article.text[sentence.start : sentence.end]) for sentence in entry.sentences)


def _names(entry: Entry) -> list[str]:
    return list(terms.names(entry.article.text, [(one.start, one.end) for one in entry.sentences]))[:5]


def main(arguments: Sequence[str]) -> int:
    recall, precision = labelled()
    data = Path(arguments[0] if arguments else os.environ.get("DATELINE_QUALITY", ""))
    false = 0.0
    if (data / "articles.jsonl").is_file():
        false = altered(data)
    else:
        print("\nAltered sentences skipped: no articles.jsonl in DATA or $DATELINE_QUALITY.")
    if hashlib.sha256(CLAIMS.read_bytes()).hexdigest()[:16] != CASES:
        print("\nOther claims than the floors were set on: no floor holds.")
        return 0
    low = recall < RECALL or precision < PRECISION or false > FALSE
    print("\nBelow a floor." if low else "\nEvery floor holds.")
    return int(low)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
