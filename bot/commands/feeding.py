"""`!feed` and `!add`: which feeds are followed here, how they fare, and a single article by its address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from bot.commands.asking import Asked, Command, Looked, Reply, Scout
from bot.errors import UserError
from bot.message import Action, Block, Bullet, Code, Message, Moment, Note, Paragraph, Span, Strong, Text, own, say
from bot.model import EVERYONE, NOWHERE, Followed, Target, counted
from bot.quotation import named

MOST, MOST_FOR_ALL = 50, 10_000  # feeds that one guild or workspace may follow, and the operator
LISTED = 50  # in one answer
TOLD = 5  # in `!status`, those that fail first
LONGEST = 400  # characters of an address

_EXAMPLE = "`!feed add https://example.org/feed.xml`"
_ADDRESS = re.compile(r"<?((?:https?://)?[^\s<>|`]+\.[^\s<>|`]+|https?://[^\s<>|`]+)(?:\|[^>]*)?>?", re.IGNORECASE)
_MANAGERS = "Feeds are set up by those who manage this server or workspace; ask one of them."


def feed(asked: Asked) -> Reply:
    if not asked.request.trusted:
        raise UserError(_MANAGERS)
    first, _, rest = asked.words.partition(" ")
    match first.lower():
        case "" | "list":
            return _list(asked)
        case "add":
            return _add(asked, rest)
        case "remove" | "stop":
            return _remove(asked, rest)
        case "check":
            return _check(asked, rest)
        case _ if _ADDRESS.fullmatch(asked.words):
            return _add(asked, asked.words)
        case _:
            raise UserError(f"Write {_EXAMPLE}, `!feed list`, `!feed check 1` or `!feed remove 1`.")


def add(asked: Asked) -> Reply:
    """Store one article from its page."""
    if not asked.request.trusted:
        raise UserError("Articles are added by those who manage this server or workspace; ask one of them.")
    link = _address(asked.words, "`!add https://example.org/news/article.html`")
    added = _scout(asked).bring(link, asked.tenant)
    article = asked.store.article(added.id)
    if article is None or article.withdrawn:
        raise UserError(f"That article was withdrawn here before, as article {added.id}; it is not stored again.")
    said = {"new": "Stored", "edited": f"Stored as version {added.version}", "same": "Stored already"}[added.outcome]
    return Reply(Message((Paragraph((Text(f"{said}: "), *named(article, asked.store), Text("."))),)))


def _add(asked: Asked, words: str) -> Reply:
    address = _address(words, _EXAMPLE)
    mine = asked.store.followed(asked.tenant)
    for one in mine:
        if one.address == address and not one.stopped:
            return Reply(say(f"That is feed {one.id}, {one.named}, and followed already."))
    if asked.tenant != EVERYONE and any(one.address == address for one in asked.store.followed(EVERYONE)):
        return Reply(say("That feed is followed for everybody already; you can ask about what it brings."))
    most = MOST_FOR_ALL if asked.tenant == EVERYONE else MOST
    if len(mine) >= most:
        raise UserError(f"{most} feeds are followed already; let go of one with `!feed remove` and its number first.")
    looked = _scout(asked).look(address)
    if looked.found:
        return _offer(looked)
    for one in mine:
        if one.stopped and one.address in {address, looked.address}:
            asked.store.unfollow(one.id)  # begun anew
    here = asked.request.target
    stored = asked.store.follow(
        Followed(
            looked.address,
            asked.now,
            asked.now,
            tenant=asked.tenant,
            # whoever adds for everybody is the operator, who reads the log
            target=NOWHERE if asked.tenant == EVERYONE else Target(here.platform, here.channel, here.thread),
            user=asked.request.user,
            title=looked.title,
        )
    )
    soon = f"Its newest {counted(looked.background, 'entry')} will be stored as background" if looked.background else ""
    told = (
        f"{soon}, so that they can be asked about; what it brings after them is news." if soon else "It is empty yet."
    )
    return Reply(
        Message(
            (
                Paragraph((Strong(f"Feed {stored.id}: "), Text(f"{stored.named} is followed from now on. {told}"))),
                Action("Check", f"!feed check {stored.id}"),
                Action("Remove", f"!feed remove {stored.id}"),
            )
        )
    )


def _offer(looked: Looked) -> Reply:
    """The feeds that a page links to."""
    if len(looked.found) == 1:
        told = "That is a page and no feed, but it links to one:"
    else:
        told = f"That is a page and no feed, but it links to {len(looked.found)}:"
    commands = [f"!feed add {address}" for address in looked.found]
    bullets = [Bullet((Code(command),)) for command in commands]
    actions = [Action(f"Follow {number}", command) for number, command in enumerate(commands, 1)]
    return Reply(Message((Paragraph((Text(told),)), *bullets, *actions)))


def _remove(asked: Asked, number: str) -> Reply:
    gone = _mine(asked, number)
    asked.store.unfollow(gone.id)
    return Reply(say(f"Feed {gone.id}, {gone.named}, is no longer followed; what it brought stays."))


def _check(asked: Asked, number: str) -> Reply:
    one, zone = _mine(asked, number), asked.zone
    lines = _scout(asked).check(one)
    blocks = [Paragraph((Strong(f"Feed {one.id}: "), *fares(one, zone, address=True))), *_stages(lines)]
    return Reply(Message(tuple(blocks)))


def _stages(lines: Sequence[str]) -> list[Block]:
    return [Bullet((Text(line),)) for line in lines]


def _mine(asked: Asked, number: str) -> Followed:
    """The feed with this number, which must be one of this tenant's."""
    mine = asked.store.followed(asked.tenant)
    wanted = number.strip().lstrip("#")
    for one in mine:
        if str(one.id) == wanted or (wanted and one.address == wanted):
            return one
    if not mine:
        raise UserError(f"No feed is followed here yet. Add one with {_EXAMPLE}.")
    if not wanted.isdecimal() and not _ADDRESS.fullmatch(wanted):
        raise UserError("Say which feed by its number; `!feed list` shows their numbers.")
    raise UserError(f"There is no feed {wanted}; `!feed list` shows their numbers.")


def _list(asked: Asked) -> Reply:
    mine = asked.store.followed(asked.tenant)
    if not mine:
        return Reply(say(f"No feed is followed here yet. Add one with {_EXAMPLE}."))
    zone = asked.zone
    blocks: list[Block] = [Paragraph((Strong("Feeds"),))]
    shown = sorted(mine, key=lambda one: (not _ails(one), one.id))[:LISTED]
    blocks += [Bullet((Strong(f"{one.id}: "), *fares(one, zone, address=True))) for one in shown]
    if len(mine) > len(shown):
        blocks.append(Note(own(f"And {len(mine) - len(shown)} more; `dateline feeds export` lists them all.")))
    return Reply(Message(tuple(blocks)))


def feeds(asked: Asked) -> list[Block]:
    """How the feeds fare that are read here, for `!status`: this tenant's own, then a line for everybody's."""
    mine, zone = asked.store.followed(asked.tenant), asked.zone
    blocks: list[Block] = []
    if mine:
        ailing = sum(map(_ails, mine))
        said = f"{counted(len(mine), 'feed')} followed" + (f", {ailing} not readable" if ailing else "")
        blocks.append(Paragraph((Strong("Feeds: "), Text(f"{said}."))))
        shown = sorted(mine, key=lambda one: (not _ails(one), one.id))[:TOLD]
        blocks += [Bullet((Strong(f"{one.id}: "), *fares(one, zone))) for one in shown]
        if len(mine) > len(shown):
            blocks.append(Note(own(f"And {len(mine) - len(shown)} more: `!feed list`.")))
    if asked.tenant != EVERYONE:
        shared, ailing, latest = asked.store.feed_facts(EVERYONE)
        spans: list[Span] = [Strong("Feeds for everyone: "), Text(f"{shared} followed")]
        spans += [Text(f", {ailing} not readable")] if ailing else []
        spans += [Text("; last new article "), Moment(latest, zone)] if latest else []
        blocks += [Paragraph((*spans, Text(".")))] if shared else []
    return blocks


def _ails(one: Followed) -> bool:
    return one.stopped or one.failures > 0


def fares(one: Followed, zone: str, *, address: bool = False) -> tuple[Span, ...]:
    """A feed and how it fares: last success, last new article, next try, and the reason in words."""

    def at(words: str, moment: datetime | None) -> list[Span]:
        return [Text(words), Moment(moment, zone)] if moment else []

    spans: list[Span] = [Text(one.named)]
    if address and one.title:
        spans += [Text(" ("), Code(_shown(one.address)), Text(")")]
    if one.former and one.former != one.address and address:
        spans += [Text(", moved there from "), Code(_shown(one.former))]
    if one.stopped:
        return (*spans, Text(f": no longer followed, as {one.reason}."))
    if not one.synced and not one.failures:
        return (*spans, Text(": not read yet; its first entries come with the next try, "), *at("", one.due), Text("."))
    if one.failures:
        spans += at(": not readable since ", one.failing)
        spans += [Text(f": {one.reason}")]
        spans += at("; last read ", one.success)
    else:
        spans += at(": last read ", one.success)
    spans += at("; last new article ", one.news) or [Text("; nothing new yet")]
    spans += at("; next try ", one.due)
    spans += [Text(f"; {one.reason}")] if one.reason and not one.failures else []
    return (*spans, Text("."))


def _shown(address: str) -> str:
    """An address as a channel may read it: what stands behind a ? may be somebody's key."""
    place, asks, _ = address.partition("?")
    return f"{place}?…" if asks else place


def _address(words: str, example: str) -> str:
    """The web address among `words`, as platforms write it: bare, or in angle brackets with a label behind a bar."""
    found = _ADDRESS.fullmatch(words.strip())
    if not found:
        raise UserError(f"Write the address, for example {example}.")
    address = found[1]
    if len(address) > LONGEST:
        raise UserError(f"That address is {len(address)} characters long; at most {LONGEST} are read.")
    return address if "://" in address else f"https://{address}"


def _scout(asked: Asked) -> Scout:
    if asked.scout is None:
        raise UserError("Nothing can be fetched from here; type it where Dateline is running.")
    return asked.scout


FEED = Command(
    "feed",
    "!feed [add address] [list] [check number] [remove number]",
    "The feeds that news comes from: follow, list, check, let go of.",
    (
        ("!feed add https://example.org/feed.xml", "follow a feed, or the one that a page links to"),
        ("!feed list", "which are followed, and how they fare"),
        ("!feed check 1", "what feed 1 holds and what would be stored of it, stage by stage"),
        ("!feed remove 1", "no more of it; what it brought stays"),
    ),
    feed,
)
ADD = Command(
    "add",
    "!add [link]",
    "Store one article from its page.",
    (("!add https://example.org/news/article.html", "an article that no feed has brought yet"),),
    add,
)
