"""How well sentences are found: `python -m tests.quality_sentences [DATA]` prints the table and holds the floors.

DATA, else $DATELINE_QUALITY, is a folder with `sentences.jsonl`: {id, text, spans} a line, spans as an editor cut them.
A boundary is where a sentence ends. "Running text" leaves out the lines without a full stop (headings, captions), as
the published figures of splitters do; "as it stands" keeps them. Every row is the same text, re-wrapped or re-spaced.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.model import Span
from bot.sentences import split

Splitter = Callable[[str], list[Span]]

# development data: the figures may only be raised; other cases need figures of their own
CASES = "ef151f2e579123a4"  # sha256 of sentences.jsonl, its first 16 digits
FLOORS = {"running text": 99.4, "one line": 99.4, "as it stands": 98.2}

_STOPPED = re.compile(r"[.!?…][\"'”’»)\]“]*\Z")


@dataclass(frozen=True, slots=True)
class Text:
    """A text and the ends of its sentences, counted in code points that are no white space: wrapping moves none."""

    text: str
    ends: frozenset[int]


def inked(text: str, ends: Iterable[int]) -> frozenset[int]:
    """Offsets in `text` as offsets in what is left of it without white space."""
    before = [0]
    for char in text:
        before.append(before[-1] + (not char.isspace()))
    return frozenset(before[end] for end in ends)


def as_it_stands(text: str, spans: list[Span]) -> Text:
    return Text(text, inked(text, (end for _, end in spans)))


def running(text: str, spans: list[Span]) -> Text:
    """The sentences with a full stop, in their paragraphs."""
    out = ""
    ends = []
    at = 0
    for start, end in spans:
        if not _STOPPED.search(text[start:end]):
            continue
        if out:
            out += "\n\n" if "\n" in text[at:start] else " "
        out += text[start:end]
        ends.append(len(out))
        at = end
    return Text(out, inked(out, ends))


def wrapped(text: str, width: int) -> str:
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            if line and len(line) + 1 + len(word) > width:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}" if line else word
        lines.append(line)
    return "\n".join(lines)


def unbreakable(text: str) -> str:
    dice = random.Random(7)
    return "".join("\u00a0" if char == " " and dice.random() < 0.3 else char for char in text)


VARIANTS: dict[str, tuple[Callable[[str, list[Span]], Text], Callable[[str], str]]] = {
    "running text": (running, lambda text: text),
    "one line": (running, lambda text: " ".join(text.split())),
    "wrapped at 76": (running, lambda text: wrapped(text, 76)),
    "wrapped at 40": (running, lambda text: wrapped(text, 40)),
    "wrapped, no blank lines": (running, lambda text: wrapped(text.replace("\n\n", "\n"), 76)),
    "no-break spaces": (running, unbreakable),
    "CRLF": (running, lambda text: wrapped(text, 76).replace("\n", "\r\n")),
    "as it stands": (as_it_stands, lambda text: text),
    "as it stands, wrapped at 76": (as_it_stands, lambda text: wrapped(text, 76)),
    "as it stands, no blank lines": (as_it_stands, lambda text: text.replace("\n\n", "\n")),
}


def f1(splitter: Splitter, texts: Iterable[Text], vary: Callable[[str], str]) -> float:
    hits = found = wanted = 0
    for gold in texts:
        text = vary(gold.text)
        ends = inked(text, (end for _, end in splitter(text)))
        hits += len(ends & gold.ends)
        found += len(ends)
        wanted += len(gold.ends)
    return 200 * hits / (found + wanted)


def speed(splitter: Splitter, text: str) -> float:
    """Sentences a second, the best of three."""
    best = 0.0
    for _ in range(3):
        begun = time.perf_counter()
        count = len(splitter(text))
        best = max(best, count / (time.perf_counter() - begun))
    return best


def nupunkt_spans(text: str) -> list[Span]:
    import nupunkt

    return [(start, start + len(text[start:end].rstrip())) for start, end in nupunkt.sent_spans(text)]


def load(path: Path) -> list[tuple[str, list[Span]]]:
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [(row["text"], [(start, end) for start, end in row["spans"]]) for row in rows]


def main(arguments: list[str]) -> int:
    data = Path(arguments[0] if arguments else os.environ.get("DATELINE_QUALITY", "")) / "sentences.jsonl"
    if not data.is_file():
        print(f"Skipped: there is no {data}; give the folder of the quality data.")
        return 0
    rows = load(data)
    faults = []
    print(f"{len(rows)} texts, {sum(len(spans) for _, spans in rows)} sentences; boundary F1\n")
    print(f"{'':30} {'ours':>8} {'nupunkt':>8}")
    pinned = hashlib.sha256(data.read_bytes()).hexdigest()[:16] == CASES
    for name, (shape, vary) in VARIANTS.items():
        texts = [shape(*row) for row in rows]
        ours, theirs = f1(split, texts, vary), f1(nupunkt_spans, texts, vary)
        print(f"{name:30} {ours:8.2f} {theirs:8.2f}")
        if ours <= theirs:
            faults.append(f"{name}: not better than nupunkt")
        if pinned and ours < FLOORS.get(name, 0):
            faults.append(f"{name}: under the floor of {FLOORS[name]}")
    whole = "\n\n".join(text for text, _ in rows) * 5
    print(f"{'sentences a second':30} {speed(split, whole):8,.0f} {speed(nupunkt_spans, whole):8,.0f}")
    if not pinned:
        print("\nThese are not the cases of the pinned floors; only nupunkt was held against.")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
