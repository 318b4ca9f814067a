"""The quotation law: whatever is stored and whatever is asked, every word shown of an article stands in it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot import commands
from bot.chat.terminal import HERE
from bot.edition import edition
from bot.errors import QuotationError
from bot.message import Bullet, Cite, Dot, Headline, Message, Quotation, Text
from bot.model import Citation, Passage, When
from bot.ports import Answer, Request, Store, channel_of
from bot.quotation import check, quote
from bot.store import open_store
from tests.make import NOW, put_article

UNSHOWN = "\u202e\u202c\x07"  # of the signs that are never shown, those in WORDS
WORDS = st.sampled_from(
    [
        "Korea’s",
        "The",
        "the",
        "minister",
        "summit",
        "talks",
        "Hanoi",
        "Kim",
        "Trump",
        "sanctions",
        "agreed",
        "said",
        "on",
        "Monday",
        "Wednesday",
        "June",
        "12,",
        "2018",
        "last",
        "year",
        "U.S.",
        "Feb.",
        "26",
        "27",
        "and",
        "28",
        "since",
        "1950-53",
        "war",
        "“peace",
        "“quoted",
        "words”",
        "\u202eevil\u202c",
        "naïve\xa0plan",
        "*bold*",
        "<!channel>",
        "@everyone",
        "`code`",
        "[link](http://x)",
        "…",
        "3.5",
        "No.",
        "3",
        "\x07",
        "\u200b",
    ]
)
SENTENCES = st.lists(WORDS, min_size=4, max_size=25).map(lambda words: " ".join(words) + ".")
TEXTS = st.lists(SENTENCES, min_size=1, max_size=12).map("\n".join) | st.lists(SENTENCES, min_size=1, max_size=12).map(
    "  ".join
)
ASKED = ["!summit", "!summit Kim sanctions", "!more", "!timeline", "!timeline Trump since 2018", "!more", "!source"]
ASKED += ["!source 1", "!source 3", "!source Kim agreed on Monday", '!source "talks"', "!digest now", "!topics"]


@settings(suppress_health_check=[HealthCheck.too_slow])
@example(texts=["The quake struck."], titles=["The quake struck."] * 4)  # a headline and nothing to it
@given(texts=st.lists(TEXTS, min_size=1, max_size=4), titles=st.lists(SENTENCES, min_size=4, max_size=4))
def test_every_command_quotes_what_is_stored(texts, titles):
    store = open_store(":memory:")
    for text, title in zip(texts, titles, strict=False):
        put_article(store, text, title=title if len(text) % 2 else "")
    for asked in ASKED:
        reply = commands.answer(Request(asked, HERE, asked, trusted=True), store, NOW)
        check(reply.message, reply.citations, store)
        for span in reply.message.spans():
            if isinstance(span, Quotation):
                article = store.article(span.passage.article, span.passage.version)
                assert article
                folded = " ".join("".join(c for c in article.text if c.isspace() or c not in UNSHOWN).split())
                assert span.text.strip("…") in folded
        if reply.citations:
            store.remember(Answer(channel_of(HERE), reply.command, reply.citations), NOW)
    store.close()


# --- what the check refuses -------------------------------------------------------------------------------

TEXT = "HANOI (AP) - The envoys met on Monday, and they shook hands. The talks failed."


@pytest.fixture
def store():
    opened = open_store(":memory:")
    put_article(opened, TEXT, title="Envoys meet")
    yield opened
    opened.close()


def whole(store: Store) -> Quotation:
    [entry] = store.entries([1])
    first = entry.sentences[0]
    return quote(entry, Passage(1, 1, first.start, first.end))


def send(store: Store, *spans: Quotation | Headline | Cite | Text, cited: Passage | None = None) -> None:
    check(Message((Bullet(spans),)), (Citation(1, cited),) if cited else (), store)


def test_a_sentence_as_stored_passes(store):
    said = whole(store)
    send(store, said, Text(" "), Cite(1), cited=said.passage)


@pytest.mark.parametrize(
    "forge",
    [
        lambda said: replace(said, text=said.text.replace("shook", "shake")),
        lambda said: replace(said, text=said.text + " "),
        lambda said: replace(said, text=said.text.upper()),
        lambda said: replace(said, passage=said.passage._replace(version=9)),
        lambda said: replace(said, passage=said.passage._replace(article=9)),
        lambda said: replace(said, passage=said.passage._replace(start=0), text="HANOI (AP) - " + said.text),
        lambda said: replace(said, passage=said.passage._replace(end=len(TEXT)), text=said.text + " The talks failed."),
        lambda said: replace(said, passage=said.passage._replace(end=said.passage.start + 10), text=said.text[:10]),
        lambda said: replace(said, text="…" + said.text),
    ],
    ids=["a word", "a space", "case", "version", "article", "boilerplate", "two sentences", "uncut cut", "cut whole"],
)
def test_anything_else_is_refused(store, forge):
    with pytest.raises(QuotationError):
        send(store, forge(whole(store)))


def test_a_fragment_passes_with_its_cuts_marked(store):
    [entry] = store.entries([1])
    start = TEXT.index("they shook")
    fragment = quote(entry, Passage(1, 1, start, start + len("they shook hands")))
    assert fragment.text == "…they shook hands…"
    send(store, fragment)


def test_a_number_must_stand_for_the_words_before_it(store):
    said = whole(store)
    with pytest.raises(QuotationError, match="another passage"):
        send(store, said, Cite(1), cited=said.passage._replace(start=said.passage.start + 4))


def test_a_number_must_stand_for_something(store):
    with pytest.raises(QuotationError, match="cites nothing"):
        send(store, whole(store), Cite(2), cited=whole(store).passage)


def test_a_title_must_be_the_stored_one(store):
    send(store, Headline(1, 1, "Envoys meet"))
    with pytest.raises(QuotationError, match="does not bear the title"):
        send(store, Headline(1, 1, "Envoys meet in secret"))


def test_an_untitled_article_goes_by_its_opening_words():
    store = open_store(":memory:")
    put_article(store, TEXT, title="")
    send(store, Headline(1, 1, "The envoys met on Monday, and they shook…"))


def test_a_withdrawn_article_is_quoted_no_more(store):
    said = whole(store)
    store.forget(1)
    with pytest.raises(QuotationError, match="not stored"):
        send(store, said)


def test_an_edition_quotes_what_is_stored(store):
    made = edition(store, NOW.date())
    check(made.message, made.citations, store)


def test_a_picture_shows_no_number_that_cites_nothing():
    with closing(open_store(":memory:")) as store, pytest.raises(QuotationError, match="cites nothing"):
        check(Message((), (Dot(When.day(date(2018, 6, 12)), 1),)), (), store)
