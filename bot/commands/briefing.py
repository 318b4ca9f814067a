"""`!summit`, `!timeline` and `!more`: what the stored articles say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot import dates, digest, languages, picture, stories, terms, timeline
from bot.commands.asking import READ, Asked, Command, Reply, about, limits, not_told, nothing_about, recalled, told_in
from bot.edition import lead
from bot.errors import UserError
from bot.message import Action, Block, Bullet, Dot, Heading, Message, Note, Paragraph, Span, Strong, Text
from bot.model import Entry, MentionBasis, Passage, Precision, PublishedBasis, TimelineEvent, When
from bot.ports import Dated
from bot.quotation import Citations, headline, linked, quote

BRIEFED = 12  # articles that a briefing is drawn from, the best matches
TOLD = 40  # articles that a timeline is drawn from
WORDS, SENTENCES = 100, 5  # of a briefing
PAGE = 1300  # characters of events that fit one message on every platform, with their sources below
KEY_DATES = 3


def story(asked: Asked) -> tuple[Entry, ...]:
    """The articles of the lead story: the most covered among the newest."""
    stored = asked.store.stories(asked.tenant)
    if not stored:
        raise UserError(nothing_about(asked, ""))
    most = max(stored, key=lambda one: (one.texts, one.articles[0]))
    return asked.store.entries(most.articles[:READ], asked.tenant)


def summit(asked: Asked) -> Reply:
    entries, unknown = about(asked, asked.words, BRIEFED) if asked.words else (story(asked), ())
    entries = stories.originals(entries)
    told = {citation.passage for citation in asked.seen}
    untold = [_without(entry, told) for entry in entries]
    if told and not _speaks(untold, asked.words):
        raise UserError("That is all the stored articles say.")
    dated = asked.store.mentions([entry.article.id for entry in entries])
    passages = digest.topic(
        untold,
        words=WORDS,
        most=SENTENCES,
        query=asked.words,
        summarizer=asked.summarizer,
        dates=digest.event_days(dated),
    )
    if not passages:
        raise UserError("That is all the stored articles say." if told else nothing_about(asked, asked.words))
    left = _speaks([_without(entry, {*told, *passages}) for entry in entries], asked.words)
    by_id = {entry.article.id: entry for entry in entries}
    citations = Citations(asked.seen)
    blocks: list[Block] = [Heading(_title(asked.words, entries)), *not_told(unknown)]
    blocks += [told_in(by_id[passage.article], passage, citations) for passage in passages]
    if not told:
        blocks += _key_dates(entries, dated, passages, citations)
    blocks += citations.sources(asked.store)
    blocks.append(Action("Timeline", f"!timeline {asked.words}".strip()))
    if left:
        blocks.append(Action("More", "!more"))
    return Reply(Message(tuple(blocks)), citations.all(), f"summit {asked.words}".strip())


def _speaks(entries: Sequence[Entry], words: str) -> bool:
    """Whether any sentence left in `entries` speaks of `words`; of anything, without words."""
    wanted = {one: set(terms.stems(words, one)) for one in {entry.article.language for entry in entries}}
    return any(
        not words
        or not wanted[entry.article.language].isdisjoint(
            terms.stems(entry.article.text[sentence.start : sentence.end], entry.article.language)
        )
        for entry in entries
        for sentence in entry.sentences
    )


def _title(words: str, entries: Sequence[Entry]) -> tuple[Span, ...]:
    if words:
        return (Text(words),)
    first = lead(entries)
    return (linked(headline(first), first.article),)


def _without(entry: Entry, told: set[Passage]) -> Entry:
    """`entry` less the sentences that were told already."""
    spans = {(p.start, p.end) for p in told if (p.article, p.version) == (entry.article.id, entry.article.version)}
    left = tuple(sentence for sentence in entry.sentences if (sentence.start, sentence.end) not in spans)
    return replace(entry, sentences=left)


def _key_dates(
    entries: Sequence[Entry], dated: Sequence[Dated], told: Sequence[Passage], citations: Citations
) -> list[Block]:
    """A line of the days that most articles name, less those that the sentences tell of."""
    days = [
        event
        for event in timeline.timeline(entries, dated)
        if not event.background and event.when.precision in {Precision.DAY, Precision.RANGE}
    ]
    naming = {event: len({passage.article for passage in event.passages}) for event in days}
    most = max(naming.values(), default=0)
    key = [event for event in days if naming[event] == most and not set(told) & set(event.passages)][:KEY_DATES]
    if not key:
        return []
    spans: list[Span] = [Strong("Key date: " if len(key) == 1 else "Key dates: ")]
    for event in key:
        planned = " (planned)" if event.announced else ""
        spans += [Text(f"{dates.show(event.when)}{planned} "), citations.cite(event.passages[0]), Text("; ")]
    return [Paragraph((*spans[:-1], Text(".")))]


def events(asked: Asked) -> Reply:
    words, since, until = limits(asked.words, asked.today)
    unknown: tuple[str, ...] = ()
    if words:
        entries, unknown = about(asked, words, TOLD)
    elif since or until:
        found = asked.store.mentioned(since or date.min, until or date.max, asked.tenant)
        most = Counter(one.article for one in found).most_common(TOLD)
        entries = asked.store.entries([article for article, _ in most], asked.tenant)
    else:
        entries = story(asked)
    dated = asked.store.mentions([entry.article.id for entry in entries], since, until)
    line = timeline.timeline(entries, dated, words.split(), since=since, until=until)
    told = {citation.passage for citation in asked.seen}
    unread = languages.unread(entry.article.language for entry in entries)
    untold = _untold(line, told)
    if not untold:
        raise UserError(f"{_no_events(words, since, until, told=bool(told))} {unread}".rstrip())
    title = (
        (Text(re.sub("^(?:in|on) ", "", _period(since, until))),)
        if not words and (since or until)
        else _title(words, entries)
    )
    citations = Citations(asked.seen)
    by_id = {entry.article.id: entry for entry in entries}
    blocks: list[Block] = [Heading((Text("Timeline · "), *title))]
    dots: list[Dot] = []
    shown: set[Passage] = set()
    length = 0
    for event in untold:
        told_now = quote(by_id[event.passages[0].article], event.passages[0]).text
        length += len(dates.show(event.when)) + (len(told_now) if event.passages[0] not in shown else 0)
        dates_of = 1 + len(event.otherwise)
        if dots and (length > PAGE or len(dots) + dates_of > picture.MOST):
            break  # before it is cited: what is cited counts as told
        blocks.append(_event(event, by_id, citations, shown))
        dots += _dots(event, by_id, citations)
    left = len(untold) - len(blocks) + 1
    blocks += [Note((Text(unread),))] if unread else []
    blocks[1:1] = not_told(unknown)
    blocks += citations.sources(asked.store)
    if left:
        blocks.append(Action(f"More ({left})", "!more"))
    blocks.append(Action("Briefing", f"!summit {words}".strip()))
    drawn = tuple(dots) if len(dots) >= picture.FEWEST else ()
    return Reply(Message(tuple(blocks), drawn), citations.all(), f"timeline {asked.words}".strip() if left else "")


def _untold(line: Sequence[TimelineEvent], told: set[Passage]) -> list[TimelineEvent]:
    """The events that were not told before; one told by the sentence of an earlier one goes by where it stands."""
    firsts: dict[Passage, int] = {}
    for n, event in enumerate(line):
        firsts.setdefault(event.passages[0], n)
    reached = max((n for passage, n in firsts.items() if passage in told), default=-1)
    return [
        event
        for n, event in enumerate(line)
        if event.passages[0] not in told or (firsts[event.passages[0]] < n and n > reached)
    ]


def _event(event: TimelineEvent, entries: dict[int, Entry], citations: Citations, shown: set[Passage]) -> Bullet:
    """An event's line; a sentence that tells two dates is told once and referred to."""
    told, other = event.passages[0], [passage for _, passage in event.otherwise]
    cite = citations.cite(told, (*other, *event.passages[1:]))
    spans: list[Span] = [Strong(dates.show(event.when))]
    mark = _mark(event, entries)
    for when, passage in event.otherwise:
        spans += [Text(f"{mark}, or "), Strong(dates.show(when)), Text(" "), citations.cite(passage)]
        mark = ""
    if told in shown:
        return Bullet((*spans, Text(f"{mark}: see "), cite))
    shown.add(told)
    return Bullet((*spans, Text(f"{mark}: "), quote(entries[told.article], told), Text(" "), cite))


def _dots(event: TimelineEvent, entries: dict[int, Entry], citations: Citations) -> list[Dot]:
    """An event in the picture: at its day, and at every other that a source gives it."""
    mark = _mark(event, entries)
    told = [(event.when, event.passages[0]), *event.otherwise]
    numbers = [(when, citations.cite(passage).number) for when, passage in told]
    return [Dot(when, n, planned=mark == " (planned)", inferred=mark == " (inferred)") for when, n in numbers]


def _mark(event: TimelineEvent, entries: dict[int, Entry]) -> str:
    """At most one: "planned"; else "inferred", where no article states its year and none knows its own date."""
    if event.announced:
        return " (planned)"
    bases = (entries[passage.article].article.published.basis for passage in event.passages)
    stated = any(
        mention.basis is MentionBasis.EXPLICIT or basis in {PublishedBasis.STATED, PublishedBasis.FEED}
        for mention, basis in zip(event.mentions, bases, strict=False)
    )
    return "" if stated else " (inferred)"


def _no_events(words: str, since: date | None, until: date | None, *, told: bool) -> str:
    if told:
        return "That is the whole timeline."
    topic = f" about “{words}”" if words else ""
    return f"Nothing stored{topic} tells of a dated event{' ' if since or until else ''}{_period(since, until)}."


def _period(since: date | None, until: date | None) -> str:
    """Time limits as a sentence tells them: "in June 2018", "since February 1, 2019"; empty without any."""
    if since and until:
        named = (dates.read(f"{since:%Y}"), dates.read(f"{since:%Y-%m}"), When.day(since))
        whole = next((when for when in named if when and (when.first, when.last) == (since, until)), None)
        if whole:
            return f"{'on' if since == until else 'in'} {dates.show(whole)}"
        return f"from {dates.show(When.day(since))} to {dates.show(When.day(until))}"
    bounds = [f"{name} {dates.show(When.day(day))}" for name, day in (("since", since), ("until", until)) if day]
    return " ".join(bounds)


def more(asked: Asked) -> Reply:
    answer = recalled(asked)
    if answer is None:
        raise UserError("There is no answer here yet to go on from. Type for example `!summit`.")
    name, _, words = answer.command.partition(" ")
    run = {"summit": summit, "timeline": events}.get(name)
    if run is None:
        raise UserError("That answer was whole; there is no more of it.")
    return run(replace(asked, words=words, seen=answer.citations))


SUMMIT = Command(
    "summit",
    "!summit [words]",
    "A cited briefing on what the stored articles say; without words, on the lead story.",
    (("!summit", "the lead story"), ("!summit sanctions", "what is said about sanctions")),
    summit,
)
TIMELINE = Command(
    "timeline",
    "!timeline [words] [since …] [until …]",
    "Dated events in order, each with the sentence that tells it.",
    (
        ("!timeline", "the lead story"),
        ("!timeline Singapore", "events about Singapore"),
        ("!timeline since February 2019", "from a day, month or year on"),
        ("!timeline Kim until 2018", "up to one"),
    ),
    events,
)
MORE = Command(
    "more",
    "!more",
    "The next part of the last answer here, or of the one you reply to.",
    (("!more", "after a briefing or a timeline"),),
    more,
)
