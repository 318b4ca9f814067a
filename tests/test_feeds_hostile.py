"""Feeds, pages and servers that mean harm, and what breaks at the worst moment: nobody else notices."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from yarl import URL

from bot import commands
from bot.chat.terminal import render
from bot.errors import FetchError, InputError, StoreError
from bot.fetching import Fetcher, Limits
from bot.fetching.manners import Robots, _fits
from bot.ingest.feeds import parse
from bot.ingest.lists import listed, opml
from bot.model import NOWHERE
from bot.polling import workers
from bot.polling.workers import Workers
from bot.ports import Request
from tests.following import Item, Place, atom, many, play
from tests.servers import until
from tests.servers.website import answer, silence, website
from tests.test_feeds import opened
from tests.timing import TRIES, within

HERE = Path(__file__).parent.parent


def typed(place: Place, text: str) -> str:
    request = Request(text, NOWHERE, "k", trusted=True)
    return render(commands.answer(request, place.store, place.now).message)


# --- processes beside -------------------------------------------------------------------------------------


def test_work_that_was_given_up_leaves_the_next_to_be_done(monkeypatch):
    monkeypatch.setattr(workers, "FRESH", 4)

    async def test() -> None:
        beside = Workers()
        await beside.run(os.getpid)
        try:
            for _ in range(3):
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.1):
                        await beside.run(time.sleep, 0.3)
            async with asyncio.timeout(30):
                for _ in range(12):
                    await beside.run(os.getpid)
        finally:
            beside.close()

    asyncio.run(test())


KILLED_WHILE_TAKING_IN = """
import multiprocessing, os, sys
from datetime import UTC, datetime
from pathlib import Path
from bot import corpus
from bot.store import open_store

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for outcome in corpus.take_in([folder], open_store(":memory:"), datetime.now(UTC)):
        print(*(child.pid for child in multiprocessing.active_children()), flush=True)
        os.kill(os.getpid(), 9)
"""


def test_the_processes_that_read_files_end_with_one_that_was_killed(tmp_path):
    articles = tmp_path / "articles"
    articles.mkdir()
    for number, one in enumerate(many(200)):
        (articles / f"{number}.txt").write_text(f"{one.title}\n\n{one.text}\n")
    script = tmp_path / "killed.py"
    script.write_text(KILLED_WHILE_TAKING_IN)
    there = {**os.environ, "PYTHONPATH": str(HERE)}
    done = subprocess.run(
        [sys.executable, str(script), str(articles)], check=False, timeout=60, env=there, stdout=subprocess.PIPE
    )
    left = [Path(f"/proc/{pid}") for pid in done.stdout.decode().split()]
    assert left
    ends = time.monotonic() + 10
    while any(one.exists() for one in left) and time.monotonic() < ends:
        time.sleep(0.05)
    assert not [one for one in left if one.exists()]


# --- the database -----------------------------------------------------------------------------------------


class Failing:
    """The store, which fails for what `fails` tells of."""

    def __init__(self, place: Place, name: str, fails: Any) -> None:
        self._store, self._name, self._fails = place.store, name, fails

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if name != self._name:
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            self._fails(*args)
            return found(*args, **kwargs)

        return call


def test_what_the_database_does_not_take_of_one_feed_leaves_the_others():
    async def test(place: Place) -> None:
        place.serve(Item("bad", "Nothing takes this"), path="/broken")
        place.follow("/broken")
        place.serve(*many(2))
        place.follow()

        def fails(article: Any, *_: Any) -> None:
            if article.title == "Nothing takes this":
                raise StoreError("the database does not take it")

        place.poller.store = Failing(place, "add", fails)
        feed = await place.poll(timedelta(0))
        assert feed.failures == 1
        assert "the log knows it as" in feed.reason
        assert len(place.articles()) == 2

    play(test)


def test_a_poll_that_is_cut_off_never_has_the_event_loop_wait_for_the_database():
    async def test(place: Place) -> set[str]:
        place.site.pages["/feed"] = silence
        place.follow()
        seen: set[str] = set()
        place.poller.store = Failing(place, "polled", lambda *_: seen.add(threading.current_thread().name))
        task = asyncio.create_task(place.poller.poll_due())
        await until(lambda: place.site.asked)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert place.store.take(place.now, 1, 0)
        return seen

    assert threading.main_thread().name not in play(test)


# --- feeds ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["4711", "urn:uuid:1225c695-cfb8", "tag:example.org,2026:1", "news/1", "//x", "?p=1"])
@pytest.mark.parametrize("form", ["atom", "rss"])
def test_a_name_that_is_no_address_never_becomes_the_link(name, form):
    item = f"<title>T</title><description>Words of it.</description><guid>{name}</guid>"
    rss = f"<rss version='2.0'><channel><title>N</title><link>https://example.org/</link><item>{item}</item></channel></rss>"
    body = atom(Item(name)) if form == "atom" else rss.encode()
    (entry,) = parse(body, url="https://example.org/feed").entries
    assert (entry.guid, entry.link) == (name, "")


def test_a_name_that_is_an_address_stands_for_a_missing_link():
    (entry,) = parse(atom(Item("https://example.org/1")), url="https://example.org/feed").entries
    assert entry.link == "https://example.org/1"


@pytest.mark.parametrize("form", ["atom", "rss", "json"])
def test_an_entry_bears_the_day_it_had_where_it_was_published(form):
    """Half past eleven in the evening of March 1 in New York, when it was March 2 in UTC."""
    late, mail = "2026-03-01T23:30:00-05:00", "Sun, 01 Mar 2026 23:30:00 -0500"
    items = [{"id": "1", "title": "T", "content_text": "Words.", "date_published": late}]
    bodies = {
        "atom": atom(Item(day=late)),
        "rss": f"<rss version='2.0'><channel><item><title>T</title><pubDate>{mail}</pubDate></item></channel></rss>".encode(),
        "json": json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "N", "items": items}).encode(),
    }
    (entry,) = parse(bodies[form], url="https://example.org/feed").entries
    assert entry.published
    assert entry.published.date().isoformat() == "2026-03-01"
    assert entry.published.timestamp() == 1772425800


def test_what_has_no_end_of_a_name_is_cut():
    long = "word " * 20_000

    async def test(place: Place) -> None:
        body = atom(Item(title=long, text="The river rose on Tuesday. Two roads are closed."))
        body = body.replace(b"Town News", b"Town News" + b" news" * 20_000)
        place.site.pages["/feed"] = answer(200, body, content_type="application/atom+xml")
        place.follow()
        await place.poll(timedelta(0))
        for text in ("topics", "source river", "summit", "feed list", "status"):
            assert len(typed(place, text)) < 2500, text

    play(test)


@pytest.mark.parametrize("letter", ["\uffff", "\ufffe", "\ud800", "\x00", "\x85", "\x1b"])
def test_a_list_of_feeds_can_be_written_whatever_they_call_themselves(letter):
    (one,) = listed(opml([("https://example.org/feed", f"Town{letter} News")]))
    assert one == ("https://example.org/feed", "Town News")


def test_what_may_be_a_key_in_an_address_is_shown_to_nobody(caplog):
    async def test(place: Place) -> str:
        place.serve(*many(1), path="/feed?key=SESAME")
        place.follow("/feed?key=SESAME")
        told = [typed(place, "feed list")]
        await place.poll(timedelta(0))
        told += [typed(place, text) for text in ("feed list", "status")]
        place.site.pages["/feed?key=SESAME"] = answer(410)
        await place.poll()
        told += [typed(place, text) for text in ("feed list", "status")]
        return "\n".join(told)

    assert "SESAME" not in play(test)
    assert "SESAME" not in caplog.text


def test_an_address_with_a_password_is_not_taken_from_a_list():
    with pytest.raises(InputError, match="password"):
        listed(b"https://user:SESAME@example.org/feed\n")


# --- servers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_a_proxy_in_the_environment_is_not_asked(name, monkeypatch):
    async def test() -> tuple[int, int]:
        async with website() as site, website() as proxy:
            monkeypatch.setenv(name, proxy.url("/"))
            site.pages["/feed"] = proxy.pages["/feed"] = answer(200, b"x")
            async with Fetcher(allow=[site.host], limits=Limits(pace=0.0)) as web:
                await web.get(site.url("/feed"))
                with pytest.raises(FetchError, match="private"):
                    await web.get(proxy.url("/feed").replace(f":{proxy.port}", ":8080"))
            return len(site.asked), len(proxy.asked)

    assert asyncio.run(test()) == (1, 0)


HEAVY = "User-agent: *\n" + "".join(f"Disallow: /{number}\n" for number in range(28_000))


def test_a_long_robots_txt_never_holds_up_the_event_loop():
    async def test() -> float:
        async def read(_: Any) -> str:
            return HEAVY

        robots = Robots(read, time.monotonic)
        longest, task = 0.0, asyncio.create_task(robots.pace(URL("https://example.org/news")))
        while not task.done():
            before = time.process_time()
            await asyncio.sleep(0.001)
            longest = max(longest, time.process_time() - before)
        await task
        return longest

    assert any(asyncio.run(test()) < 0.35 for _ in range(TRIES))  # of CPU, with that of the thread beside


def test_thousands_of_long_robots_txt_are_not_all_remembered():
    async def test() -> int:
        async def read(_: Any) -> str:
            return HEAVY

        robots = Robots(read, time.monotonic)
        for number in range(15):
            await robots.pace(URL(f"https://site{number}.example/news"))
        return len(robots._rules)

    assert asyncio.run(test()) < 10


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("Allow: /\nDisallow: /private", "/private/1", False),
        ("Disallow: /\nAllow: /news", "/news/1", True),
        ("Disallow: /news\nAllow: /news", "/news", True),
        ("Disallow: /*.pdf$", "/a/b.pdf", False),
        ("Disallow: /*.pdf$", "/a/b.pdf?download", True),
        ("Disallow: /*?print", "/news?print=1", False),
        ("Disallow: /a*b*c", "/a-b-d", True),
        ("Disallow: /only$", "/only", False),
        ("Disallow: /only$", "/only/1", True),
        ("Disallow: *", "/news", False),
        ("Disallow:", "/news", True),
        ("Disallow: /zeitung/über", "/zeitung/%C3%BCber/1", False),
    ],
)
def test_of_the_rules_of_a_robots_txt_the_longest_that_fits_holds(rules, path, allowed):
    async def test() -> bool:
        async with website() as site:
            site.pages["/robots.txt"] = answer(200, f"User-agent: *\n{rules}\n".encode(), content_type="text/plain")
            site.pages[path] = answer(200, b"x")
            async with Fetcher(allow=[site.host], limits=Limits(pace=0.0)) as web:
                try:
                    return bool(await web.get(site.url(path), robots=True, kind="page"))
                except FetchError as error:
                    return "robots.txt" not in error.reason

    assert asyncio.run(test()) is allowed


def test_a_rule_of_robots_txt_with_many_stars_takes_no_time():
    rule, path = "/" + "%2Aa" * 500 + "b", "/" + "a" * 2000
    assert not _fits(rule, path)
    assert within(0.05, lambda: _fits(rule, path))


# --- the whole way ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [200, pytest.param(10_000, marks=pytest.mark.slow)], ids=["a few", "many"])
def test_no_bytes_break_the_way_from_a_feed_to_what_is_stored(count):
    command = [sys.executable, "-m", "tests.fuzz_feeds", "--count", str(count)]
    done = subprocess.run(command, check=False, cwd=HERE, capture_output=True, text=True)
    print(done.stdout)
    assert done.returncode == 0, done.stderr[-2000:]


LURE = "The council voted on the new bridge."


@pytest.mark.parametrize("wall", ["paywall", "paywall-declared", "consent", "robot-check"])
def test_the_teaser_is_kept_where_a_wall_stands_before_the_page(wall):
    async def test(place: Place) -> None:
        _, body = opened(HERE / "tests" / "cases" / "pages" / f"{wall}.case")
        place.site.pages["/bridge"] = answer(200, body, content_type="text/html")
        place.serve(Item(text=LURE, link=place.site.url("/bridge"), teaser=True))
        place.follow()
        feed = await place.poll(timedelta(0))
        (article,) = place.articles()
        assert article.text == LURE
        assert f"its page is a {wall.replace('-', ' ').partition(' declared')[0]}" in feed.reason
        assert "only its teaser" in feed.reason

    play(test)


def test_nothing_that_a_consent_page_says_of_itself_is_told_of_the_article():
    head = "<link rel=canonical href='/privacy'><meta property='og:site_name' content='Consent Ltd'>"
    body = f"<html lang=fr><head>{head}</head><body><p>We value your privacy. Accept all cookies.</p></body></html>"

    async def test(place: Place) -> None:
        link = place.site.url("/bridge")
        place.site.pages["/bridge"] = answer(200, body.encode(), content_type="text/html")
        place.serve(Item(text=LURE, link=link, teaser=True))
        place.follow()
        await place.poll(timedelta(0))
        (article,) = place.articles()
        assert (article.text, article.url, article.publisher) == (LURE, link, "Town News")

    play(test)
