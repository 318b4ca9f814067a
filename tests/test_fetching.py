"""The web, read safely and politely, over loopback: each fault of a server is one sentence and nothing worse."""
# ruff: noqa: ARG001, ARG005, SIM905 - a test takes what it is given; a list of hosts reads best as one text

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
import zlib
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FetchError
from bot.fetching import Fetched, Fetcher, Limits
from bot.fetching.addresses import checked, is_public
from tests.servers.website import BOMB, Website, answer, drip, endless, redirect, silence, slow_head, website

NAT64 = ip_network("64:ff9b::/96")  # public where the IPv4 address in it is
QUICK = Limits(pace=0.0, seconds=1.0, silence=0.5)
THERE = "it redirects elsewhere, and there"
SHOWN = "which would be shown to others"
FEED = b"<rss version='2.0'><channel><title>Town news</title></channel></rss>"


class Rebinding(AbstractResolver):
    """A resolver that tells of each name what the test says, as a hostile one would; knows none if it says nothing."""

    def __init__(self, *numbers: str) -> None:
        self.numbers = numbers

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[ResolveResult]:
        if not self.numbers:
            raise OSError(socket.EAI_NONAME, "Name or service not known")
        return [
            ResolveResult(
                hostname=host,
                host=number,
                port=port,
                family=socket.AF_INET6 if ":" in number else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for number in self.numbers
        ]

    async def close(self) -> None:
        pass


def play(test: Callable[[Website, Fetcher], Awaitable[Any]], limits: Limits = QUICK, **options: Any) -> Any:
    """Run `test` with a website and a fetcher that may reach it."""

    async def run() -> Any:
        async with website() as site, Fetcher(allow=[site.host], limits=limits, **options) as fetcher:
            return await test(site, fetcher)

    return asyncio.run(run())


def fetch(page: Any, limits: Limits = QUICK, **options: Any) -> Fetched:
    """What comes of asking for one page."""

    async def test(site: Website, fetcher: Fetcher) -> Fetched:
        site.pages["/"] = page
        return await fetcher.get(site.url(), **options)

    got: Fetched = play(test, limits)
    return got


def refused(page: Any, limits: Limits = QUICK, **options: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(page, limits, **options)
    assert "127.0.0.1" not in caught.value.reason, "a reason never shows the address"
    return caught.value


# --- what comes back --------------------------------------------------------------------------------------


def test_what_is_there_comes_back_with_what_the_next_question_needs():
    page = answer(
        body=FEED,
        content_type="application/rss+xml; charset=ISO-8859-1",
        etag='"v1"',
        last_modified="Mon, 02 Mar 2026 09:00:00 GMT",
        cache_control="public, max-age=900",
    )
    got = fetch(page)
    assert (got.status, got.body, got.content_type, got.charset) == (200, FEED, "application/rss+xml", "ISO-8859-1")
    assert (got.etag, got.modified, got.max_age) == ('"v1"', "Mon, 02 Mar 2026 09:00:00 GMT", 900)
    assert got.moved == ""


def test_what_is_known_is_asked_for_only_if_it_changed():
    async def test(site, fetcher):
        site.pages["/"] = answer(304, etag='"v2"')
        got = await fetcher.get(site.url(), etag='"v1"', modified="Mon, 02 Mar 2026 09:00:00 GMT")
        assert (got.status, got.body, got.etag) == (304, b"", '"v2"')
        assert site.asked[0].headers["if-none-match"] == '"v1"'
        assert site.asked[0].headers["if-modified-since"] == "Mon, 02 Mar 2026 09:00:00 GMT"

    play(test)


def test_not_modified_is_no_answer_to_a_question_without_conditions():
    assert refused(answer(304)).reason == "the server answered 304"


def test_the_user_agent_is_true_and_names_a_contact():
    async def test(site, fetcher):
        site.pages["/"] = answer(body=FEED)
        await fetcher.get(site.url())
        return site.asked[0].headers["user-agent"]

    agent = play(test, contact="https://news.example/bot\r\nX-Evil: 1")
    assert agent.startswith("Dateline/")
    assert agent.endswith("(+https://news.example/botX-Evil:1)")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache_control": "max-age=60"}, 60),
        ({"cache_control": 'private, MAX-AGE="60"'}, 60),
        ({"cache_control": "no-cache, max-age=60"}, 0),
        ({"cache_control": "s-maxage=5"}, None),
        ({"date": "Mon, 02 Mar 2026 09:00:00 GMT", "expires": "Mon, 02 Mar 2026 09:30:00 GMT"}, 1800),
        ({"date": "Mon, 02 Mar 2026 09:00:00 GMT", "expires": "Sun, 01 Mar 2026 09:30:00 GMT"}, 0),
        ({"expires": "0"}, None),
        ({"expires": "Mon, 99 Foo 99999 99:99:99 GMT"}, None),
    ],
)
def test_freshness_is_read_as_the_server_says_it(headers, seconds):
    assert fetch(answer(body=FEED, **headers)).max_age == seconds


# --- redirects --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hops", "moved"),
    [
        ([301], "/1"),
        ([308, 301, 308], "/3"),
        ([302], ""),
        ([303, 307], ""),
        ([301, 302], "/1"),
        ([302, 301], ""),
    ],
)
def test_a_move_for_good_is_told_as_far_as_it_is_for_good(hops, moved):
    async def test(site, fetcher):
        for number, status in enumerate(hops):
            site.pages["/" if number == 0 else f"/{number}"] = redirect(status, f"/{number + 1}#top")
        site.pages[f"/{len(hops)}"] = answer(body=FEED)
        got = await fetcher.get(site.url())
        assert got.url == site.url(f"/{len(hops)}")
        assert got.moved == (site.url(moved) if moved else "")

    play(test)


def test_six_redirects_are_one_too_many():
    async def test(site, fetcher):
        for number in range(6):
            site.pages["/" if number == 0 else f"/{number}"] = redirect(301, f"/{number + 1}")
        site.pages["/6"] = answer(body=FEED)
        await fetcher.get(site.url())

    with pytest.raises(FetchError, match="redirects more than 5 times"):
        play(test)


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("/", "it redirects in a circle"),
        ("", "it redirects to nowhere"),
        ("ftp://127.0.0.1/", f"{THERE} its address does not begin with http:// or https://"),
        ("file:///etc/passwd", f"{THERE} its address does not begin with http:// or https://"),
        ("http://user:secret@127.0.0.1/", f"{THERE} its address holds a user name or a password, {SHOWN}"),
        ("http://[::1/", "it redirects to an address that cannot be read"),
        ("http://169.254.169.254/latest/meta-data/", "the address leads to a private network"),
        ("http://localhost:8080/", "the address leads to a private network"),
        ("http://127.0.0.1:22/", f"{THERE} its address asks for port 22, where no news is served"),
    ],
)  # fmt: skip
def test_a_redirect_is_held_to_the_same_rules(location, reason):
    assert refused(redirect(302, location)).reason == reason


# --- refusals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "reason", "retry_after", "for_good"),
    [
        (answer(404), "there is nothing at its address (404)", None, False),
        (answer(410), "it is gone for good (410)", None, True),
        (answer(403), "the server does not let it be read (403)", None, False),
        (answer(500), "the server answered 500", None, False),
        (answer(503, retry_after="120"), "the server answered 503", 120, False),
        (answer(429, retry_after="3600"), "the server asks to be asked less often (429)", 3600, False),
        (answer(429, retry_after="99999999999999999999"), "the server asks to be asked less often (429)", 86400, False),
        (answer(429, retry_after="soon"), "the server asks to be asked less often (429)", None, False),
        (answer(429, retry_after="-5"), "the server asks to be asked less often (429)", None, False),
        (
            answer(503, date="Mon, 02 Mar 2026 09:00:00 GMT", retry_after="Mon, 02 Mar 2026 09:05:00 GMT"),
            "the server answered 503",
            300,
            False,
        ),
    ],
)
def test_a_refusal_is_told_in_words_with_what_to_do(page, reason, retry_after, for_good):
    fault = refused(page)
    assert (fault.reason, fault.retry_after, fault.for_good) == (reason, retry_after, for_good)


def test_a_host_that_asks_for_a_rest_is_not_asked_again_before():
    now = [0.0]

    async def test(site, fetcher):
        site.pages["/a"] = answer(429, retry_after="60")
        site.pages["/b"] = answer(body=FEED)
        with pytest.raises(FetchError):
            await fetcher.get(site.url("/a"))
        now[0] = 20.0
        with pytest.raises(FetchError) as caught:
            await fetcher.get(site.url("/b"))
        assert (caught.value.reason, caught.value.retry_after) == ("the server asked to be left alone for a while", 40)
        assert len(site.asked) == 1
        now[0] = 61.0
        assert (await fetcher.get(site.url("/b"))).body == FEED

    play(test, clock=lambda: now[0])


# --- faults of the wire -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (endless, "it sent more than 5 MB"),
        (answer(body=BOMB, content_encoding="gzip"), "it sent more than 5 MB"),
        (answer(body=zlib.compress(bytes(6_000_000)), content_encoding="deflate"), "it sent more than 5 MB"),
        (answer(length=6_000_000), "it sent more than 5 MB"),
        (answer(body=FEED, length=1000), "the connection broke off in the middle"),
        (answer(body=FEED, length=10), "its server does not speak HTTP as it should"),
        (answer(body=b"no gzip at all", content_encoding="gzip"), "it is packed in a way that cannot be read"),
        (b"", "the connection broke off"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "its server does not speak HTTP as it should"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000, "its server does not speak HTTP as it should"),
        (silence, "it was silent for 0.5 s"),
        (slow_head, "it took longer than 1 s"),
        (drip, "it came too slowly"),
        (answer(body=b"\x89PNG", content_type="image/png"), "it is of the kind image/png, which holds no news to read"),
    ],
)  # fmt: skip
def test_whatever_a_server_does_is_one_reason(page, reason):
    assert refused(page).reason == reason


def test_a_drip_ends_when_the_time_is_over():
    assert refused(drip, Limits(pace=0.0, seconds=0.5, silence=1.0)).reason == "it took longer than 0.5 s"


def test_a_bomb_is_never_held_in_memory():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused(answer(body=BOMB, content_encoding="gzip"))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000  # kB; it unpacks to 50 MB


def test_a_gzipped_feed_is_unpacked():
    packed = zlib.compressobj(wbits=31)
    assert fetch(answer(body=packed.compress(FEED) + packed.flush(), content_encoding="gzip")).body == FEED


def test_nobody_there_is_told():
    async def test(site, fetcher):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            async with Fetcher(allow=["127.0.0.1"]) as other:
                await other.get(f"http://127.0.0.1:{taken.getsockname()[1]}/")

    with pytest.raises(FetchError, match="its server could not be reached"):
        play(test)


def test_a_name_that_is_nobodys_is_told():
    with pytest.raises(FetchError, match="there is no server of that name"):
        play(lambda site, fetcher: fetcher.get("http://no-such-name.example/"), resolver=Rebinding())


# --- where nobody may go ----------------------------------------------------------------------------------

PRIVATE = """
127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.0.0.1 0177.0.0.1 017700000001 0x7f.1 127.0.0.1. 127.255.255.254
localhost localhost. LOCALHOST lOcAlHoSt ⓛⓞⓒⓐⓛⓗⓞⓢⓣ １２７．０．０．１ 127。0。0。1 0 0.0.0.0 0x0 000.000.000.000
10.0.0.1 10.1 0x0a000001 012.0.0.1 172.16.0.1 172.31.255.255 192.168.0.1 192.168.1 3232235521 100.64.0.1 100.100.100.200
169.254.169.254 169.254.43518 2852039166 0xa9fea9fe 0251.0376.0251.0376 169.254.169.254. 168.63.129.16 192.0.0.192
198.18.0.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 192.0.2.1 198.51.100.7 203.0.113.7
[::1] [::] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:169.254.169.254] [::127.0.0.1] [::ffff:0:127.0.0.1]
[fe80::1] [fe80::1%25eth0] [fc00::1] [fd00:ec2::254] [ff02::1] [2002:7f00:1::] [2002:a9fe:a9fe::1] [64:ff9b::7f00:1]
[64:ff9b::169.254.169.254] [64:ff9b:1::a00:1] [2001:0:4136:e378:8000:63bf:3fff:fdd2] [2001:db8::1] [100::1] [fec0::1]
[2606:4700::5efe:10.0.0.1] [::ffff:0x7f.1] ip6-localhost
""".split()


def test_there_are_sixty_spellings_of_private_addresses():
    assert len(set(PRIVATE)) >= 60


@pytest.mark.parametrize("host", PRIVATE)
def test_no_spelling_of_a_private_address_gets_a_socket(host):
    made = []

    async def run() -> None:
        loop = asyncio.get_running_loop()

        async def connect(sock, address):
            made.append(address)
            raise OSError("watched")

        loop.sock_connect = connect  # type: ignore[method-assign]
        async with Fetcher(limits=QUICK) as fetcher:
            with pytest.raises(FetchError):
                await fetcher.get(f"http://{host}/")

    asyncio.run(run())
    assert made == []


@pytest.mark.parametrize("numbers", [("127.0.0.1",), ("10.0.0.1", "192.168.0.1"), ("::1",), ("::ffff:127.0.0.1",)])
def test_a_name_that_leads_to_a_private_address_is_refused_when_connecting(numbers):
    with pytest.raises(FetchError, match="leads to a private network"):
        play(lambda site, fetcher: fetcher.get("http://news.example/"), resolver=Rebinding(*numbers))


def test_an_allowed_host_lends_its_permission_to_no_other():
    async def test(site, fetcher):
        site.pages["/"] = answer(body=FEED)
        await fetcher.get(site.url())
        await fetcher.get(f"http://localhost:{site.port}/")

    with pytest.raises(FetchError, match="asks for port"):
        play(test)


def test_a_name_may_be_allowed_with_and_without_its_port():
    async def run() -> None:
        async with website() as site:
            site.pages["/"] = answer(body=FEED)
            for allow in ("Feeds.Internal", f"feeds.internal:{site.port}"):
                async with Fetcher(allow=[allow], limits=QUICK, resolver=Rebinding("127.0.0.1")) as fetcher:
                    assert (await fetcher.get(f"http://feeds.internal:{site.port}/")).body == FEED

    asyncio.run(run())


@pytest.mark.parametrize(
    ("number", "public"),
    [
        ("93.184.215.14", True),
        ("1.1.1.1", True),
        ("2606:4700:4700::1111", True),
        ("64:ff9b::93.184.215.14", True),
        ("2a00:1450:4001:80b::200e", True),
        ("not a number", False),
        ("", False),
    ],
)
def test_public_addresses_are_told_from_others(number, public):
    assert is_public(number) is public


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_what_python_knows_as_private_is_never_public(address: IPv4Address | IPv6Address):
    if address.is_private or address.is_multicast or address.is_reserved or address.is_loopback:
        assert address in NAT64 or not is_public(str(address))
    mapped = ip_address(f"::ffff:{address}") if isinstance(address, IPv4Address) else None
    assert mapped is None or not is_public(str(mapped))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://news.example/feed", "its address does not begin with http:// or https://"),
        ("javascript:alert(1)", "its address does not begin with http:// or https://"),
        ("news.example/feed", "its address does not begin with http:// or https://"),
        ("", "its address does not begin with http:// or https://"),
        ("http://", "its address names no server"),
        ("http:///feed", "its address names no server"),
        ("http://user:secret@news.example/", f"its address holds a user name or a password, {SHOWN}"),
        ("http://token@news.example/", f"its address holds a user name or a password, {SHOWN}"),
        ("http://news.example:22/", "its address asks for port 22, where no news is served"),
        ("http://news.example:99999/", "its address cannot be read"),
        (f"http://{'a' * 64}.example/", "its address names no server"),
        ("http://news.example/" + "a" * 2000, "its address is longer than 2000 characters"),
    ],
)  # fmt: skip
def test_an_address_that_nobody_can_mean_is_refused_before_anything_is_asked(url, reason):
    with pytest.raises(FetchError) as caught:
        checked(url)
    assert caught.value.reason == reason
    assert caught.value.for_good


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_reason(text):
    for url in (text, f"http://{text}", f"https://news.example/{text}"):
        with contextlib.suppress(FetchError):
            assert checked(url).scheme in {"http", "https"}


# --- manners ----------------------------------------------------------------------------------------------


def test_a_host_is_asked_once_a_pace_however_many_ask():
    async def test(site, fetcher):
        site.pages["/"] = answer(body=FEED)
        await asyncio.gather(*(fetcher.get(site.url()) for _ in range(4)))
        return [later - earlier for earlier, later in zip(site.at, site.at[1:], strict=False)]

    assert min(play(test, Limits(pace=0.1))) > 0.08


ROBOTS = b"User-agent: *\nDisallow: /private\n\nUser-agent: Dateline\nDisallow: /not-for-us\nCrawl-delay: 0.1\n"


UNREAD = "the site's robots.txt could not be read, as the server answered 500, and without it its pages are left alone"


@pytest.mark.parametrize(
    ("robots", "path", "reason"),
    [
        (answer(body=ROBOTS), "/news", ""),
        (answer(body=ROBOTS), "/not-for-us/1", "the site's robots.txt asks not to read it"),
        (answer(body=b"User-agent: *\nDisallow: /\n"), "/news", "the site's robots.txt asks not to read it"),
        (answer(body=b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n"), "/news", "the site's robots.txt asks not to read it"),
        (answer(404), "/news", ""),
        (answer(403), "/news", ""),
        (answer(500), "/news", UNREAD),
        (answer(body=b"\xff\x00<html>"), "/news", ""),
        (redirect(301, "/elsewhere.txt"), "/news", ""),
    ],
)  # fmt: skip
def test_robots_txt_is_heeded(robots, path, reason):
    async def test(site, fetcher):
        site.pages |= {"/robots.txt": robots, path: answer(body=b"<p>News.</p>")}
        try:
            await fetcher.get(site.url(path), robots=True, kind="page")
        except FetchError as fault:
            assert path not in {asked.path for asked in site.asked}
            return fault.reason
        return ""

    assert play(test) == reason


def test_robots_txt_is_asked_for_once_a_day_however_many_pages():
    now = [0.0]

    async def test(site, fetcher):
        site.pages |= {"/robots.txt": answer(body=b""), "/1": answer(body=b"."), "/2": answer(body=b".")}
        await asyncio.gather(*(fetcher.get(site.url(path), robots=True, kind="page") for path in ("/1", "/2", "/1")))
        now[0] = 86_401.0
        await fetcher.get(site.url("/1"), robots=True, kind="page")
        return [asked.path for asked in site.asked].count("/robots.txt")

    assert play(test, clock=lambda: now[0]) == 2


def test_a_redirect_cannot_lead_past_robots_txt():
    async def test(site, fetcher):
        site.pages |= {
            "/robots.txt": answer(body=b"User-agent: *\nDisallow: /private\n"),
            "/news": redirect(302, "/private/1"),
        }
        await fetcher.get(site.url("/news"), robots=True, kind="page")

    with pytest.raises(FetchError, match="asks not to read it"):
        play(test)


def test_one_server_that_hangs_leaves_the_others_alone():
    async def test(site, fetcher):
        site.pages |= {"/": answer(body=FEED), "/hangs": silence}
        hanging = asyncio.create_task(fetcher.get(site.url("/hangs")))
        assert (await fetcher.get(site.url())).body == FEED
        with pytest.raises(FetchError):
            await hanging

    play(test)
