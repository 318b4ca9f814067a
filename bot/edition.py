"""A digest as a channel receives it: what was stored since the last one, story by story, quoted and sourced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot import dates, digest, stories
from bot.message import (
    CUT,
    Action,
    Block,
    Bullet,
    Cite,
    Heading,
    Message,
    Moment,
    Note,
    Paragraph,
    Text,
    own,
)
from bot.model import EVERYONE, Citation, DigestItem, Entry, Passage, When, counted, shown
from bot.ports import Query, Store
from bot.quotation import Citations, headline, linked, numbered, outlets, published, quote, source_line

STORIES = 6  # in one edition; a reader skims no more, and `!topics` lists the rest
WORDS = 60  # to a story
SENTENCES = 3  # to a story
LOOKED_AT = 500  # articles of one period that are sorted into stories


@dataclass(frozen=True, slots=True)
class Edition:
    """`mark` is the newest article id that it takes in; an `empty` one says that nothing is new."""

    message: Message
    citations: tuple[Citation, ...]
    mark: int
    empty: bool


def edition(
    store: Store,
    day: date,
    *,
    words: str = "",
    tenant: str = EVERYONE,
    after: int = 0,
    late: Moment | None = None,
    summarizer: str = "dateline",
    background: bool = False,
) -> Edition:
    """The edition of `day`: what was stored after article `after`, about `words` if given; `late`: when it was due.

    `background`: also what feeds held already when they were first read, which is no news.
    """
    ids = store.newest(tenant, after, LOOKED_AT, background=background)
    mark = max(ids, default=after)
    if words:
        about = {hit.article for hit in store.search(Query(tuple(words.split()), every=True), tenant, LOOKED_AT)}
        ids = tuple(id_ for id_ in ids if id_ in about)
    entries = {entry.article.id: entry for entry in store.entries(ids, tenant)}
    told = _by_story(list(entries.values()))
    heading = " · ".join(part for part in ("Digest", words, dates.show(When.day(day))) if part)
    blocks: list[Block] = [Heading((Text(heading),))]
    if late:
        blocks.append(Note((Text("Delayed from "), late, Text("."))))
    if not told:
        matter = f" about {words}" if words else ""
        if background:
            said = f"Nothing{matter} is stored yet."
        else:
            said = f"Nothing new{matter} was stored{' since the last digest' if after else ''}."
        blocks.append(Paragraph((Text(said),)))
        return Edition(Message(tuple(blocks)), (), mark, empty=True)
    citations = Citations()
    for story in told[:STORIES]:
        item = _item(story, words, summarizer)
        blocks += _story(item, entries, citations, store)
    if (left := len(told) - STORIES) > 0:
        blocks.append(Note(own(f"{counted(left, 'more story')}: type `!topics`.")))
    blocks += [Action("Briefing", f"!summit {words}".strip()), Action("Timeline", f"!timeline {words}".strip())]
    return Edition(Message(tuple(blocks)), citations.all(), mark, empty=False)


def _by_story(entries: Sequence[Entry]) -> list[list[Entry]]:
    """`entries` story by story, the most covered first, then the newest; copies of one text cover it once."""
    grouped: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        grouped[entry.story].append(entry)

    def weight(story: list[Entry]) -> tuple[int, date, int]:
        days = [entry.article.published.when.last for entry in story if entry.article.published.when]
        return len(stories.originals(story)), max(days, default=date.min), max(entry.article.id for entry in story)

    return sorted(grouped.values(), key=weight, reverse=True)


def lead(story: Sequence[Entry]) -> Entry:
    """The article that a story is named after: one with a title, no copy of another, then the newest."""

    def fitness(entry: Entry) -> tuple[bool, bool, date, int]:
        when = entry.article.published.when
        return bool(entry.article.title), not entry.copy_of, when.last if when else date.min, entry.article.id

    return max(story, key=fitness)


def _item(story: Sequence[Entry], words: str, summarizer: str) -> DigestItem:
    first = lead(story)
    if len(stories.originals(story)) == 1 and not words:
        passages = tuple(Passage(first.article.id, first.article.version, *span) for span in first.digest)
    else:
        passages = digest.topic(story, words=WORDS, most=SENTENCES, query=words, summarizer=summarizer)
    return DigestItem(first.article.id, passages, tuple(entry.article.id for entry in story))


def _opening(item: DigestItem, entries: dict[int, Entry]) -> str:
    """The first sentence that tells a story; empty where there is nothing to it but its headline."""
    return next((entries[one.article].article.text[one.start : one.end] for one in item.passages), "")


def _story(item: DigestItem, entries: dict[int, Entry], citations: Citations, store: Store) -> Iterator[Block]:
    first = entries[item.lead]
    title = headline(first)
    if title.text.removesuffix(CUT) not in shown(_opening(item, entries)):  # opening words stand for a title once only
        yield Heading((linked(title, first.article),))
    numbers: dict[int, list[Cite]] = defaultdict(list)
    for passage in item.passages:
        cite = citations.cite(passage)
        numbers[passage.article].append(cite)
        yield Bullet((quote(entries[passage.article], passage), Text(" "), cite))
    if not numbers:
        numbers[item.lead] = []
    for id_, cites in numbers.items():
        article = entries[id_].article
        if id_ == item.lead:  # its title stands above
            told = ", ".join(part for part in (article.publisher, published(article.published)) if part)
            yield Note((*numbered(cites), Text(f"{told}{outlets(article, store)}")))
        else:
            yield Note((*numbered(cites), *source_line(article, store)))
    told_in = {entries[id_].copy_of or id_ for id_ in numbers}
    covering = {entries[id_].copy_of or id_ for id_ in item.articles} - told_in
    if covering:
        yield Note((Text(f"Also covered in {counted(len(covering), 'more article')}."),))
