"""What a reader gets for what they type, over the articles that ship with the product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import commands, corpus
from bot.chat.terminal import HERE, render
from bot.commands import Reply
from bot.commands.asking import limits
from bot.errors import QuotationError, UserError
from bot.message import Bullet, Cite, Message, Quotation
from bot.model import Entry, Published, Target
from bot.ports import NO_CHANNEL, Answer, Request, Store, channel_of
from bot.quotation import check
from bot.store import open_store
from tests.make import NOW, make_article, published, put_article, seeded


@pytest.fixture
def store():
    opened = seeded(open_store(":memory:"))
    yield opened
    opened.close()


def ask(store: Store, text: str, **fields: Any) -> Reply:
    """One reply, remembered as a platform would after posting it."""
    request = Request(**{"text": text, "target": HERE, "key": text, "trusted": True, **fields})
    reply = commands.answer(request, store, NOW)
    check(reply.message, reply.citations, store)
    for span in reply.message.spans():  # the law once more, by other means than the check's own
        if isinstance(span, Quotation):
            article = store.article(span.passage.article, span.passage.version)
            assert article
            assert span.text.strip("…") in " ".join(article.text.split())
    if reply.citations:
        store.remember(Answer(channel_of(request.target), reply.command, reply.citations, (f"id of {text}",)), NOW)
    return reply


def read(store: Store, text: str, **fields: Any) -> str:
    return " ".join(render(ask(store, text, **fields).message).split())


# --- summit -----------------------------------------------------------------------------------------------


def quoted_words(reply: Reply) -> int:
    return sum(len(span.text.split()) for span in reply.message.spans() if isinstance(span, Quotation))


@pytest.mark.parametrize("text", ["!summit", "!summit sanctions", "!summit Trump", "!summit Hanoi", "!summit peace"])
def test_a_briefing_is_at_most_five_sentences_and_a_hundred_words(store, text):
    reply = ask(store, text)
    assert 1 <= len([span for span in reply.message.spans() if isinstance(span, Quotation)]) <= 5
    assert quoted_words(reply) <= 100


def test_a_briefing_with_words_speaks_of_them(store):
    for span in ask(store, "!summit sanctions").message.spans():
        if isinstance(span, Quotation):
            assert "sanction" in span.text.lower()


def test_unknown_words_are_said_to_be_unknown_and_near_terms_offered(store):
    assert read(store, "!summit sanktions").startswith("Nothing stored mentions “sanktions”. Did you mean “sanctions”")


@pytest.mark.parametrize(("words", "refused"), [("the", True), ("who is it", True), ("WHO", False), ('"the"', False)])
def test_words_that_tell_nothing_are_refused(store, words, refused):
    assert ("nearly every article" in read(store, f"!summit {words}")) is refused


def test_a_word_that_nothing_mentions_is_said_so_beside_the_others(store):
    told = read(store, "!summit Trump Putin")
    assert told.startswith("Trump Putin Nothing stored mentions “Putin”. - ")


@pytest.mark.parametrize("spelling", ["US", "U.S.", "U.S"])
def test_an_abbreviation_is_found_with_its_points_and_without(store, spelling):
    assert "Sources (2 articles" in read(store, f"!summit {spelling}")


def test_an_empty_corpus_says_that_it_is_empty():
    assert "Nothing is stored yet" in read(open_store(":memory:"), "!summit")


def test_a_headline_alone_is_a_story_of_a_digest_and_no_briefing():
    store = open_store(":memory:")
    put_article(store, "The quake struck.", title="The quake struck.", publisher="AP")
    assert "The quake struck." in read(store, "!digest now")
    assert "only its headline is stored" in read(store, "!summit")


@pytest.mark.parametrize("text", ["!SUMMIT", "  !summit  ", "summit", "/summit", "! summit"])
def test_case_spaces_and_the_sign_before_do_not_matter(store, text):
    assert read(store, text) == read(store, "!summit")


def test_more_goes_on_and_says_nothing_twice(store):
    first = ask(store, "!summit")
    second = ask(store, "!more")
    passages = [c.passage for c in second.citations]
    assert len(set(passages)) == len(passages) > len(first.citations)
    assert second.citations[: len(first.citations)] == first.citations


def test_no_event_of_a_timeline_is_lost_between_its_pages():
    store = open_store(":memory:")
    days = [f"{month} {day}" for month in ("March", "April", "May", "June", "July", "August") for day in (3, 9, 15, 21)]
    text = " ".join(
        f"On {day}, 2018, the river commission of the northern province opened another lock for large ships and told "
        f"the boatmen of the valley at length what the {number} new toll stations would cost them."
        for number, day in enumerate(days, 2)
    )
    put_article(store, text, title="Locks")
    told, asked = "", "!timeline"
    while not (reply := ask(store, asked)).refused:
        told, asked = told + render(reply.message), "!more"
        cited = {span.number for span in reply.message.spans() if isinstance(span, Cite)}
        assert {dot.number for dot in reply.message.dots} <= cited
    store.close()
    assert [day for day in days if f"- {day}, 2018: " not in told] == []


def test_more_of_everything_ends_with_a_sentence(store):
    ask(store, "!summit")
    for _ in range(40):
        if ask(store, "!more").refused:
            break
    assert read(store, "!more") == "That is all the stored articles say."


def test_a_button_means_the_answer_that_it_hangs_on(store):
    first = ask(store, "!summit")
    ask(store, "!timeline")
    again = ask(store, "!more", target=replace(HERE, reply_to="id of !summit"))
    assert again.citations[: len(first.citations)] == first.citations
    assert again.command == "summit"


# --- timeline ---------------------------------------------------------------------------------------------


def test_the_timeline_of_the_seeds_is_whole_and_in_order(store):
    told = read(store, "!timeline")
    order = [
        "June 12, 2018",
        "January 31, 2019",
        "February 5, 2019",
        "February 17, 2019 (planned)",
        "February 27-28, 2019 (planned)",
        "1950-1953",
    ]
    places = [told.index(f"{one}") for one in order]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("text", "there", "gone"),
    [
        ("!timeline since 2019", "January 31, 2019", "June 12, 2018"),
        ("!timeline until 2018", "June 12, 2018", "January 31, 2019"),
        ("!timeline 2018", "June 12, 2018", "January 31, 2019"),
        ("!timeline since February 2019 until February 10, 2019", "February 5, 2019", "February 17"),
        ("!timeline in january 2019", "January 31, 2019", "February 5, 2019"),
    ],
)
def test_since_until_a_year_and_a_month_limit_it(store, text, there, gone):
    told = read(store, text)
    assert there in told
    assert gone not in told.partition("Sources")[0]


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("!timeline 2018", "Timeline · 2018"),
        ("!timeline June 2018", "Timeline · June 2018"),
        ("!timeline June 12, 2018", "Timeline · June 12, 2018"),
        ("!timeline since 2019", "Timeline · since January 1, 2019"),
        ("!timeline since 2018 until February 10, 2019", "Timeline · from January 1, 2018 to February 10, 2019"),
        ("!timeline Kim 2018", "Timeline · Kim"),
    ],
)
def test_a_timeline_of_a_time_is_headed_by_it(store, text, heading):
    assert render(ask(store, text).message).startswith(f"{heading}\n")


TREATY = "The leaders of Ruritania and Graustark signed the border treaty in Vienna on {}."


def test_where_sources_disagree_on_a_date_both_are_shown_each_with_its_source(store):
    put_article(store, TREATY.format("June 12, 2017"), published=published("2017-07-01"), publisher="The Herald")
    put_article(store, TREATY.format("June 13, 2017"), published=published("2017-07-02"), publisher="The Echo")
    told = read(store, "!timeline border treaty")
    assert "- June 12, 2017, or June 13, 2017 [2]: The leaders" in told
    assert "[2] The Echo" in told
    assert "Also told by The Echo" in read(store, "!source 1")


def test_a_sentence_that_tells_two_dates_is_shown_once_and_referred_to(store):
    text = "The border talks that failed in Vienna on February 5, 2017 will begin again on August 20, 2017."
    put_article(store, text, published=published("2017-02-26"))
    told = read(store, "!timeline border talks")
    assert told.count("will begin again") == 1
    assert "- August 20, 2017 (planned): see [1]" in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Monday, June 12, 2018", "contradicts itself: June 12, 2018 was a Tuesday."),
        ("February 30, 2019", "is no day of the calendar."),
        ("June 12, 3018", "lies centuries away."),
    ],
)
def test_a_date_that_contradicts_itself_stands_on_no_timeline_and_its_source_says_why(store, words, said):
    put_article(store, f"The border treaty of Graustark was torn up on {words}. It had been hailed.")
    assert words not in read(store, "!timeline Graustark")
    ask(store, '!source "the border treaty of Graustark"')
    assert f"{words}…” {said}" in read(store, "!source 1")


def test_an_article_dated_by_its_neighbours_says_so(store):
    for day in ("01", "02", "03", "04"):
        text = f"The ferry Aurora sank off Cape Lindis in a storm, with {day} lorries of the coast guard of Lindis."
        put_article(store, text, published=published(f"2019-02-{day}"), url=f"https://e.org/{day}")
    text = "The ferry Aurora sank off Cape Lindis in a storm, the coast guard of Lindis said; nobody knew why."
    put_article(store, text, published=Published(), url="https://e.org/0")
    ask(store, '!source "nobody knew why"')
    told = read(store, "!source 1")
    assert "It bears no date; articles about the same place it within January 29 - February 7, 2019." in told


def test_a_date_that_cannot_be_read_is_said_so(store):
    assert read(store, "!timeline since yesteryear").startswith("I cannot read “yesteryear” as a date.")


def test_no_event_is_said_so(store):
    assert read(store, "!timeline since 2024") == "Nothing stored tells of a dated event since January 1, 2024."


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", ("", None, None)),
        ("kim", ("kim", None, None)),
        ("kim 2018", ("kim", date(2018, 1, 1), date(2018, 12, 31))),
        ("kim since june 2018", ("kim", date(2018, 6, 1), None)),
        ("kim before 2019", ("kim", None, date(2018, 12, 31))),
        ("kim since 2017 until june 2018", ("kim", date(2017, 1, 1), date(2018, 6, 30))),
        ("between 2017 and 2018", ("", date(2017, 1, 1), date(2018, 12, 31))),
        ("since yesterday", ("", date(2026, 3, 1), None)),
        ("letters from kim", ("letters from kim", None, None)),
    ],
)
def test_limits_are_taken_out_of_the_words(words, expected):
    assert limits(words, date(2026, 3, 2)) == expected


def test_limits_the_wrong_way_round_are_refused():
    with pytest.raises(UserError, match="turn them round"):
        limits("since 2019 until 2018", date(2026, 3, 2))


# --- source -----------------------------------------------------------------------------------------------


def test_source_lists_the_sources_of_the_last_answer(store):
    summit = read(store, "!summit")
    listed = read(store, "!source")
    assert listed in summit


def test_source_shows_the_sentence_in_its_paragraph_with_its_date_and_basis(store):
    reply = ask(store, "!summit")
    for citation in reply.citations:
        told = read(store, f"!source {citation.number}")
        article = store.article(citation.passage.article)
        assert article
        assert article.publisher in told
        assert "Published February 26, 2019, as the article states." in told or "It bears no date" in told


@pytest.mark.parametrize("text", ["!source 1", "!source [1]", "!source #1", "!source 1."])
def test_a_number_may_be_typed_as_it_is_shown(store, text):
    ask(store, "!summit")
    assert read(store, text).startswith("[1] ")


def test_a_number_that_there_is_not_is_said_so(store):
    count = len(ask(store, "!summit").citations)
    assert read(store, "!source 77") == f"The answer has {count} citations, [1] to [{count}]; there is no [77]."


def test_a_text_that_several_outlets_ran_is_quoted_once_and_says_so(store):
    told = (
        "The ferry to Cala ran aground on Tuesday after its steering failed in a strong wind. Nobody was hurt, and fishing "
        "boats took all 312 passengers to the harbour of the island within two hours. A tug pulled the vessel free at "
        "high tide, and divers are to look at its hull before it may sail again with passengers."
    )
    for outlet in ("Coastal Press", "Daily Courier", "Harbour Post"):
        put_article(store, told, title="Ferry aground", publisher=outlet, url=f"https://{outlet.split()[0]}.test/")
    said = read(store, "!summit ferry")
    assert said.count("ran aground") == 1
    assert "same text in 3 outlets" in said
    assert "The same text ran in 3 outlets: Coastal Press, Daily Courier and Harbour Post." in read(store, "!source 1")


def test_source_without_an_answer_says_what_to_do(store):
    assert read(store, "!source").startswith("There is no cited answer here yet.")


def test_answers_of_another_channel_are_not_meant(store):
    ask(store, "!summit")
    assert "no cited answer" in read(store, "!source 1", target=Target("terminal", "elsewhere"))


@pytest.mark.parametrize("typed", ["1 2", "1,2", "1 and 2", "[1] [2]"])
def test_one_citation_is_shown_at_a_time(store, typed):
    ask(store, "!summit")
    assert "one citation at a time" in read(store, f"!source {typed}")


def test_a_sentence_that_says_it_twice_is_shown_once(store):
    assert read(store, "!source two").count("The two-day meeting") == 1


def test_a_phrase_that_nobody_wrote_is_named_in_one_pair_of_quotes(store):
    assert "mentions “trade deal”." in read(store, '!summit "trade deal"')


@pytest.mark.parametrize("typed", ["!digest stop", "!digest stop all", "!digest change"])
def test_an_order_without_a_number_is_asked_for_it(store, typed):
    ask(store, "!digest daily 08:00 UTC")
    assert "Say which digest by its number" in read(store, typed)


def test_help_takes_a_command_with_its_words(store):
    assert read(store, "!help !digest now").startswith("!digest [when]")


def test_a_quotation_is_found_word_for_word(store):
    told = read(store, "!source “a very good chance that we will make a deal”")
    assert told.startswith("Quoted word for word:")


def test_a_quotation_is_found_among_many_articles_with_all_its_words(store):
    for n in range(50):
        text = f"A chance of rain. The chance, good or bad, is {n} percent. Very many a good chance was very good."
        put_article(store, text, url=f"https://news.test/rain/{n}")
    assert "make a deal" in read(store, "!source “very good chance”")


def test_a_changed_number_is_never_shown_as_support(store):
    told = read(store, "!source The 1st US-North Korea summit took place in Singapore on June 13, 2018")
    assert told.startswith(("Closest, not the same", "No stored article says"))


def test_what_nobody_says_is_said_so(store):
    assert read(store, "!source the moon is made of green cheese").startswith("No")


def test_a_withdrawn_article_is_no_longer_quoted(store):
    for citation in ask(store, "!summit").citations:
        store.forget(citation.passage.article)
    assert "withdrawn" in read(store, "!source 1")


def test_an_edited_article_still_shows_the_words_that_were_quoted(store):
    url = "https://example.org/1"
    put_article(store, text="The dam on the Elbe burst on Monday after heavy rain in the hills.", url=url)
    ask(store, "!summit dam Elbe")
    put_article(store, text="The dam on the Elbe held on Monday after heavy rain in the hills.", url=url)
    told = read(store, "!source 1")
    assert "burst on Monday" in told
    assert "edited since" in told


# --- digest -----------------------------------------------------------------------------------------------


def test_an_order_is_answered_with_its_zone_and_next_run(store):
    assert read(store, "!digest daily 08:00 Asia/Seoul").startswith(
        "Digest 1: daily at 08:00 (Asia/Seoul); next Tuesday, March 3, 2026 at 08:00 (Asia/Seoul)."
    )


def test_a_zone_left_out_is_the_last_one_here_else_asked_for(store):
    assert "Asia/Seoul" in read(store, "!digest daily 08:00")
    assert ask(store, "!digest daily 08:00").refused
    ask(store, "!digest daily 08:00 Europe/Berlin")
    assert "Europe/Berlin" in read(store, "!digest weekdays 18:00")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("!digest weekdays 09:00 UTC about sanctions", "about sanctions"),
        ("!digest every monday and thursday 09:30 UTC even if empty", "every Monday and Thursday at 09:30 (UTC)"),
        ("!digest daily 9:00 UTC even if empty about Trump", "about Trump, even if empty"),
    ],
)
def test_orders_as_people_write_them(store, text, told):
    assert told in read(store, text)


def test_orders_are_listed_changed_and_stopped(store):
    ask(store, "!digest daily 08:00 Asia/Seoul about sanctions")
    assert "1: daily at 08:00 (Asia/Seoul), about sanctions" in read(store, "!digest list")
    assert "weekdays at 07:30 (Asia/Seoul)" in read(store, "!digest change 1 weekdays 07:30")
    assert "about sanctions" in read(store, "!digest list")
    assert "Digest 1 is stopped" in read(store, "!digest stop 1")
    assert "No digest is ordered yet" in read(store, "!digest list")


def test_an_order_can_be_changed_in_one_thing_alone(store):
    ask(store, "!digest daily 08:00 Asia/Seoul")
    assert "daily at 07:30 (Asia/Seoul)" in read(store, "!digest change 1 07:30")
    assert "about peace" in read(store, "!digest change 1 about peace")


@pytest.mark.parametrize(
    "text", ["!digest hourly", "!digest daily 25:00 UTC", "!digest daily 08:00 Mars/Base", "!digest stop 9"]
)
def test_an_order_that_cannot_be_read_gets_an_example(store, text):
    reply = ask(store, text)
    assert reply.refused
    assert "!digest" in render(reply.message)


def test_only_those_who_manage_may_order(store):
    assert "ask one of them" in read(store, "!digest daily 08:00 UTC", trusted=False)


def test_the_terminal_has_no_other_channels(store):
    assert "The terminal has no channels" in read(store, "!digest daily 08:00 UTC to #news")


def test_now_is_the_digest_at_once(store):
    told = read(store, "!digest now")
    assert told.startswith("Digest · March 2, 2026 US, North Korea to hold 2nd summit")


def test_preview_holds_what_the_slot_will_post(store):
    ask(store, "!digest daily 08:00 UTC")
    assert read(store, "!digest preview 1").startswith("Digest · March 3, 2026")


# --- help, status, topics, the unknown --------------------------------------------------------------------


@pytest.mark.parametrize("name", commands.COMMANDS)
def test_every_command_has_help_with_examples(store, name):
    told = read(store, f"!help {name}")
    for example, _ in commands.COMMANDS[name].examples:
        assert example in told


EXAMPLES = [e for c in commands.COMMANDS.values() if c.name not in {"feed", "add"} for e, _ in c.examples]


@pytest.mark.parametrize("example", EXAMPLES)  # those that go out to the web are typed in test_feeding
def test_every_example_of_the_help_can_be_typed(store, example):
    ask(store, "!summit")
    ask(store, "!digest daily 09:00 Asia/Seoul")
    ask(store, "!summit")
    assert not ask(store, example).refused


def test_status_tells_of_the_corpus_and_the_next_digest(store):
    ask(store, "!digest daily 08:00 Asia/Seoul")
    told = read(store, "!status")
    assert "2 articles in 1 story, newest February 26, 2019" in told
    assert "next Tuesday, March 3, 2026 at 08:00 (Asia/Seoul)" in told


def test_of_names_that_mean_the_same_topics_lists_one(store):
    told = read(store, "!topics").partition("Names: ")[2].partition(".\n")[0]
    assert "U.S." in told
    assert "United States" not in told
    assert "Korean," not in told


def test_topics_lists_stories_and_names(store):
    told = read(store, "!topics")
    assert "US, North Korea to hold 2nd summit (2 articles, newest February 26, 2019)" in told
    assert "Trump" in told


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("!sumit", "!summit"), ("!timelime Kim", "!timeline Kim"), ("!hepl", "!help"), ("!surce 2", "!source 2")],
)
def test_a_mistyped_command_suggests_the_right_one(store, typed, meant):
    assert f"Did you mean `{meant}`?" in read(store, typed)


def test_a_question_without_a_command_is_shown_one(store):
    assert "type `!summit sanctions Iran`" in read(store, "what about sanctions on Iran?")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("!summit", True),
        ("!sumit", True),
        ("!help", False),
        ("!status", False),
        ("!help summit", True),
        ("!help music", False),
        ("!hlep", False),
        ("!play despacito", False),
        ("!", False),
        ("summer is here", False),
    ],
)
def test_in_a_channel_only_what_is_surely_meant_is_answered(text, meant):
    assert commands.meant(Request(text, HERE, "k", addressed=False)) is meant


@pytest.mark.parametrize("text", ["!help", "!status"])
@pytest.mark.parametrize("fields", [{"addressed": True}, {"addressed": False, "alone": True}])
def test_what_other_bots_have_too_is_answered_where_the_bot_is_asked_or_alone(text, fields):
    assert commands.meant(Request(text, HERE, "k", **fields))


@pytest.mark.parametrize("text", ["!help", "!status"])
def test_help_and_status_tell_which_entrance_works(store, text):
    deaf = "the intent is off: type `/summit` there"
    assert "The intent is off: type `/summit` there." in read(store, text, deaf=deaf)
    assert "intent" not in read(store, text)


def test_an_order_that_is_paused_says_how_it_goes_on(store):
    ask(store, "!digest daily 09:00 Asia/Seoul")
    (one,) = store.subscriptions()
    assert ask(store, "!digest resume 1").ordered
    assert store.subscriptions() == (one,)  # it goes on as it was
    store.subscribe(replace(one, paused="the channel is gone"))
    for text in ("!status", "!digest list"):
        assert "paused: the channel is gone. `!digest resume 1` goes on with it." in read(store, text)
    assert "next Tuesday, March 3, 2026 at 09:00" in read(store, "!digest resume 1", user="U2")
    (again,) = store.subscriptions()
    assert (again.paused, again.since, again.orderer) == ("", NOW, "U2")


def test_an_order_can_be_sent_to_another_channel(store):
    elsewhere = Target("discord", "100")
    ask(store, "!digest daily 09:00 Asia/Seoul", target=elsewhere)
    assert "in #200" in read(store, "!digest change 1 to #200", target=elsewhere)
    (one,) = store.subscriptions()
    assert one.target == Target("discord", "200")
    assert one.schedule.hour == 9


def test_an_order_for_a_channel_that_is_not_in_reach_is_refused(store):
    reply = ask(store, f"!digest daily 09:00 UTC to #{NO_CHANNEL}", target=Target("discord", "100"))
    assert reply.refused
    assert "There is no such channel here" in render(reply.message)
    assert store.subscriptions() == ()


def test_who_ordered_is_remembered_and_where_is_told(store):
    reply = ask(store, "!digest daily 09:00 Asia/Seoul", user="U1", target=Target("discord", "100"))
    assert reply.ordered == Target("discord", "100")
    assert store.subscriptions()[0].orderer == "U1"
    assert ask(store, "!summit").ordered is None


def test_a_paste_by_mistake_is_refused_with_a_sentence(store):
    assert "at most 500" in read(store, f"!summit {'word ' * 200}")


# --- laws -------------------------------------------------------------------------------------------------

TYPED = st.one_of(
    st.text(max_size=80),
    st.builds(
        "{} {}".format,
        st.sampled_from([f"!{name}" for name in commands.COMMANDS]),
        st.one_of(
            st.text(max_size=60),
            st.lists(st.sampled_from(["kim", "trump", "since", "until", "2018", "june", "2", '"', "“", "'", "#3"])).map(
                " ".join
            ),
        ),
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TYPED)
def test_whatever_is_typed_gets_a_lawful_answer(store, text):
    """The quotation law for every command: `ask` checks each reply against the stored text."""
    assert render(ask(store, text).message).strip()


def test_a_message_that_misquotes_is_refused(store):
    reply = ask(store, "!summit")
    for span in reply.message.spans():
        if isinstance(span, Quotation):
            forged = Bullet((replace(span, text=span.text.replace(" ", " not ", 1)),))
            with pytest.raises(QuotationError):
                check(Message((forged,)), reply.citations, store)


def test_tenants_read_their_own_articles_only(store):
    put_article(store, text="The secret merger of Acme was agreed on Monday.", title="Merger", tenant="discord/acme")
    assert "merger" in read(store, "!summit merger", tenant="discord/acme")
    assert "Nothing stored mentions" in read(store, "!summit merger", tenant="discord/rival")


def test_of_a_story_of_thousands_an_answer_reads_some(monkeypatch):
    monkeypatch.setattr("bot.commands.briefing.READ", 3)
    monkeypatch.setattr("bot.commands.telling.READ", 3)
    monkeypatch.setattr("bot.quotation.COUNTED", 3)
    store = open_store(":memory:")
    first = 0
    for n in range(6):
        article = make_article("The quake struck the town of Ark on Monday.", publisher=f"Paper {n}", guid=str(n))
        first = first or store.add(article, corpus.analyse(article), NOW).id
        if n:
            store.add(article, corpus.analyse(article), NOW, first, first)
    read_at_once: list[int] = []
    entries = store.entries

    def counting(ids: Sequence[int], tenant: str = "") -> tuple[Entry, ...]:
        read_at_once.append(len(ids))
        return entries(ids, tenant)

    monkeypatch.setattr(store, "entries", counting)
    assert "same text in at least 3 outlets" in read(store, "!summit")
    assert "The quake struck" in read(store, "!timeline")
    assert "(1 article" in read(store, "!topics")
    assert max(read_at_once) == 3
