"""Claims: said word for word, said in other words, said otherwise, or not said at all."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import source
from bot.model import Entry, shown
from bot.sentences import sentences
from bot.source import Found, Verdict
from tests.make import make_article
from tests.quality_claims import Judged, judged, pool, support


@cache
def entries() -> dict[str, Entry]:
    return pool()


def find(claim: str, *articles: str) -> Found:
    return source.find(claim, [entries()[name] for name in articles or ("xinhua", "vov")])


def told(found: Found) -> list[str]:
    texts = {entry.article.id: entry.article.text for entry in entries().values()}
    return [shown(texts[one.article][one.start : one.end]) for one in found.passages]


# --- word for word ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "claim",
    [
        "a very good chance that we will make a deal",
        "A VERY GOOD CHANCE THAT WE WILL MAKE A DEAL",
        "“a very good chance … make a deal”",
        '"a very good chance ... make a deal"',
        "a  very good\nchance that we will make a deal.",
    ],
)
def test_a_quotation_is_found_however_it_is_typed(claim):
    found = find(claim)
    assert found.verdict is Verdict.EXACT
    assert "a very good chance" in told(found)[0]


def test_a_quotation_may_run_over_two_sentences():
    found = find("materialize denuclearization and peace making. That is the only way")
    assert (found.verdict, len(found.passages)) == (Verdict.EXACT, 2)


def test_typographic_apostrophes_are_straight_ones():
    assert (
        find("North Korea's nuclear arsenal").verdict is find("North Korea’s nuclear arsenal").verdict is Verdict.EXACT
    )


def test_figures_and_initials_are_quoted_as_they_stand():
    assert find("fines of up to 2,000 crowns", "vote").verdict is Verdict.EXACT
    assert find("between U.S. President Donald Trump and Kim Jong Un").verdict is Verdict.EXACT


def test_the_pieces_about_an_ellipsis_stand_in_their_order():
    assert find("“make a deal … a very good chance”").verdict is not Verdict.EXACT


def test_a_word_is_shown_where_it_stands():
    found = find("sanctions")
    assert found.verdict is Verdict.SUPPORTED
    assert len(found.passages) == 2
    assert all("sanctions" in sentence for sentence in told(found))


@pytest.mark.parametrize(
    "claim", ["any worker had been dismissed", "firefighters were hurt", "it was seeking another partner"]
)
def test_words_that_the_article_denies_are_no_quotation(claim):
    found = find(claim, "strike", "flood", "merger")
    assert found.verdict is Verdict.NEAR
    assert "denies" in found.differs


def article(text: str, id: int = 1) -> Entry:
    return Entry(make_article(text, id=id), sentences(text), (), 1)


def test_a_quotation_is_found_in_an_article_with_soft_hyphens():
    text = "The dock\xadworkers of Har\xadwick struck on Monday. The ship\xadowners offered them three percent."
    found = source.find("shipowners offered them", [article(text)])
    said = [text[one.start : one.end] for one in found.passages]
    assert (found.verdict, said) == (Verdict.EXACT, [text[text.index("The ship") :]])


def test_a_quotation_is_found_however_often_the_article_begins_it():
    text = "The offer fell. " * 30 + "The offer stands until Friday."
    [passage] = source.find("the offer stands until", [article(text)]).passages
    assert text[passage.start : passage.end] == "The offer stands until Friday."


def test_a_quotation_without_a_word_of_letters_is_found():
    assert source.find("1,987 2,004", [article("The scores were 1,987, 2,004 and 312 points.")]).passages


# --- in other words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "differs"),
    [
        ("Trump will meet Kim again on February 25 and 26 in Hanoi", "the number is “27”, not “25”"),
        ("The two-day meeting starts Thursday", "the number is “Wednesday”, not “Thursday”"),
        ("North Korea conducted seven nuclear tests", "the number is “six”, not “seven”"),
        ("China said it does not want the summit to have a positive result", "it says so without a “not”"),
        ("Parliament voted 98 to 61 to ban smoking", "the number is “88”, not “98”"),
        ("Aerona shares rose 9 percent", "the word is “fell”, not “rose”"),
        ("Eastham won the national cup for the first time since 1987", "the name is “Carrow”, not “Eastham”"),
    ],
)
def test_what_differs_is_named(claim, differs):
    found = source.find(claim, list(entries().values()))
    assert (found.verdict, found.differs) == (Verdict.NEAR, differs)


def test_names_have_several_spellings():
    assert find("The United States should consider easing sanctions on North Korea").verdict is Verdict.SUPPORTED


def test_numbers_may_be_written_in_words():
    assert find("The comet is four kilometers across", "probe").verdict is Verdict.SUPPORTED
    assert find("The strike costs Norling four million dollars a day", "strike").verdict is Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("told", "claim"),
    [
        (
            "It was one of the first bridges of its kind, if not the very first, to be built over the Harwick river.",
            "It was one of the first bridges of its kind, if the very first, to be built over the Harwick river.",
        ),
        (
            "The union says that members left over the pay, and not just because the members were tired of the union.",
            "The union says that members left over the pay, and just because the members were tired of the union.",
        ),
    ],
)
def test_a_not_left_out_is_seen_in_whatever_part_of_a_sentence(told, claim):
    assert source.find(claim, [article(told)]).verdict is Verdict.NEAR


def test_few_words_with_matter_among_many_are_no_support():
    text = "Erik Hoff was seen again on Friday at the gate of the yard."
    assert source.find("The thing is that Erik Hoff is one of them", [article(text)]).verdict is Verdict.NEAR


def test_what_no_article_says_is_not_found():
    assert find("The price of oil rose after the summit") == Found()
    assert source.find("anything", []) == Found()


@pytest.mark.parametrize("claim", ["", "   ", "…", "the of and", "?!"])
def test_a_claim_without_matter_is_not_found(claim):
    assert find(claim) == Found()


# --- the labelled set -------------------------------------------------------------------------------------


@cache
def labelled() -> list[Judged]:
    return judged()


def test_the_set_is_large_enough_to_tell():
    assert len(labelled()) >= 150


@pytest.mark.parametrize("kind", ["number", "name", "negation", "unsupported"])
def test_what_is_altered_or_made_up_is_never_supported(kind):
    assert [one.claim for one in labelled() if one.kind == kind and one.supported] == []


def test_nearly_all_that_is_said_is_found():
    recall, *_ = support(labelled())
    assert recall >= 0.88


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_run_of_words_of_an_article_is_a_quotation_or_denied(data):
    entry = entries()[data.draw(st.sampled_from(sorted(entries())))]
    sentence = data.draw(st.sampled_from(entry.sentences))
    words = shown(entry.article.text[sentence.start : sentence.end]).split()
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    claim = " ".join(words[first:last])
    if any(sign.isalnum() for sign in claim):
        found = source.find(claim, [entry])
        assert found.verdict in {Verdict.EXACT, Verdict.SUPPORTED} or "denies" in found.differs


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_no_claim_makes_it_fail(claim):
    assert find(claim).verdict in Verdict
