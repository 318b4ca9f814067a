"""Articles about one event find each other, and one text in several outlets is known as one."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bot import stories
from bot.model import Analysis, Entry
from bot.ports import Store
from bot.sentences import sentences
from tests import quality_stories
from tests.make import VOV, XINHUA, published, put_article, seeded

CASES = Path(__file__).parent / "cases"

STRIKE = """Some 2,400 dockworkers walked off the job at Harwick port on Tuesday, halting container traffic at the
second-largest harbor of Norland. The union, led by Maria Olsen, rejected an offer of a 3 percent raise over two years
and demanded 7 percent. Port operator Norling said the strike was costing it $4 million a day. The last strike at
Harwick, in 2014, lasted 19 days and ended without an agreement. Transport Minister Ida Falk hoped for a settlement."""
STRIKE_TOLD_ELSEWHERE = """Container ships are queuing outside Harwick after dockworkers stopped work in a dispute over
pay. Union leader Maria Olsen wants seven percent more; Norling, which runs the port, offers three. Norland's transport
minister, Ida Falk, called on the dockworkers and Norling to talk. The strike hits car makers first."""
FLOOD = """Flood waters began to recede in the Tarn valley on Wednesday after four days of rain that killed at least 13
people and drove 6,000 from their homes. Rescue teams reached the town of Belmar by boat. Governor Luis Herrera said the
dam at Corvo had held and was never in danger of breaking. The army sent two helicopters and 150 soldiers."""


def analysis(text: str, title: str = "") -> Analysis:
    spans = sentences(text)
    return Analysis(spans, terms=stories.terms_of(text, spans, title), shingles=stories.sketch(text, spans))


def entry(store: Store, id: int) -> Entry:
    return store.entries([id])[0]


def shared(one: str, other: str) -> int:
    return len(set(analysis(one).shingles) & set(analysis(other).shingles))


def test_a_sketch_does_not_see_wrapping_quotation_marks_or_case():
    assert analysis(STRIKE).shingles == analysis(STRIKE.replace("\n", " ").upper()).shingles
    assert all(0 <= band < 2**63 for band in analysis(STRIKE).shingles)


def test_a_sketch_is_the_same_in_every_process():
    code = "from tests.test_stories import STRIKE, analysis; print(analysis(STRIKE).shingles)"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=CASES.parent.parent
    )
    assert told.stdout.strip() == str(analysis(STRIKE).shingles)


def test_sketches_of_other_texts_share_nothing():
    assert shared(STRIKE, FLOOD) == 0
    assert shared(XINHUA.read_text(encoding="utf-8"), VOV.read_text(encoding="utf-8")) == 0


def test_a_few_words_make_no_sketch():
    assert analysis("The port is closed.").shingles == ()


def test_an_article_is_known_by_what_it_tells_not_by_the_words_of_all_news():
    found = analysis(STRIKE, "Dockers walk out at Harwick").terms
    assert {"harwick", "strike", "dockwork", "olsen", "norl"} <= set(found)
    assert not {"said", "year", "million"} & set(found)
    assert found["harwick"] == 2 * 3  # a name
    assert len(found) <= stories.TERMS


def test_the_first_article_founds_a_story(store):
    assert stories.link(analysis(STRIKE), date(2021, 3, 9), store, "") == (0, 0)


def test_another_report_of_the_event_joins_its_story(store):
    put_article(store, FLOOD)
    first = put_article(store, STRIKE)
    told = put_article(store, STRIKE_TOLD_ELSEWHERE)
    assert entry(store, told).story == entry(store, first).story == first
    assert entry(store, told).copy_of == 0


def test_another_event_founds_its_own_story(store):
    put_article(store, STRIKE)
    assert stories.link(analysis(FLOOD), date(2021, 3, 10), store, "") == (0, 0)


def test_the_same_event_months_later_is_another_story(store):
    put_article(store, STRIKE)
    assert stories.link(analysis(STRIKE_TOLD_ELSEWHERE), date(2019, 9, 1), store, "") == (0, 0)


@pytest.mark.parametrize(
    "copy",
    [
        STRIKE.replace("on Tuesday", "Tuesday"),
        "HARWICK (Coastal Press) -- " + STRIKE + " Reporting by Anna Berg.",
        STRIKE.replace("dockworkers", "dockers"),
        " ".join(STRIKE.split(". ")[:3]) + ".",
    ],
    ids=["reworded", "framed", "one word changed", "cut"],
)
def test_a_text_in_another_outlet_is_a_copy(store, copy):
    first = put_article(store, STRIKE, url="https://one.test/a")
    other = put_article(store, copy, url="https://two.test/b")
    assert (entry(store, other).story, entry(store, other).copy_of) == (first, first)


def test_a_copy_of_a_copy_is_a_copy_of_the_original(store):
    first = put_article(store, STRIKE, url="https://one.test/a")
    put_article(store, STRIKE + " It rained.", url="https://two.test/b")
    third = put_article(store, STRIKE + " It rained. It snowed.", url="https://three.test/c")
    assert entry(store, third).copy_of == first


def test_nobody_is_linked_to_what_he_may_not_read(store):
    put_article(store, STRIKE, tenant="guild/1", url="https://one.test/a")
    assert stories.link(analysis(STRIKE), date(2019, 2, 26), store, "guild/2") == (0, 0)


@pytest.mark.parametrize("turn", [1, -1])
def test_the_seeds_are_one_story_whichever_comes_first(store, turn):
    texts = [seed.read_text(encoding="utf-8") for seed in (XINHUA, VOV)]
    days = [date(2019, 2, 26), date(2019, 2, 11)]
    ids = [put_article(store, texts[n], title="", published=published(str(days[n]))) for n in (0, 1)[::turn]]
    assert {one.story for one in store.entries(ids)} == {ids[0]}


def test_the_seeds_as_they_ship_are_one_story(store):
    [story] = seeded(store).stories()
    assert len(story.articles) == 2


def test_linking_reads_no_more_of_a_larger_corpus(store):
    chance = random.Random(5)
    names = [f"{''.join(chance.choices('bcdfghklmnprstv', k=3))}o{n}" for n in range(80)]
    for n in range(60):
        put_article(store, " ".join(chance.choices(names, k=40)).capitalize() + ".", url=f"https://one.test/{n}")
    asked: list[int] = []

    class Watched:
        def __getattr__(self, name: str) -> object:
            return getattr(store, name)

        def entries(self, ids, tenant=""):
            asked.extend(ids)
            return store.entries(ids, tenant)

    stories.link(analysis(" ".join(names)), date(2019, 2, 26), Watched(), "")  # type: ignore[arg-type]
    assert len(asked) <= stories.COMPARED + stories.CANDIDATES


def test_what_came_out_long_after_does_not_found_the_story_of_what_came_before(store):
    put_article(store, STRIKE, published=published("2019-09-01"))
    assert stories.link(analysis(STRIKE_TOLD_ELSEWHERE), date(2019, 2, 26), store, "") == (0, 0)


def test_a_story_counts_a_text_once_however_many_print_it(store):
    first = put_article(store, STRIKE, url="https://one.test/a")
    put_article(store, STRIKE + " It rained.", url="https://two.test/b")
    put_article(store, STRIKE_TOLD_ELSEWHERE, url="https://three.test/c")
    told = store.story(first)
    assert (len(told.articles), told.texts) == (3, 2)
    assert [one.article.id for one in stories.originals(store.entries(told.articles))] == [told.articles[0], first]


def test_the_labelled_stories_hold_their_floor():
    told = quality_stories.labelled()
    made = quality_stories.analysed(told)
    found = [quality_stories.ours(made, order) for order in quality_stories.orders(len(told))]
    events, everything = [one.event for one in told], range(len(told))
    score, *_ = quality_stories.mean([quality_stories.bcubed(events, stories, everything) for stories, _ in found])
    assert score >= quality_stories.FLOOR
    assert all(quality_stories.copies_f1(told, copies) >= quality_stories.COPIES for _, copies in found)
