"""Feeds kept up with: what is stored of them, what is not, and what is said of it, over a website on loopback."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import running
from bot.errors import FeedError, FetchError
from bot.ingest.feeds import FeedEntry
from bot.model import Followed, PublishedBasis, Sighting, Target
from bot.polling import Poller, faring, pacing
from bot.polling.naming import guid_of
from bot.polling.recognising import REMEMBERED, recognise, remembered
from bot.polling.workers import Workers
from bot.ports import Handler, Request
from tests.following import DAY, Item, Place, many, play
from tests.make import NOW
from tests.servers import until
from tests.servers.website import answer, redirect, silence
from tests.test_delivery import Wire
from tests.timing import TRIES

HERE = Target("discord", "100")
ACME, RIVAL = "discord/acme", "discord/rival"


# --- what is stored ---------------------------------------------------------------------------------------


def test_the_first_entries_are_background_and_what_comes_after_is_news():
    async def test(place: Place) -> None:
        items = many(5)
        place.serve(*items)
        place.follow()
        feed = await place.poll(timedelta(0))
        assert feed.synced
        assert [one.title for one in place.articles()] == ["Report 4", "Report 3", "Report 2", "Report 1", "Report 0"]
        assert place.news() == []
        place.serve(Item("new", "Flood in the valley", "The river rose on Tuesday. Two roads are closed."), *items)
        feed = await place.poll()
        assert place.news() == ["Flood in the valley"]
        assert feed.news == place.now

    play(test)


@pytest.mark.parametrize(("first", "stored"), [(2, ["Report 1", "Report 0"]), (0, [])])
def test_a_new_feed_brings_its_newest_entries_and_the_others_never_come(first, stored):
    async def test(place: Place) -> None:
        place.serve(*many(6))
        place.follow()
        await place.poll(timedelta(0))
        assert [one.title for one in place.articles()] == stored
        place.serve(*many(6), head="<subtitle>x</subtitle>")
        await place.poll()
        assert [one.title for one in place.articles()] == stored

    play(test, first=first)


def test_an_entry_becomes_an_article_with_all_that_its_feed_tells():
    async def test(place: Place) -> None:
        place.serve(Item(guid="https://example.org/1", link="https://example.org/1"))
        place.follow(tenant=ACME)
        await place.poll(timedelta(0))
        (article,) = place.articles(ACME)
        assert article.title == "Council votes on the bridge"
        assert article.text.startswith("The council voted on the new bridge")
        assert (article.publisher, article.url) == ("Town News", "https://example.org/1")
        assert article.published.basis is PublishedBasis.FEED
        assert article.published.anchor == date(2026, 3, 2)
        assert (article.tenant, article.language) == (ACME, "en")
        assert place.articles() == place.articles(RIVAL) == []

    play(test)


@pytest.mark.parametrize("day", ["1970-01-01T00:00:00Z", "2031-01-01T00:00:00Z", "", "2026-03-04T08:00:00Z"])
def test_a_date_that_cannot_be_is_not_believed_and_the_article_bears_the_day_it_was_seen(day):
    async def test(place: Place) -> None:
        place.serve(Item(day=day))
        place.follow()
        await place.poll(timedelta(0))
        (article,) = place.articles()
        assert article.published.basis is PublishedBasis.SEEN
        assert article.published.anchor == NOW.date()

    play(test)


def test_an_edited_entry_without_a_date_keeps_the_day_it_was_first_seen():
    async def test(place: Place) -> None:
        place.serve(Item(day=""))
        place.follow()
        await place.poll(timedelta(0))
        place.serve(Item(day="", text="The council did not vote on the bridge after all. It will meet again."))
        await place.poll(5 * DAY)
        (article,) = place.articles()
        assert article.version == 2
        assert article.published.anchor == NOW.date()

    play(test)


def test_an_old_entry_that_is_new_in_its_feed_is_no_news():
    async def test(place: Place) -> None:
        place.serve()
        place.follow()
        await place.poll(timedelta(0))
        place.serve(Item("old", day="2024-01-01T00:00:00Z"), Item("new", "A new one", "It snowed today. It was cold."))
        await place.poll(timedelta(hours=2))
        assert place.news() == ["A new one"]
        assert len(place.articles()) == 2

    play(test)


def test_more_than_can_be_taken_at_once_comes_with_the_next_tries():
    async def test(place: Place) -> None:
        place.serve()
        place.follow()
        await place.poll(timedelta(0))
        place.serve(*many(60))
        feed = await place.poll(timedelta(hours=7))
        assert len(place.news()) == 50
        assert feed.due - place.now < timedelta(minutes=10)
        await place.poll(timedelta(hours=1))
        assert len(place.news()) == 60
        await place.poll()
        assert len(place.news()) == 60

    play(test)


# --- nothing comes twice, nothing is swallowed ------------------------------------------------------------

ITEM = Item("g", link="https://example.org/1")
EDITED = "The council voted against the new bridge on Monday. Nobody was surprised."


@pytest.mark.parametrize(
    "again",
    [
        replace(ITEM, day="2026-03-02T11:11:00Z"),
        replace(ITEM, title="Council votes for bridge"),
        replace(ITEM, guid="other"),
        replace(ITEM, guid="other", day="2026-03-03T07:00:00Z"),
        replace(ITEM, guid="other", title="Council votes for bridge"),
        replace(ITEM, guid=""),
        replace(ITEM, guid="other", link="https://example.org/1?utm_source=feed"),
        replace(ITEM, guid="other", link="https://example.org/moved/1"),
    ],
    ids=["date", "title", "guid", "guid, date", "guid, title", "no guid", "guid, tracking", "guid, link"],
)
def test_what_changes_its_guid_date_or_title_is_not_posted_again(again):
    async def test(place: Place) -> None:
        place.serve()
        place.follow()
        await place.poll(timedelta(0))
        place.serve(ITEM)
        await place.poll(timedelta(hours=1))
        place.serve(again)
        await place.poll()
        (article,) = place.articles()
        assert article.version == 1

    play(test)


@pytest.mark.parametrize("guid", ["g", "other", ""])
def test_an_edited_entry_is_a_new_version_and_its_old_words_stay(guid):
    async def test(place: Place) -> None:
        place.serve(ITEM)
        place.follow()
        await place.poll(timedelta(0))
        place.serve(replace(ITEM, guid=guid, text=EDITED))
        await place.poll()
        (article,) = place.articles()
        assert (article.version, article.text) == (2, EDITED)
        old = place.store.article(article.id, 1)
        assert old
        assert old.text == ITEM.text

    play(test)


def test_different_entries_that_share_a_link_are_all_stored():
    async def test(place: Place) -> None:
        place.serve()
        place.follow()
        await place.poll(timedelta(0))
        live = "https://example.org/live"
        for number in range(3):
            latest = [replace(one, link=live) for one in many(3)[: number + 1]]
            place.serve(*latest)
            await place.poll(timedelta(hours=7))
        assert sorted(place.news()) == ["Report 0", "Report 1", "Report 2"]

    play(test)


def test_one_article_of_two_feeds_of_a_site_is_one():
    async def test(place: Place) -> None:
        item = Item(guid=place.site.url("/1"), link=place.site.url("/1"))
        for path in ("/feed", "/town"):
            place.serve(item, path=path)
            place.follow(path)
        await place.poll(timedelta(0))
        assert len(place.articles()) == 1

    play(test)


def test_the_same_words_at_the_same_address_from_two_sites_are_one_article():
    async def test(place: Place) -> None:
        for path, guid in (("/feed", "1"), ("/town", "2")):
            place.serve(replace(ITEM, guid=guid), path=path)
            place.follow(path)
        await place.poll(timedelta(0))
        assert len(place.articles()) == 1

    play(test)


def test_near_copies_from_two_feeds_are_linked_to_one_story():
    async def test(place: Place) -> None:
        words = " ".join(item.text for item in many(9))
        for n, path in enumerate(("/feed", "/town")):
            place.serve(Item(f"g{n}", link=f"https://example.org/{n}", text=words + " It rained." * n), path=path)
            place.follow(path)
        await place.poll(timedelta(0))
        first, second = place.store.entries(place.store.newest()[::-1])
        assert second.story == first.story
        assert second.copy_of == first.article.id

    play(test)


def test_a_feed_that_is_let_go_of_and_followed_again_brings_nothing_twice():
    async def test(place: Place) -> None:
        place.serve(*many(4))
        place.store.unfollow((place.follow()).id)
        place.follow()
        await place.poll(timedelta(0))
        place.store.unfollow(place.store.followed()[0].id)
        place.follow()
        await place.poll(timedelta(0))
        assert [one.version for one in place.articles()] == [1] * 4

    play(test)


def test_what_was_withdrawn_does_not_come_back():
    async def test(place: Place) -> None:
        place.serve(ITEM)
        place.follow()
        await place.poll(timedelta(0))
        place.store.forget(place.store.newest()[0])
        place.serve(replace(ITEM, text=EDITED))
        await place.poll()
        assert place.articles() == []

    play(test)


def test_no_feed_can_change_what_another_site_has_brought():
    assert guid_of("https://good.example/feed", "https://good.example/1") == "https://good.example/1"
    assert guid_of("https://good.example/feed", "tag:good.example,2026:1") == "tag:good.example,2026:1"
    assert guid_of("https://evil.example/feed", "https://good.example/1").startswith("https://evil.example/feed#")
    assert guid_of("https://evil.example/feed", "http://[") == "https://evil.example/feed#http://["


def seen_of(entries: Sequence[FeedEntry], before: Sequence[Sighting] = (), day: int = 1) -> list[Sighting]:
    today = date(2026, 3, day)
    told = [one.sighting for one in recognise(entries, before, today)]
    return list(remembered(told, before, today))


entries = st.lists(
    st.builds(
        FeedEntry,
        guid=st.sampled_from(["", "1", "2", "3"]),
        link=st.sampled_from(["", "https://a.example/1", "https://a.example/2"]),
        title=st.sampled_from(["", "One", "Two", "Three"]),
        text=st.sampled_from(["", "It rained.", "It snowed.", "It hailed."]),
    ),
    max_size=8,
)


@given(entries)
def test_the_same_feed_again_holds_nothing_new(found):
    again = recognise(found, seen_of(found), date(2026, 3, 2))
    assert all(one.known and not one.changed for one in again)


@given(entries, st.randoms())
def test_the_order_of_a_feed_tells_nothing(found, random):
    turned = random.sample(found, len(found))
    guids = [one.guid for one in found]
    if all(guids) and len(set(guids)) == len(guids):
        assert all(one.known and not one.changed for one in recognise(turned, seen_of(found), date(2026, 3, 2)))


@given(entries, entries)
def test_an_article_is_of_one_entry_at_most(before, after):
    seen = [replace(one, article=n) for n, one in enumerate(seen_of(before), 1)]
    articles = [one.sighting.article for one in recognise(after, seen, date(2026, 3, 2)) if one.sighting.article]
    assert len(set(articles)) == len(articles)


def test_an_entry_that_has_left_its_feed_is_known_for_a_month():
    seen = seen_of([FeedEntry("1", text="It rained.")])
    later = [one.sighting for one in recognise([], seen, date(2026, 3, 9))]
    assert remembered(later, seen, date(2026, 3, 9)) == tuple(seen)
    assert remembered(later, seen, date(2026, 3, 1) + REMEMBERED) == ()


# --- the page behind a teaser -----------------------------------------------------------------------------

PAGE = (
    "<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>"
    "<p>The council voted on the new bridge on Monday, by seven votes to two, after a debate of four hours.</p>"
    "<p>Work is to begin in May, the mayor said. The old bridge will stay open until the new one is ready, "
    "which is expected to take two years.</p><p>Residents of the lower town welcomed the decision at once.</p>"
    "</article></body></html>"
)


def page(title: str = "Council votes on the bridge") -> bytes:
    return answer(200, PAGE.format(title=title).encode(), content_type="text/html; charset=utf-8")


def teaser(place: Place) -> Item:
    return Item(text="The council voted on the new bridge.", link=place.site.url("/bridge"), teaser=True)


@pytest.mark.parametrize(
    "broken", [answer(404), answer(500), answer(200, b"\x00\xff", content_type="text/html"), silence], ids=str
)
def test_where_a_page_cannot_be_read_the_teaser_is_kept(broken):
    async def test(place: Place) -> None:
        place.site.pages["/bridge"] = broken
        place.serve(teaser(place))
        place.follow()
        feed = await place.poll(timedelta(0))
        (article,) = place.articles()
        assert article.text == "The council voted on the new bridge."
        assert "only its teaser" in feed.reason

    play(test)


def test_the_article_behind_a_teaser_is_stored_as_it_was_published():
    async def test(place: Place) -> None:
        place.site.pages["/bridge"] = page()
        place.serve(teaser(place))
        place.follow()
        await place.poll(timedelta(0))
        (article,) = place.articles()
        assert "by seven votes to two" in article.text
        assert "Residents of the lower town" in article.text

    play(test)


def test_a_page_that_was_away_is_tried_once_more_and_its_article_takes_the_teasers_place():
    async def test(place: Place) -> None:
        place.site.pages["/bridge"] = answer(503)
        place.serve(teaser(place), etag='"1"')
        place.follow()
        await place.poll(timedelta(0))
        place.site.pages["/bridge"] = page()
        await place.poll(timedelta(hours=2))
        (article,) = place.articles()
        assert article.version == 2
        assert "by seven votes to two" in article.text
        feed = await place.poll(timedelta(hours=9))
        assert (len(place.articles()), feed.etag, feed.reason) == (1, '"1"', "")

    play(test)


def test_a_page_that_stays_away_is_not_asked_for_ever():
    async def test(place: Place) -> None:
        place.site.pages["/bridge"] = answer(503)
        place.serve(teaser(place), replace(teaser(place), guid="b", text=""))
        place.follow()
        for _ in range(8):
            await place.poll(timedelta(hours=12))
        assert [one.path for one in place.site.asked].count("/bridge") <= 8
        assert place.store.followed()[0].body

    play(test)


def test_a_page_that_robots_may_not_read_is_not_read():
    async def test(place: Place) -> None:
        place.site.pages |= {"/bridge": page(), "/robots.txt": answer(200, b"User-agent: *\nDisallow: /bridge")}
        place.serve(teaser(place))
        place.follow()
        await place.poll(timedelta(0))
        assert "/bridge" not in [one.path for one in place.site.asked]
        assert len(place.articles()) == 1

    play(test)


# --- polite -----------------------------------------------------------------------------------------------


def test_what_has_not_changed_is_asked_for_in_a_way_that_costs_nothing_after_a_restart_too():
    async def test(place: Place) -> None:
        place.serve(*many(2), etag='"one"', last_modified="Mon, 02 Mar 2026 08:00:00 GMT")
        place.follow()
        await place.poll(timedelta(0))
        place.site.pages["/feed"] = answer(304)
        async with Poller(place.store, place.poller._fetcher, lambda: place.now, workers=place.poller.workers) as other:
            place.poller = other
            feed = await place.poll()
        asked = place.site.asked[-1].headers
        assert asked["if-none-match"] == '"one"'
        assert asked["if-modified-since"] == "Mon, 02 Mar 2026 08:00:00 GMT"
        assert (feed.success, feed.failures, feed.etag) == (place.now, 0, '"one"')

    play(test)


def test_bytes_that_are_the_same_are_not_read_again():
    async def test(place: Place) -> None:
        place.serve(*many(3))
        place.follow()
        await place.poll(timedelta(0))
        place.poller.workers = Workers()
        feed = await place.poll()
        assert (feed.failures, feed.success) == (0, place.now)
        assert place.poller.workers._own is None

    play(test)


def test_an_address_that_many_tenants_follow_is_asked_once_in_five_minutes():
    async def test(place: Place) -> None:
        place.serve(*many(2), etag='"1"')
        tenants = [f"discord/{number}" for number in range(10)]
        for tenant in tenants:
            place.follow(tenant=tenant)
        await place.poll(timedelta(0))
        assert [len(place.articles(tenant)) for tenant in tenants] == [2] * 10
        first = len(place.site.asked)
        assert first < 10
        place.site.pages["/feed"] = answer(304)
        await place.poll(DAY)
        assert len(place.site.asked) < first + 10
        place.serve(Item("new", "A new one", "It snowed on Tuesday. It was cold."), *many(2), etag='"2"')
        await place.poll(DAY)
        assert [len(place.news(tenant)) for tenant in tenants] == [1] * 10

    play(test)


def test_an_address_that_moved_for_good_is_remembered_and_told():
    async def test(place: Place) -> None:
        place.site.pages["/feed"] = redirect(301, "/new")
        place.serve(*many(1), path="/new")
        place.follow()
        feed = await place.poll(timedelta(0))
        assert (feed.address, feed.former) == (place.site.url("/new"), place.site.url("/feed"))
        await place.poll()
        assert [one.path for one in place.site.asked] == ["/feed", "/new", "/new"]

    play(test)


def test_an_address_that_moved_for_now_is_asked_again():
    async def test(place: Place) -> None:
        place.site.pages["/feed"] = redirect(302, "/new")
        place.serve(*many(1), path="/new")
        place.follow()
        assert (await place.poll(timedelta(0))).address == place.site.url("/feed")

    play(test)


SY = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'


@pytest.mark.parametrize(
    ("head", "headers", "least"),
    [
        ('<updated xmlns="http://www.w3.org/2005/Atom">2026-03-02T08:00:00Z</updated>', {}, 300),
        ("", {"cache_control": "max-age=7200"}, 7200),
        (
            f"<sy:updatePeriod {SY}>daily</sy:updatePeriod><sy:updateFrequency {SY}>4</sy:updateFrequency>",
            {},
            21600,
        ),
        ("", {"cache_control": "max-age=99999999"}, 86400),
    ],
    ids=["nothing", "max-age", "sy", "a year"],
)
def test_a_feed_is_tried_no_sooner_than_it_asks_for_and_at_least_daily(head, headers, least):
    async def test(place: Place) -> None:
        place.serve(*many(1), head=head, **headers)
        place.follow()
        await place.poll(timedelta(0))
        feed = await place.poll(timedelta(days=3))
        assert least <= (feed.due - place.now).total_seconds() <= 86400 * 1.25 + 1

    play(test)


def test_a_feed_with_news_is_tried_oftener_and_one_without_rarer():
    pace = pacing.START
    for _ in range(10):
        pace = pacing.pace(pace, news=True)
    assert pace == pacing.LEAST
    for _ in range(50):
        pace = pacing.pace(pace, news=False)
    assert pace == pacing.SELDOM


@given(st.floats(0, 1e9), st.lists(st.one_of(st.none(), st.floats(0, 1e9))), st.integers(1, 10_000), st.randoms())
def test_every_wait_lies_between_five_minutes_and_about_a_day(pace, asked, failures, random):
    for wait in (
        pacing.wait(pace, asked, random),
        pacing.backoff(failures, asked[0] if asked else None, random),
    ):
        assert pacing.LEAST <= wait <= pacing.MOST * (1 + pacing.JITTER)


def test_five_thousand_feeds_that_began_together_come_apart():
    random = Random(1)
    waits = sorted(pacing.spread(pacing.START, (), random) for _ in range(5000))
    in_a_minute = max(sum(at <= other < at + 60 for other in waits) for at in waits[::50])
    assert in_a_minute < 5000 / 30 * 1.5


def test_a_feed_that_fails_is_tried_less_and_less_often():
    async def test(place: Place) -> None:
        place.site.pages["/feed"] = answer(500)
        place.follow()
        waits = []
        for _ in range(6):
            feed = await place.poll(timedelta(days=2))
            waits.append(feed.due - place.now)
        assert waits == sorted(waits)
        assert feed.failures == 6
        assert feed.failing == NOW + timedelta(days=2)

    play(test)


def test_a_server_that_asks_to_wait_is_left_alone_so_long():
    async def test(place: Place) -> None:
        place.site.pages["/feed"] = answer(429, retry_after="5400")
        place.follow()
        feed = await place.poll(timedelta(0))
        assert feed.due - place.now >= timedelta(seconds=5400)

    play(test)


def test_any_number_of_processes_poll_each_feed_once():
    async def test(place: Place) -> None:
        for number in range(60):
            place.serve(replace(ITEM, guid=str(number)), path=f"/{number}")
            place.follow(f"/{number}")
        async with Poller(place.store, place.poller._fetcher, lambda: NOW, workers=place.poller.workers) as other:
            polled = await asyncio.gather(place.poller.poll_due(), other.poll_due())
        assert sum(polled) == len(place.site.asked) == 60
        assert sorted(one.path for one in place.site.asked) == sorted(f"/{number}" for number in range(60))

    play(test)


# --- what goes wrong --------------------------------------------------------------------------------------

FAULTS: dict[str, tuple[Any, str]] = {
    "gone": (answer(404), "404"),
    "broken": (answer(500), "500"),
    "silent": (silence, "silent"),
    "no feed": (answer(200, b"hello", content_type="text/plain"), "no feed"),
    "a page": (
        answer(
            200,
            b"<html><head><link rel=alternate type='application/rss+xml' href='/feed.xml'></head><body>Hi</body></html>",
            content_type="text/html",
        ),
        "/feed.xml",
    ),
    "nothing": (answer(200, b"", content_type="application/rss+xml"), ""),
}


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_what_is_wrong_with_a_feed_is_told_in_words_and_leaves_the_others(fault):
    async def test(place: Place) -> None:
        broken, said = FAULTS[fault]
        place.site.pages["/broken"] = broken
        place.follow("/broken")
        place.serve(*many(2))
        place.follow()
        feed = await place.poll(timedelta(0))
        assert feed.failures == 1
        assert said in feed.reason
        assert not feed.reason.endswith(".")
        assert len(place.articles()) == 2

    play(test)


def test_a_feed_that_can_be_read_again_is_as_it_was():
    async def test(place: Place) -> None:
        place.serve(*many(1))
        place.follow()
        await place.poll(timedelta(0))
        right = place.site.pages["/feed"]
        place.site.pages["/feed"] = answer(500)
        await place.poll()
        place.site.pages["/feed"] = right
        feed = await place.poll(3 * DAY)
        assert (feed.failures, feed.failing, feed.reason) == (0, None, "")

    play(test)


@pytest.mark.parametrize("broken", [MemoryError(), ValueError("a bug"), RecursionError()], ids=repr)
def test_a_bug_met_in_one_feed_has_a_reference_and_leaves_the_others(broken):
    class Broken(Workers):
        async def run(self, work: Any, *args: Any, **kwargs: Any) -> Any:
            if b"BOOM" in getattr(args[0], "body", b""):
                raise broken
            return await super().run(work, *args, **kwargs)

    async def test(place: Place) -> None:
        place.serve(replace(ITEM, text="BOOM goes the bridge."), path="/broken")
        place.follow("/broken")
        place.serve(*many(2))
        place.follow()
        feed = await place.poll(timedelta(0))
        assert "the log knows it as" in feed.reason
        assert len(place.articles()) == 2

    with ThreadPoolExecutor(1) as pool:
        play(test, workers=Broken(pool))


def test_a_poll_that_is_cut_off_leaves_its_feed_to_the_next():
    async def test(place: Place) -> None:
        place.site.pages["/feed"] = silence
        place.follow()
        task = asyncio.create_task(place.poller.poll_due())
        await until(lambda: place.site.asked)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        place.serve(*many(1))
        await place.poll(timedelta(0))
        assert len(place.articles()) == 1

    play(test)


def test_who_added_a_feed_is_told_once_when_it_has_failed_for_a_day():
    async def test(place: Place) -> None:
        place.site.pages["/feed"] = answer(503)
        place.follow(target=HERE, tenant=ACME, title="Town News")
        await place.poll(timedelta(0))
        assert place.told == {}
        for _ in range(4):
            await place.poll(DAY)
        ((key, said),) = place.told.items()
        assert key == "feed:1:failing:2026-03-02"
        assert "Town News" in said
        assert "503" in said
        assert "!feed check 1" in said

    play(test)


def test_a_feed_that_failed_recovered_and_fails_again_is_told_again():
    async def test(place: Place) -> None:
        place.follow(target=HERE)
        for _ in range(2):
            place.site.pages["/feed"] = answer(503)
            for _ in range(3):
                await place.poll(2 * DAY)
            place.serve(*many(1))
            await place.poll(2 * DAY)
        assert len(place.told) == 2

    play(test)


def test_a_feed_that_is_gone_for_good_stops_and_says_so():
    async def test(place: Place) -> None:
        place.site.pages["/feed"] = answer(410)
        place.follow(target=HERE)
        feed = await place.poll(timedelta(0))
        assert feed.stopped
        assert "no longer followed" in place.told["feed:1:over:2026-03-02"]
        await place.poll(9 * DAY)
        assert len(place.site.asked) == 1

    play(test)


def test_a_feed_is_not_stopped_where_nobody_could_be_told():
    async def test(place: Place) -> None:
        place.site.pages["/feed"] = answer(410)
        place.follow(target=HERE)
        place.chats.clear()
        assert not (await place.poll(timedelta(0))).stopped
        place.chats.add("discord")
        assert (await place.poll(2 * DAY)).stopped

    play(test)


def test_the_operators_own_feed_that_is_gone_stops_and_the_log_says_so(caplog):
    async def test(place: Place) -> None:
        place.site.pages["/feed"] = answer(410)
        place.follow()
        assert (await place.poll(timedelta(0))).stopped
        assert "410" in caplog.text

    play(test)


def test_a_private_address_is_never_asked():
    async def test(place: Place) -> None:
        place.store.follow(Followed("http://169.254.169.254/feed", NOW, NOW))
        feed = await place.poll(timedelta(0))
        assert feed.failures == 1
        assert "private" in feed.reason

    play(test)


# --- beside, not on, the event loop -----------------------------------------------------------------------


def test_the_event_loop_is_free_while_a_long_feed_is_read():
    """The heaviest that a feed can be, in a process beside: the loop is never away for long."""
    words = " ".join(item.text for item in many(200))

    async def test(place: Place) -> float:
        place.serve(*(replace(one, text=f"{one.text} {words[:10_000]}") for one in many(100)))
        place.follow()
        longest, before = 0.0, time.process_time()
        task = asyncio.create_task(place.poller.poll_due())
        while not task.done():
            await asyncio.sleep(0.005)
            longest, before = max(longest, time.process_time() - before), time.process_time()
        assert len(place.articles()) == 5
        return longest

    assert any(play(test, workers=Workers(), first=5) < 0.05 for _ in range(TRIES))  # seconds of CPU


def _ends() -> None:
    os._exit(1)


def _goes_on() -> None:
    while True:
        pass


def test_what_breaks_the_process_beside_or_has_no_end_is_one_feeds_fault_and_the_next_is_read():
    async def test() -> list[str]:
        workers = Workers(longest=1.0)
        told = []
        try:
            for work in (_ends, _goes_on, time.process_time):
                try:
                    told.append(type(await workers.run(work)).__name__)
                except FeedError as error:
                    told.append(str(error))
        finally:
            workers.close()
        return told

    assert asyncio.run(test()) == ["it takes too long to read", "it takes too long to read", "float"]


STOPPED_AT_WORK = """
import asyncio, time
from bot.polling.workers import Workers

async def main():
    workers = Workers()
    await workers.run(abs, 1)
    work = asyncio.create_task(workers.run(time.sleep, 25))
    await asyncio.sleep(0.5)
    work.cancel()
    workers.close()

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_a_process_that_is_stopped_does_not_wait_for_the_one_beside(tmp_path):
    script = tmp_path / "stopped.py"
    script.write_text(STOPPED_AT_WORK)
    there = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    subprocess.run([sys.executable, str(script)], check=True, timeout=20, env=there, capture_output=True)


KILLED_AT_WORK = """
import asyncio, os
from bot.polling.workers import Workers

if __name__ == "__main__":
    print(asyncio.run(Workers().run(os.getpid)), flush=True)
    os.kill(os.getpid(), 9)
"""


def test_the_process_beside_ends_with_one_that_was_killed(tmp_path):
    script = tmp_path / "killed.py"
    script.write_text(KILLED_AT_WORK)
    there = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run([sys.executable, str(script)], check=False, timeout=20, env=there, stdout=subprocess.PIPE)
    left = Path(f"/proc/{int(done.stdout)}")
    ends = time.monotonic() + 10
    while left.exists() and time.monotonic() < ends:
        time.sleep(0.05)
    assert not left.exists()


def test_how_a_feed_fares_is_plain_data():
    feed = Followed("https://example.org/feed", NOW, NOW, id=7)
    fared = faring.failed(feed, FetchError("the server is away", 60.0), datetime(2026, 3, 3, tzinfo=UTC), Random(1))
    assert (fared.failures, fared.reason, fared.failing) == (1, "the server is away", datetime(2026, 3, 3, tzinfo=UTC))
    assert faring.note([], 3) == ""
    assert faring.note(["it is empty"], 1) == "its new entry could not be stored whole: it is empty"


# --- beside the chats -------------------------------------------------------------------------------------


class Waiting(Wire):
    """A chat that is there until a thing has come about."""

    def __init__(self, is_so: Callable[[], object]) -> None:
        super().__init__()
        self._is_so = is_so

    async def run(self, handle: Handler) -> None:
        target = Target("wire", "desk")
        await handle(Request("!feed list", target, "k", trusted=True))
        await until(self._is_so)


def test_feeds_are_kept_up_with_while_the_chats_are_answered():
    async def test(place: Place) -> None:
        place.serve(*many(2))
        place.follow()
        wire = Waiting(lambda: len(place.store.newest()) == 2)
        chats = {"wire": wire}
        await running.run(place.store, chats, lambda: NOW, late=DAY, summarizer="dateline", poller=place.poller)
        assert "Town News" in wire.posted["reply:k"] or "not read yet" in wire.posted["reply:k"]  # whichever was first
        assert place.articles()

    play(test)


def test_a_feed_whose_taker_died_before_it_told_brings_nothing_twice():
    async def test(place: Place) -> None:
        place.serve()
        place.follow()
        await place.poll(timedelta(0))
        place.serve(*many(4))
        place.now += timedelta(hours=7)
        (taken,) = place.store.take(place.now, 1, 0)
        await place.poller.poll(taken)
        assert len(place.articles()) == 4
        feed = await place.poll(timedelta(0))
        assert [one.version for one in place.articles()] == [1] * 4
        assert len(place.store.sightings(feed.id)) == 4

    play(test)
