"""Articles told in their own sentences: one article, or a topic of several.

`editor` says which sentences can stand, `ranking` which of them matter and fit together; this room puts them into an
order that reads. Law: what is shown has at most the words asked for, counted as the reader sees them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby, islice
from operator import itemgetter
from types import MappingProxyType

from bot import ranking, terms
from bot.digest import editor, introductions
from bot.model import Entry, Passage, Precision, Sentence, Span, When, shown
from bot.ports import Dated

MOST_SENTENCES = 400  # of an article enter the ranking, which is quadratic; what stands beyond is never its news
MOST_CANDIDATES = 150  # of a topic
DATED = 1.4  # how much more a sentence is worth that tells an event with its day: specific beats vague

DAYS = frozenset({Precision.DAY, Precision.RANGE})

_WORD = re.compile(r"\S+")
_UNDATED: Mapping[Passage, When] = MappingProxyType({})


def article(
    text: str,
    sentences: Sequence[Sentence],
    title: str = "",
    *,
    words: int = 60,
    most: int = 3,
    query: str = "",
    summarizer: str = ranking.Summarizer.DATELINE,
    language: str = "en",
) -> tuple[Span, ...]:
    """The sentences of an article that tell it, in document order; with a query, those that speak of it."""
    sentences = sentences[:MOST_SENTENCES]
    lines = _meaning(_lines(text, sentences, language=language), [text], query)
    chosen = ranking.choose(lines, words=words, most=most, title=title, query=query, summarizer=summarizer)
    if not chosen and sentences and words > 0:
        return (_beginning(text, sentences[0], words),)
    return tuple((sentences[n].start, sentences[n].end) for n in sorted(chosen))


def topic(
    articles: Sequence[Entry],
    *,
    words: int = 100,
    most: int = 5,
    query: str = "",
    summarizer: str = ranking.Summarizer.DATELINE,
    dates: Mapping[Passage, When] = _UNDATED,
) -> tuple[Passage, ...]:
    """The sentences that tell a topic: first what it is, or what answers `query` best, then by what happened when.

    `dates` gives that date for sentences where it is known, which are worth more for naming their day; others count as of their article's own date. Near-copies
    of one text count once.
    """
    entries = _originals(articles)
    lines, passages = _candidates(entries, query)
    lines = _meaning(lines, [entry.article.text for entry in entries], query)
    lines = [
        line._replace(worth=line.worth * DATED) if passage in dates and dates[passage].precision in DAYS else line
        for line, passage in zip(lines, passages, strict=True)
    ]
    title = " ".join(entry.article.title for entry in entries)
    chosen = ranking.choose(lines, words=words, most=most, title=title, query=query, summarizer=summarizer)
    if not chosen:
        return _beginnings(entries, words) if words > 0 else ()
    units = _units(chosen, lines)
    opening = units[0] if query else _opening(units, lines)

    told = _told_days(entries, dates)

    def moment(unit: list[int]) -> tuple[date, int]:
        published = entries[lines[unit[0]].article].article.published.anchor or date.max
        return min((told[passages[n]] for n in unit if passages[n] in told), default=published), unit[0]

    rest = sorted((unit for unit in units if unit is not opening), key=moment)
    return tuple(passages[n] for unit in (opening, *rest) for n in unit)


def _beginning(text: str, sentence: Sentence, words: int) -> Span:
    """The first `words` words of a sentence that is longer: a fragment, whose cut is marked where it is quoted."""
    told = [match.end() for match in islice(_WORD.finditer(text, sentence.start, sentence.end), words)]
    return sentence.start, told[-1]


def _beginnings(entries: Sequence[Entry], words: int) -> tuple[Passage, ...]:
    first = next(((entry, entry.sentences[0]) for entry in entries if entry.sentences), None)
    if first is None:
        return ()
    entry, sentence = first
    return (Passage(entry.article.id, entry.article.version, *_beginning(entry.article.text, sentence, words)),)


def event_days(dated: Sequence[Dated]) -> dict[Passage, When]:
    """When the first event happened that each sentence tells; what it names in passing is none."""
    days: dict[Passage, When] = {}
    for one in dated:
        if one.mention.when and not one.mention.background:
            days.setdefault(Passage(one.article, one.version, *one.sentence), one.mention.when)
    return days


def _told_days(entries: Sequence[Entry], dates: Mapping[Passage, When]) -> dict[Passage, date]:
    """The day that each sentence is about, as a reader takes it: what names none goes on from the one before it."""
    days: dict[Passage, date] = {}
    for entry in entries:
        paragraph, day = -1, None
        for sentence in entry.sentences:
            passage = _passage(entry, sentence)
            day = dates[passage].first if passage in dates else day if sentence.paragraph == paragraph else None
            paragraph = sentence.paragraph
            if day:
                days[passage] = day
    return days


def _lines(text: str, sentences: Sequence[Sentence], article: int = 0, language: str = "en") -> list[ranking.Line]:
    texts = [shown(text[sentence.start : sentence.end]) for sentence in sentences]
    judged = editor.judge(texts, [sentence.paragraph for sentence in sentences], language)
    names = introductions.names(texts, language)
    return [
        ranking.Line(
            one,
            article,
            n,
            judgement.worth,
            judgement.follows,
            strangers=name.strangers,
            introduces=name.introduces,
            language=language,
        )
        for n, (one, judgement, name) in enumerate(zip(texts, judged, names, strict=True))
    ]


def _meaning(lines: list[ranking.Line], texts: Sequence[str], query: str) -> list[ranking.Line]:
    """The lines, marked where they speak of the one asked for by a part of the name that their article has in full."""
    asked = terms.written(query)
    if len(asked) < 2:
        return lines
    name = re.compile(r"[\s-]+".join(map(re.escape, asked)), re.IGNORECASE)
    found = {number: shown(match[0]) for number, text in enumerate(texts) if (match := name.search(text))}
    names = {number: one for number, one in found.items() if all(word[0].isupper() for word in one.split())}
    return [
        line._replace(meant=True) if line.article in names and _names(line.text, names[line.article]) else line
        for line in lines
    ]


def _names(text: str, name: str) -> bool:
    """Whether a sentence speaks of somebody by the name or a part of it, and of nobody else of that part."""
    if all(word not in text for word in name.split()):
        return False
    both = f"{text}\nof {name}"
    names = terms.names(both, [(0, len(text)), (len(text) + 1, len(both))])
    return any(
        count > 1 and one.replace("-", " ").lower() == name.replace("-", " ").lower() for one, count in names.items()
    )


def _originals(articles: Sequence[Entry]) -> list[Entry]:
    """One article of each family of near-copies: the original where it is there, in the order given."""
    kept: dict[int, Entry] = {}
    for n, entry in enumerate(articles):
        family = entry.copy_of or entry.article.id or -1 - n
        if family not in kept or not entry.copy_of:
            kept[family] = entry
    return list(kept.values())


def _candidates(entries: Sequence[Entry], query: str) -> tuple[list[ranking.Line], list[Passage]]:
    """The sentences up for choice and their places: of every article the first, those that may speak of `query` before.

    A stem's beginning is enough here: the ranking looks more closely.
    """
    spoken = {entry.article.language for entry in entries}
    beginnings = [stem[: max(3, len(stem) - 1)] for language in spoken for stem in terms.stems(query, language)]

    def urgency(place: tuple[int, int]) -> tuple[bool, int, int]:
        number, position = place
        sentence = entries[number].sentences[position]
        words = entries[number].article.text[sentence.start : sentence.end].lower() if beginnings else ""
        return not any(beginning in words for beginning in beginnings), position, number

    places = [(number, n) for number, entry in enumerate(entries) for n in range(len(entry.sentences[:MOST_SENTENCES]))]
    if len(places) > MOST_CANDIDATES:
        places = sorted(sorted(places, key=urgency)[:MOST_CANDIDATES])
    lines: list[ranking.Line] = []
    passages: list[Passage] = []
    for number, group in groupby(places, key=itemgetter(0)):
        entry = entries[number]
        positions = [position for _, position in group]
        told = entry.sentences[: positions[-1] + 1]
        known = _lines(entry.article.text, told, number, entry.article.language)
        lines += [known[n] for n in positions]
        passages += [_passage(entry, entry.sentences[n]) for n in positions]
    return lines, passages


def _passage(entry: Entry, sentence: Sentence) -> Passage:
    return Passage(entry.article.id, entry.article.version, sentence.start, sentence.end)


def _units(chosen: Sequence[int], lines: Sequence[ranking.Line]) -> list[list[int]]:
    """The choice in its order, each line that follows joined to the one before it."""
    units: list[list[int]] = []
    for n in chosen:
        if units and lines[n].follows and units[-1][-1] == n - 1:
            units[-1].append(n)
        else:
            units.append([n])
    return units


def _opening(units: Sequence[list[int]], lines: Sequence[ranking.Line]) -> list[int]:
    """Which unit says what the story is: the best of those that open an article, or stand near its opening.

    What its article tells before it comes first.
    """

    def rank(unit: list[int]) -> tuple[bool, int, int]:
        first = lines[unit[0]]
        return first.worth <= editor.BACKWARD, min(first.position, 4) // 2, units.index(unit)

    best = min(units, key=rank)
    return min(unit for unit in units if lines[unit[0]].article == lines[best[0]].article)
