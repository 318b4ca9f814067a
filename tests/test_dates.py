"""Temporal expressions: read, resolved against the article's own date, and shown."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import dates
from bot.model import Mention, MentionBasis, Precision, TimexType, When
from tests.make import VOV, XINHUA
from tests.timing import grows_linearly

ANCHOR = date(2019, 2, 26)  # a Tuesday
VOV_BODY = 49  # after its title and "(VOVWORLD) - "


def placed(text: str, anchor: date | None = ANCHOR) -> list[tuple[str, str]]:
    """What stands on the calendar: the words and their TIMEX3 value."""
    return [(text[m.start : m.end], m.value) for m in dates.mentions(text, anchor) if m.when]


def only(text: str, anchor: date | None = ANCHOR) -> Mention:
    (mention,) = (m for m in dates.mentions(text, anchor) if m.type in (TimexType.DATE, TimexType.TIME))
    return mention


# --- the seeds --------------------------------------------------------------------------------------------


def test_the_dated_seed_places_every_date_and_nothing_else():
    assert placed(XINHUA.read_text()) == [
        ("2019-02-26", "2019-02-26"),
        ("Feb. 26", "2019-02-26"),
        ("Wednesday", "2019-02-27"),
        ("last June", "2018-06"),
        ("1950-53", "1950/1953"),
    ]


@pytest.mark.parametrize("anchor", [None, date(2019, 2, 11)])
def test_the_undated_seed_reads_alike_with_and_without_a_date(anchor):
    assert placed(VOV.read_text(), anchor) == [
        ("the end of February", "2019-02"),
        ("February 5", "2019-02-05"),
        ("February 27 and 28", "2019-02-27/2019-02-28"),
        ("June 12, 2018", "2018-06-12"),
        ("January 31", "2019-01-31"),
        ("February 17", "2019-02-17"),
    ]


def test_the_undated_seed_was_published_between_its_last_event_and_its_next():
    assert dates.window(VOV.read_text(), ()) == When(date(2019, 2, 5), date(2019, 2, 17), Precision.RANGE)


def test_a_dateline_without_a_year_ends_the_window():
    text = "HANOI, Feb. 26 - The envoys met on February 21, 2019."
    window = When(date(2019, 2, 21), date(2019, 2, 26), Precision.RANGE)
    assert dates.window(text, [(17, len(text))]) == window


@pytest.mark.parametrize(
    "text", ["", "Nothing is dated.", "It began on June 12, 2018.", "It began on June 12, 2018 and will end in 2025."]
)
def test_content_that_tells_no_window_gives_none(text):
    assert dates.window(text, ()) is None


@pytest.mark.parametrize("anchor", [None, date(2019, 2, 11)])
def test_what_the_undated_seed_announces(anchor):
    text = VOV.read_text()
    announced = [text[m.start : m.end] for m in dates.mentions(text, anchor) if m.announced]
    assert announced == ["the end of February", "February 27 and 28", "February 17"]


def test_a_war_named_in_passing_is_background():
    text = XINHUA.read_text()
    assert "1950-53" in [text[m.start : m.end] for m in dates.mentions(text, ANCHOR) if m.background]


def test_only_what_stands_in_a_given_sentence_is_returned():
    text = XINHUA.read_text()
    found = dates.mentions(text, ANCHOR, [(471, 676)])
    assert [text[m.start : m.end] for m in found if m.when] == ["Wednesday", "last June", "1950-53"]


# --- expressions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("on June 12, 2018,", "2018-06-12"),
        ("on 12 June 2018", "2018-06-12"),
        ("on the 12th of June 2018", "2018-06-12"),
        ("on 2018-06-12", "2018-06-12"),
        ("on 26/02/2019", "2019-02-26"),
        ("on Tuesday, Feb. 26, 2019,", "2019-02-26"),
        ("in June 2018", "2018-06"),
        ("in June of last year", "2018-06"),
        ("in 2018", "2018"),
        ("the 2018 election", "2018"),
        ("in the 1950s", "195"),
        ("in the '90s", "199"),
        ("feb. 6, 2017", "2017-02-06"),
        ("in the summer of nineteen ninety-four", "1994-SU"),
        ("the week of March 4", "2019-W10"),
        ("the day before yesterday", "2019-02-24"),
        ("They died on June 25, 2009; he was due to sing on July 13", "2009-07-13"),
        ("They were married in 1994 and died on June 3 that year", "1994-06-03"),
        ("another Sept. 11-style attack", "2001-09-11"),
        ("in the 19th century", "18"),
        ("between 1950-53", "1950/1953"),
        ("on Feb. 27-28", "2019-02-27/2019-02-28"),
        ("on February 27 and 28 in Hanoi", "2019-02-27/2019-02-28"),
        ("on January 31-February 2", "2019-01-31/2019-02-02"),
        ("in June-August 2018", "2018-06/2018-08"),
        ("in the third quarter of 2018", "2018-Q3"),
        ("in the second half of 2018", "2018-H2"),
        ("in the summer of 2018", "2018-SU"),
        ("It happened yesterday", "2019-02-25"),
        ("It happened on Monday", "2019-02-25"),
        ("It happened on Tuesday", "2019-02-26"),
        ("It happened on Wednesday", "2019-02-20"),
        ("Wednesday's ruling", "2019-02-20"),
        ("which starts Wednesday", "2019-02-27"),
        ("They will meet on Wednesday", "2019-02-27"),
        ("They are expected to meet on Wednesday", "2019-02-27"),
        ("On Wednesday, they will meet", "2019-02-27"),
        ("They met last Friday", "2019-02-22"),
        ("They meet next Friday", "2019-03-01"),
        ("They met on Monday night", "2019-02-25TNI"),
        ("They met last night", "2019-02-25TNI"),
        ("They met at 9 a.m. on Monday", "2019-02-25T09:00"),
        ("They met last June", "2018-06"),
        ("They met last week", "2019-W08"),
        ("They met over the weekend", "2019-W08-WE"),
        ("They met last month", "2019-01"),
        ("They met earlier this month", "2019-02"),
        ("They met two days ago", "2019-02-24"),
        ("They met two weeks ago", "2019-W07"),
        ("They met in December", "2018-12"),
        ("They will meet in March", "2019-03"),
        ("They met last year", "2018"),
        ("They met last summer", "2018-SU"),
        ("They met in late February", "2019-02"),
        ("They met in mid-2018", "2018"),
        ("They met on Dec. 20", "2018-12-20"),
        ("They met on April 20", "2019-04-20"),
        ("They met on September 20", "2018-09-20"),
        ("They will meet on September 20", "2019-09-20"),
        ("They met on New Year's Eve", "2018-12-31"),
        ("since the 9/11 attacks", "2001-09-11"),
        ("since the Sept. 11 attacks", "2001-09-11"),
        ("They signed it on June 12, 2018, and met again the next day.", "2018-06-13"),
        ("It was founded in 1994 and closed the following year.", "1995"),
        ("between June and August", "2018-06/2018-08"),
        ("between November 2016 and May 2017", "2017-05"),
        ("from November to February 2017", "2016-11/2017-02"),
        ("in January-February", "2019-01/2019-02"),
        ("on May 2-4, 2018", "2018-05-02/2018-05-04"),
        ("on 2-4 May 2018", "2018-05-02/2018-05-04"),
        ("on the first day of March 2018", "2018-03-01"),
        ("on the last day of June", "2018-06-30"),
        ("on the third Thursday of November", "2018-11-15"),
        ("on Friday next week", "2019-03-08"),
        ("on Tuesday of last week", "2019-02-19"),
        ("on Black Friday", "2018-11-23"),
        ("on Ash Wednesday 2018", "2018-02-14"),
        ("on Tuesday, June 12", "2018-06-12"),  # the weekday tells the year
        ("from Monday to Wednesday", "2019-02-27"),
        ("Friday through Sunday", "2019-02-24"),
        ("at end-February", "2019-02"),
        ("in the year 2000", "2000"),
        ("On March 12, 2000 guests came", "2019-03-12"),
        ("The treaty of June 12, 2015 held until the talks of June 12 began", "2015-06-12"),
        ("in the fourth quarter", "2018-Q4"),
        ("in Q3 2018", "2018-Q3"),
        ("in the first half of 2018", "2018-H1"),
        ("in the late 1980s", "198"),
        ("in the early 20th century", "19"),
        ("in the 1800s", "18"),
        ("the 2018/19 season", "2018/2019"),
        ("at 17:30 on Monday", "2019-02-25T17:30"),
        ("at noon on Monday", "2019-02-25T12:00"),
    ],
)
def test_a_date_is_read_as(words, value):
    assert placed(f"{words}.")[-1][1] == value


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("on Feb. 5, 6 and 7", ["2019-02-05", "2019-02-06", "2019-02-07"]),
        ("on February 5 and 12", ["2019-02-05", "2019-02-12"]),
        ("on February 5, 12 and 19 in Rome", ["2019-02-05", "2019-02-12", "2019-02-19"]),
        ("on February 5, 12 and 19 people came", ["2019-02-05"]),
        ("on May 3, 5 and 9, 2018", ["2018-05-03", "2018-05-05", "2018-05-09"]),
        ("between May 3 and June 9, 2018", ["2018-05-03", "2018-06-09"]),
        ("from 3 May to 9 May 2018", ["2018-05-03", "2018-05-09"]),
        ("from Dec. 28 to Jan. 3, 2018", ["2017-12-28", "2018-01-03"]),
        ("between Monday and Wednesday", ["2019-02-25", "2019-02-27"]),
        ("on February 5, 12 people came", ["2019-02-05"]),
        ("from January 31 through February 2", ["2019-01-31", "2019-02-02"]),
        ("in the 1950s and 1960s", ["195", "196"]),
        ("in 2016, 2017 and 2018", ["2016", "2017", "2018"]),
    ],
)
def test_several_dates_in_a_row_are_read_each(words, values):
    assert [value for _, value in placed(f"It happened {words}.")] == values


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("in the first week of March", "2018-03-01", "2018-03-07"),
        ("in the last week of 2018", "2018-12-25", "2018-12-31"),
        ("at the end of February", "2019-02-20", "2019-02-28"),
        ("in early February", "2019-02-01", "2019-02-09"),
        ("in mid-June 2018", "2018-06-11", "2018-06-20"),
        ("in late 2018", "2018-09-01", "2018-12-31"),
    ],
)
def test_part_of_a_month_or_year_is_a_third_of_it(words, first, last):
    when = only(f"It happened {words}.").when
    assert when
    assert (when.first, when.last) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("words", "type", "value"),
    [
        ("The two-day meeting", TimexType.DURATION, "P2D"),
        ("for the past two months", TimexType.DURATION, "P2M"),
        ("for two and more years; a couple of years", TimexType.DURATION, "P2Y"),
        ("for several weeks", TimexType.DURATION, "PXW"),
        ("for 2 1/2 years", TimexType.DURATION, "P2Y6M"),
        ("for five hours", TimexType.DURATION, "PT5H"),
        ("every day", TimexType.SET, "P1D"),
        ("every Thursday", TimexType.SET, "XXXX-WXX-4"),
        ("It is now", TimexType.DATE, "PRESENT_REF"),
        ("It was recently", TimexType.DATE, "PAST_REF"),
    ],
)
def test_what_names_no_day_is_recognised_and_not_placed(words, type, value):
    mention = dates.mentions(f"{words}.", ANCHOR)[-1]
    assert (mention.type, mention.value, mention.when) == (type, value, None)


@pytest.mark.parametrize(
    "words",
    [
        "the 1st summit and the 2nd summit",
        "lasted just one day",
        "all six of its nuclear tests",
        "Now that they are about to shake hands",
        "But since then, talks have stalled",
        "They may march, and a second later they sat down",
        "in the fall of the government and the spring in his step",
        "Foreign Minister Jan Kavan spoke",
        "Prime Minister May said so",
        "August Wilson wrote plays",
        "some 2,000 people and 1500 troops",
        "aged 34, and 34 years old",
        "under No. 2010 on the list",
        "at 1900 GMT",
        "it cost $1990",
        "Flight 1989 and Room 2012",
        "it won 21-19 and lost 3-1",
        "the 1950-seat hall",
        "a 2019-strong crowd",
        "call 555-1999",
        "version 10.12.14 of it",
        "the Boeing 737 and the Peugeot 2008 model",
        "March on Washington",
        "the Fall River court",
        "temperatures in the 40s, and men in their 50s",
        "Windows 2000",
        "the twenty-first of its kind",
        "half a century ago",
        "2000 cases were found",
        "1,200 of 2015 members",
        "the iPhone 2020",
        "the Boeing 1900 of the airline",
        "at 1945 Elm Street",
        "Copyright 2018",
        "(c) 2019",
        "2019 percent",
        "the score was 2:1",
        "it came 19-21, 21-19, 2-1",
        "on channel 4, page 1999",
        "under Resolution 1874",
        "a 2010-page report",
        "at 2000 feet",
        "Super Tuesday and Bloody Sunday",
        "June Smith and April Brown",
        "a 34-year-old man",
        "in the last decade",
        "half past six",
        "call (212) 555-2018",
    ],
)
def test_no_date_stands_in(words):
    assert placed(f"He said {words} today.") in ([("today", "2019-02-26")], [])


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("on Monday, June 12, 2018", "contradicts itself: June 12, 2018 was a Tuesday"),
        ("on Monday, Feb. 25, 2019", ""),
        ("on Tuesday, March 6, 2019", "contradicts itself: March 6, 2019 is a Wednesday"),
        ("on Monday, June 12", "contradicts itself: June 12, 2019 is a Wednesday"),
        ("on February 30, 2019", "is no day of the calendar"),
        ("on February 29, 2019", "is no day of the calendar"),
        ("on June 31", "is no day of the calendar"),
        ("on May 5, 2500", "lies centuries away"),
        ("on June 12, 3018", "lies centuries away"),
        ("on 2/3/2018", "can be read in two ways, as February 3, 2018 or March 2, 2018"),
        ("two weeks ago", ""),
        ("on June 12, 2018", ""),
    ],
)
def test_what_contradicts_itself_is_kept_apart_and_says_why(words, why):
    text = f"It happened {words}."
    mention = only(text)
    assert dates.doubt(mention, text[mention.start : mention.end], ANCHOR) == why
    assert not why or mention.confidence < dates.SURE


@pytest.mark.parametrize("text", ["It happened on June 12, 2999.", "It happened on June 12, 0999."])
def test_without_a_date_of_its_own_a_text_does_not_lead_centuries_away(text):
    assert all(m.confidence < dates.SURE for m in dates.mentions(text, None))


def test_an_ambiguous_numeric_date_near_the_article_is_still_doubtful():
    mention = only("It happened on 02/03/2019.", date(2019, 3, 3))
    assert (mention.value, mention.confidence < dates.SURE) == ("2019-03-02", True)


@pytest.mark.parametrize(
    ("words", "sure"),
    [("on June 12, 2018", True), ("on Wednesday", True), ("two days ago", True), ("two weeks ago", False)],
)
def test_vague_distances_are_not_sure(words, sure):
    assert (only(f"It happened {words}.").confidence >= dates.SURE) is sure


@pytest.mark.parametrize(
    ("words", "basis"),
    [
        ("on June 12, 2018", MentionBasis.EXPLICIT),
        ("on Wednesday", MentionBasis.ARTICLE),
        ("on June 12", MentionBasis.ARTICLE),
    ],
)
def test_a_date_says_what_it_was_resolved_against(words, basis):
    assert only(f"It happened {words}.").basis is basis


def test_without_a_date_of_its_own_a_text_without_years_places_nothing():
    assert placed("It happened on June 12 and again on Friday.", None) == []


def test_without_a_date_of_its_own_a_date_follows_the_full_one_before_it():
    assert placed("It began on June 12, 2018 and ended on February 3.", None)[-1][1] == "2019-02-03"


@pytest.mark.parametrize(
    ("words", "announced"),
    [
        ("They met on Monday.", False),
        ("They will meet on Thursday.", True),
        ("They met on March 3.", True),
        ("They will meet in 2019.", True),
        ("They met in 2019.", False),
    ],
)
def test_what_is_still_to_come_is_announced(words, announced):
    assert only(words).announced is announced


# --- shown and typed --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shown",
    [
        "June 12, 2018",
        "February 27-28, 2019",
        "January 31 - February 2, 2019",
        "December 31, 2018 - January 2, 2019",
        "June 2018",
        "June-August 2018",
        "1950-1953",
        "2018",
        "the 1950s",
        "the 19th century",
        "summer 2018",
        "late February 2019",
        "mid-2018",
        "the early 1990s",
        "third quarter of 2018",
        "second half of 2018",
        "week of February 25, 2019",
    ],
)
def test_what_is_shown_is_read_back_as_the_same(shown):
    when = dates.calendar(shown)
    assert when
    assert dates.show(when) == shown


@pytest.mark.parametrize(
    "value",
    [
        "2018-06-12",
        "2019-W09",
        "2018-06",
        "2018-Q3",
        "2018-SU",
        "2018-WI",
        "2018",
        "195",
        "19",
        "2019-02-27/2019-02-28",
        "1950/1953",
        "2018-06/2018-08",
    ],
)
def test_a_timex_value_is_read_back_as_the_same(value):
    when = dates.read(value)
    assert when
    assert dates.timex(when) == value


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("last week", "2019-02-18", "2019-02-24"),
        ("yesterday", "2019-02-25", "2019-02-25"),
        ("today", "2019-02-26", "2019-02-26"),
        ("2018", "2018-01-01", "2018-12-31"),
        ("June 2018", "2018-06-01", "2018-06-30"),
        ("2018-06", "2018-06-01", "2018-06-30"),
        ("june 12 2018", "2018-06-12", "2018-06-12"),
        ("12 june", "2018-06-12", "2018-06-12"),
        ("2019-02-01", "2019-02-01", "2019-02-01"),
        ("13/06/2018", "2018-06-13", "2018-06-13"),
        ("3 days ago", "2019-02-23", "2019-02-23"),
        ("last 7 days", "2019-02-19", "2019-02-26"),
        ("monday", "2019-02-25", "2019-02-25"),
        ("may", "2018-05-01", "2018-05-31"),
        ("Last   Month", "2019-01-01", "2019-01-31"),
        ("in june 2018", "2018-06-01", "2018-06-30"),
        ("spring", "2018-03-01", "2018-05-31"),
    ],
)
def test_a_person_means(words, first, last):
    when = dates.typed(words, ANCHOR)
    assert when
    assert (when.first, when.last) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "stamp",
    [
        "2019-02-26",
        "2019-02-26T10:00:00+01:00",
        "2019-02-26 10:00",
        "Tue, 26 Feb 2019 10:00:00 GMT",
        "TUESDAY, FEBRUARY 26, 2019",
        "Feb. 26, 2019 10:00 p.m. ET",
        "26.02.2019",
        "26-Feb-2019",
    ],
)
def test_a_time_stamp_tells_its_day(stamp):
    assert dates.calendar(stamp) == When.day(ANCHOR)


@pytest.mark.parametrize(
    "words", ["June 12, 2018 and more", "2019-02-26x", "February 30, 2019", "02/03/2019", "Friday"]
)
def test_what_is_no_whole_date_tells_none(words):
    assert dates.calendar(words) is None


@pytest.mark.parametrize("words", ["12/06/2018", "sanctions", "", "since", "3", "february 30", "the summit in 2018"])
def test_a_person_cannot_mean(words):
    assert dates.typed(words, ANCHOR) is None


# --- laws -------------------------------------------------------------------------------------------------

DAYS = st.dates(date(1700, 1, 1), date(2090, 12, 31))


@given(DAYS, st.integers(0, 6))
def test_every_day_shown_is_read_back(day, length):
    when = When(day, day + timedelta(days=length), Precision.RANGE) if length else When.day(day)
    assert dates.calendar(dates.show(when)) == when


WORDS = st.lists(
    st.sampled_from(
        [
            "in",
            "on",
            "the",
            "since",
            "last",
            "next",
            "this",
            "early",
            "late",
            "mid-",
            "end",
            "of",
            "and",
            "to",
            "by",
            "will",
            "met",
            "5",
            "27",
            "28",
            "1950",
            "2018",
            "1990s",
            "12,",
            "-",
            "/",
            ":",
            ",",
            ".",
            "\n",
            "June",
            "May",
            "february",
            "Monday",
            "Friday's",
            "sept.",
            "3rd",
            "two",
            "days",
            "weeks",
            "years",
            "ago",
            "quarter",
            "third",
            "summer",
            "a.m.",
            "now",
            "every",
            "'90s",
            "2018-06-12",
            "yesterday",
            "between",
            "from",
            "through",
            "week",
            "Tuesday,",
            "tonight",
            "1950-53",
            "İ",
            "é",
            "’",
        ]
    ),
    max_size=30,
).map(" ".join)


@given(WORDS, st.none() | st.dates())
def test_mentions_stand_in_order_and_inside_their_text(text, anchor):
    found = dates.mentions(text, anchor)
    assert all(0 <= m.start < m.end <= len(text) for m in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


@given(WORDS, st.none() | DAYS)
def test_an_explicit_date_reads_alike_alone(text, anchor):
    for mention in dates.mentions(text, anchor):
        alone = dates.calendar(text[mention.start : mention.end])
        if mention.basis is MentionBasis.EXPLICIT and mention.type is TimexType.DATE and alone:
            assert alone == mention.when


@given(WORDS, st.none() | DAYS)
def test_no_date_leaves_what_its_value_names(text, anchor):
    for mention in dates.mentions(text, anchor):
        if mention.when and (named := dates.read(mention.value)):
            assert named.first <= mention.when.first <= mention.when.last <= named.last


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "early ",
            "the last ",
            "May 1 and ",
            "said ",
            "since the ",
            "1 ",
            "5 p.m. ( ",
            " \n ",
            "x",
            "1",
            "1-",
            "May ",
        ),
        *("Monday ", "5, ", "between May and ", "May 5, 6, ", "1950-", "'90s ", "twenty-", "the first week of ", "İ"),
    ],
)
def test_reading_is_linear(piece):
    assert grows_linearly(lambda text: dates.mentions(text, ANCHOR), piece, 3_000)
