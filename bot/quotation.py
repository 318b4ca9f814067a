"""Quoting and citing: how stored words get into a message, and the check that nothing else did.

The quotation law: what is shown of an article is `shown()` of a span inside one of its stored sentences, with CUT
at each end that is not the sentence's own, and nothing of it lies in boilerplate. Titles are shown whole; an
untitled article goes by the opening words of its first sentence, cut.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from bot import dates
from bot.errors import QuotationError
from bot.message import CUT, Cite, Headline, Link, Message, Note, Quotation, Span, Text
from bot.model import Article, Citation, Entry, Passage, Published, PublishedBasis, counted, shown
from bot.ports import Store

COUNTED = 100  # copies of a text that are read to name its outlets; a page of an agency may have thousands
OPENING = 8  # words of an untitled article's first sentence that stand for a title


def quote(entry: Entry, passage: Passage, *, strong: bool = False) -> Quotation:
    """The words at `passage`, which lies in one sentence of `entry`, cut ends marked."""
    home = next((s.start, s.end) for s in entry.sentences if s.start <= passage.start < passage.end <= s.end)
    return Quotation(passage, _words(entry.article.text, home, passage), strong)


def _words(text: str, sentence: tuple[int, int], passage: Passage) -> str:
    before = CUT if passage.start > sentence[0] else ""
    after = CUT if passage.end < sentence[1] else ""
    return f"{before}{shown(text[passage.start : passage.end])}{after}"


def headline(entry: Entry) -> Headline:
    """The stored title, or the opening words of the first sentence."""
    spans = [(sentence.start, sentence.end) for sentence in entry.sentences]
    return Headline(entry.article.id, entry.article.version, _title(entry.article, spans))


def check(message: Message, citations: Sequence[Citation], store: Store) -> None:
    """Raise QuotationError unless every quotation and headline is stored word for word and cited for itself."""
    sentences = {}
    texts = {}
    cited = {citation.number: citation.passage for citation in citations}
    for span in message.spans():
        if not isinstance(span, Quotation | Headline):
            continue
        origin = span.passage if isinstance(span, Quotation) else span
        place = (origin.article, origin.version)
        if place not in texts:
            article = store.article(*place)
            if article is None or article.withdrawn:
                raise QuotationError(f"article {place[0]} version {place[1]} is not stored")
            texts[place] = article
            sentences[place] = store.sentences(*place)
        article = texts[place]
        if isinstance(span, Headline):
            if span.text != _title(article, sentences[place]):
                raise QuotationError(f"article {place[0]} does not bear the title {span.text!r}")
            continue
        start, end = span.passage.start, span.passage.end
        home = next((s for s in sentences[place] if s[0] <= start < end <= s[1]), None)
        if home is None:
            raise QuotationError(f"no sentence of article {place[0]} holds {start} to {end}")
        if span.text != _words(article.text, home[:2], span.passage):
            raise QuotationError(f"article {place[0]} does not say {span.text!r}")
    for block in message.blocks:
        _check_cites(getattr(block, "spans", ()), cited)
    _check_cites([Cite(dot.number) for dot in message.dots], cited)


def _check_cites(spans: Sequence[Span], cited: dict[int, Passage]) -> None:
    quoted = None
    for span in spans:
        if isinstance(span, Quotation):
            quoted = span.passage
        elif isinstance(span, Cite):
            if span.number not in cited:
                raise QuotationError(f"[{span.number}] cites nothing")
            if quoted is not None and cited[span.number] != quoted:
                raise QuotationError(f"[{span.number}] stands for another passage than the one before it")


def _title(article: Article, sentences: Sequence[tuple[int, ...]]) -> str:
    if title := shown(article.title):
        return title
    if not sentences:
        return ""
    start, end = sentences[0][:2]
    words = shown(article.text[start:end]).split()
    return " ".join(words[:OPENING]).rstrip(",;:") + CUT if len(words) > OPENING else " ".join(words)


class Citations:
    """Numbers passages in the order they are quoted, and lists their sources.

    `seen` are the citations of the answer that this one goes on from: their numbers stay, so that `[2]` means
    one thing in the whole conversation.
    """

    def __init__(self, seen: Sequence[Citation] = ()) -> None:
        self._citations = list(seen)
        self._numbers = {citation.passage: citation.number for citation in seen}
        self._first = len(self._citations)

    def cite(self, passage: Passage, others: tuple[Passage, ...] = ()) -> Cite:
        number = self._numbers.get(passage)
        if number is None:
            number = len(self._citations) + 1
            self._numbers[passage] = number
            self._citations.append(Citation(number, passage, others))
        return Cite(number)

    def all(self) -> tuple[Citation, ...]:
        return tuple(self._citations)

    def new(self) -> tuple[Citation, ...]:
        """The citations that `seen` did not hold."""
        return tuple(self._citations[self._first :])

    def sources(self, store: Store) -> tuple[Note, ...]:
        """The heading "Sources (2 articles, newest …)", then one line an article with all its numbers."""
        cites: dict[tuple[int, int], list[Cite]] = defaultdict(list)
        for citation in self.new():
            cites[citation.passage.article, citation.passage.version].append(Cite(citation.number))
        lines: list[Note] = []
        articles = []
        for (id_, version), cited in cites.items():
            article = store.article(id_, version)
            if article is None or article.withdrawn:
                continue
            articles.append(article)
            lines.append(Note((*numbered(cited), *source_line(article, store))))
        if not lines:
            return ()
        dated = newest(articles) if len(articles) > 1 else ""
        return (Note((Text(f"Sources ({counted(len(articles), 'article')}{dated})"),)), *lines)


def numbered(cites: Iterable[Cite]) -> tuple[Span, ...]:
    """The numbers that stand before a source's line."""
    return tuple(span for cite in cites for span in (cite, Text(" ")))


def newest(articles: Iterable[Article]) -> str:
    """The words ", newest …" for the latest publication date among `articles`; nothing where none is known."""
    known = (article.published.when for article in articles)
    latest = max((when for when in known if when), default=None, key=lambda when: when.last)
    return f", newest {dates.show(latest)}" if latest else ""


def linked(title: Headline, article: Article) -> Span:
    """`title`, leading to the article where its address is known."""
    return Link(title, article.url) if article.url else title


def source_line(article: Article, store: Store) -> tuple[Span, ...]:
    """Publisher, headline and date, linked where an address is known, and how many outlets ran the same text."""
    return (*named(article, store), Text(f", {published(article.published)}{outlets(article, store)}"))


def outlets(article: Article, store: Store) -> str:
    """The words "; same text in 4 outlets", where others ran it too."""
    ran = running(article, store)
    return f"; same text in {how_many(ran)}" if len(ran) > 1 else ""


def how_many(ran: Sequence[str]) -> str:
    """The words "4 outlets" or "at least 100 outlets" for those that ran a text."""
    return f"{'at least ' if len(ran) >= COUNTED else ''}{counted(len(ran), 'outlet')}"


def running(article: Article, store: Store) -> tuple[str, ...]:
    """The outlets that ran the text of `article`, nearly word for word, by name; an unnamed one by its address.

    Of COUNTED copies, the first.
    """
    names: dict[str | int, str] = {}
    family = store.copies(article.id, article.tenant)
    if len(family) < 2:  # as most have: reading it once more takes longer than all the rest
        return (shown(article.publisher),)
    for copy in store.entries(family[:COUNTED], article.tenant):
        host = copy.article.url.partition("://")[2].partition("/")[0]
        name = shown(copy.article.publisher or host)
        names.setdefault(name.casefold() or copy.article.id, name)
    return tuple(names.values())


def named(article: Article, store: Store) -> tuple[Span, ...]:
    """Publisher and headline; the opening words that stand for a headline are set in quotation marks."""
    title = Headline(article.id, article.version, _title(article, store.sentences(article.id, article.version)))
    publisher = (Text(f"{article.publisher}, "),) if article.publisher else ()
    told = linked(title, article)
    return (*publisher, told) if article.title else (*publisher, Text("“"), told, Text("”"))


def published(date: Published) -> str:
    """A publication date as a source line shows it."""
    if date.when is None:
        return "undated"
    how = {PublishedBasis.INFERRED: " (inferred)", PublishedBasis.SEEN: " (first seen)"}.get(date.basis, "")
    return f"{dates.show(date.when)}{how}"
