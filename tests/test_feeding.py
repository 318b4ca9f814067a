"""`!feed` and `!add` as they are typed, and lists of feeds in and out, over a website on loopback."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import commands, verbs
from bot.__main__ import main
from bot.chat.terminal import HERE, render
from bot.commands import Reply
from bot.delivery import Desk
from bot.errors import InputError
from bot.ingest.lists import listed, opml
from bot.message import Action, say
from bot.model import EVERYONE, DeliveryState, Followed, Target
from bot.polling.scouting import within
from bot.ports import Answer, Request, channel_of
from bot.quotation import check
from bot.store import open_store
from tests.following import Item, Place, many, play
from tests.make import NOW, put_article
from tests.servers.website import answer
from tests.test_delivery import Wire

ACME, RIVAL = "discord/acme", "discord/rival"
CHANNEL = Target("discord", "100")
LINKS = b"".join(b"<link rel=alternate type='application/rss+xml' href='/%s'>" % name for name in (b"feed", b"town"))
PAGE = b"<html><head><title>The Town News</title>" + LINKS + b"</head><body><p>Welcome.</p></body></html>"


async def asked(place: Place, text: str, **fields: Any) -> Reply:
    request = Request(**{"text": text, "target": HERE, "key": text, "trusted": True, **fields})
    scout = within(place.poller, asyncio.get_running_loop())
    reply = await asyncio.to_thread(commands.answer, request, place.store, place.now, scout=scout)
    check(reply.message, reply.citations, place.store)
    return reply


async def read(place: Place, text: str, **fields: Any) -> str:
    return " ".join(render((await asked(place, text, **fields)).message, 1000).split())


def test_a_feed_is_followed_and_its_first_entries_come():
    async def test(place: Place) -> None:
        place.serve(*many(25))
        said = await read(place, f"!feed add {place.site.url('/feed')}")
        assert "Feed 1: Town News is followed from now on." in said
        assert "Its newest 20 entries will be stored as background" in said
        await place.poll(timedelta(0))
        assert len(place.articles()) == 20
        assert "nothing new yet; next try" in await read(place, "!feed list")
        assert "its first 20 entries stored as background" in await read(place, "!feed list")

    play(test)


@pytest.mark.parametrize("written", ["{}", "<{}>", "<{}|the feed>", " {} "])
def test_an_address_is_read_as_platforms_write_it(written):
    async def test(place: Place) -> None:
        place.serve(*many(1))
        await asked(place, f"!feed add {written.format(place.site.url('/feed'))}")
        assert [feed.address for feed in place.store.followed()] == [place.site.url("/feed")]

    play(test)


def test_a_page_offers_the_feeds_that_it_links_to():
    async def test(place: Place) -> None:
        place.site.pages["/"] = answer(200, PAGE, content_type="text/html")
        reply = await asked(place, f"!feed add {place.site.url()}")
        actions = [block.command for block in reply.message.blocks if isinstance(block, Action)]
        assert actions == [f"!feed add {place.site.url(path)}" for path in ("/feed", "/town")]
        assert place.store.followed() == ()
        place.serve(*many(1))
        assert "Feed 1" in await read(place, actions[0])

    play(test)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("!feed", "No feed is followed here yet"),
        ("!feed add", "Write the address"),
        ("!feed add nonsense", "Write the address"),
        ("!feed add http://169.254.169.254/latest", "private"),
        ("!feed add file:///etc/passwd", "Write the address"),
        ("!feed add http://127.0.0.1:1/feed", "cannot be followed"),
        ("!feed remove", "No feed is followed"),
        ("!feed check 7", "No feed is followed"),
        ("!feed dance", "!feed list"),
        ("!add", "Write the address"),
        ("!add http://10.0.0.1/a", "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_told_with_what_to_write(text, said):
    async def test(place: Place) -> None:
        assert said in await read(place, text)

    play(test)


@pytest.mark.parametrize("text", ["!feed", "!feed add {}", "!feed remove 1", "!feed check 1", "!add {}"])
def test_feeds_are_set_up_by_those_only_who_manage(text):
    async def test(place: Place) -> None:
        place.serve(*many(1))
        place.follow()
        reply = await asked(place, text.format(place.site.url("/other")), trusted=False)
        assert reply.refused
        assert len(place.store.followed()) == 1
        assert place.site.asked == []

    play(test)


def test_a_guild_sees_and_lets_go_of_its_own_feeds_only():
    async def test(place: Place) -> None:
        place.serve(*many(1))
        await asked(place, f"!feed add {place.site.url('/feed')}", tenant=ACME, target=CHANNEL)
        for text in ("!feed list", "!feed remove 1", "!feed check 1"):
            assert "No feed is followed here yet" in await read(place, text, tenant=RIVAL)
        assert "Town News" in await read(place, "!feed", tenant=ACME)
        await place.poll(timedelta(0))
        assert len(place.articles(ACME)) == 1
        assert place.articles(RIVAL) == place.articles() == []
        assert "no longer followed" in await read(place, "!feed remove 1", tenant=ACME)
        assert place.store.followed() == ()
        assert len(place.articles(ACME)) == 1

    play(test)


def test_a_guild_may_follow_fifty_feeds_and_the_operator_more():
    async def test(place: Place) -> None:
        place.serve(*many(1))
        for tenant in (EVERYONE, ACME):
            for number in range(50):
                place.store.follow(Followed(f"https://example.org/{number}", NOW, NOW, tenant=tenant))
        assert "50 feeds are followed already" in await read(
            place, f"!feed add {place.site.url('/feed')}", tenant=ACME, target=CHANNEL
        )
        assert "is followed from now on" in await read(place, f"!feed add {place.site.url('/feed')}")

    play(test)


def test_a_feed_that_was_stopped_can_be_followed_anew():
    async def test(place: Place) -> None:
        place.site.pages["/feed"] = answer(410)
        place.follow()
        await place.poll(timedelta(0))
        assert "no longer followed, as" in await read(place, "!feed list")
        place.serve(*many(1))
        assert "is followed from now on" in await read(place, f"!feed add {place.site.url('/feed')}")
        assert "followed already" in await read(place, f"!feed add {place.site.url('/feed')}")

    play(test)


def test_the_list_tells_of_each_feed_how_it_fares():
    async def test(place: Place) -> None:
        place.serve(*many(1))
        place.follow()
        place.site.pages["/broken"] = answer(500)
        place.follow("/broken")
        assert "not read yet" in await read(place, "!feed list")
        await place.poll(timedelta(0))
        place.serve(Item("new", "A new one", "It snowed on Monday. It was cold."), *many(1))
        await place.poll()
        told = await read(place, "!feed list")
        assert told.index("- 2:") < told.index("- 1:")  # what ails stands first
        assert "not readable since Monday, March 2, 2026 at 09:30 (UTC): " in told
        assert "500" in told
        assert "last read Tuesday, March 3, 2026 at 09:30 (UTC)" in told
        assert "last new article Tuesday, March 3, 2026 at 09:30 (UTC)" in told
        assert "next try" in told
        status = await read(place, "!status")
        assert "Feeds: 2 feeds followed, 1 not readable." in status
        assert "500" in status

    play(test)


def test_a_reader_sees_how_everybodys_feeds_fare_but_no_address():
    async def test(place: Place) -> None:
        place.serve(*many(1), path="/feed?key=secret")
        place.follow("/feed?key=secret")
        place.follow("/feed?key=secret", tenant=ACME)
        assert "for everybody already" in await read(
            place, f"!feed add {place.site.url('/feed?key=secret')}", tenant="discord/other"
        )
        await place.poll(timedelta(0))
        status = await read(place, "!status", tenant=ACME, trusted=False)
        assert "Feeds: 1 feed followed." in status
        assert "Feeds for everyone: 1 followed" in status
        assert "secret" not in status

    play(test)


def test_a_check_goes_through_a_feed_stage_by_stage_and_stores_nothing():
    async def test(place: Place) -> None:
        empty = Item("e", "A title alone", "", link=place.site.url("/gone"))
        place.serve(empty, *many(8), etag='"1"')
        place.follow()
        told = await read(place, "!feed check 1")
        assert "Address: it answers with 3 kB of application/atom+xml; where nothing has changed it sends" in told
        assert "Feed: it holds 9 entries, 0 of them known; the next try takes 9." in told
        assert "Entry “A title alone”: not stored, for" in told
        assert "Entry “Report 0”: stored as background, 2 sentences." in told
        assert "And 4 more entries." in told
        assert place.articles() == []
        assert place.store.sightings(1) == ()
        place.site.pages["/feed"] = answer(404)
        assert "Address: it cannot be read:" in await read(place, "!feed check 1")
        place.site.pages["/feed"] = answer(200, b"hello")
        assert "Feed: it is no feed" in await read(place, "!feed check 1")

    play(test)


def test_every_example_of_the_help_can_be_typed():
    async def test(place: Place) -> None:
        place.serve(*many(1))
        place.site.pages["/news/article.html"] = answer(200, b"<html></html>", content_type="text/html")
        for command in (commands.COMMANDS["feed"],):
            for example, _ in command.examples:
                typed = example.replace("https://example.org/feed.xml", place.site.url("/feed"))
                assert not (await asked(place, typed)).refused, typed

    play(test)


# --- one article ------------------------------------------------------------------------------------------

ARTICLE = b"""<html lang="en"><head><title>Council votes on the bridge</title></head><body><article>
<h1>Council votes on the bridge</h1>
<p>The council voted on the new bridge on Monday, by seven votes to two, after a debate of four hours.</p>
<p>Work is to begin in May, the mayor said. The old bridge will stay open until the new one is ready, which is
expected to take two years.</p><p>Residents of the lower town welcomed the decision at once.</p></article></body></html>"""


def test_one_article_is_stored_from_its_page_for_those_who_asked():
    async def test(place: Place) -> None:
        place.site.pages["/bridge"] = answer(200, ARTICLE, content_type="text/html; charset=utf-8")
        said = await read(place, f"!add {place.site.url('/bridge')}", tenant=ACME, target=CHANNEL)
        assert said.startswith("Stored: ")
        assert "Council votes on the bridge" in said
        (article,) = place.articles(ACME)
        assert "seven votes to two" in article.text
        assert place.articles() == []
        again = await read(place, f"!add {place.site.url('/bridge')}", tenant=ACME, target=CHANNEL)
        assert again.startswith("Stored already: ")

    play(test)


def test_a_page_without_an_article_is_refused_with_the_reason():
    async def test(place: Place) -> None:
        place.site.pages["/"] = answer(200, b"<html><body>Hi</body></html>", content_type="text/html")
        reply = await asked(place, f"!add {place.site.url()}")
        assert reply.refused
        assert "There is no article to store on that page: " in render(reply.message, 1000)

    play(test)


def test_an_undated_article_says_that_it_was_first_seen_and_reads_its_dates_from_there():
    async def test(place: Place) -> None:
        place.serve(Item(day="", text="The council voted on the bridge on Sunday. Work is to begin in May."))
        place.follow()
        await place.poll(timedelta(0))
        reply = await asked(place, "!summit bridge")
        assert "March 2, 2026 (first seen)" in " ".join(render(reply.message, 1000).split())
        place.store.remember(Answer(channel_of(HERE), reply.command, reply.citations), NOW)
        told = await read(place, "!source 1")
        assert "It bears no date; it was first seen on March 2, 2026." in told
        assert "Dates, read from when it was first seen: “…Sunday…” is March 1, 2026." in told

    play(test)


# --- lists ------------------------------------------------------------------------------------------------

FEEDS = (("https://example.org/a?b=1&c=2", "News & more"), ("https://example.org/ü.xml", "https://example.org/ü.xml"))


def test_a_list_that_is_written_is_read_as_it_was():
    assert listed(opml(FEEDS)) == FEEDS


def test_a_plain_list_has_an_address_a_line_and_comments():
    text = b"\xef\xbb\xbf# feeds\nhttps://example.org/a#part\n\n  https://example.org/b  # the other\r\nhttps://example.org/a#part\n"
    assert listed(text) == (("https://example.org/a#part", ""), ("https://example.org/b", ""))


def test_opml_of_others_is_read_with_its_folders():
    text = b"""<?xml version="1.0"?><opml version="1.1"><body><outline text="World"><outline type="rss"
        text="One" xmlURL="https://example.org/1"/></outline><outline text="x" htmlUrl="https://example.org"/>
        <outline title="Two" xmlUrl="https://example.org/2"/><outline xmlUrl="javascript:x"/></body></opml>"""
    assert listed(text) == (("https://example.org/1", "One"), ("https://example.org/2", "Two"))


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE o [<!ENTITY a "'
    + b"x" * 1000
    + b'"><!ENTITY b "'
    + b"&a;" * 1000
    + b'">]><opml><body><outline text="&b;" xmlUrl="https://example.org/1"/></body></opml>'
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"ftp://example.org\n", "line 1"),
        (b"<html><body/></html>", "no OPML"),
        (b"<", "XML"),
        (b"x" * 10_000_001, "larger"),
    ],
)
def test_what_is_no_list_is_refused(text, said):
    with pytest.raises(InputError, match=said):
        listed(text)


def test_an_entity_of_a_list_is_never_unfolded():
    assert all(len(title) < 100 for _, title in listed(BOMB))


# --- notices ----------------------------------------------------------------------------------------------


def test_a_notice_is_posted_once_however_often_it_is_given():
    store, wire = open_store(":memory:"), Wire()
    desk = Desk(store, {"wire": wire}, lambda: NOW)
    here = Target("wire", "desk")
    for _ in range(3):
        assert asyncio.run(desk.tell(here, say("It fails."), "feed:1:failing", ACME))
    assert wire.posted == {"feed:1:failing": "It fails."}
    assert not asyncio.run(desk.tell(Target("slack", "x"), say("It fails."), "other", ACME))
    store.close()


def test_a_digest_tells_what_came_after_its_feed_was_followed_and_now_tells_all():
    store = open_store(":memory:")
    put_article(store, "The bridge was opened on Monday. Many came.", title="Bridge opened", background=True)
    here = Request("!digest now", HERE, "k", trusted=True)
    assert "Bridge opened" in render(commands.answer(here, store, NOW).message)
    commands.answer(Request("!digest daily 08:00 UTC", HERE, "k", trusted=True), store, NOW)
    preview = Request("!digest preview 1", HERE, "k", trusted=True)
    assert "Nothing new was stored" in render(commands.answer(preview, store, NOW).message)
    put_article(store, "The mill was sold on Tuesday. Nobody minded.", title="Mill sold")
    assert "Mill sold" in render(commands.answer(preview, store, NOW).message)
    assert DeliveryState.SENT not in [row.state for row in store.deliveries()]
    store.close()


# --- the command line -------------------------------------------------------------------------------------


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shell in an empty folder, with nothing set but where the data lies."""
    monkeypatch.setenv("DATELINE_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_list_is_imported_once_and_exported_again(shell, capsys):
    file = shell / "feeds.txt"
    file.write_text("https://example.org/1  # one\n# https://example.org/2\nhttps://example.org/3\n")
    assert main(["feeds", "import", str(file)]) == 0
    assert main(["feeds", "import", str(file)]) == 0
    said = capsys.readouterr().out
    assert "2 feeds followed from now on." in said
    assert "No new feed followed from now on; 2 were followed already." in said
    assert main(["feeds", "remove", "https://example.org/1"]) == 0
    capsys.readouterr()
    assert main(["feeds", "export"]) == 0
    assert listed(capsys.readouterr().out.encode()) == (("https://example.org/3", "https://example.org/3"),)


def test_feeds_that_are_imported_together_are_not_polled_together(shell):
    file = shell / "many.txt"
    file.write_text("".join(f"https://example.org/{number}\n" for number in range(100)))
    main(["feeds", "import", str(file)])
    with closing(open_store(str(shell / "data" / "dateline.db"))) as store:
        dues = [feed.due for feed in store.followed()]
    assert len(set(dues)) == 100
    assert max(dues) - min(dues) > timedelta(seconds=45)


@pytest.mark.usefixtures("shell")
@pytest.mark.parametrize(
    ("deed", "said"),
    [
        (["add", "nonsense"], "Write the address"),
        (["remove", "7"], "No feed is followed"),
        (["check", "7"], "No feed is followed"),
        (["import", "nowhere.opml"], "cannot be read"),
        (["import", str(verbs.seeds() / "feeds.txt")], "names no feed"),
    ],
)
def test_what_the_command_line_cannot_do_is_told_and_fails(capsys, deed, said):
    assert main(["feeds", *deed]) == 1
    told = capsys.readouterr()
    assert said in told.out + told.err


@pytest.mark.usefixtures("shell")
@pytest.mark.parametrize("deed", [[], ["list"]])
def test_the_command_line_speaks_of_itself_and_not_of_a_channel(capsys, deed):
    assert main(["feeds", *deed]) == 0
    assert "`dateline feeds add https://example.org/feed.xml`" in capsys.readouterr().out


@pytest.mark.usefixtures("shell")
def test_the_list_that_ships_names_no_live_feed_and_is_no_article(capsys):
    assert listed((verbs.seeds() / "feeds.txt").read_bytes()) == ()
    assert main(["ingest", str(verbs.seeds())]) == 0
    assert "feeds.txt" not in capsys.readouterr().out
    assert main(["ask", "!status"]) == 0
    assert "2 articles" in capsys.readouterr().out
