"""Timelines: which dates, in which order, told by which stored sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import dates, ingest, sentences, timeline
from bot.model import Article, Entry, Published, PublishedBasis, TimelineEvent, When, shown
from bot.ports import Dated
from tests import quality_dates
from tests.make import VOV, XINHUA


def entry(text: str, published: str | None = "2019-03-01", id: int = 1, copy_of: int = 0) -> Entry:
    when = When.day(date.fromisoformat(published)) if published else None
    basis = PublishedBasis.FEED if published else PublishedBasis.UNKNOWN
    article = Article(text, published=Published(when, basis), id=id)
    return Entry(article, sentences.sentences(text, ()), (), 1, copy_of)


def entries(*articles: tuple[str, str]) -> list[Entry]:
    return [entry(text, published, number) for number, (text, published) in enumerate(articles, 1)]


def seed(path, id: int) -> Entry:
    text = path.read_text()
    return Entry(
        Article(text, published=ingest.published(text), id=id), sentences.sentences(text, ingest.clean(text, "")), (), 1
    )


def dated(given: Sequence[Entry]) -> list[Dated]:
    found = []
    for one in given:
        spans = [(s.start, s.end) for s in one.sentences]
        for mention in dates.mentions(one.article.text, one.article.published.anchor, spans):
            home = next(span for span in spans if span[0] <= mention.start and mention.end <= span[1])
            found.append(Dated(one.article.id, one.article.version, home, mention))
    return found


def line(given: Sequence[Entry], words: Sequence[str] = (), **limits) -> tuple[TimelineEvent, ...]:
    return timeline.timeline(given, dated(given), words, **limits)


def told(event: TimelineEvent, given: Sequence[Entry], number: int = 0) -> str:
    passage = event.passages[number]
    article = next(one.article for one in given if one.article.id == passage.article)
    return shown(article.text[passage.start : passage.end])


def days(events: Sequence[TimelineEvent]) -> list[str]:
    return [dates.show(event.when) for event in events]


# --- the seeds --------------------------------------------------------------------------------------------

SEEDS = [seed(XINHUA, 1), seed(VOV, 2)]


def test_the_seeds_tell_six_events_and_nothing_else():
    events = line(SEEDS)
    assert [(dates.show(e.when), e.announced, e.background) for e in events] == [
        ("June 12, 2018", False, False),
        ("January 31, 2019", False, False),
        ("February 5, 2019", False, False),
        ("February 17, 2019", True, False),
        ("February 27-28, 2019", True, False),
        ("1950-1953", False, True),
    ]


@pytest.mark.parametrize(("number", "articles"), [(0, {1, 2}), (4, {1, 2})])
def test_both_seeds_name_the_two_summits(number, articles):
    assert {p.article for p in line(SEEDS)[number].passages} == articles


def test_the_seeds_are_told_in_their_own_words():
    events = line(SEEDS)
    assert [told(event, SEEDS) for event in events] == [
        "The 1st US-North Korea summit in Singapore on June 12, 2018, resulted in the signing of a joint statement.",
        (
            "The US government on January 31 insisted on a full inventory of North Korea’s nuclear arsenal and a"
            " denuclearization roadmap."
        ),
        (
            "In his State of the Union address to Congress on February 5, President Trump said he and leader Kim will meet"
            " again on February 27 and 28 in Hanoi, Vietnam."
        ),
        (
            "A meeting between US and South Korea envoys will take place on February 17 to agree on draft documents to be"
            " discussed at the summit."
        ),
        (
            "The 2nd summit between US President Donald Trump and North Korean leader Kim Jong-un is scheduled to take"
            " place in Vietnam at the end of February."
        ),
        "the first between incumbent leaders of the two countries since the 1950-53 Korean War.",
    ]


def test_background_is_a_fragment_of_its_sentence():
    event = line(SEEDS)[-1]
    assert event.cut
    assert any(s.start < event.passages[0].start < event.passages[0].end <= s.end for s in SEEDS[0].sentences)


def test_a_fragment_is_no_scrap():
    given = entries(("The treaty, unlike the one before, since the 1815 war, is short.", "2019-02-26"))
    assert told(line(given)[0], given) == "unlike the one before, since the 1815 war"


def test_each_passage_has_its_mention():
    for event in line(SEEDS):
        assert len(event.mentions) == len(event.passages)
        assert all(p.start <= m.start <= m.end <= p.end for p, m in zip(event.passages, event.mentions, strict=True))


# --- dates ------------------------------------------------------------------------------------------------


def test_events_stand_in_order_of_their_dates_not_of_their_articles():
    given = entries(
        ("The court freed the editor on February 20.", "2019-02-21"),
        ("The police arrested the editor on January 10.", "2019-02-25"),
    )
    assert days(line(given)) == ["January 10, 2019", "February 20, 2019"]


def test_a_month_joins_the_day_it_speaks_of():
    given = entries(
        ("The leaders signed the border treaty in Vienna on June 12, 2018.", "2019-02-01"),
        ("The border treaty signed last June in Vienna has failed.", "2019-02-26"),
    )
    assert days(line(given)) == ["June 12, 2018"]


def test_a_month_that_speaks_of_something_else_stays_apart():
    given = entries(
        ("The leaders signed the border treaty in Vienna on June 12, 2018.", "2019-02-01"),
        ("A flood ruined the harvest of the northern valleys last June.", "2019-02-26"),
    )
    assert len(line(given)) == 2


def test_what_a_later_article_tells_as_past_is_no_longer_planned():
    announced = ("The parliament will vote on the budget on March 4.", "2019-03-01")
    past = ("The parliament voted for the budget on March 4.", "2019-03-06")
    assert [e.announced for e in line(entries(announced))] == [True]
    assert [e.announced for e in line(entries(announced, past))] == [False]


def test_copies_count_once():
    text = "The bank closed its doors on February 2. The mayor resigned on February 3."
    copied = [entry(text, "2019-02-04", 1), *(entry(text, "2019-02-04", n, copy_of=1) for n in (2, 3))]
    twice = [
        entry("The strike began on February 10 in the port.", "2019-02-12", 4),
        entry("The port has stood still since the strike began on February 10.", "2019-02-13", 5),
    ]
    assert days(line([*copied, *twice], most=1)) == ["February 10, 2019"]


@pytest.mark.parametrize(
    "vague", ["two weeks ago", "on 2/3/2018", "on February 30, 2019", "since then", "for two weeks"]
)
def test_what_is_only_guessed_makes_no_entry(vague):
    assert line(entries((f"The council closed the bridge {vague}.", "2019-03-01"))) == ()


def test_a_publication_day_alone_makes_no_entry():
    assert line(entries(("The council closed the bridge to all traffic.", "2019-03-01"))) == ()


@pytest.mark.parametrize(
    ("limits", "left"),
    [
        ({"since": date(2019, 2, 1)}, ["February 20, 2019"]),
        ({"until": date(2019, 2, 1)}, ["January 10, 2019"]),
        ({"most": 1}, ["January 10, 2019"]),
    ],
)
def test_a_timeline_can_be_limited(limits, left):
    given = entries(
        ("The court freed the editor on February 20.", "2019-02-21"),
        ("The police arrested the editor on January 10.", "2019-01-12"),
        ("The editor, arrested on January 10, was charged with libel.", "2019-01-20"),
    )
    assert days(line(given, **limits)) == left


def test_among_other_matter_the_words_asked_for_decide():
    floods = [
        (f"The river rose on February {n} and flooded the old town, officials said.", "2019-02-20") for n in (3, 3, 4)
    ]
    given = entries(*floods, ("The opera opened its season on February 9 with a new cast.", "2019-02-20"))
    assert days(line(given, ["opera"], most=1)) == ["February 9, 2019"]


def test_only_events_about_the_words_asked_for_are_told_among_other_matter():
    given = entries(
        ("The river rose on February 3. The town flooded on February 4. The dam held on February 5.", "2019-02-20"),
        ("The opera opened its season on February 9 with a new cast.", "2019-02-20"),
    )
    assert days(line(given, ["opera"])) == ["February 9, 2019"]


def test_a_word_is_found_in_whatever_form_it_stands():
    given = entries(
        ("The river rose on February 3. The town flooded on February 4. The dam held on February 5.", "2019-02-20"),
        ("The ministry asked for an inventory of all shells on February 9 in Oslo.", "2019-02-20"),
    )
    assert days(line(given, ["inventories"])) == ["February 9, 2019"]


def test_a_year_long_past_matters_less_than_a_day():
    given = entries(
        ("The bank failed in 1998. The strike began on February 10 in the port.", "2019-02-26"),
        ("In 1998 the bank failed.", "2019-02-27"),
    )
    assert days(line(given, most=1)) == ["February 10, 2019"]


def test_a_header_is_no_event():
    assert line(entries(("Tuesday, February 26, 2019. The council closed the bridge to all.", "2019-02-26"))) == ()


def test_what_happened_is_told_rather_than_what_was_announced():
    given = entries(
        ("The hearing on the harbour case is scheduled to begin on March 4 before the high court.", "2019-03-01"),
        ("The hearing on the harbour case began on March 4 before a crowded high court.", "2019-03-06"),
    )
    assert told(line(given)[0], given).endswith("crowded high court.")


# --- sentences --------------------------------------------------------------------------------------------


def test_a_sentence_with_two_dates_is_told_once():
    given = entries(
        ("The talks that failed on February 5 will begin again on March 20 in Oslo.", "2019-02-26"),
        ("Both sides will send envoys to the talks in Oslo on March 20.", "2019-02-27"),
    )
    events = line(given)
    assert [told(event, given)[:9] for event in events] == ["The talks", "Both side"]


def test_the_only_sentence_of_two_dates_is_referred_to_by_both():
    events = line(entries(("The talks that failed on February 5 will begin again on March 20.", "2019-02-26")))
    assert events[0].passages[0] == events[1].passages[0]


def test_the_sentence_told_is_what_most_say():
    given = entries(
        ("The dam broke on February 2 and drowned the valley below the village.", "2019-02-05"),
        ("The dam above the village broke on February 2, and the valley drowned in mud.", "2019-02-06"),
        ("A dentist was on holiday on February 2 with three of her cousins and a parrot.", "2019-02-06"),
    )
    assert "dam" in told(line(given)[0], given)


def test_the_line_above_what_happened_is_not_what_tells_it():
    given = entries(
        ("The ferry that sank and the inquiry into it, March 3, 2018\n\nThe ferry sank off the cape.", "2019-02-26"),
        ("The ferry sank off the cape in a storm on March 3, 2018, and an inquiry was opened.", "2019-02-27"),
    )
    assert told(line(given)[0], given).startswith("The ferry sank off")


def test_what_opens_an_article_of_that_day_but_speaks_of_something_else_does_not_tell_it():
    given = entries(
        ("The opera opened its season. The dam broke on Tuesday and drowned the valley.", "2019-02-26"),
        ("A dentist won the lottery with three cousins and a parrot.", "2019-02-26"),
    )
    assert told(line(given)[0], given).startswith("The dam broke")


def test_the_sentence_of_another_day_is_no_opening_of_this_one():
    given = entries(
        ("The treaty was signed in Vienna on June 12, 2018. It fell on Sunday.", "2018-07-02"),
    )
    sunday = line(given)[-1]
    assert (dates.show(sunday.when), told(sunday, given)) == ("July 1, 2018", "It fell on Sunday.")


def test_a_sentence_that_hangs_on_another_is_not_told_if_one_stands_alone():
    given = entries(
        ("He resigned as minister over the bank affair on February 2 after a long night.", "2019-02-05"),
        ("The minister resigned over the bank affair on February 2 after a long night.", "2019-02-06"),
    )
    assert told(line(given)[0], given).startswith("The minister")


def test_the_dates_of_a_chronicle_are_told_by_what_stands_below_them():
    chronicle = (
        "March 3, 2018\n\nThe minister left the cabinet after a quarrel over the harbour contracts.\n\n"
        "April 9, 2018\n\nA court in the capital opened the books of the port."
    )
    given = entries((chronicle, "2019-02-26"))
    assert [told(event, given)[:12] for event in line(given)] == ["The minister", "A court in t"]


@pytest.mark.parametrize(
    "stamp", ["March 3, 2018", "Updated: March 3, 2018 10:30 GMT", "Published on Saturday, March 3, 2018 at 5 p.m."]
)
def test_a_line_that_is_only_a_date_is_no_event(stamp):
    assert line(entries((f"{stamp}\n\nThe minister left the cabinet after a quarrel.", "2019-02-26"))) == ()


# --- accounts that differ, and the same told twice ----------------------------------------------------------

SIGNED = "The leaders of Ruritania and Graustark signed the border treaty in Vienna on {}."


def test_where_sources_disagree_on_the_day_of_one_event_both_are_told_in_one_place():
    given = entries(
        (SIGNED.format("June 12, 2018"), "2018-07-01"),
        (SIGNED.format("June 12, 2018").replace("signed", "have signed"), "2018-07-02"),
        (SIGNED.format("June 13, 2018"), "2018-07-03"),
    )
    (event,) = line(given)
    assert dates.show(event.when) == "June 12, 2018"
    assert [(dates.show(when), passage.article) for when, passage in event.otherwise] == [("June 13, 2018", 3)]


def test_a_day_of_another_year_may_be_a_disagreement():
    given = entries((SIGNED.format("June 12, 2018"), "2019-07-01"), (SIGNED.format("June 12, 2017"), "2019-07-03"))
    assert [bool(event.otherwise) for event in line(given)] == [True]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "A bomb killed 12 people in the market of Kirkuk on June 12.",
            "A bomb killed 15 people in the market of Kirkuk on June 13.",
        ),
        (SIGNED.format("Tuesday"), SIGNED.format("Thursday")),  # which day that is we work out ourselves
        (SIGNED.format("June 12"), SIGNED.format("June 22")),
        (SIGNED.format("June 12"), "The envoys of Ruritania left Vienna for the border on June 13."),
        (SIGNED.format("June 12"), SIGNED.format("June 12 and ratified on June 13")),
    ],
)
def test_two_events_are_no_disagreement(first, second):
    events = line(entries((first, "2018-06-15"), (second, "2018-06-16")))
    assert not any(event.otherwise for event in events)


def test_what_was_put_off_is_no_disagreement():
    announced = SIGNED.format("June 12").replace("signed", "will sign")
    events = line(entries((announced, "2018-06-10"), (SIGNED.format("June 13"), "2018-06-16")))
    assert not any(event.otherwise for event in events)


def test_one_article_does_not_disagree_with_itself():
    text = f"{SIGNED.format('June 12, 2018')} {SIGNED.format('June 13, 2018')}"
    assert not any(event.otherwise for event in line(entries((text, "2018-07-01"))))


def test_the_same_told_again_of_the_next_day_is_one_event():
    told_on = "The president of the central bank resigned over the missing gold reserves on {}."
    given = entries(
        (told_on.format("Tuesday"), "2019-02-26"),
        (told_on.format("Tuesday"), "2019-02-26"),
        (told_on.format("Wednesday"), "2019-02-27"),
    )
    assert days(line(given)) == ["February 26, 2019"]
    assert {p.article for p in line(given)[0].passages} == {1, 2, 3}


def test_the_losses_of_two_days_are_two_events():
    told_on = "Shares on the exchange of the capital fell by {} percent on {} after the bank closed."
    given = entries(
        (told_on.format(2, "Tuesday"), "2019-02-26"),
        (told_on.format(7, "Wednesday"), "2019-02-27"),
    )
    assert days(line(given)) == ["February 26, 2019", "February 27, 2019"]


def test_a_few_of_many_dates_keep_what_later_articles_say_of_their_month():
    noise = [(f"A ship sank off cape number {n} on January {n}, 2018.", "2018-02-01") for n in range(1, 29)]
    treaty = [
        ("The leaders signed the border treaty in Vienna on June 12, 2018.", f"2018-07-0{n}") for n in range(1, 5)
    ]
    given = entries(*noise, *treaty, ("The border treaty signed last June in Vienna has failed.", "2019-02-26"))
    (event,) = line(given, most=1)
    assert (dates.show(event.when), len(event.passages)) == ("June 12, 2018", 5)


# --- the measures -----------------------------------------------------------------------------------------

JUNE, JULY = date(2018, 6, 12), date(2018, 7, 12)


@pytest.mark.parametrize(
    ("ours", "rouge"),
    [
        ({JUNE: ["The leaders signed the treaty."]}, 1.0),
        ({JULY: ["The leaders signed the treaty."]}, 1 / 31),  # worth less the farther off
        ({JUNE: ["A flood ruined the harvest."]}, 0.0),
    ],
)
def test_aligned_rouge_weighs_words_by_nearness(ours, rouge):
    assert quality_dates.aligned_rouge(ours, {JUNE: ["The leaders signed the treaty."]}, 1) == pytest.approx(rouge)


def test_a_tagger_is_right_where_values_are_equal():
    text = "It happened on June 12, 2018."
    row = {
        "text": text,
        "published": "2019-02-26",
        "dates": [{"start": 15, "end": 28, "type": "DATE", "value": "2018-06-12"}],
    }
    scored = quality_dates.tagged([row])
    assert (scored.value.f1, scored.cal.f1) == (100, 100)


WORDS = [
    "The",
    "leader",
    "met",
    "the",
    "envoy",
    "on",
    "will",
    "in",
    "Paris",
    ",",
    ".",
    "May",
    "June",
    "5",
    "12",
    "2018",
    "2019",
    "Monday",
    "since",
    "last",
    "the",
    "summit",
    "talks",
    "began",
]
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=60).map(" ".join)


@given(st.lists(st.tuples(TEXTS, st.sampled_from(["2019-02-26", "2019-03-04", None])), max_size=4), st.integers(1, 3))
def test_events_stand_in_order_and_every_passage_in_a_stored_sentence(articles, per_date):
    given = [entry(text, published, n) for n, (text, published) in enumerate(articles, 1)]
    events = line(given, per_date=per_date)
    assert list(events) == sorted(events, key=lambda e: (e.background, e.when))
    stored = {(e.article.id, s.start, s.end) for e in given for s in e.sentences}
    for event in events:
        first, *rest = event.passages
        assert all((p.article, p.start, p.end) in stored for p in rest)
        assert event.cut or (first.article, first.start, first.end) in stored
        assert any(a == first.article and s <= first.start < first.end <= e for a, s, e in stored)
