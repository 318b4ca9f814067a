"""Slack over real sockets and the real slack_bolt and slack_sdk: what a reader sees, whatever fails on the way."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.chat import Spoken
from bot.chat.slack import hearing
from bot.chat.slack.client import Slack
from bot.chat.slack.socket import Paces
from bot.errors import RateLimited, TokenError, Unknown, Unreachable
from bot.message import Action, Message, Paragraph, Picture, Text, say
from bot.model import Target
from bot.ports import PERSON, Handler, Request
from bot.store import open_store
from bot.tenants import Register
from tests.make import NOW
from tests.servers import until
from tests.servers.slack import (
    ADMIN,
    APP_TOKEN,
    ARCHIVED,
    CHANNEL,
    DM,
    ELSEWHERE,
    FOREIGN,
    GUEST,
    ME,
    OTHER_BOT,
    READER,
    TEAM,
    TOKEN,
    Fault,
    Server,
)

pytestmark = pytest.mark.servers

MANIFEST = Path(__file__).parent.parent / "deploy" / "slack-app-manifest.yaml"
HERE = Target("slack", CHANNEL)
LATER = NOW + timedelta(seconds=1)
QUICK = Paces(pause=0.01, longest=0.05, hung=1.0, ping=0.1)
SETTLE = 0.2  # the server's settling times below are scaled with it
SPOKEN = (
    Spoken("summit", "A cited briefing.", takes_words=True),
    Spoken("digest", "Standing orders.", takes_words=True, managed=True),
    Spoken("help", "What can be asked.", takes_words=True, shared=True),
)


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 20))


def chat(server: Server, **more: Any) -> Slack:
    given: dict[str, Any] = {
        "token": TOKEN, "app_token": APP_TOKEN, "spoken": SPOKEN, "paces": QUICK, "settle": SETTLE, "rate": 0.0,
        "pauses": (0.01,) * 3, **more,
    }  # fmt: skip
    return Slack(**given, api_base=server.api)


class Desk:
    """Answers each key once, as the real one does, by saying what it heard."""

    def __init__(self, bot: Slack) -> None:
        self.bot = bot
        self.heard: list[Request] = []
        self.delay = 0.0

    async def __call__(self, request: Request) -> None:
        if request.key in {one.key for one in self.heard}:
            return
        self.heard.append(request)
        await asyncio.sleep(self.delay)
        await self.bot.post(request.target, say(f"heard {request.text}"), f"reply:{request.key}", retry=False)


@asynccontextmanager
async def serving(server: Server, handle: Handler | None = None, **more: Any) -> AsyncIterator[Desk]:
    """A bot that is connected to `server`."""
    async with server:
        bot = chat(server, **more)
        desk = Desk(bot)
        task = asyncio.create_task(bot.run(handle or desk))
        connected = asyncio.create_task(server.connected())
        try:
            await asyncio.wait({task, connected}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            yield desk
        finally:
            task.cancel()
            connected.cancel()
            with contextlib.suppress(asyncio.CancelledError, TokenError):
                await task


# --- entrances, and whose words are heard -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "heard", "addressed"),
    [
        ("!summit sanctions", "!summit sanctions", False),
        (f"<@{ME}> summit sanctions", "summit sanctions", True),
        (f"<@{ME}|dateline>: !summit", "!summit", True),
        ("!summit &lt;#C7|general&gt;", "!summit <#C7|general>", False),
        ("!digest daily 08:00 to <#C7|general>", "!digest daily 08:00 to #C7", False),
        ("!summit A &amp; B <https://example.org|example.org>", "!summit A & B example.org", False),
    ],
)
def test_what_is_typed_is_heard_as_it_was_typed(text, heard, addressed):
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            ts = await server.says(text)
            await server.until(1)
            (request,) = desk.heard
            assert (request.text, request.addressed, request.trusted) == (heard, addressed, False)
            assert (request.target, request.tenant, request.user) == (HERE, f"slack/{TEAM}", READER)
            assert request.key == f"slack:message:{CHANNEL}:{ts}"

    run(test)


def test_a_mention_that_arrives_twice_is_answered_once():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            message = server.message(f"<@{ME}> summit")
            await server.event(message)
            await server.event(message | {"type": "app_mention"})
            await server.says("!help")
            await server.until(2)
            assert [request.text for request in desk.heard] == ["summit", "!help"]

    run(test)


def test_an_envelope_that_is_sent_again_is_acknowledged_and_answered_once():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            message = server.message("!summit")
            for attempt in range(3):
                await server.event(message, envelope=f"again{attempt}", retry_attempt=attempt, retry_reason="timeout")
            await until(lambda: len(server.acknowledged) == 3)
            await server.until(1)
            assert len(desk.heard) == 1

    run(test)


@pytest.mark.parametrize(
    ("command", "text", "heard"),
    [("/dateline", "summit sanctions", "summit sanctions"), ("/summit", "", "summit"), ("/source", "2", "source 2")],
)
def test_a_slash_command_is_acknowledged_and_answered(command, text, heard):
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            envelope = await server.command(command, text)
            assert await server.until(1) == [f"heard {heard}"]
            await until(lambda: envelope in server.acknowledged)
            assert desk.heard[0].addressed

    run(test)


def test_a_slash_command_where_the_bot_is_not_says_how_to_invite_it():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            await server.command("/summit", "", channel=ELSEWHERE)
            await until(lambda: server.whispers)
            assert "/invite" in server.whispers[0]["text"]
            assert server.whispers[0]["response_type"] == "ephemeral"
            assert not desk.heard

    run(test)


def test_a_button_is_the_command_that_it_types_answered_in_the_thread():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            shown = Message((Paragraph((Text("A"),)), Action("More", "!more")))
            (ts,) = await desk.bot.post(HERE, shown, "k", retry=False)
            value = server.messages[0]["blocks"][-1]["elements"][0]["value"]
            await server.clicks(value, {"ts": ts})
            assert await server.until(2) == ["A", "heard !more"]
            assert desk.heard[0].target == Target("slack", CHANNEL, ts, ts)
            assert server.messages[1]["thread_ts"] == ts

    run(test)


def test_in_a_thread_the_answer_comes_in_the_thread():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            await server.says("!summit", thread_ts="1772443800.000001")
            await server.until(1)
            assert desk.heard[0].target.thread == server.messages[0]["thread_ts"] == "1772443800.000001"

    run(test)


def test_in_private_everything_is_for_the_bot_and_its_owner_may_order():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            await server.says("summit sanctions", channel=DM)
            assert await server.until(1, DM) == ["heard summit sanctions"]
            (request,) = desk.heard
            assert request.addressed
            assert request.trusted
            assert request.tenant == f"slack/{TEAM}/dm-{READER}"

    run(test)


def test_a_digest_ordered_in_private_cannot_be_aimed_at_a_channel():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            await server.says("!digest daily 08:00 to <#C1|news>", channel=DM)
            await server.command("/dateline", "digest daily 08:00 to <#C1|news>", channel=DM)
            await until(lambda: len(desk.heard) == 2)
            assert {request.text.lstrip("!") for request in desk.heard} == {"digest daily 08:00 to #not-in-reach"}

    run(test)


@pytest.mark.parametrize(
    ("user", "trusted"), [(READER, False), (ADMIN, True), (GUEST, False), ("UCHOSEN", True)], ids=str
)
def test_admins_and_those_chosen_are_trusted_on_every_entrance(user, trusted):
    async def test() -> None:
        server = Server()
        async with serving(server, admins=frozenset({"UCHOSEN"})) as desk:
            await server.says("!digest list", by=user)
            await server.says(f"<@{ME}> digest list", by=user)
            await server.command("/dateline", "digest list", by=user)
            await server.clicks("!digest list", {"ts": "1.1"}, by=user)
            await server.until(4)
            assert [request.trusted for request in desk.heard] == [trusted] * 4
            assert server.calls.count("users.info") <= 4

    run(test)


@pytest.mark.parametrize(("user", "trusted"), [(READER, True), (GUEST, False), (ADMIN, True)], ids=str)
def test_in_private_a_guest_configures_nothing(user, trusted):
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            await server.says("digest daily 08:00", by=user, channel=DM)
            await server.command("/dateline", "digest list", by=user, channel=DM)
            await until(lambda: len(desk.heard) == 2)
            assert [request.trusted for request in desk.heard] == [trusted] * 2

    run(test)


def test_who_is_an_admin_is_not_asked_for_what_everybody_may_do():
    async def test() -> None:
        server = Server()
        async with serving(server):
            await server.says("!summit", by=ADMIN)
            await server.until(1)
            assert "users.info" not in server.calls

    run(test)


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B9"},
        {"subtype": "bot_message", "bot_id": "B9"},
        {"subtype": "message_changed", "message": {"text": "!summit"}},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"edited": {"user": READER, "ts": "1"}},
        {"user": ME},
        {"team": FOREIGN},
        {"user_team": FOREIGN},
        {"source_team": FOREIGN},
        {"text": "hello there"},
        {"text": "!"},
        {"text": "!!!"},
        {"text": "I said !summit yesterday"},
        {"text": f"I like <@{ME}>"},
    ],
    ids=str,
)
def test_what_is_not_for_it_is_acknowledged_and_not_heard(more):
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            envelope = await server.event(server.message("!summit") | more)
            await server.says("!summit last")
            await server.until(1)
            await until(lambda: envelope in server.acknowledged)
            assert [request.text for request in desk.heard] == ["!summit last"]

    run(test)


def test_people_of_other_workspaces_are_not_heard():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            await server.event(server.message("!summit"), team=FOREIGN)
            await server.clicks("!summit", {"ts": "1.1"}, team=FOREIGN)
            await server.says("!summit last")
            await server.until(1)
            assert [request.text for request in desk.heard] == ["!summit last"]

    run(test)


def test_events_that_nobody_waits_for_are_acknowledged():
    async def test() -> None:
        server = Server()
        async with serving(server):
            envelope = await server.event({"type": "emoji_changed", "event_ts": "1"})
            await until(lambda: envelope in server.acknowledged)

    run(test)


# --- home tab, greeting, farewell ---------------------------------------------------------------------------


def test_the_home_tab_shows_the_status():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            await server.event({"type": "app_home_opened", "user": READER, "tab": "home", "event_ts": "1.5"})
            await until(lambda: server.views)
            assert desk.heard[0].text == "status"
            assert server.views[0]["user_id"] == READER
            assert "heard status" in str(server.views[0]["view"]["blocks"])

    run(test)


def test_a_channel_that_invites_it_is_greeted_with_what_to_type():
    async def test() -> None:
        server = Server()
        async with serving(server):
            await server.event({"type": "member_joined_channel", "user": READER, "channel": CHANNEL, "event_ts": "1"})
            await server.event({"type": "member_joined_channel", "user": ME, "channel": CHANNEL, "event_ts": "2"})
            (greeting,) = await server.until(1)
            assert "!summit" in greeting

    run(test)


def test_a_workspace_that_removes_it_is_told_on():
    async def test() -> None:
        server = Server()
        store = open_store(":memory:")
        async with serving(server, register=Register(store, lambda: NOW)):
            await server.event({"type": "app_uninstalled"})
            await until(lambda: store.clear(LATER) == (f"slack/{TEAM}",))

    run(test)


def test_a_workspace_that_installs_it_again_keeps_what_it_had():
    async def test() -> None:
        store = open_store(":memory:")
        store.depart([f"slack/{TEAM}", f"slack/{FOREIGN}"], NOW)
        async with serving(Server(), register=Register(store, lambda: NOW)):
            assert store.clear(LATER) == (f"slack/{FOREIGN}",)

    run(test)


@pytest.mark.parametrize(
    ("members", "alone"),
    [
        ([ME, READER, ADMIN], True),
        ([ME, READER, OTHER_BOT], False),
        ([ME, *(f"U{i}" for i in range(30))], True),
        ([ME, *(f"U{i}" for i in range(31))], False),  # too many to look through
    ],
)
def test_it_knows_where_no_other_bot_listens(members, alone):
    async def test() -> None:
        server = Server(members=members)
        async with serving(server) as desk:
            for _ in range(3):
                await server.says("!help")
            await server.until(3)
            assert [request.alone for request in desk.heard] == [alone] * 3
            assert server.calls.count("conversations.members") == 1  # remembered
            assert server.calls.count("users.info") <= 30

    run(test)


def test_who_else_listens_is_asked_for_what_other_bots_have_too_alone():
    async def test() -> None:
        server = Server(refuses={"conversations.members": "missing_scope"})
        async with serving(server) as desk:
            await server.says("!summit")
            await server.says(f"<@{ME}> help")
            await server.until(2)
            assert "conversations.members" not in server.calls
            await server.says("!help")
            await server.until(3)
            assert not desk.heard[-1].alone  # in doubt

    run(test)


def test_a_person_is_written_to_in_private():
    async def test() -> None:
        async with Server() as server:
            bot = chat(server)
            await bot.post(Target("slack", f"{PERSON}{READER}"), say("paused"), "k", retry=False)
            assert server.answers(READER) == ["paused"]
            assert await bot.check(Target("slack", f"{PERSON}{READER}")) == ()

    run(test)


def test_in_private_nothing_is_asked_that_would_need_another_scope():
    async def test() -> None:
        async with Server() as server:
            await chat(server).check(Target("slack", DM))
            assert "conversations.info" not in server.calls

    run(test)


# --- posting ------------------------------------------------------------------------------------------------


def test_a_long_answer_is_posted_whole_its_rest_in_the_thread_of_its_head():
    async def test() -> None:
        async with Server() as server:
            told = [f"Sentence {i} {'x' * 90}." for i in range(200)]
            message = Message(tuple(Paragraph((Text(one),)) for one in told))
            ids = await chat(server).post(HERE, message, "k", retry=False)
            assert len(ids) == len(server.messages) > 4
            assert "\n".join(server.answers()).split("\n") == told
            assert [one.get("thread_ts") for one in server.messages] == [None] + [ids[0]] * (len(ids) - 1)

    run(test)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=503),
        Fault(status=502, after=True),
        Fault(),
        Fault(after=True),
        Fault(status=200, after=True),
        Fault(error="internal_error"),
        Fault(error="fatal_error", after=True),
        Fault(status=429, retry_after=30),
    ],
    ids=str,
)
@pytest.mark.parametrize("restarted", [False, True])
def test_what_fails_is_posted_once_when_tried_again(fault, restarted):
    async def test() -> None:
        async with Server(faults=[fault], settles=SETTLE / 2) as server:
            bot = chat(server)
            with pytest.raises((Unreachable, RateLimited)) as failure:
                await bot.post(HERE, say("one"), "k", retry=False)
            assert not getattr(failure.value, "for_good", False)
            ids = await (chat(server) if restarted else bot).post(HERE, say("one"), "k", retry=True)
            assert list(ids) == [one["ts"] for one in server.messages]

    run(test)


def test_slack_sdk_does_not_post_again_by_itself():
    async def test() -> None:
        async with Server(faults=[Fault(after=True), Fault(after=True)]) as server:
            with pytest.raises(Unreachable):
                await chat(server).post(HERE, say("one"), "k", retry=False)
            assert server.calls == ["chat.postMessage"]

    run(test)


def test_what_is_in_doubt_in_a_thread_is_found_behind_many_replies():
    async def test() -> None:
        async with Server() as server:
            bot = chat(server)
            (root,) = await bot.post(HERE, say("root"), "root", retry=False)
            thread = Target("slack", CHANNEL, root)
            for i in range(5):
                await bot.post(thread, say(f"reply {i}"), f"reply{i}", retry=False)
            server.faults.append(Fault(after=True))
            with pytest.raises(Unreachable):
                await bot.post(thread, say("one"), "k", retry=False)
            ids = await chat(server).post(thread, say("one"), "k", retry=True)
            assert server.answers().count("one") == 1
            assert ids == (server.messages[-1]["ts"],)

    run(test)


def test_the_rest_of_a_long_answer_goes_on_after_a_fault():
    async def test() -> None:
        async with Server() as server:
            bot = chat(server)
            message = Message(tuple(Paragraph((Text(f"Sentence {i} {'x' * 90}."),)) for i in range(100)))
            server.faults.append(Fault(after=True))
            with pytest.raises(Unreachable):
                await bot.post(HERE, message, "k", retry=False)
            ids = await chat(server).post(HERE, message, "k", retry=True)
            assert list(ids) == [one["ts"] for one in server.messages]
            assert len({one["text"] for one in server.messages}) == len(ids) == 3

    run(test)


@pytest.mark.parametrize("refused", ["missing_scope", "not_in_channel"])
def test_what_is_in_doubt_and_cannot_be_looked_up_is_unknown(refused):
    async def test() -> None:
        async with Server(refuses={"conversations.history": refused}) as server:
            with pytest.raises(Unknown):
                await chat(server).post(HERE, say("one"), "k", retry=True)
            assert server.answers() == []

    run(test)


def test_who_slept_through_its_claim_posts_nothing():
    async def test() -> None:
        async with Server() as server:
            bot = chat(server)
            await bot.post(HERE, say("in time"), "k", retry=False, until=asyncio.get_running_loop().time() + 9)
            with pytest.raises(Unreachable, match="another process") as refused:
                await bot.post(HERE, say("late"), "l", retry=False, until=asyncio.get_running_loop().time() - 0.001)
            assert not refused.value.for_good
            assert server.answers() == ["in time"]

    run(test)


def test_what_is_in_doubt_keeps_nobody_waiting():
    async def test() -> None:
        async with Server(faults=[Fault(after=True)]) as server:
            bot = chat(server, settle=5.0)
            with pytest.raises(Unreachable):
                await bot.post(HERE, say("one"), "k", retry=False)
            again = asyncio.create_task(bot.post(HERE, say("one"), "k", retry=True))
            await asyncio.sleep(0.05)
            await asyncio.wait_for(bot.post(HERE, say("two"), "l", retry=False), 1)
            assert not again.done()
            again.cancel()
            assert server.answers() == ["one", "two"]

    run(test)


def test_a_slow_answer_is_given_up_in_time():
    async def test() -> None:
        async with Server(faults=[Fault(status=503, after=True, slow=1.5)]) as server:
            bot = chat(server)
            bot._poster.web.timeout = 1
            with pytest.raises(Unreachable):
                await bot.post(HERE, say("one"), "k", retry=False)
            await bot.post(HERE, say("one"), "k", retry=True)
            assert server.answers() == ["one"]

    run(test)


def test_a_short_rate_limit_is_waited_for_a_long_one_is_told():
    async def test() -> None:
        async with Server(faults=[Fault(status=429, retry_after=0.01)]) as server:
            await chat(server).post(HERE, say("one"), "k", retry=False)
            assert server.answers() == ["one"]
            server.faults.append(Fault(status=429, retry_after=60))
            with pytest.raises(RateLimited) as limit:
                await chat(server).post(HERE, say("two"), "l", retry=False)
            assert limit.value.retry_after == 60

    run(test)


def test_one_channel_gets_one_message_after_the_other():
    async def test() -> None:
        async with Server() as server:
            bot = chat(server, rate=0.05)
            began = asyncio.get_running_loop().time()
            await asyncio.gather(*(bot.post(HERE, say(str(i)), str(i), retry=False) for i in range(4)))
            assert server.answers() == ["0", "1", "2", "3"]
            assert asyncio.get_running_loop().time() - began > 0.14

    run(test)


@pytest.mark.parametrize(
    ("error", "for_good", "word"),
    [
        ("channel_not_found", True, "gone"),
        ("not_in_channel", True, "/invite"),
        ("is_archived", True, "archived"),
        ("restricted_action", True, "forbids"),
        ("missing_scope", False, "scope"),
        ("msg_too_long", False, "msg_too_long"),
        ("msg_blocks_too_long", False, "msg_blocks_too_long"),
        ("invalid_blocks", False, "invalid_blocks"),
        ("no_text", False, "no_text"),
        ("token_revoked", False, "SLACK_BOT_TOKEN"),
        ("account_inactive", False, "SLACK_BOT_TOKEN"),
    ],
)
def test_a_refusal_is_told_in_words(error, for_good, word):
    async def test() -> None:
        async with Server(faults=[Fault(error=error)]) as server:
            with pytest.raises(Unreachable, match=word) as refusal:
                await chat(server).post(HERE, say("one"), "k", retry=False)
            assert refusal.value.for_good is for_good

    run(test)


# --- reconnects ---------------------------------------------------------------------------------------------


async def _answers_after(server: Server, desk: Desk) -> None:
    await server.connected()
    await server.says("!summit after")
    await until(lambda: "heard !summit after" in server.answers())
    assert [request.text for request in desk.heard].count("!summit after") == 1


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "too_many_websockets"])
def test_a_connection_that_slack_gives_up_is_replaced(reason):
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            await server.disconnects(reason)
            await _answers_after(server, desk)
            assert server.opened >= 2

    run(test)


@pytest.mark.parametrize("fault", ["cut", "no pongs"])
def test_a_lost_connection_comes_back(fault):
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            if fault == "cut":
                await server.drop()
            else:
                server.pongs = False
                await until(lambda: server.opened >= 2)
                server.pongs = True
            await until(lambda: server.opened >= 2)
            await until(lambda: desk.bot.health().ready)
            await _answers_after(server, desk)

    run(test)


def test_a_slack_that_is_away_for_long_is_connected_to_with_a_new_address():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            await until(lambda: desk.bot.health().ready)
            server.away = True
            await server.drop()
            await until(lambda: not desk.bot.health().ready)
            await asyncio.sleep(1.2)  # beyond the patience of the watch
            server.away = False
            await _answers_after(server, desk)

    run(test)


def test_a_slack_that_is_away_at_the_start_is_waited_for():
    async def test() -> None:
        async with Server(away=True) as server:
            bot = chat(server)
            task = asyncio.create_task(bot.run(Desk(bot)))
            await asyncio.sleep(0.1)
            assert not bot.health().ready
            server.away = False
            await server.connected()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    run(test)


def test_what_is_sent_again_after_a_reconnect_is_answered():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            await server.drop()
            await until(lambda: server.opened >= 2)
            await server.connected()
            await server.event(server.message("!summit"), retry_attempt=1, retry_reason="timeout")
            await server.until(1)
            assert len(desk.heard) == 1

    run(test)


def test_an_event_that_makes_no_sense_does_not_end_it():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            await server.send({"type": "events_api", "envelope_id": "x", "payload": {"event": "nonsense"}})
            await server.event({"type": "message"})
            await server.envelope("slash_commands", {"command": "/summit"})
            for socket in server._sockets:
                await socket.send_str("{not json")
            await _answers_after(server, desk)

    run(test)


@pytest.mark.parametrize(
    ("wrong", "setting"),
    [({"token": "xoxb-wrong"}, "SLACK_BOT_TOKEN"), ({"app_token": "xapp-wrong"}, "SLACK_APP_TOKEN")],
)
def test_a_refused_token_ends_with_one_sentence_that_names_the_setting(wrong, setting):
    async def test() -> None:
        with pytest.raises(TokenError, match=setting):
            async with serving(Server(), **wrong):
                pass

    run(test)


@pytest.mark.parametrize("how", ["told", "while posting", "link disabled"])
def test_a_token_revoked_at_run_time_ends_it(how):
    async def test() -> None:
        async with Server() as server:
            bot = chat(server)
            task = asyncio.create_task(bot.run(Desk(bot)))
            await server.connected()
            match how:
                case "told":
                    await server.event({"type": "tokens_revoked", "tokens": {"bot": [ME]}})
                case "while posting":
                    server.token = "xoxb-changed"
                    with pytest.raises(Unreachable):
                        await bot.post(HERE, say("one"), "k", retry=False)
                case "link disabled":
                    server.app_token = "xapp-changed"
                    await server.disconnects("link_disabled")
            with pytest.raises(TokenError, match="SLACK_"):
                await task

    run(test)


def test_the_tokens_are_in_no_log(caplog):
    async def test() -> None:
        server = Server(faults=[Fault(status=503), Fault(error="channel_not_found")])
        async with serving(server) as desk:
            for _ in range(3):
                with contextlib.suppress(Unreachable):
                    await desk.bot.post(HERE, say("one"), "k", retry=False)
            await server.says("!summit")
            await server.until(2)
            assert "MARKED" not in repr(desk.bot)

    with caplog.at_level(logging.DEBUG):
        run(test)
    assert "MARKED" not in caplog.text


def test_a_scope_that_was_not_granted_is_named(caplog):
    async def test() -> None:
        async with serving(Server(scopes="chat:write,commands")):
            pass

    run(test)
    assert "users:read" in caplog.text


# --- slow answers, broken ones, too many --------------------------------------------------------------------


def test_who_waits_is_told_in_a_line_that_only_they_see(monkeypatch):
    monkeypatch.setattr("bot.chat.inbox.SLOW", 0.01)

    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            desk.delay = 0.1
            await server.says("!summit", thread_ts="1.1")
            await server.until(1)
            assert [(one["user"], one["thread_ts"]) for one in server.whispers] == [(READER, "1.1")]

    run(test)


def test_a_failure_is_a_sentence_with_a_reference_that_the_log_knows(caplog):
    async def test() -> None:
        async def broken(_: Request) -> None:
            raise ValueError("secret detail")

        server = Server()
        async with serving(server, broken):
            await server.says("!summit")
            (said,) = await server.until(1)
            assert "secret" not in said
            reference = said.rstrip(".").rpartition(" ")[2]
            assert any(reference in record.getMessage() for record in caplog.records)

    run(test)


def test_who_asks_too_much_is_told_once():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            for i in range(14):
                await server.says(f"!summit {i}")
            await until(lambda: len(server.acknowledged) == 14)
            await server.until(9)
            await asyncio.sleep(0.1)
            assert len(desk.heard) == 8
            assert sum("ask again" in answer for answer in server.answers()) == 1

    run(test)


# --- may it post there? -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "lacks"),
    [(CHANNEL, []), (DM, []), (ELSEWHERE, ["/invite"]), (ARCHIVED, ["archived"]), ("C404", ["gone"])],
)
def test_what_is_missing_to_post_is_named(channel, lacks):
    async def test() -> None:
        async with Server() as server:
            missing = await chat(server).check(Target("slack", channel))
            assert len(missing) == len(lacks)
            assert all(lack in said for lack, said in zip(lacks, missing, strict=True))

    run(test)


def test_a_token_that_lacks_scopes_is_named_by_the_check():
    async def test() -> None:
        async with Server(scopes="chat:write") as server:
            assert "users:read" in (await chat(server).check(HERE))[0]
        async with Server() as server:
            assert "SLACK_BOT_TOKEN" in (await chat(server, token="xoxb-wrong").check(HERE))[0]

    run(test)


# --- pictures -----------------------------------------------------------------------------------------------

PNG = b"\x89PNG"
PICTURED = Message((Paragraph((Text("In order."),)), Action("More", "!more"), Picture(PNG, "a line of dates")))


def shown(server: Server) -> list[bytes]:
    """The pictures that a reader sees, over all messages."""
    images = [block for one in server.messages for block in one["blocks"] if block["type"] == "image"]
    return [server.files[image["slack_file"]["id"]]["png"] for image in images]


@pytest.mark.parametrize("busy", [0, 2])
def test_a_picture_stands_in_the_message_between_its_words_and_their_buttons(busy):
    async def test() -> None:
        async with Server(busy=busy) as server:
            await chat(server).post(HERE, PICTURED, "k", retry=False)
            (message,) = server.messages
            assert [block["type"] for block in message["blocks"]] == ["rich_text", "image", "actions"]
            assert message["blocks"][1]["alt_text"] == "a line of dates"
            assert (message["text"], shown(server)) == ("In order.", [PNG])

    run(test)


@pytest.mark.parametrize("target", [HERE, Target("slack", CHANNEL, "1772443000.000001"), Target("slack", DM)])
def test_a_picture_is_nowhere_but_in_its_message(target):
    async def test() -> None:
        async with Server() as server:
            await chat(server).post(target, PICTURED, "k", retry=False)
            assert server.answers(target.channel) == ["In order."]
            assert shown(server) == [PNG]

    run(test)


@pytest.mark.parametrize(
    "refuses",
    [
        *({"files.getUploadURLExternal": error} for error in ("missing_scope", "ratelimited", "storage_limit_reached")),
        {"files.completeUploadExternal": "internal_error"},
        {"chat.update": "cant_update_message"},
    ],
)
def test_a_picture_that_is_refused_leaves_the_words_alone_and_the_log_says_so_once(refuses, caplog):
    async def test() -> None:
        async with Server(refuses=refuses) as server:
            bot = chat(server)
            for key in "abc":
                await bot.post(HERE, PICTURED, key, retry=False)
            assert server.answers() == ["In order."] * 3
            assert not shown(server)
            assert not server.whispers

    run(test)
    assert caplog.text.count("a picture could not be attached") == 1


@pytest.mark.parametrize("server", [Server(takes_files=False), Server(busy=100)])
def test_a_picture_that_cannot_be_uploaded_or_is_never_processed_leaves_the_words_alone(server):
    async def test() -> None:
        async with server:
            await chat(server).post(HERE, PICTURED, "k", retry=False)
            assert server.answers() == ["In order."]
            assert not shown(server)

    run(test)


def test_words_that_were_posted_already_are_found_under_their_picture_and_both_stay_one():
    async def test() -> None:
        async with Server() as server:
            for retry in (False, True, True):  # three processes
                await chat(server).post(HERE, PICTURED, "k", retry=retry)
            assert server.answers() == ["In order."]
            assert shown(server) == [PNG]

    run(test)


def test_a_token_without_the_scope_for_pictures_lacks_nothing_that_is_needed():
    async def test() -> None:
        async with Server(scopes=",".join(hearing.NEEDED)) as server:
            assert await chat(server).check(HERE) == ()

    run(test)


# --- the manifest -------------------------------------------------------------------------------------------

RESERVED = {
    # slack.com/help/articles/201259356, "Built-in slash commands", and those of Slack's own RSS app
    *("active", "apps", "archive", "away", "call", "collapse", "dm", "dnd", "expand", "feed", "feedback", "giphy"),
    *("help", "huddle", "invite", "invite_people", "join", "keys", "leave", "me", "msg", "mute", "open", "part"),
    *("prefs", "remind", "remove", "rename", "search", "shortcuts", "shrug", "star", "status", "topic", "unarchive"),
    *("who", "workflow", "kick", "poll", "todo", "reminder", "canvas", "section", "invite", "unhide", "hide"),
}


def listed(key: str) -> set[str]:
    """The list under `key` in the manifest, which uses the simplest part of YAML only."""
    found = re.search(rf"^( *){key}:\n((?:\1 +- .*\n)+)", MANIFEST.read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    return {line.strip("- \n") for line in found[2].splitlines()}


def test_the_manifest_asks_for_what_the_code_uses_and_nothing_else():
    assert listed("bot") == hearing.SCOPES
    assert listed("bot_events") == hearing.EVENTS


def test_the_manifest_offers_the_commands_that_the_code_hears_and_none_of_slacks_own():
    offered = re.findall(r"- command: (/\w+)", MANIFEST.read_text(encoding="utf-8"))
    assert tuple(offered) == hearing.COMMANDS
    assert not {name.lstrip("/") for name in offered} & RESERVED


def test_the_manifest_turns_on_what_the_code_needs():
    text = MANIFEST.read_text(encoding="utf-8")
    assert "socket_mode_enabled: true" in text
    assert re.search(r"interactivity:\n +is_enabled: true", text)
    assert "home_tab_enabled: true" in text
    assert "messages_tab_read_only_enabled: false" in text
