"""Taking articles in: read -> analysed once -> linked to its story -> stored."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain, islice
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import TypeVar

from bot import dates, dating, digest, ingest, languages, sentences, stories, terms
from bot.ingest import Raw
from bot.model import EVERYONE, Analysis, Article, Boilerplate, Sentence
from bot.ports import Added, Store

T = TypeVar("T")

CHUNK = 8  # articles that go to a core at once
AHEAD = 16  # chunks that are worked on or wait: enough to keep every core busy, little enough to hold in memory
TOGETHER = 32  # articles stored in one transaction: fewer wait for the disk oftener, more keep others from writing
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
    boilerplate = ingest.clean(article.text, article.title, article.language)
    quotable = sentences.sentences(article.text, boilerplate, article.language)
    return _analysed(article, boilerplate, quotable, summarizer)


def _analysed(
    article: Article, boilerplate: tuple[Boilerplate, ...], quotable: tuple[Sentence, ...], summarizer: str
) -> Analysis:
    spans = [(sentence.start, sentence.end) for sentence in quotable]
    return Analysis(
        sentences=quotable,
        boilerplate=boilerplate,
        mentions=(
            dates.mentions(article.text, article.published.anchor, spans)
            if languages.has_dates(article.language)
            else ()
        ),
        digest=digest.article(article.text, quotable, article.title, summarizer=summarizer, language=article.language),
        names=terms.names(article.text, spans, article.language),
        terms=stories.terms_of(article.text, quotable, article.title, article.language),
        shingles=stories.sketch(article.text, quotable, article.language),
    )


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article as it is stored, or the error: all that needs no store, and so can be done on any core."""

    source: str
    article: Article | None
    analysis: Analysis
    note: str
    error: str


def prepare(raw: Raw, tenant: str = EVERYONE, summarizer: str = "dateline") -> Prepared:
    """Read and analyse one article."""
    read = ingest.made(raw, tenant)
    analysis = _analysed(read.article, read.boilerplate, read.sentences, summarizer) if read.article else Analysis()
    return Prepared(read.source, read.article, analysis, read.note, read.error)


def take_in(
    paths: Iterable[Path], store: Store, now: datetime, *, tenant: str = EVERYONE, summarizer: str = "dateline"
) -> Iterator[Outcome]:
    """Read, analyse and store what stands at `paths`, one outcome each, in order; one that fails leaves the others.

    Articles are read and analysed on all cores, and stored some at a time in one transaction: what is told of as
    stored is.
    """
    rest = ingest.raws(paths)
    first = list(islice(rest, ALONE + 1))
    work = partial(_prepare_all, tenant=tenant, summarizer=summarizer)
    prepared = work(first) if len(first) <= ALONE else _on_all_cores(work, chain(first, rest))
    for some in _batches(prepared, TOGETHER):
        with store.together():
            outcomes = [_store(one, store, now) for one in some]
        yield from outcomes


def _prepare_all(raws: Iterable[Raw], tenant: str, summarizer: str) -> list[Prepared]:
    return [prepare(raw, tenant, summarizer) for raw in raws]


def _on_all_cores(work: Callable[[list[Raw]], list[Prepared]], raws: Iterable[Raw]) -> Iterator[Prepared]:
    """`work` over `raws` in order, a few chunks ahead of what is asked for, so that no core waits for another."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["bot.corpus"])
    pool = ProcessPoolExecutor(os.cpu_count(), mp_context=context, initializer=leave_together)
    try:
        ahead: deque[Future[list[Prepared]]] = deque()
        for chunk in _batches(raws, CHUNK):
            ahead.append(pool.submit(work, chunk))
            if len(ahead) > AHEAD:
                yield from ahead.popleft().result()
        while ahead:
            yield from ahead.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)  # broken off, what nobody asks for any more is not waited for


def leave_together() -> None:
    """End this process with the one that it works for, also where that was killed and could not say so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the other, which ends this one
    parent = parent_process()
    assert parent

    def wait() -> None:
        parent.join()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def _batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch


def add(article: Article, analysis: Analysis, store: Store, now: datetime) -> Added:
    """Store one analysed article: a new one, a new version of one, or nothing where its words are known."""
    article, analysis = dating.placed(article, analysis, store)
    if article.file and not (article.url or article.guid):
        for known, shared in store.sketched(analysis.shingles, article.tenant).items():
            former = store.article(known)
            if former and former.file == article.file and shared >= RESKETCHED * len(analysis.shingles):
                return store.revise(known, article, analysis, now)
    day = article.published.anchor or now.date()
    story, copy_of = stories.link(analysis, day, store, article.tenant)
    added = store.add(article, analysis, now, story, copy_of)
    if story and added.outcome == "new" and article.published.basis not in dating.UNDATED:
        _redate(story, store, article.tenant, now)
    return added


def _redate(story: int, store: Store, tenant: str, now: datetime) -> None:
    """Store anew those articles of a story that a later arrival tells the time of: a version of the same words."""
    for article in dating.undated(story, store, tenant):
        known = analyse(article)
        redated, analysis = dating.placed(article, known, store)
        if redated is not article:
            store.revise(article.id, redated, analysis, now)


def _store(one: Prepared, store: Store, now: datetime) -> Outcome:
    if one.article is None:
        return Outcome(one.source, one.error)
    if not one.analysis.sentences:
        return Outcome(one.source, f"{one.source}: no sentence to quote in it; not stored.")
    added = add(one.article, one.analysis, store, now)
    if added.outcome == "same" and (stored := store.article(added.id)) and stored.withdrawn:
        return Outcome(one.source, f"{one.source}: withdrawn before as article {added.id}; not stored again.", added)
    told = {
        "new": "stored as",
        "edited": f"stored as version {added.version} of",
        "same": "already stored as",
    }[added.outcome]
    note = f" ({one.note})" if one.note else ""
    return Outcome(one.source, f"{one.source}: {told} article {added.id}{note}.", added)
