"""How fast it is: `python -m tests.bench` fills stores with made-up news and prints a table.

Each size runs in a process of its own, so that its memory is its own. Filling goes round the analysis, which
`newsroom` makes up with the articles, and stores many in one transaction; the rows that say "ingest" do neither.
With `--keep DIR` the filled stores stay there and are taken up again. What needs no store is timed first, by the
processor's clock and beside sumy. One file past 300 lines, so that one run is read in one place.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles
from typing import TypeVar

import apsw

from bot import commands, corpus, digest, ingest, terms
from bot.model import Article, Entry, Target
from bot.ports import Answer, Query, Request, Store
from bot.sentences import sentences
from bot.store import open_store
from bot.store.sqlite import SqliteStore, articles
from tests.newsroom import PER_DAY, START, Dispatch, Newsroom

T = TypeVar("T")

SIZES = (100, 10_000, 100_000)
BATCH = 1000  # articles filled in one transaction
HEAD = "| what | p50, ms | p99, ms | calls |\n|---|---|---|---|"
TEXTS = 100  # articles told without a store
SENTENCES = 33  # of each, at most
SPOKEN = 257  # sentences of a topic
ROUNDS = 7
FILED = 1500  # articles in the file that is taken in; starting the workers takes a second
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SEED = 1
COMMON, MIDDLING, RARE = (140, 400), (400, 3000), (20_000, 60_000)  # ranks; COMMON stand in 5 to 20 % of articles


@dataclass(frozen=True, slots=True)
class Timing:
    """What was timed, and its calls' durations in ms."""

    what: str
    durations: tuple[float, ...]

    def __str__(self) -> str:
        median, worst = spread(self.durations)
        return f"| {self.what} | {median:.2f} | {worst:.2f} | {len(self.durations)} |"


def spread(durations: Sequence[float]) -> tuple[float, float]:
    """Their 50th and 99th percentile."""
    if len(durations) < 2:
        return durations[0], durations[0]
    percentiles = quantiles(durations, n=100, method="inclusive")
    return percentiles[49], percentiles[98]


def timed(what: str, work: Callable[[T], object], given: Sequence[T]) -> Timing:
    """`work` with each of `given`, after once that warms the caches."""
    work(given[0])
    durations = []
    for one in given:
        start = time.perf_counter()
        work(one)
        durations.append((time.perf_counter() - start) * 1000)
    return Timing(what, tuple(durations))


# --- text to digest ---------------------------------------------------------------------------------------


def texts(news: Sequence[Dispatch]) -> Iterator[str]:
    """How fast an article becomes its digest, beside sumy's LexRank on the same sentences, and a topic its own."""
    from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
    from sumy.nlp.stemmers import Stemmer
    from sumy.summarizers.lex_rank import LexRankSummarizer
    from sumy.utils import get_stop_words

    class Words:
        """sumy's tokenizer, which would want data from the network; the rest is sumy's own."""

        def to_words(self, sentence: str) -> tuple[str, ...]:
            return tuple(terms.written(sentence))

    def ours() -> None:
        for text in told:
            digest.article(text, sentences(text, ingest.clean(text)))

    def sumys() -> None:
        for text in told:
            spans = sentences(text, ingest.clean(text))
            lines = [Sentence(text[one.start : one.end], Words()) for one in spans]
            lexrank(ObjectDocumentModel([Paragraph(lines)]), 3)

    lexrank = LexRankSummarizer(Stemmer("english"))
    lexrank.stop_words = get_stop_words("english")
    told = [_of_length(f"{one.article.text}\n\n{other.article.text}") for one, other in pairwise(news)]
    rounds = [(seconds(ours, 1), seconds(sumys, 1)) for _ in range(ROUNDS)]  # in turn: machines' speed drifts
    quick, slow = (len(told) / median(taken) for taken in zip(*rounds, strict=True))
    yield (
        f"text to digest: {quick:.0f} articles of {SENTENCES} sentences a second on one core; by sumy's LexRank "
        f"{slow:.0f}, so {median(theirs / own for own, theirs in rounds):.1f} times as fast"
    )
    entries: list[Entry] = []
    left = SPOKEN
    for n, text in enumerate(told, 1):
        entries.append(Entry(Article(text, id=n), sentences(text)[:left], (), 1))
        left -= len(entries[-1].sentences)
    yield f"topic of {SPOKEN - left} sentences: {1000 * seconds(lambda: digest.topic(entries)):.0f} ms"


def _of_length(text: str) -> str:
    """The text down to its SENTENCES-th sentence."""
    return text[: sentences(text)[:SENTENCES][-1].end]


def seconds(work: Callable[[], object], runs: int = 5) -> float:
    """Of the processor, the least of several runs: what other programs take away is not counted."""
    durations = []
    for _ in range(runs):
        start = time.process_time()
        work()
        durations.append(time.process_time() - start)
    return min(durations)


# --- filling ----------------------------------------------------------------------------------------------


def fill(store: Store, dispatches: Iterator[Dispatch]) -> float:
    """Store them, many in a transaction; returns the seconds that storing took."""
    assert isinstance(store, SqliteStore)
    stories: dict[int, int] = {}

    def add(db: apsw.Connection, batch: Sequence[Dispatch]) -> None:
        for one in batch:
            now = (
                datetime.combine(one.article.published.when.first, NOW.timetz()) if one.article.published.when else NOW
            )
            stored = articles.add(db, one.article, one.analysis, now, stories.get(one.story, 0))
            stories.setdefault(one.story, stored.id)

    took = 0.0
    while batch := [one for _, one in zip(range(BATCH), dispatches, strict=False)]:
        start = time.perf_counter()
        store._run("BEGIN IMMEDIATE", add, batch)
        took += time.perf_counter() - start
    return took


# --- what is timed ----------------------------------------------------------------------------------------


def searches(store: Store, newsroom: Newsroom, dice: random.Random, repeat: int) -> Iterator[Timing]:
    def drawn(ranks: tuple[int, int], count: int) -> list[Query]:
        return [Query(tuple(dice.sample(newsroom.words[slice(*ranks)], count))) for _ in range(repeat)]

    (newest,) = store.entries(store.newest(limit=1))
    lately = (newest.article.published.anchor or START) - timedelta(days=30)
    sentences = [one.split() for one in _sentences(store, dice, repeat)]
    common = drawn(COMMON, 3)
    yield timed("search: a rare word", store.search, drawn(RARE, 1))
    yield timed("search: a middling word", store.search, drawn(MIDDLING, 1))
    yield timed("search: any of three middling words", store.search, drawn(MIDDLING, 3))
    yield timed("search: any of three common words", store.search, common)
    yield timed("the same, last 30 days", store.search, [replace(one, since=lately) for one in common])
    yield timed("search: all of two common words", store.search, [replace(one, every=True) for one in drawn(COMMON, 2)])
    yield timed("search: one very common word", store.search, [Query((word,)) for word in newsroom.words[130:140]])
    yield timed("search: any word of a sentence", store.search, [Query(tuple(words)) for words in sentences])
    phrases = [Query(phrases=(" ".join(words[3:8]),)) for words in sentences]
    yield timed("search: a phrase of five words", store.search, phrases)


def reads(store: Store, newsroom: Newsroom, dice: random.Random, repeat: int) -> Iterator[Timing]:
    ids = store.newest(limit=100_000)
    tens = [dice.sample(ids, 10) for _ in range(repeat)]
    days = [START + timedelta(days=dice.randrange(1 + len(ids) // PER_DAY)) for _ in range(repeat)]
    typed = [_mistyped(dice.choice(newsroom.words[140:3000]), dice) for _ in range(repeat)]
    sketches = [tuple(dice.getrandbits(62) for _ in range(32)) for _ in range(repeat)]
    terms = [dice.sample(newsroom.words[140:20_000], 32) for _ in range(repeat)]
    again = range(repeat)
    yield timed("article by id", store.article, [ten[0] for ten in tens])
    yield timed("entries of ten", store.entries, tens)
    yield timed("mentions of ten", store.mentions, tens)
    yield timed("mentions of a week", lambda day: store.mentioned(day, day + timedelta(days=6)), days)
    yield timed("mentions of all time", lambda _: store.mentioned(date.min, date.max), again)
    yield timed("newest 50", lambda _: store.newest(), again)
    yield timed("stories", lambda _: store.stories(), again)
    yield timed("facts", lambda _: store.facts(), again)
    yield timed("names", lambda _: store.names(), again)
    yield timed("names that begin with a letter", lambda _: store.names(prefix="s"), again)
    yield timed("nearest to a mistyped word", store.nearest, typed)
    yield timed("frequencies of 32 terms", store.frequencies, terms)
    lately = START + timedelta(days=len(ids) // PER_DAY - 45)
    yield timed("alike by 16 terms, last 45 days", lambda some: store.alike(some[:16], lately, "", 60), terms)
    yield timed("alike by 16 terms, all time", lambda some: store.alike(some[:16], None, "", 60), terms)
    yield timed("near-copies by sketch", store.sketched, sketches)


def answers(store: Store, newsroom: Newsroom, dice: random.Random, repeat: int) -> Iterator[Timing]:
    def answer(line: str) -> commands.Reply:
        return commands.answer(Request(line, Target("terminal", "bench"), line, trusted=True), store, NOW)

    def two(ranks: tuple[int, int]) -> list[str]:
        return [" ".join(dice.sample(newsroom.words[slice(*ranks)], 2)) for _ in range(repeat)]

    names = dice.choices(newsroom.names[:200], k=repeat)
    asked = answer("!summit")  # what `!more` and `!source 1` are about
    store.remember(Answer("terminal/bench", asked.command, asked.citations), NOW)
    for what, lines in (
        ("!summit", [""] * repeat),
        ("!summit, a name", names),
        ("!summit, two common words", two(COMMON)),
        ("!summit, two unheard-of words", [f"{_mistyped(words, dice)}q" for words in two(RARE)]),
        ("!timeline", [""] * repeat),
        ("!timeline, a name", names),
        ("!timeline, two common words", two(COMMON)),
        ("!source, a sentence", _sentences(store, dice, repeat)),
        ("!source, two common words", two(COMMON)),
        ("!source 1", [""] * repeat),
        ("!more", [""] * repeat),
        ("!digest now", [""] * repeat),
        ("!topics", [""] * repeat),
        ("!status", [""] * repeat),
        ("!help", [""] * repeat),
    ):
        command = what.partition(",")[0]
        yield timed(what, answer, [f"{command} {line}".strip() for line in lines])


def writes(store: Store, fresh: Sequence[Dispatch]) -> Iterator[Timing]:
    """One after another on one core, as for what a feed brings, the disk waited for."""
    made, read = fresh[::2], [one.article for one in fresh[1::2]]
    yield timed("store one article", lambda one: store.add(one.article, one.analysis, NOW), made)
    yield timed("store it again", lambda one: store.add(one.article, one.analysis, NOW), made)
    yield timed("forget one article", store.forget, store.newest(limit=len(made)))
    yield timed("ingest: analyse", corpus.analyse, read)
    yield timed("ingest: analyse, link, store", lambda one: corpus.add(one, corpus.analyse(one), store, NOW), read)


def taken_in(store: Store, fresh: Sequence[Dispatch], folder: Path) -> str:
    """A file of them read by `dateline ingest`: analysed on all cores, linked and stored one after another."""
    file = folder / "fresh.jsonl"
    with file.open("w") as lines:
        for one in fresh:
            article = one.article
            record = {"title": article.title, "url": article.url, "publisher": article.publisher, "text": article.text}
            lines.write(json.dumps({**record, "published": str(article.published.anchor)}) + "\n")
    start = time.perf_counter()
    stored = sum(outcome.added is not None for outcome in corpus.take_in([file], store, NOW))
    took = time.perf_counter() - start
    return f"ingest of a file of {stored} articles, all cores: {stored / took:.0f} articles a second"


def _sentences(store: Store, dice: random.Random, count: int) -> list[str]:
    newest = store.newest(limit=1000)
    entries = store.entries(dice.choices(newest, k=count))
    chosen = [(entry.article.text, dice.choice(entry.sentences)) for entry in entries]
    return [text[sentence.start : sentence.end] for text, sentence in chosen]


def _mistyped(word: str, dice: random.Random) -> str:
    at = dice.randrange(1, len(word) - 1) if len(word) > 2 else 1
    return word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]


# --- the table --------------------------------------------------------------------------------------------


def bench(size: int, path: Path, repeat: int, seed: int) -> None:
    newsroom = Newsroom(seed)
    if not path.exists():
        half = path.with_suffix(".half")  # what was interrupted is not taken for whole
        for left in half.parent.glob(f"{half.name}*"):
            left.unlink()
        with closing(open_store(str(half))) as store:
            took = fill(store, newsroom.dispatches(size))
        half.rename(path)
        print(f"\nfilled {size} articles in {took:.0f} s, {size / took:.0f} a second")
    _warm(path)
    with closing(open_store(str(path))) as store:
        facts = store.facts()
        print(f"\n{facts.articles} articles, {facts.stories} stories, {_megabytes(path.stat().st_size)} on disk\n")
        print(HEAD)
        dice = random.Random(seed)
        for part in (searches, reads, answers):
            for timing in part(store, newsroom, dice, repeat):
                print(timing, flush=True)
        print(f"\nmemory while serving: {_megabytes(_resident())}\n")
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        copy = Path(folder) / "copy.db"
        with closing(apsw.Connection(str(path))) as db:
            db.execute("VACUUM INTO ?", (str(copy),))
        _warm(copy)
        fresh = list(newsroom.dispatches(FILED + repeat, edition=1, start=START + timedelta(days=size // PER_DAY)))
        with closing(open_store(str(copy))) as store:
            print(HEAD)
            for timing in writes(store, fresh[FILED:]):
                print(timing, flush=True)
            print(f"\n{taken_in(store, fresh[:FILED], Path(folder))}", flush=True)
    print(f"\nmemory at most: {_megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)}", flush=True)


def _warm(path: Path) -> None:
    """Read it once: the system then holds it in memory, as that of a server that has been up for a while does."""
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass


def machine() -> str:
    models = [line for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    model = models[0].partition(":")[2].strip() if models else platform.processor()
    return f"{os.cpu_count()} cores ({model}), Python {platform.python_version()}, SQLite {apsw.sqlite_lib_version()}"


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def _resident() -> int:
    statm = _lines("/proc/self/statm")
    return int(statm[0].split()[1]) * resource.getpagesize() if statm else 0


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f} MB"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "sizes", nargs="*", type=int, default=SIZES, help="articles in the store (default: %(default)s)"
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the filled stores there, and use those that are")
    parser.add_argument("--repeat", type=int, default=200, help="calls of each kind (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        kept: Path = asked.keep or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        print(*texts(list(Newsroom(asked.seed).dispatches(TEXTS + 1))), sep="\n", flush=True)
        for size in asked.sizes:
            path = kept / f"bench-{asked.seed}-{size}.db"
            each = get_context("spawn").Process(target=bench, args=(size, path, asked.repeat, asked.seed))
            each.start()
            each.join()
            if each.exitcode:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
