"""Taking articles in: read -> analysed once -> linked to its story -> stored."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from bot import dates, digest, ingest, sentences, stories, terms
from bot.ingest import Read
from bot.model import EVERYONE, Analysis, Article
from bot.ports import Added, Store

BATCH = 256  # articles analysed at once: enough to keep every core busy, little enough to hold in memory
ALONE = 16  # up to this many are analysed here: starting the workers would take longer
RESKETCHED = 0.5  # share of a file's sketch that must be left for its new words to be an edit of the old


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one article: `line` tells it to a person; `added` is None where it failed."""

    source: str
    line: str
    added: Added | None = None


def analyse(article: Article, summarizer: str = "dateline") -> Analysis:
    """Everything that is worked out about one article, once."""
    boilerplate = ingest.clean(article.text, article.title)
    quotable = sentences.sentences(article.text, boilerplate)
    spans = [(sentence.start, sentence.end) for sentence in quotable]
    return Analysis(
        sentences=quotable,
        boilerplate=boilerplate,
        mentions=dates.mentions(article.text, article.published.anchor, spans),
        digest=digest.article(article.text, quotable, article.title, summarizer=summarizer),
        names=terms.names(article.text, spans),
        terms=stories.terms_of(article.text, quotable, article.title),
        shingles=stories.sketch(article.text, quotable),
    )


def take_in(
    paths: Iterable[Path], store: Store, now: datetime, *, tenant: str = EVERYONE, summarizer: str = "dateline"
) -> Iterator[Outcome]:
    """Read, analyse and store what stands at `paths`, one outcome each, in order; one that fails leaves the others."""
    with ExitStack() as stack:
        pool: ProcessPoolExecutor | None = None
        for number, batch in enumerate(_batches(ingest.read(paths, tenant=tenant))):
            articles = [read.article for read in batch if read.article]
            work = partial(analyse, summarizer=summarizer)
            if number == 0 and len(articles) <= ALONE:
                analyses: Iterator[Analysis] = map(work, articles)
            else:
                pool = pool or stack.enter_context(
                    ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("forkserver"))
                )
                analyses = pool.map(work, articles, chunksize=8)
            for read in batch:
                yield _store(read, next(analyses), store, now) if read.article else Outcome(read.source, read.error)


def _batches(reads: Iterable[Read]) -> Iterator[list[Read]]:
    rest = iter(reads)
    while batch := list(islice(rest, BATCH)):
        yield batch


def add(article: Article, analysis: Analysis, store: Store, now: datetime) -> Added:
    """Store one analysed article: a new one, a new version of one, or nothing where its words are known."""
    if article.file and not (article.url or article.guid):
        for known, shared in store.sketched(analysis.shingles, article.tenant).items():
            former = store.article(known)
            if former and former.file == article.file and shared >= RESKETCHED * len(analysis.shingles):
                return store.revise(known, article, analysis, now)
    day = article.published.anchor or now.date()
    story, copy_of = stories.link(analysis, day, store, article.tenant)
    return store.add(article, analysis, now, story, copy_of)


def _store(read: Read, analysis: Analysis, store: Store, now: datetime) -> Outcome:
    assert read.article is not None
    if not analysis.sentences:
        return Outcome(read.source, f"{read.source}: no sentence to quote in it; not stored.")
    added = add(read.article, analysis, store, now)
    if added.outcome == "same" and (stored := store.article(added.id)) and stored.withdrawn:
        return Outcome(read.source, f"{read.source}: withdrawn before as article {added.id}; not stored again.", added)
    told = {
        "new": "stored as",
        "edited": f"stored as version {added.version} of",
        "same": "already stored as",
    }[added.outcome]
    note = f" ({read.note})" if read.note else ""
    return Outcome(read.source, f"{read.source}: {told} article {added.id}{note}.", added)
