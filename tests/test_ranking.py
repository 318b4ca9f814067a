"""Which sentences matter and go together: the laws of a choice, and other rankings held against their oracle."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sumy.models.dom import ObjectDocumentModel, Paragraph
from sumy.models.dom import Sentence as Told
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.summarizers.text_rank import TextRankSummarizer

from bot import terms
from bot.ranking import SAME, Line, Summarizer, centrality, choose, peers

STORY = [
    "Harwick port stood still on Tuesday as 2,400 dockworkers walked off the job.",
    "The union demands a raise of seven percent for the dockworkers of Harwick.",
    "The port operator offered a raise of three percent over two years.",
    "A dog was seen swimming in the harbor in the afternoon sun.",
    "The last strike of dockworkers at Harwick port lasted nineteen days.",
    "Shops in the old town sold twice as much ice cream as usual.",
]


def lines(texts: list[str], article: int = 0) -> list[Line]:
    return [Line(text, article, n) for n, text in enumerate(texts)]


def told(found: list[Line], **wanted: object) -> list[str]:
    return [found[n].text for n in choose(found, **{"words": 60, "most": 3, **wanted})]  # type: ignore[arg-type]


def test_an_article_opens_with_its_first_sentence():
    assert told(lines(STORY))[0] == STORY[0]


def test_what_nothing_else_speaks_of_is_left_out():
    assert not {STORY[3], STORY[5]} & set(told(lines(STORY)))


def test_nothing_is_said_twice():
    again = "On Tuesday 2,400 dockworkers walked off the job, and Harwick port stood still."
    assert len({STORY[0], again} & set(told(lines([*STORY, again])))) == 1


def test_a_line_that_follows_comes_behind_the_one_before_it():
    texts = [
        "Maria Olsen leads the dockworkers of Harwick port.",
        "She demands a raise for all dockworkers in Harwick.",
    ]
    found = [Line(texts[0], 0, 0), Line(texts[1], 0, 1, follows=True)]
    assert told(found, most=2) == texts
    assert told(found, most=1) == texts[:1]


def test_a_line_that_follows_nothing_is_not_shown():
    found = [Line("She demands a raise for all the dockworkers in Harwick.", 0, 0, follows=True), Line(STORY[1], 0, 1)]
    assert told(found, most=2) == [STORY[1]]


def test_what_is_worth_nothing_is_shown_only_where_there_is_nothing_else():
    found = [Line(STORY[0], 0, 0, worth=0.0), Line(STORY[2], 0, 1)]
    assert told(found) == [STORY[2]]
    assert told(found[:1]) == [STORY[0]]


def test_a_query_is_answered_by_lines_that_speak_of_it():
    assert told(lines(STORY), query="ice cream") == [STORY[5]]
    assert set(told(lines(STORY), query="raises")) == {STORY[1], STORY[2]}


def test_a_query_that_nothing_answers_leaves_the_story():
    assert told(lines(STORY), query="volcano") == told(lines(STORY))


def test_several_articles_tell_what_they_share():
    other = ["Cows grazed.", "Dockworkers walked off the job at Harwick port.", "Rain fell in the hills of the north."]
    found = [*lines(STORY), *lines(other, 1)]
    assert "Rain" not in " ".join(told(found, words=30))


VOCABULARY = ["Harwick", "port", "strike", "union", "raise", "percent", "dog", "harbor", "ice", "sun", "the", "of"]
lone = st.builds(
    Line,
    text=st.lists(st.sampled_from(VOCABULARY), max_size=30).map(" ".join),
    article=st.integers(0, 2),
    position=st.integers(0, 9),
    worth=st.sampled_from([0.0, 0.5, 1.0]),
    follows=st.booleans(),
    language=st.sampled_from(["en", "de"]),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(lone, max_size=12).map(lambda found: sorted(found, key=lambda line: (line.article, line.position))),
    st.integers(0, 60),
    st.integers(0, 4),
    st.sampled_from(["", "strike", "union raise"]),
    st.sampled_from([Summarizer.DATELINE, Summarizer.LEAD, Summarizer.LEXRANK, Summarizer.LUHN]),
)
def test_a_choice_keeps_its_budget_and_repeats_nothing(found, words, most, query, summarizer):
    chosen = choose(found, words=words, most=most, query=query, summarizer=summarizer)
    assert len(set(chosen)) == len(chosen) <= most
    assert sum(len(found[n].text.split()) for n in chosen) <= words
    if found:
        likeness = centrality.space(found, [terms.stems(line.text, line.language) for line in found]).likeness
        assert all(likeness[one, other] <= SAME + 1e-6 for one in chosen for other in chosen if one != other)


@pytest.mark.parametrize("summarizer", list(Summarizer))
def test_every_ranking_can_be_chosen_and_works_offline(summarizer):
    assert 1 <= len(told(lines(STORY), summarizer=summarizer)) <= 3


def test_an_unknown_ranking_is_refused():
    with pytest.raises(ValueError, match="fortune"):
        choose(lines(STORY), words=60, most=3, summarizer="fortune")


class Words:
    def to_words(self, text: str) -> tuple[str, ...]:
        return tuple(terms.stems(text))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(("ours", "sumys"), [(peers.lexrank, LexRankSummarizer), (peers.textrank, TextRankSummarizer)])
def test_vectorised_rankings_choose_as_sumy_does(ours, sumys, seed):
    chance = random.Random(seed)
    vocabulary = [f"{chance.choice(STORY).split()[n % 5].strip('.,')}{n % 7}" for n in range(60)]
    texts = [f"{n} " + " ".join(chance.choices(vocabulary, k=chance.randint(1, 20))) for n in range(25)]
    document = ObjectDocumentModel([Paragraph([Told(text, Words()) for text in texts])])
    rated = ours([terms.stems(text) for text in texts])
    best = sorted(range(len(texts)), key=lambda n: -rated[n])[:3]
    assert {str(one) for one in sumys()(document, 3)} == {texts[n] for n in best}


def test_importing_the_room_loads_neither_numpy_nor_sumy():
    code = "import sys, bot.ranking; sys.exit(bool({'numpy', 'sumy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
