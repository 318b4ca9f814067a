"""`!source`: where a sentence comes from, and whether stored articles say a thing at all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot import dates, languages, source, terms
from bot.commands.asking import Asked, Command, Reply, nothing_about, recalled, told_in
from bot.dating import LIKE_IT
from bot.errors import UserError
from bot.message import Block, Heading, Message, Note, Paragraph, Quote, Span, Strong, Text
from bot.model import Citation, Entry, Mention, MentionBasis, Passage, PublishedBasis, Sentence, join
from bot.ports import Answer, Query
from bot.quotation import Citations, how_many, named, quote, running, source_line
from bot.source import Found

AROUND = 80  # words of context about a cited sentence
CANDIDATES = 40  # articles searched for a claim, the best matches
TELLING = 4  # words of a claim that are enough to find what says it all
PASSAGES = 3  # shown of those that say it
READ = 2000  # characters before a passage that its dates may follow from
NAMED = 6  # outlets named that ran one text; more are counted only
OTHERS = 3  # shown of those that tell the same as a citation

_ELLIPSIS = re.compile(r"\.{3}|…")
_NUMBER = re.compile(r"[\[#(]?(\d{1,4})[\])]?\.?((?:(?:\s*[,&;]\s*|\s+(?:and\s+)?)[\[#(]?\d{1,4}[\])]?)*)")


def find(asked: Asked) -> Reply:
    """`!source`, `!source 2` or `!source <words>`."""
    if not asked.words:
        return _list(asked)
    if number := _NUMBER.fullmatch(asked.words):
        if number[2]:
            raise UserError("Ask for one citation at a time, such as `!source 2`.")
        return _cited(asked, int(number[1]))
    return _claim(asked)


def _answer(asked: Asked) -> Answer:
    answer = recalled(asked)
    if answer is None or not answer.citations:
        raise UserError("There is no cited answer here yet. Type `!summit`, or `!source` with words to look up.")
    return answer


def _list(asked: Asked) -> Reply:
    """The sources of the last answer here."""
    answer = _answer(asked)
    citations = Citations()
    for citation in answer.citations:
        citations.cite(citation.passage, citation.others)
    blocks = citations.sources(asked.store)
    if not blocks:
        raise UserError("The articles that this answer quoted were withdrawn; their words are no longer stored.")
    return Reply(Message(blocks), answer.citations, answer.command)


def _cited(asked: Asked, number: int) -> Reply:
    """Citation `number`: where it stands, in its paragraph, and how its dates were read."""
    answer = _answer(asked)
    citation = next((c for c in answer.citations if c.number == number), None)
    if citation is None:
        raise UserError(f"The answer has {_numbers(answer)}; there is no [{number}].")
    passage = citation.passage
    entry = _entry(asked, passage)
    if entry is None:
        raise UserError(f"[{number}] was withdrawn: the article's words are no longer stored.")
    blocks: list[Block] = [
        Heading((Text(f"[{number}] "), *named(entry.article, asked.store))),
        Quote(_context(entry, passage)),
        *_facts(asked, entry, passage),
        *_others(asked, citation),
    ]
    return Reply(Message(tuple(blocks)), answer.citations, answer.command)


def _numbers(answer: Answer) -> str:
    last = answer.citations[-1].number
    return "1 citation, [1]" if last == 1 else f"{last} citations, [1] to [{last}]"


def _entry(asked: Asked, passage: Passage) -> Entry | None:
    """The very version that was quoted; None where it was withdrawn or may not be read here."""
    article = asked.store.article(passage.article, passage.version)
    if article is None or article.withdrawn or article.tenant not in {"", asked.tenant}:
        return None
    sentences = asked.store.sentences(passage.article, passage.version)
    return Entry(article, tuple(Sentence(*sentence) for sentence in sentences), (), 0)


def _context(entry: Entry, passage: Passage) -> tuple[Span, ...]:
    """The sentence, marked, among the sentences of its paragraph, about AROUND words in all."""
    sentences = entry.sentences
    home = next(i for i, s in enumerate(sentences) if s.start <= passage.start < passage.end <= s.end)
    first = last = home
    words = _length(entry, sentences[home])
    while True:
        before = first - 1 if first and sentences[first - 1].paragraph == sentences[home].paragraph else None
        after = (
            last + 1
            if last + 1 < len(sentences) and sentences[last + 1].paragraph == sentences[home].paragraph
            else None
        )
        fitting = [i for i in (before, after) if i is not None and words + _length(entry, sentences[i]) <= AROUND]
        if not fitting:
            break
        words += _length(entry, sentences[fitting[0]])
        first, last = min(first, fitting[0]), max(last, fitting[0])
    spans: list[Span] = []
    for i in range(first, last + 1):
        sentence = sentences[i]
        whole = Passage(entry.article.id, entry.article.version, sentence.start, sentence.end)
        spans += [quote(entry, whole, strong=i == home), Text(" ")]
    return tuple(spans[:-1])


def _length(entry: Entry, sentence: Sentence) -> int:
    return len(entry.article.text[sentence.start : sentence.end].split())


_BASIS = {
    PublishedBasis.STATED: "as the article states",
    PublishedBasis.FEED: "as given with the article",
}

_OWN = "from the article's own date"
_AGAINST = {PublishedBasis.STATED: _OWN, PublishedBasis.FEED: _OWN, PublishedBasis.SEEN: "from when it was first seen"}


def _facts(asked: Asked, entry: Entry, passage: Passage) -> list[Block]:
    """Publication date with its basis, address, how the dates in the passage were read, what has changed since."""
    facts: list[Block] = []
    article, published = entry.article, entry.article.published
    if published.when is None:
        facts.append(Note((Text("It bears no date."),)))
    elif published.basis is PublishedBasis.INFERRED:
        told = published.evidence if published.evidence == LIKE_IT else "what it tells of"
        places = "place" if told == LIKE_IT else "places"
        facts.append(Note((Text(f"It bears no date; {told} {places} it within {dates.show(published.when)}."),)))
    elif published.basis is PublishedBasis.SEEN:
        facts.append(Note((Text(f"It bears no date; it was first seen on {dates.show(published.when)}."),)))
    else:
        facts.append(Note((Text(f"Published {dates.show(published.when)}, {_BASIS[published.basis]}."),)))
    if article.file and not article.url:
        facts.append(Note((Text(f"File: {article.file.rpartition('/')[2]}."),)))
    ran = running(article, asked.store)
    if len(ran) > 1:
        which = f": {join(ran)}" if len(ran) <= NAMED and all(ran) else ""
        facts.append(Note((Text(f"The same text ran in {how_many(ran)}{which}."),)))
    facts += _readings(asked, entry, passage)
    newest = asked.store.article(article.id)
    if newest and newest.text != article.text:
        facts.append(Note((Text("The article has been edited since; these are the words as they were quoted."),)))
    elif newest and newest.published != published:
        facts.append(Note((Text("Its date has been worked out anew since, from later articles."),)))
    return facts


def _readings(asked: Asked, entry: Entry, passage: Passage) -> list[Block]:
    """How each date in the passage that does not say everything itself was read, and from what."""
    if said := languages.unread([entry.article.language]):
        return [Note((Text(said),))]
    id_, version = entry.article.id, entry.article.version
    against = {
        MentionBasis.ARTICLE: _AGAINST.get(entry.article.published.basis, "from when it must have been written"),
        MentionBasis.CONTEXT: "from the date named before it",
    }
    readings: dict[str, list[Span]] = {}
    for dated in asked.store.mentions([id_]):
        mention = dated.mention
        inside = passage.start <= mention.start and mention.end <= passage.end
        if dated.version != version or not inside or not mention.when or mention.basis is MentionBasis.EXPLICIT:
            continue
        if _doubt(entry, mention):
            continue
        spans = readings.setdefault(against[mention.basis], [])
        spans += [Text("; “" if spans else "“"), quote(entry, Passage(id_, version, mention.start, mention.end))]
        spans.append(Text(f"” is {dates.show(mention.when)}"))
    told: list[Block] = [Note((Text(f"Dates, read {basis}: "), *spans, Text("."))) for basis, spans in readings.items()]
    return told + _doubts(entry, passage)


def _doubts(entry: Entry, passage: Passage) -> list[Block]:
    """Dates in the passage that contradict themselves, which stand on no timeline, and why."""
    article, begin = entry.article, max(0, passage.start - READ)
    told: list[Block] = []
    for found in dates.mentions(article.text[begin : passage.end], article.published.anchor):
        mention = found._replace(start=found.start + begin, end=found.end + begin)
        if mention.start >= passage.start and (why := _doubt(entry, mention)):
            there = Passage(article.id, article.version, mention.start, mention.end)
            told.append(Note((Text("“"), quote(entry, there), Text(f"” {why}."))))
    return told


def _doubt(entry: Entry, mention: Mention) -> str:
    words = entry.article.text[mention.start : mention.end]
    return dates.doubt(mention, words, entry.article.published.anchor)


def _others(asked: Asked, citation: Citation) -> list[Block]:
    """Who else tells the same, in whose words, and how their dates were read."""
    lines: list[Block] = []
    told = citation.passage
    own = asked.store.article(told.article)
    copies = set(asked.store.copies(own.id, own.tenant)) - {told.article} if own else set()
    others = [other for other in citation.others if other.article not in copies and not _holds(other, told)]
    for other in others[:OTHERS]:
        if entry := _entry(asked, other):
            elsewhere = other.article != told.article
            who = source_line(entry.article, asked.store) if elsewhere else (Text("the same article"),)
            said = (Text("Also told by "), *who, Text(": "), quote(entry, other))
            lines += [Note(said), *_readings(asked, entry, other)]
    return lines


def _holds(passage: Passage, other: Passage) -> bool:
    """Whether `other` lies in `passage`."""
    return passage.article == other.article and passage.start <= other.start and other.end <= passage.end


def _claim(asked: Asked) -> Reply:
    """The passages that say what was typed, or the honest answer that none does."""
    claim = asked.words.strip('"')
    entries, found = _found(asked, claim)
    if found.verdict == "none":
        if not entries:
            raise UserError(nothing_about(asked, claim))
        raise UserError(f"No stored article says “{claim}”.")
    said = {
        "exact": "Quoted word for word:",
        "supported": "What the stored articles say of it:",
        "near": f"Closest, not the same: {found.differs}." if found.differs else "Closest, not the same:",
    }[found.verdict]
    citations = Citations()
    by_id = {entry.article.id: entry for entry in entries}
    blocks: list[Block] = [Paragraph((Strong(said),))]
    shown = 1 if found.verdict == "near" else PASSAGES  # what differs is said of the first alone
    told = list(dict.fromkeys(found.passages))[:shown]  # once, though a sentence may say it twice
    blocks += [told_in(by_id[passage.article], passage, citations) for passage in told]
    blocks += citations.sources(asked.store)
    return Reply(Message(tuple(blocks)), citations.all())


def _found(asked: Asked, claim: str) -> tuple[Sequence[Entry], Found]:
    """What the articles say of a claim, and those that were read for it: as few as will do.

    What says it word for word, and most of what supports it, has all its words. Only where that is not enough is
    everything looked for that has any of them: the commoner a word, the longer its search and the less it tells.
    """
    strict = _search(asked, Query(_telling(asked, claim), every=True))
    full = len(strict) == CANDIDATES  # so more articles may have all the words: which have them side by side?
    if full and len(claim.split()) > 1:
        verbatim = _entries(asked, _search(asked, Query(phrases=tuple(_ELLIPSIS.split(claim)))))
        quoted = source.find(asked.words, verbatim)
        if quoted.verdict in {"exact", "supported"}:
            return verbatim, quoted
    entries = _entries(asked, strict)
    found = source.find(asked.words, entries)
    if full or found.verdict in {"exact", "supported"}:
        return entries, found
    loose = _search(asked, Query(tuple(claim.split())))
    entries = _entries(asked, list(dict.fromkeys([*loose, *strict])))
    return entries, source.find(asked.words, entries)


def _search(asked: Asked, query: Query) -> list[int]:
    return [hit.article for hit in asked.store.search(query, asked.tenant, CANDIDATES)]


def _entries(asked: Asked, ids: Sequence[int]) -> tuple[Entry, ...]:
    return asked.store.entries(ids, asked.tenant)


def _telling(asked: Asked, claim: str) -> tuple[str, ...]:
    """The rarest TELLING words of a claim, by how many articles they weigh in."""
    stems = {word: terms.stems(word) for word in claim.split()}
    matter = {word: found for word, found in stems.items() if found} or stems
    _, articles = asked.store.frequencies([stem for found in matter.values() for stem in found])

    def rarity(word: str) -> tuple[int, int]:
        return min((articles.get(stem, 0) for stem in matter[word]), default=0), -len(word)

    return tuple(sorted(matter, key=rarity)[:TELLING])


SOURCE = Command(
    "source",
    "!source [number or words]",
    "Where a sentence comes from, and whether any stored article says a thing.",
    (
        ("!source", "the sources of the last answer"),
        ("!source 2", "its second citation, in context"),
        ("!source trust between Kim and Trump", "who says so"),
        ('!source "a very good chance"', "who wrote exactly this"),
    ),
    find,
)
