"""What is missing for digests to come and questions to be answered: looked for everywhere, nothing posted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.chat import examine, open_chat
from bot.config import Settings
from bot.errors import ChatError, StoreError
from bot.model import Subscription, Target, counted, join
from bot.ports import Chat, Store
from bot.store import open_store, place

SKEW = 30.0  # seconds; slots fall due by this machine's clock, and a platform's own times would look wrong


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, and how it is; where it is not well, with what to do."""

    about: str
    text: str
    well: bool = True


async def findings(settings: Settings) -> AsyncIterator[Finding]:
    """Everything that was looked at, in order: the database, then each platform and the channels it posts to."""
    orders: tuple[Subscription, ...] = ()
    try:
        store = open_store(settings.database.reveal())
    except StoreError as error:
        yield Finding("database", settings.redact(str(error)), well=False)
    else:
        orders = tuple(one for one in store.subscriptions() if not one.stopped)
        for finding in _database(store, settings):
            yield finding
        store.close()
    if not settings.platforms:
        yield Finding(
            "platforms", "none has its tokens: set DISCORD_TOKEN, or SLACK_BOT_TOKEN and SLACK_APP_TOKEN.", well=False
        )
    for platform in settings.platforms:
        async for finding in _platform(platform, settings, [one for one in orders if one.target.platform == platform]):
            yield finding
    for one in orders:
        if one.target.platform not in {*settings.platforms, "terminal"}:
            text = f"is for {one.target.platform}, whose tokens are not set."
            yield Finding(f"digest {one.id}", text, well=False)


def _database(store: Store, settings: Settings) -> Iterator[Finding]:
    try:
        store.probe()
    except StoreError as error:
        yield Finding("database", settings.redact(str(error)), well=False)
        return
    facts = store.facts()
    where = place(settings.database.reveal())
    yield Finding("database", f"{where}, can be written; {counted(facts.articles, 'article')}.")
    if not facts.articles:
        yield Finding(
            "corpus", "nothing is stored: run `dateline ingest` with files or folders of articles.", well=False
        )


async def _platform(platform: str, settings: Settings, orders: list[Subscription]) -> AsyncIterator[Finding]:
    access = settings.access(platform)
    found = await examine(platform, **access)
    for fault in found.faults:
        yield Finding(platform, f"{settings.redact(fault).rstrip('.')}.", well=False)
    if found.name:
        yield Finding(platform, f"takes its token; the bot is {found.name}.")
    yield _clock(platform, found.ahead)
    if found.name:
        async for finding in _channels(open_chat(platform, **access), orders):
            yield finding


def _clock(platform: str, ahead: float | None) -> Finding:
    if ahead is None:
        text = f"{platform.title()} does not tell its time, so this clock could not be held against it."
        return Finding("clock", text, well=False)
    if abs(ahead) > SKEW:
        way = "ahead of" if ahead > 0 else "behind"
        text = f"this machine's is {abs(ahead):.0f} s {way} {platform.title()}'s: have it set by NTP."
        return Finding("clock", text, well=False)
    return Finding("clock", f"within {SKEW:.0f} s of {platform.title()}'s.")


async def _channels(chat: Chat, orders: Sequence[Subscription]) -> AsyncIterator[Finding]:
    """What is missing in each channel that digests are ordered for."""
    ordered: dict[Target, list[str]] = {}
    for one in orders:
        ordered.setdefault(replace(one.target, reply_to=""), []).append(str(one.id))
    for target, numbers in ordered.items():
        about, where = f"digest {join(numbers)}", f"channel {target.thread or target.channel}"
        try:
            lacking = await chat.check(target)
        except ChatError as error:
            lacking = (str(error),)
        for lack in lacking:
            yield Finding(about, f"{where}: {_with_remedy(lack)}", well=False)
        if not lacking:
            yield Finding(about, f"{where} can be posted to.")
    for one in orders:
        if one.paused:
            text = f"is paused ({one.paused}): mend that, then type `!digest resume {one.id}` there."
            yield Finding(f"digest {one.id}", text, well=False)


def _with_remedy(lacking: str) -> str:
    """What is missing, as the platform's adapter names it, with what to do where that does not follow by itself."""
    if "the bot lacks" in lacking:
        return f"{lacking}: allow it in the channel's settings, under Permissions."
    if "gone" in lacking:
        return f"{lacking}: stop its digest, or order it for another channel."
    return f"{lacking}."
