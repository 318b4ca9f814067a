"""The contract of `ports.Store`, held by every kind of store."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import StoreError
from bot.model import (
    EVERYONE,
    Analysis,
    Boilerplate,
    Citation,
    Delivery,
    DeliveryState,
    Followed,
    Mention,
    Passage,
    Precision,
    Published,
    PublishedBasis,
    Schedule,
    Sentence,
    Sighting,
    Subscription,
    Target,
    TimexType,
    When,
)
from bot.ports import Answer, Facts, Kin, Query, Store
from bot.store import open_store
from tests.make import NOW, make_article, published

ACME, RIVAL = "discord/acme", "discord/rival"
TARGET = Target("discord", "100")
LATER = NOW + timedelta(days=1)


def mention(first: str, last: str = "", start: int = 0, **fields: Any) -> Mention:
    days = When(
        date.fromisoformat(first), date.fromisoformat(last or first), Precision.RANGE if last else Precision.DAY
    )
    return Mention(start, start + 3, TimexType.DATE, first, days, **fields)


def make_analysis(**fields: Any) -> Analysis:
    return Analysis(**{"sentences": (Sentence(0, 31), Sentence(32, 48)), **fields})


def put(store: Store, text: str, now: datetime = NOW, story: int = 0, copy_of: int = 0, **fields: Any) -> int:
    """Add an article with these words; what of `fields` an analysis has goes there, the rest to the article."""
    analysis = {name: fields.pop(name) for name in ("mentions", "names", "terms", "shingles") if name in fields}
    article = make_article(text, **{"title": "", **fields})
    return store.add(article, make_analysis(**analysis), now, story, copy_of).id


def found(store: Store, *words: str, tenant: str = EVERYONE, **query: Any) -> list[int]:
    return [hit.article for hit in store.search(Query(words, **query), tenant)]


# --- articles ---------------------------------------------------------------------------------------------


def test_an_article_comes_back_as_it_was_stored(store):
    article = make_article(
        "Zürich – “Grüezi”, \u202eabc\x00 said 😀.\n\n\tTwo.",
        published=Published(
            When(date(2019, 2, 17), date(2019, 2, 26), Precision.RANGE), PublishedBasis.INFERRED, "ten days"
        ),
        publisher="VOVWORLD",
        place="Hanoi",
        author="A. Writer",
        url="https://example.org/a",
        file="a.txt",
        guid="tag:a",
        language="vi",
        tenant=ACME,
    )
    added = store.add(article, make_analysis(), NOW)
    assert store.article(added.id) == replace(article, id=added.id, version=1, added=NOW)


def test_an_analysis_comes_back_as_it_was_stored(store):
    unfit = (Boilerplate(0, 4, "dateline"), Boilerplate(9, 12, "photo"))
    analysis = make_analysis(
        sentences=(Sentence(0, 31), Sentence(32, 48, 1)), digest=((0, 31), (32, 48)), boilerplate=unfit
    )
    id_ = store.add(make_article(), analysis, NOW).id
    (entry,) = store.entries([id_])
    assert (entry.sentences, entry.digest, entry.story) == (analysis.sentences, analysis.digest, id_)
    assert store.sentences(id_, 1) == ((0, 31, 0), (32, 48, 1))
    assert store.boilerplate(id_, 1) == unfit


def test_what_is_unknown_is_none_or_empty(store):
    assert store.article(7) is None
    assert store.sentences(7, 1) == store.boilerplate(7, 1) == store.entries([7]) == store.find("7") == ()
    assert store.story(7) is None
    assert store.copies(7) == store.copies(0) == ()
    assert store.facts() == Facts()


def test_ids_grow_with_arrival_and_are_never_used_again(store):
    first, second = put(store, "one"), put(store, "two")
    store.forget(second)
    assert first < second < put(store, "three")


@pytest.mark.parametrize(
    "again",
    [
        make_article("The parliament voted on Monday.\nThe bill  passed."),
        make_article("THE PARLIAMENT VOTED ON MONDAY. THE BILL PASSED."),
        make_article(title="Renamed", file="other.txt"),
    ],
    ids=["re-wrapped", "re-cased", "renamed"],
)
def test_the_same_words_again_change_nothing(store, again):
    added = store.add(make_article(file="one.txt"), make_analysis(), NOW)
    same = store.add(again, make_analysis(), LATER)
    assert (same.id, same.version, same.outcome) == (added.id, 1, "same")
    assert store.article(added.id).added == NOW


@pytest.mark.parametrize("name", ["guid", "url"])
def test_other_words_under_the_same_address_are_a_new_version(store, name):
    old = store.add(make_article("The vote is today.", **{name: "https://example.org/a"}), make_analysis(), NOW).id
    edited = store.add(
        make_article("The vote was put off.", **{name: "https://example.org/a"}), make_analysis(), LATER, 99
    )
    assert (edited.id, edited.version, edited.outcome) == (old, 2, "edited")
    assert store.story(old).articles == (old,)
    assert found(store, "today") == []
    assert found(store, "off") == [old]


def test_the_guid_comes_before_the_url_and_both_before_the_words(store):
    first = put(store, "one", guid="g1", url="https://example.org/a")
    assert put(store, "one", guid="g2", url="https://example.org/a") != first
    assert put(store, "one", url="https://example.org/a") != first
    assert put(store, "two", guid="g1", url="https://example.org/b") == first


def test_old_versions_stay_so_that_old_citations_resolve(store):
    id_ = put(store, "The vote is today.", guid="g")
    store.add(make_article("Put off.", guid="g"), make_analysis(sentences=(Sentence(0, 8),)), LATER)
    assert store.article(id_, 1).text == "The vote is today."
    assert store.article(id_, 2).text == store.article(id_).text == "Put off."
    assert store.sentences(id_, 1) == ((0, 31, 0), (32, 48, 0))
    assert store.article(id_, 3) is None


def test_a_revised_article_keeps_its_id_and_takes_its_new_words_as_identity(store):
    id_ = put(store, "The vote is today.")
    revised = store.revise(
        id_, make_article("The vote was put off.", published=published("2019-03-01")), make_analysis(), LATER
    )
    assert (revised.id, revised.version, revised.outcome) == (id_, 2, "edited")
    assert store.article(id_).published.when == When.day(date(2019, 3, 1))
    assert put(store, "The vote was put off.") == id_


def test_an_article_revised_to_the_words_of_another_stays_itself(store):
    first, second = put(store, "one"), put(store, "two")
    assert store.revise(second, make_article("one"), make_analysis(), LATER).id == second
    assert put(store, "one") == first


def test_a_forgotten_article_leaves_no_word_but_says_that_it_was_withdrawn(store):
    id_ = put(
        store,
        "Ambassador Zebulon resigned.",
        url="https://example.org/a",
        names={"Zebulon": 1},
        terms={"zebulon": 1},
        shingles=(5,),
        mentions=(mention("2019-02-27"),),
    )
    put(store, "Something else.")
    store.forget(id_)
    stub = store.article(id_)
    assert (stub.withdrawn, stub.text, stub.title, stub.id, stub.version) == (True, "", "", id_, 1)
    assert store.sentences(id_, 1) == store.entries([id_]) == store.find("https://example.org/a") == ()
    assert found(store, "Zebulon") == []
    assert store.names(prefix="z") == store.nearest("zebulom") == ()
    assert store.frequencies(["zebulon"]) == (1, {})
    assert store.sketched((5,)) == store.alike(["zebulon"], None, EVERYONE, 5) == {}
    assert store.mentions([id_]) == store.mentioned(date.min, date.max) == ()
    assert id_ not in store.newest()
    assert store.story(id_) is None
    assert store.facts().articles == 1


def test_what_was_forgotten_is_not_brought_back_by_a_feed(store):
    id_ = put(store, "Words.", guid="g")
    store.forget(id_)
    for words in ("Words.", "Other words."):
        again = store.add(make_article(words, guid="g"), make_analysis(), LATER)
        assert (again.id, again.outcome) == (id_, "same")
    assert store.revise(id_, make_article("More."), make_analysis(), LATER).outcome == "same"
    assert store.article(id_).withdrawn


def test_forgetting_what_is_unknown_or_gone_changes_nothing(store):
    id_ = put(store, "Words.")
    for each in (id_, id_, 99):
        store.forget(each)
    assert store.facts() == Facts()


def test_what_was_added_before_a_moment_expires(store):
    old = [put(store, f"old {number}", now=NOW) for number in range(3)]
    edited = put(store, "edited", guid="g", now=NOW)
    store.add(make_article("edited since", guid="g"), make_analysis(), LATER)
    new = put(store, "new", now=LATER)
    assert store.expire(LATER) == len(old)
    assert store.newest() == (new, edited)
    assert store.expire(LATER) == 0


def test_entries_come_in_the_order_asked(store):
    a, b, c = (put(store, word) for word in "abc")
    store.forget(b)
    assert [entry.article.id for entry in store.entries([c, b, 99, a])] == [c, a]


@pytest.mark.parametrize("name", ["url", "guid", "file"])
def test_articles_are_found_by_address_newest_first(store, name):
    first, second, _ = (
        store.add(make_article(words, tenant=tenant, **{name: address}), make_analysis(), NOW).id
        for words, tenant, address in (("one", ACME, "x/y"), ("two", EVERYONE, "x/y"), ("three", EVERYONE, "x/z"))
    )
    assert store.find("x/y", ACME) == (second, first)
    assert store.find("x/y") == (second,)
    assert store.find("") == ()


def test_the_newest_come_first_and_after_a_mark_only(store):
    ids = [put(store, f"word{number}", tenant=ACME if number % 2 else EVERYONE) for number in range(6)]
    assert store.newest(ACME) == tuple(reversed(ids))
    assert store.newest(ACME, after=ids[3]) == (ids[5], ids[4])
    assert store.newest(limit=2) == (ids[4], ids[2])


def test_the_facts_name_the_latest_day_known_and_the_latest_arrival(store):
    put(store, "one", published=published("2019-02-26"))
    put(store, "two", now=LATER, published=Published())
    assert store.facts() == Facts(2, 2, date(2019, 2, 26), LATER)


# --- search -----------------------------------------------------------------------------------------------


def test_the_best_match_comes_first(store):
    weak = put(store, "The summit was one of many matters that the ministers spoke of at length on that long day.")
    strong = put(store, "Summit: a summit.")
    put(store, "Nothing of the kind.")
    hits = store.search(Query(("summit",)))
    assert [hit.article for hit in hits] == [strong, weak]
    assert hits[0].score >= hits[1].score


def test_a_match_in_the_title_counts_more(store):
    in_text = put(store, "The parliament debated sanctions.", title="Parliament")
    in_title = put(store, "The parliament debated matters.", title="Sanctions")
    [put(store, f"filler {number}") for number in range(9)]
    assert found(store, "sanctions") == [in_title, in_text]


@pytest.mark.parametrize(
    ("asked", "stands"),
    [
        (("votes",), "They voted."),
        (("ZURICH",), "Zürich voted."),
        (("Trump-Kim",), "The Trump-Kim meeting."),
        (("Kim’s",), "Kim said so."),
        (("U.S.",), "The U.S. voted."),
        (("the",), "The vote."),
        (("cafe\u0301",), "The café."),
        (("cafe",), "The cafe\u0301."),
    ],
)
def test_words_are_found_however_they_are_written(store, asked, stands):
    id_ = put(store, stands)
    put(store, "Something else.")
    assert id_ in found(store, *asked)


def test_any_word_is_enough_unless_every_one_is_asked_for(store):
    both, one = put(store, "North Korea and its missiles."), put(store, "North of the town.")
    assert set(found(store, "north", "missiles")) == {both, one}
    assert found(store, "north", "missiles", every=True) == [both]


@pytest.mark.parametrize("asked", ["US", "U.S.", "UN"])
def test_an_abbreviation_is_found_with_its_points_and_without(store, asked):
    written = put(store, "The UN met in the US on Monday."), put(store, "The U.N. met in the U.S. on Tuesday.")
    assert {hit.article for hit in store.search(Query((asked,)))} == set(written)


@pytest.mark.parametrize(
    ("language", "stands", "asked"),
    [
        ("de", "Vor der Wahl sprach die Bürgermeisterin.", ["Wahlen", "WAHL", "Bürgermeisterinnen"]),
        ("fr", "L'élection municipale change la donne.", ["élections", "l’élection", "municipales"]),
        ("es", "Las elecciones cambian el plan.", ["elección", "planes"]),
        ("ru", "Старый мост закрыли до лета.", ["мосты", "старого"]),
        ("vi", "Cây cầu cũ.", ["cầu"]),
        ("ja", "市議会は古い橋を閉鎖することを決めた。", ["市議会", "橋", "閉鎖"]),
        ("zh", "市长希望在春季选举之前开放大桥。", ["选举", "大桥", "春季选举"]),
        ("th", "การเลือกตั้งในฤดูใบไม้ผลิอาจเปลี่ยนแผนได้", ["เลือกตั้ง", "แผน"]),
        ("ko", "시의회는 화요일에 의결했다.", ["시의회", "화요일"]),
    ],
)
def test_words_of_other_languages_are_found_in_other_forms(store, language, stands, asked):
    put(store, "Something else.")
    id_ = put(store, stands, language=language)
    for word in asked:
        assert found(store, word) == [id_]
    assert found(store, "Something") != [id_]


def test_a_stem_finds_texts_of_its_own_language_only(store):
    put(store, "The cas was lost.")  # what Spanish stems "casado" to
    spanish = put(store, "Un hombre casado vota.", language="es")
    assert found(store, "casados") == [spanish]


def test_a_stop_word_of_another_language_is_a_word_in_english(store):
    put(store, "Die Stadt schläft.", language="de")
    english = put(store, "The war goes on.")
    assert found(store, "war") == [english]


def test_an_article_in_another_language_is_found_by_its_newest_words(store):
    put(store, "Die Wahlen kamen.", language="de", guid="g")
    id_ = put(store, "Die Brücken fielen.", language="de", guid="g", title="Häuser")
    assert found(store, "Wahl") == []
    assert found(store, "Brücke") == found(store, "Haus") == [id_]
    store.forget(id_)
    assert found(store, "Brücke") == []


def test_signs_asked_for_must_stand_in_a_row(store):
    id_ = put(store, "市长希望在春季选举之前开放大桥。" * 200, language="zh")
    assert found(store, phrases=("开放大桥",)) == [id_]
    assert found(store, "大桥选举") == []


def test_a_phrase_must_stand_as_it_is_asked(store):
    right = put(store, "He called for a complete inventory and a roadmap.")
    put(store, "The inventory is complete.")
    assert found(store, phrases=("complete inventory",)) == [right]
    assert found(store, "roadmap", "unheard", phrases=("complete inventory",)) == [right]
    assert found(store, "unheard", phrases=("complete inventory",)) == []


def test_stop_words_are_dropped_unless_nothing_else_is_left(store):
    plain, telling = put(store, "This is the one."), put(store, "Sanctions.")
    assert found(store, "the", "sanctions") == [telling]
    assert found(store, "the") == [plain]


def test_an_empty_query_finds_nothing(store):
    put(store, "Words.")
    for query in (Query(), Query(("", "  ", "?!", '"')), Query(phrases=("...",))):
        assert store.search(query) == ()


def test_search_keeps_to_the_days_asked_both_included(store):
    on = put(store, "vote one", published=published("2019-02-26"))
    window = put(
        store, "vote two", published=Published(When(date(2019, 2, 17), date(2019, 2, 25)), PublishedBasis.INFERRED)
    )
    undated = put(store, "vote three", published=Published(), now=NOW)
    assert found(store, "vote", since=date(2019, 2, 26), until=date(2019, 2, 26)) == [on]
    assert found(store, "vote", until=date(2019, 2, 17)) == [window]
    assert found(store, "vote", since=NOW.date()) == [undated]
    assert found(store, "vote", since=NOW.date() + timedelta(days=1)) == []


def test_only_so_many_are_returned(store):
    [put(store, f"vote {number}") for number in range(5)]
    assert len(store.search(Query(("vote",)), limit=3)) == 3


SIGNS = "\"'*^:(){}[]-+~\\/<>&|.,;%_#@!?$`=\x00\x1a\n\u202e\ufeff\ud800é語😀 " + "ANDORNOTNEAR"


def test_ten_thousand_hostile_queries_raise_nothing(store):
    put(store, "Nothing to see.")
    dice = random.Random(2)
    for _ in range(2500):
        words = tuple("".join(dice.choices(SIGNS, k=dice.randrange(12))) for _ in range(4))
        store.search(Query(words[:2], words[2:3], every=dice.random() < 0.5))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(words=st.text(st.characters()) | st.text('"*() ANDORNOTNEAR:^-\x00', max_size=40))
def test_whatever_a_user_types_raises_nothing(store, words):
    put(store, "Nothing to see.")
    store.search(Query((words,), (words,), every=True), words)
    store.nearest(words)
    store.names(words, words)
    store.find(words, words)
    store.recall(words, words)
    store.alike([words], None, words, 3)


@pytest.mark.parametrize("words", ["NEAR(a b)", "title:secret", "a" * 100_000, "a " * 100_000, "(" * 5000, '"' * 999])
def test_a_query_language_is_read_as_words(store, words):
    put(store, "Nothing to see.")
    assert found(store, words) == []
    assert found(store, *words.split()[:5000], every=True) in ([], [1])


def test_any_text_that_python_holds_can_be_stored(store):
    id_ = put(store, "a lone \ud800 surrogate", title="\udfff", names={"\ud800": 1}, terms={"\ud800": 1})
    assert store.article(id_).text == "a lone \ufffd surrogate"


# --- what links articles ----------------------------------------------------------------------------------


def test_a_sketch_finds_the_articles_it_shares_values_with(store):
    near = put(store, "one", shingles=(1, 2, 3, 2**64 - 1))
    far = put(store, "two", shingles=(3, 9))
    put(store, "three", shingles=(8,))
    assert store.sketched((1, 2, 3, 2**64 - 1, 2**63)) == {near: 4, far: 1}


def test_frequencies_count_articles_of_the_newest_versions(store):
    put(store, "one", guid="g", terms={"vote": 3, "old": 1})
    put(store, "two", terms={"vote": 1})
    put(store, "one again", guid="g", terms={"vote": 1, "new": 1})
    assert store.frequencies(["vote", "old", "new", "unheard"]) == (2, {"vote": 2, "new": 1})


def test_what_is_done_together_is_seen_by_others_at_once(store):
    with store.together():
        first = put(store, "one", guid="1")
        assert store.entries([first])
        second = put(store, "two", guid="2")
    assert store.newest() == (second, first)


def test_what_is_done_together_is_undone_together(store):
    def fail() -> None:
        with store.together():
            put(store, "one")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert store.newest() == ()
    assert store.facts() == Facts()


def test_one_that_fails_among_others_leaves_nothing_and_them_whole(store):
    with store.together():
        first = put(store, "one", guid="1")
        with pytest.raises(TypeError):
            store.add(make_article("two", guid="2"), make_analysis(shingles=("no number",)), NOW)
        second = put(store, "three", guid="3")
    assert set(store.newest()) == {first, second}
    assert store.facts().articles == 2
    assert found(store, "two") == []


def test_a_word_that_an_edit_took_away_is_no_longer_offered(store):
    put(store, "The zebulon sails.", guid="g")
    store.add(make_article("The harbour sails.", guid="g"), make_analysis(), LATER)
    assert store.nearest("zebulom") == ()


def test_alike_are_those_that_share_most_terms(store):
    far = put(store, "one", terms={"vote": 1, "dog": 1})
    near = put(store, "two", terms={"vote": 2, "bill": 1})
    put(store, "three", terms={"cat": 1})
    day = date(2019, 2, 26)
    assert list(store.alike(["vote", "bill"], None, EVERYONE, 5).items()) == [
        (near, Kin(near, day, {"vote": 2, "bill": 1})),
        (far, Kin(far, day, {"vote": 1, "dog": 1})),
    ]
    assert list(store.alike(["vote", "bill"], None, EVERYONE, 1)) == [near]


def test_alike_are_those_published_since_a_day(store):
    put(store, "one", terms={"vote": 1}, published=published("2019-01-01"))
    new = put(store, "two", terms={"vote": 1}, published=published("2019-03-01"))
    assert list(store.alike(["vote"], date(2019, 2, 1), EVERYONE, 5)) == [new]


def test_a_story_lists_its_articles_newest_first_and_is_named_after_its_first(store):
    first = put(store, "one")
    other = put(store, "else")
    second = put(store, "two", story=first)
    assert store.story(first).articles == (second, first)
    assert store.story(first).lead == first
    assert [story.id for story in store.stories()] == [first, other]
    assert [story.id for story in store.stories(limit=1)] == [first]
    assert store.facts().stories == 2


def test_a_story_lives_on_without_its_first_article(store):
    first = put(store, "one")
    second = put(store, "two", story=first)
    store.forget(first)
    assert (store.story(first).lead, store.story(first).articles) == (second, (second,))
    store.forget(second)
    assert store.stories() == ()


def test_copies_are_listed_oldest_first_and_the_oldest_takes_the_place_of_a_forgotten_original(store):
    original = put(store, "one")
    first, second = (put(store, words, copy_of=original) for words in ("two", "three"))
    assert store.copies(original) == store.copies(second) == (original, first, second)
    store.forget(original)
    assert store.copies(original) == ()
    assert store.copies(second) == (first, second)
    assert [entry.copy_of for entry in store.entries([first, second])] == [0, first]


def test_an_edited_article_is_no_copy_of_itself(store):
    id_ = put(store, "one", guid="g")
    put(store, "two", guid="g", copy_of=id_)
    assert store.entries([id_])[0].copy_of == 0


def test_mentions_come_by_article_and_place_with_their_sentence(store):
    later, sooner = mention("2019-02-28", start=33, announced=True), mention("2019-02-27", start=5, background=True)
    a = put(store, "one", mentions=(later, sooner))
    b = put(store, "two", mentions=(mention("2019-02-27"),))
    told = store.mentions([b, a])
    assert [(one.article, one.version, one.sentence) for one in told] == [
        (a, 1, (0, 31)),
        (a, 1, (32, 48)),
        (b, 1, (0, 31)),
    ]
    assert [one.mention for one in told[:2]] == [sooner, later]
    assert [one.mention for one in store.mentions([a], since=date(2019, 2, 28))] == [later]
    assert [one.mention for one in store.mentions([a], until=date(2019, 2, 27))] == [sooner]


def test_a_mention_without_days_or_outside_every_sentence_is_not_told(store):
    lasting = Mention(0, 3, TimexType.DURATION, "P2D", None)
    id_ = put(store, "one", mentions=(lasting, mention("2019-02-27", start=46), mention("2019-02-27", start=60)))
    assert store.mentions([id_]) == ()


@pytest.mark.parametrize("reach", [1, 400, 4000])
def test_mentioned_are_all_that_touch_the_days_newest_article_first(store, reach):
    since, until = date(2019, 2, 27), date(2019, 2, 27) + timedelta(days=reach)
    spans = [
        ("2019-02-27", ""),
        (until.isoformat(), ""),
        ("2019-02-20", "2019-02-27"),
        ("2019-01-01", "2019-12-31"),
        ("1950-01-01", "2020-01-01"),
    ]
    inside = [put(store, f"in {span}", mentions=(mention(*span),)) for span in spans]
    for day in (since - timedelta(days=1), until + timedelta(days=1)):
        put(store, f"out {day}", mentions=(mention(day.isoformat()),))
    assert [one.article for one in store.mentioned(since, until)] == inside[::-1]
    assert [one.article for one in store.mentioned(since, until, limit=2)] == inside[:-3:-1]


def test_names_are_counted_by_article_whatever_their_case(store):
    put(store, "one", names={"Trump": 5, "Kim Jong Un": 1})
    put(store, "two", names={"TRUMP": 1, "Trump": 2})
    assert store.names() == (("Trump", 2), ("Kim Jong Un", 1))
    assert store.names(prefix="kim") == (("Kim Jong Un", 1),)
    assert store.names(limit=1) == (("Trump", 2),)


def test_names_of_an_older_version_are_not_counted(store):
    put(store, "one", guid="g", names={"Trump": 1})
    put(store, "two", guid="g", names={"Kim": 1})
    assert store.names() == (("Kim", 1),)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sumit", "summit"),
        ("sanctoins", "sanctions"),
        ("Rtump", "Trump"),
        ("trmup", "Trump"),
        ("kim jung un", "Kim Jong Un"),
        ("korae", "korea"),
    ],
)
def test_the_nearest_spelling_is_offered_first(store, typed, meant):
    put(store, "The summit on sanctions against Korea; Trump met Kim Jong Un.", names={"Trump": 1, "Kim Jong Un": 1})
    assert store.nearest(typed)[0] == meant


def test_another_word_that_ends_alike_is_not_offered(store):
    put(store, "The minister is coming.")
    assert store.nearest("crossing") == ()


def test_nothing_is_offered_for_what_resembles_nothing(store):
    put(store, "The summit on sanctions.", names={"Trump": 1})
    assert store.nearest("xylophone") == store.nearest("") == store.nearest("?") == ()


def test_of_spellings_equally_near_the_commoner_is_offered_first(store):
    put(store, "The voter.")
    [put(store, f"The votes {number}.") for number in range(3)]
    assert store.nearest("votex")[:2] == ("votes", "voter")


# --- tenants ----------------------------------------------------------------------------------------------


def test_what_a_tenant_may_not_read_is_nowhere(store):
    secret = put(
        store,
        "Zebulon resigned.",
        tenant=ACME,
        url="https://example.org/secret",
        names={"Zebulon": 1},
        terms={"zebulon": 1},
        shingles=(5,),
        mentions=(mention("2019-02-27"),),
    )
    for tenant in (RIVAL, EVERYONE, "discord", "%"):
        assert found(store, "Zebulon", tenant=tenant) == []
        assert store.entries([secret], tenant) == store.newest(tenant) == store.stories(tenant) == ()
        assert store.find("https://example.org/secret", tenant) == store.mentioned(date.min, date.max, tenant) == ()
        assert store.mentioned(date(2019, 2, 27), date(2019, 2, 27), tenant) == store.copies(secret, tenant) == ()
        assert store.names(tenant) == store.nearest("zebulom", tenant) == ()
        assert store.sketched((5,), tenant) == store.alike(["zebulon"], None, tenant, 5) == {}
        assert store.story(secret, tenant) is None
        assert store.facts(tenant) == Facts()
    assert found(store, "Zebulon", tenant=ACME) == [secret]
    assert store.nearest("zebulom", ACME) == ("Zebulon",)


def test_a_tenant_reads_its_own_and_everyones_together(store):
    own = put(store, "own vote", tenant=ACME, names={"Kim": 1, "Moon": 1})
    public = put(store, "public vote", names={"Kim": 1})
    joined = put(store, "own vote on it", tenant=ACME, story=public)
    put(store, "foreign vote", tenant=RIVAL, story=public, now=LATER)
    assert set(found(store, "vote", tenant=ACME)) == {own, public, joined}
    assert store.story(public, ACME).articles == (joined, public)
    assert [story.id for story in store.stories(ACME)] == [public, own]
    assert store.names(ACME) == (("Kim", 2), ("Moon", 1))
    assert store.facts(ACME) == Facts(3, 2, date(2019, 2, 26), NOW)
    assert store.facts() == Facts(1, 1, date(2019, 2, 26), NOW)


def test_the_same_address_is_another_article_for_another_tenant(store):
    assert put(store, "one", guid="g", tenant=ACME) != put(store, "two", guid="g", tenant=RIVAL)


WORDS = ("vote", "bill", "dog")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(
    deeds=st.lists(
        st.tuples(
            st.sampled_from(["add", "forget"]), st.integers(0, 3), st.sampled_from(WORDS), st.sampled_from(["", ACME])
        ),
        max_size=12,
    )
)
def test_counts_agree_with_what_is_stored_whatever_came_and_went(deeds):
    store = open_store(":memory:")
    ids: dict[tuple[int, str], int] = {}
    holds: dict[int, tuple[str, str]] = {}  # article -> word, tenant
    withdrawn: set[int] = set()
    for deed, number, word, tenant in deeds:
        if deed == "add":
            id_ = put(store, f"a {word}", guid=str(number), tenant=tenant, names={word: 1}, terms={word: 1})
            ids[number, tenant] = id_
            if id_ not in withdrawn:
                holds[id_] = (word, tenant)
        elif (number, tenant) in ids:
            id_ = ids[number, tenant]
            store.forget(id_)
            withdrawn.add(id_)
            holds.pop(id_, None)
    for reader in ("", ACME):
        readable = {id_: word for id_, (word, tenant) in holds.items() if tenant in ("", reader)}
        assert store.facts(reader).articles == store.facts(reader).stories == len(readable)
        assert dict(store.names(reader)) == Counter(readable.values())
        assert {word: set(found(store, word, tenant=reader)) for word in WORDS} == {
            word: {id_ for id_ in readable if readable[id_] == word} for word in WORDS
        }
    assert store.frequencies(WORDS) == (len(holds), Counter(word for word, _ in holds.values()))
    store.close()


# --- answers and subscriptions ----------------------------------------------------------------------------


def test_an_answer_is_recalled_by_its_message_else_as_the_last_of_its_channel(store):
    citations = (Citation(1, Passage(3, 1, 0, 9)), Citation(2, Passage(4, 2, 5, 7), (Passage(3, 1, 0, 9),)))
    first = Answer("slack/C1", "!summit", citations, ("111", "112"))
    first = replace(first, id=store.remember(first, NOW))
    last = Answer("slack/C1", "!timeline", ())
    last = replace(last, id=store.remember(last, LATER))
    store.remember(Answer("slack/C2", "!help", (), ("113",)), LATER)
    assert store.recall("slack/C1", "112") == store.recall("slack/C1/111", "111") == first
    assert store.recall("slack/C1") == last
    assert store.recall("slack/C1", "113") is store.recall("slack/C3") is store.recall("slack/C1/111") is None


def subscription(**fields: Any) -> Subscription:
    return Subscription(
        **{"target": TARGET, "schedule": Schedule(frozenset({0, 3}), 8, 30, "Asia/Seoul"), "since": NOW, **fields}
    )


def test_a_subscription_is_stored_changed_and_listed(store):
    first = store.subscribe(subscription(words="north korea", even_if_empty=True, tenant=ACME))
    second = store.subscribe(subscription(target=replace(TARGET, thread="7")))
    assert 0 < first.id < second.id
    changed = store.subscribe(replace(first, stopped=True, paused="no permission", words=""))
    assert store.subscriptions() == (changed, second)
    assert store.subscriptions("discord/100") == (changed,)
    assert store.subscriptions("discord/100/7") == (second,)
    assert store.subscriptions("discord/999") == ()


# --- guilds and workspaces that come and go ---------------------------------------------------------------

THEIRS = f"{ACME}/dm-7"  # private, but in that very workspace


def belongings(store: Store, tenant: str) -> dict[str, Any]:
    """Something of everything that a tenant can have; its ids, to look for it later."""
    article = put(store, f"Zebulon of {tenant}.", tenant=tenant, guid="g", names={"Zebulon": 1}, terms={"zebulon": 1})
    store.forget(put(store, f"Withdrawn by {tenant}.", tenant=tenant, guid="w"))
    store.remember(Answer(f"discord/{tenant}", "!summit", (), (f"m-{tenant}",), tenant=tenant), NOW)
    order = store.subscribe(subscription(tenant=tenant, orderer="U1"))
    store.claim(delivery(f"digest:{tenant}", subscription=order.id, due=NOW, tenant=tenant), 60)
    store.claim(delivery(f"reply:{tenant}", tenant=tenant), 0)
    return {"article": article, "order": order}


def is_there(store: Store, tenant: str, of: dict[str, Any]) -> list[bool]:
    return [
        store.article(of["article"]) is not None,
        store.facts(tenant).articles > store.facts().articles,
        store.recall(f"discord/{tenant}") is not None,
        of["order"] in store.subscriptions(),
        any(row.tenant == tenant for row in store.deliveries()),
        any(row.tenant == tenant for row in store.unsettled()),
        tenant in store.tenants(),
    ]


def test_what_belongs_to_those_who_left_goes_after_its_time_and_nothing_else(store):
    everyone = put(store, "Zebulon spoke.", names={"Zebulon": 1}, terms={"zebulon": 1})
    alike = f"{ACME}e"  # begins with the same letters
    of = {tenant: belongings(store, tenant) for tenant in (ACME, THEIRS, RIVAL, alike)}
    assert store.tenants() == tuple(sorted(of))
    store.depart([ACME], NOW)
    assert store.clear(NOW) == ()
    assert all(all(is_there(store, tenant, of[tenant])) for tenant in of)
    assert store.clear(LATER) == (ACME,)
    assert store.clear(LATER) == ()
    for tenant, gone in ((ACME, True), (THEIRS, True), (RIVAL, False), (alike, False)):
        assert is_there(store, tenant, of[tenant]) == [not gone] * 7
    assert found(store, "Zebulon", tenant=ACME) == [everyone]
    assert store.frequencies(["zebulon"]) == (3, {"zebulon": 3})
    assert store.names(ACME) == (("Zebulon", 1),)


def test_who_comes_back_in_time_keeps_everything(store):
    of = belongings(store, ACME)
    store.depart([ACME], NOW)
    store.arrive([ACME, RIVAL])
    assert store.clear(LATER) == ()
    assert all(is_there(store, ACME, of))


def test_who_left_twice_is_let_go_of_by_the_first_time(store):
    belongings(store, ACME)
    store.depart([ACME], NOW)
    store.depart([ACME, RIVAL], LATER)
    assert store.clear(NOW + (LATER - NOW) / 2) == (ACME,)


def test_who_comes_back_later_begins_anew(store):
    belongings(store, ACME)
    store.depart([ACME], NOW)
    store.clear(LATER)
    assert all(is_there(store, ACME, belongings(store, ACME)))


def test_more_articles_than_go_at_once_all_go(store, monkeypatch):
    monkeypatch.setattr("bot.store.sqlite.articles.SOME", 2)
    monkeypatch.setattr("bot.store.postgres.articles.SOME", 2)
    for number in range(5):
        put(store, f"Article {number}.", tenant=ACME)
    store.depart([ACME], NOW)
    assert store.clear(LATER) == (ACME,)
    assert store.newest(ACME) == store.tenants() == ()


# --- the outbox -------------------------------------------------------------------------------------------


def delivery(key: str = "digest:1:2026-03-02T09:30", **fields: Any) -> Delivery:
    return Delivery(key, TARGET, **fields)


def test_a_key_is_claimed_once_however_many_ask(store):
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda _: store.claim(delivery(), 60), range(40)))
    (won,) = filter(None, claims)
    assert (won.key, won.target, won.state, won.attempts) == (delivery().key, TARGET, DeliveryState.CLAIMED, 1)


def test_a_claim_keeps_what_it_is_about(store):
    asked = delivery(subscription=4, due=NOW, mark=7)
    claimed = store.claim(asked, 60)
    assert claimed == replace(asked, attempts=1, at=claimed.at)
    assert abs(claimed.at - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_claim_whose_lease_ran_out_is_taken_over_with_what_was_frozen(store):
    claimed = store.claim(delivery(), 0)
    assert store.freeze(claimed, "the bytes", 12)
    taken = store.claim(delivery(payload="other bytes", mark=99), 60)
    assert (taken.payload, taken.mark, taken.attempts, taken.at) == ("the bytes", 12, 2, claimed.at)
    assert store.claim(delivery(), 60) is None


def test_what_is_frozen_stays_frozen(store):
    held = store.claim(delivery(), 60)
    assert store.freeze(held, "first", 1)
    assert not store.freeze(held, "second", 2)
    store.release(held, "", 0)
    (row,) = store.unsettled()
    assert (row.payload, row.mark) == ("first", 1)


@pytest.mark.parametrize("state", [state for state in DeliveryState if state is not DeliveryState.CLAIMED])
def test_a_settled_claim_is_never_given_out_again(store, state):
    held = store.claim(delivery(subscription=1), 0)
    store.settle(held, state, NOW, ("m1", "m2"), "why")
    store.settle(held, DeliveryState.FAILED, LATER, (), "too late")
    store.release(held, "", 0)
    assert not store.freeze(held, "bytes", 1)
    assert store.claim(delivery(), 60) is None
    assert store.unsettled() == ()
    (row,) = store.deliveries()
    assert (row.state, row.at, row.ids, row.reason, row.payload) == (state, NOW, ("m1", "m2"), "why", "")


def test_a_released_claim_may_be_taken_up_after_its_time(store):
    held = store.claim(delivery(), 60)
    store.release(held, "rate limited", 60)
    assert store.claim(delivery(), 60) is None
    assert store.unsettled() == ()
    store.release(held, "rate limited", 0)
    assert store.unsettled()[0].reason == "rate limited"
    again = store.claim(delivery(), 60)
    assert (again.attempts, again.reason) == (2, "")


def test_a_lease_runs_out_by_the_databases_clock(store):
    store.claim(delivery(), 0.05)
    assert store.unsettled() == ()
    time.sleep(0.06)
    assert [row.key for row in store.unsettled()] == [delivery().key]


def test_who_lost_a_claim_changes_nothing_under_it(store):
    late = store.claim(delivery(), 0)
    taken = store.claim(delivery(), 60)
    assert not store.freeze(late, "late bytes", 1)
    store.settle(late, DeliveryState.FAILED, NOW)
    store.release(late, "", 0)
    assert store.unsettled() == ()
    assert store.freeze(taken, "the bytes", 2)
    assert store.claim(delivery(), 60) is None


def test_the_unsettled_come_oldest_first(store):
    held = {key: store.claim(delivery(key), 0) for key in ("b", "a", "c")}
    store.settle(held["a"], DeliveryState.SENT, NOW)
    assert [row.key for row in store.unsettled()] == ["b", "c"]


def test_digests_are_listed_newest_slot_first_and_replies_never(store):
    for number, day in ((1, 2), (2, 9), (1, 5)):
        store.claim(delivery(f"{number}:{day}", subscription=number, due=NOW + timedelta(days=day)), 60)
    store.claim(delivery("reply:1"), 60)
    assert [row.key for row in store.deliveries()] == ["2:9", "1:5", "1:2"]
    assert [row.key for row in store.deliveries(1)] == ["1:5", "1:2"]
    assert [row.key for row in store.deliveries(1, limit=1)] == ["1:5"]


CLAIM_ALL = """
import sys
from bot.model import Delivery, Target
from bot.store import open_store

store = open_store(sys.argv[1])
for key in sys.argv[2:]:
    if store.claim(Delivery(key, Target("discord", "100")), 60):
        print(key)
store.close()
"""


def test_a_key_is_claimed_once_across_processes(address):
    keys = [f"digest:{number}" for number in range(40)]
    command = [sys.executable, "-c", CLAIM_ALL, address, *keys]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    won = [key for each in running for key in each.communicate()[0].split()]
    assert sorted(won) == sorted(keys)


# --- feeds ------------------------------------------------------------------------------------------------


def follow(store: Store, address: str = "https://example.org/feed", **fields: Any) -> Followed:
    return store.follow(Followed(address, NOW, fields.pop("due", NOW), **fields))


def test_a_feed_comes_back_as_it_was_stored(store):
    full = Followed(
        "https://example.org/feed", NOW, LATER, ACME, Target("discord", "100", "7"), "42", "https://example.org/old",
        "News \x00 “é”", 1800.5, '"e"', "Mon, 02 Mar 2026 09:30:00 GMT", "00ff", NOW, LATER, NOW, 3, "no answer",
        synced=True, told=True, stopped=True,
    )  # fmt: skip
    stored = store.follow(full)
    assert stored == replace(full, id=stored.id)
    assert store.followed() == store.followed(ACME) == (stored,)
    assert store.followed(EVERYONE) == store.followed(RIVAL) == ()


def test_a_tenant_follows_an_address_once_and_another_may_as_well(store):
    first = follow(store, tenant=ACME, title="First")
    assert follow(store, tenant=ACME, title="Again") == first
    assert follow(store, tenant=RIVAL).id != first.id
    assert follow(store).id != first.id
    assert len(store.followed()) == 3


def test_a_feed_that_is_let_go_of_is_gone_with_what_was_seen_of_it(store):
    feed = follow(store)
    (held,) = store.take(NOW, 1, 60)
    store.polled(held, [Sighting("g", "l", "t", "w", NOW.date())])
    store.unfollow(feed.id)
    store.unfollow(99)
    assert store.followed() == store.sightings(feed.id) == ()
    assert follow(store).id > feed.id


def test_a_feed_is_taken_when_it_is_due_and_by_one_caller(store):
    late = follow(store, "https://example.org/1", due=NOW - timedelta(hours=1))
    due = follow(store, "https://example.org/2")
    follow(store, "https://example.org/3", due=LATER)
    follow(store, "https://example.org/4", stopped=True)
    taken = store.take(NOW, 10, 60)
    assert [feed.id for feed in taken] == [late.id, due.id]
    assert [feed.attempts for feed in taken] == [1, 1]
    assert store.take(NOW, 10, 60) == ()


def test_feeds_are_taken_in_the_order_they_fell_due_and_no_more_than_asked_for(store):
    ids = [follow(store, f"https://example.org/{n}", due=NOW - timedelta(minutes=n)).id for n in range(5)]
    taken = [feed.id for _ in range(3) for feed in store.take(NOW, 2, 60)]
    assert taken == ids[::-1]


def test_a_feed_whose_taker_died_is_taken_again_and_the_dead_changes_nothing(store):
    follow(store)
    (dead,) = store.take(NOW, 1, 0)
    (held,) = store.take(NOW, 1, 60)
    assert not store.polled(replace(dead, title="Dead"), [Sighting("", "", "", "", NOW.date())])
    assert store.polled(replace(held, title="Alive", due=LATER))
    (feed,) = store.followed()
    assert (feed.title, feed.due, store.sightings(feed.id)) == ("Alive", LATER, ())


def test_how_a_feed_fares_is_kept(store):
    follow(store)
    (held,) = store.take(NOW, 1, 60)
    fared = replace(
        held, address="https://example.org/new", former=held.address, title="News", due=LATER, pace=300.0, etag="e",
        modified="m", body="b", success=NOW, news=NOW, failing=NOW, failures=2, reason="slow", synced=True, told=True,
    )  # fmt: skip
    seen = (Sighting("g", "l", "t", "w", date(2026, 3, 1), 7), Sighting("", "", "ü", "", date(2026, 3, 2)))
    assert store.polled(fared, seen)
    assert store.followed() == (fared,)
    assert store.sightings(held.id) == seen
    (again,) = store.take(LATER, 1, 60)
    assert store.polled(again)
    assert store.sightings(held.id) == seen


def test_how_a_tenants_feeds_fare_is_summed_up(store):
    assert store.feed_facts() == store.feed_facts(ACME) == (0, 0, None)
    follow(store, "https://example.org/1", tenant=ACME, news=NOW)
    follow(store, "https://example.org/2", tenant=ACME, news=LATER, failures=2)
    follow(store, "https://example.org/3", tenant=ACME, stopped=True)
    assert store.feed_facts() == (0, 0, None)
    assert store.feed_facts(ACME) == (3, 2, LATER)


def test_of_each_order_the_newest_slot_is_known(store):
    one, other, stopped = (store.subscribe(replace(subscription(), stopped=last)) for last in (False, False, True))
    for number, order in enumerate((one, one, stopped)):
        held = store.claim(
            delivery(f"digest:{number}", subscription=order.id, due=NOW + number * timedelta(days=1)), 60
        )
        assert held
    store.claim(delivery("reply:1"), 60)
    assert store.last_due() == {one.id: NOW + timedelta(days=1)}
    assert other.id not in store.last_due()


def test_how_all_feeds_fare_is_summed_up(store):
    assert store.feed_states() == ({"read": 0, "failing": 0, "stopped": 0, "waiting": 0}, None)
    follow(store, "https://example.org/1", tenant=ACME, synced=True, success=NOW)
    follow(store, "https://example.org/2", synced=True, success=LATER)
    follow(store, "https://example.org/3", synced=True, failures=2, success=NOW)
    follow(store, "https://example.org/4", failures=9, stopped=True)
    follow(store, "https://example.org/5")
    assert store.feed_states() == ({"read": 2, "failing": 1, "stopped": 1, "waiting": 1}, LATER)


def test_two_feeds_of_a_tenant_that_move_to_one_address_stay_two(store):
    follow(store, "https://example.org/a")
    follow(store, "https://example.org/b")
    for feed in store.take(NOW, 2, 60):
        assert store.polled(replace(feed, address="https://example.org/c", due=LATER))
    assert [feed.address for feed in store.followed()] == ["https://example.org/c", "https://example.org/b"]


def test_a_feed_of_those_who_removed_the_bot_is_not_taken(store):
    follow(store, tenant=ACME)
    store.depart([ACME], NOW)
    assert store.take(NOW, 1, 60) == ()
    store.arrive([ACME])
    assert len(store.take(NOW, 1, 60)) == 1


TAKE_ALL = """
import sys
from datetime import UTC, datetime
from bot.store import open_store
store = open_store(sys.argv[1])
while taken := store.take(datetime(2027, 1, 1, tzinfo=UTC), 3, 60):
    print(*[feed.id for feed in taken])
"""


def test_a_feed_is_taken_once_across_processes(address, opened):
    store = opened(address)
    ids = [follow(store, f"https://example.org/{number}").id for number in range(60)]
    command = [sys.executable, "-c", TAKE_ALL, address]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert sorted(int(id_) for each in running for id_ in each.communicate()[0].split()) == ids


def test_background_is_no_news_and_stays_so_when_it_is_edited(store):
    old = put(store, "It was so.", guid="a", background=True)
    new = put(store, "It is so.", guid="b")
    put(store, "It was otherwise.", guid="a")
    assert store.newest() == (new, old)
    assert store.newest(background=False) == (new,)
    assert store.article(old).background
    assert not store.article(new).background


# --- for every kind that can be opened more than once -----------------------------------------------------


def test_what_one_writes_another_reads_and_it_is_there_after_closing(address: str, opened: Callable[[str], Store]):
    first, second = opened(address), opened(address)
    id_ = put(first, "Sanctions were lifted.")
    assert found(second, "sanctions") == [id_]
    first.close()
    second.close()
    assert found(opened(address), "sanctions") == [id_]


def test_any_thread_may_call(store):
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda number: put(store, f"vote {number}"), range(40)))
        counts = list(pool.map(lambda _: len(store.search(Query(("vote",)))), range(40)))
    assert len(set(ids)) == counts[0] == counts[-1] == 40
    assert store.facts().articles == 40


def test_a_closed_store_says_so(store):
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.facts()


def test_closing_twice_is_closing(store):
    store.close()
    store.close()
