"""The whole way of the news on each platform: a feed, a story, the digest that was ordered, and where a line stands."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

import pytest

from bot import schedule
from bot.delivery import Desk
from bot.model import DeliveryState
from bot.polling.scouting import within
from tests.following import Item, Place, many, play
from tests.servers import until
from tests.servers.website import answer
from tests.test_platforms import grown, on_each

pytestmark = [pytest.mark.servers, pytest.mark.filterwarnings("ignore:'audioop':DeprecationWarning")]

FLOOD = (
    Item(
        "f1", "River floods two streets", "The river rose above its banks on Monday. Two streets were closed at noon."
    ),
    Item(
        "f2", "Streets closed by flood", "Two streets were closed on Monday as the river rose above its banks at noon."
    ),
)


@on_each
def test_from_a_feed_to_a_story_to_the_ordered_digest_to_the_source(platform):
    async def test(place: Place) -> None:
        stage = platform()
        async with stage.server:
            chat = stage.open()
            scout = within(place.poller, asyncio.get_running_loop())
            desk = Desk(place.store, {stage.name: chat}, lambda: place.now, scout=scout)
            place.poller.tell = desk.tell
            task = asyncio.create_task(chat.run(desk.reply))
            await stage.connected()

            place.serve(*many(3))
            await stage.types(f"!feed add {place.site.url('/feed')}")
            await until(lambda: "Feed 1" in "".join(stage.read()))
            await stage.types("!digest daily 09:30 UTC")
            await until(lambda: "Digest 1" in "".join(stage.read()))
            await place.poll(timedelta(0))
            (feed,) = place.store.followed()
            assert feed.target.channel == stage.here.channel
            place.serve(*FLOOD, *many(3))
            await place.poll(timedelta(hours=20))
            first, second = place.store.entries(place.store.newest(feed.tenant, limit=2), feed.tenant)
            assert first.story == second.story

            place.now += timedelta(hours=5)
            before = len(stage.read())
            states = [await desk.deliver(due) for due in schedule.due(place.store, place.now, timedelta(hours=6))]
            assert states == [DeliveryState.SENT]
            digest = "\n".join(stage.read()[before:])
            assert "above its banks" in digest
            assert "Report" not in digest  # what the feed held before is no news

            (row,) = place.store.deliveries()
            before = len(stage.read())
            await stage.replies("!source 1", row.ids[0])
            await grown(stage, before)
            told = "\n".join(stage.read()[before:]).replace("\\", "")
            assert "[1]" in told
            assert "Town News" in told
            assert "streets were closed" in told

            place.site.pages["/feed"] = answer(503)
            await place.poll(timedelta(days=1))
            before = len(stage.read())
            await place.poll(timedelta(days=2))
            await grown(stage, before)
            assert "has not been readable since" in stage.read()[before]

            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    play(test)
