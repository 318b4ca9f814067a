"""`!digest`: standing orders for digests, and a digest at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot import slots
from bot.commands.asking import Asked, Command, Reply
from bot.edition import edition
from bot.errors import UserError
from bot.message import Action, Block, Bullet, Message, Moment, Paragraph, Place, Span, Strong, Text, own, say
from bot.model import Subscription, Target, join
from bot.ports import NO_CHANNEL, channel_of

MOST = 50  # standing orders of one guild, workspace or terminal

_EXAMPLE = "`!digest daily 08:00 Asia/Seoul`"
_EXAMPLE_ABOUT = "`!digest daily 08:00 Asia/Seoul about sanctions`"
_CHANNEL = re.compile(r"\bto\s+<?#(\S+?)>?(?=\s|$)", re.IGNORECASE)
_TO = re.compile(r"^to\s+(?!<?#)", re.IGNORECASE)  # "change 1 to weekdays 07:30", but "change 1 to #news"
_EVEN = re.compile(r"\b(?:even|not) if empty\b", re.IGNORECASE)
_ABOUT = re.compile(r"^\s*about\s+(.+)$", re.IGNORECASE)


def order(asked: Asked) -> Reply:
    if not asked.request.trusted:
        raise UserError("Digests are set up by those who manage this server or workspace; ask one of them.")
    first, _, rest = asked.words.partition(" ")
    match first.lower():
        case "" | "list":
            return _list(asked)
        case "now":
            return _now(asked, rest)
        case "preview":
            return _preview(asked, rest)
        case "stop":
            return _stop(asked, rest)
        case "resume":
            return _resume(asked, rest)
        case "change":
            number, _, words = rest.partition(" ")
            return _set(asked, _TO.sub("", words), _mine(asked, number))
        case _:
            return _set(asked, asked.words, None)


def _set(asked: Asked, words: str, old: Subscription | None) -> Reply:
    zone = next((one.schedule.zone for one in asked.store.subscriptions(asked.channel)[::-1]), "")
    if not words:
        raise UserError("Say what to change it to, for example `!digest change 1 weekdays 07:30`.")
    words, channel = _taken(_CHANNEL, words)
    words, even = _taken(_EVEN, words)
    schedule, rest = slots.parse(words, zone, old.schedule if old else None)
    about = _ABOUT.match(rest)
    if rest.strip() and not about:
        raise UserError(f"I cannot read “{rest.strip()}” there. Write for example {_EXAMPLE_ABOUT}.")
    if old is None and len(active(asked)) >= MOST:
        raise UserError(f"{MOST} digests are ordered already; stop one with `!digest stop` and its number first.")
    if channel == NO_CHANNEL:
        raise UserError("There is no such channel here; type `to #` and pick one from the list that opens.")
    here = replace(asked.request.target, reply_to="")
    target = Target(here.platform, channel) if channel else old.target if old else here
    if channel and target.platform == "terminal":
        raise UserError("The terminal has no channels; leave out `to …`.")
    subscription = asked.store.subscribe(
        Subscription(
            target=target,
            schedule=schedule,
            since=asked.now,
            words=about[1].strip() if about else old.words if old else "",
            even_if_empty=even.lower() == "even if empty" if even else bool(old and old.even_if_empty),
            tenant=asked.tenant,
            id=old.id if old else 0,
            orderer=asked.request.user,
        )
    )
    return _standing(asked, subscription)


def _standing(asked: Asked, one: Subscription) -> Reply:
    """An order as it stands now."""
    blocks = (
        Paragraph((Strong(f"Digest {one.id}: "), *told(one, asked))),
        Action("Preview", f"!digest preview {one.id}"),
        Action("Stop", f"!digest stop {one.id}"),
    )
    return Reply(Message(blocks), ordered=one.target)


def still_missing(reply: Reply, lacking: Sequence[str]) -> Reply:
    """`reply` to an order, with what is missing to post there, so that nobody waits for it in vain."""
    note = Paragraph(own(f"Something is still missing: {join(lacking)}."))
    blocks = reply.message.blocks
    return replace(reply, message=Message((*blocks[:1], note, *blocks[1:])))


def paused(one: Subscription) -> Message:
    """What who ordered a digest is told when it can no longer be posted."""
    first = Text(f"Digest {one.id}, {slots.show(one.schedule)}, is paused, as it cannot be posted in ")
    rest = own(
        f": {one.paused}. Once that is put right, type `!digest resume {one.id}` where you ordered it; "
        f"`!digest change {one.id} to #channel` sends it elsewhere."
    )
    return Message((Paragraph((first, place(one.target), *rest)),))


def _taken(pattern: re.Pattern[str], words: str) -> tuple[str, str]:
    """`words` without what `pattern` finds, and that: its first group, else the whole."""
    found = pattern.search(words)
    if not found:
        return words, ""
    return f"{words[: found.start()]} {words[found.end() :]}".strip(), found[found.lastindex or 0]


def told(subscription: Subscription, asked: Asked) -> tuple[Span, ...]:
    """A standing order in words, with its next run as an absolute moment."""
    words = f", about {subscription.words}" if subscription.words else ""
    even = ", even if empty" if subscription.even_if_empty else ""
    said: list[Span] = [Text(f"{slots.show(subscription.schedule)}{words}{even}")]
    if channel_of(subscription.target) != asked.channel:
        said += [Text(", in "), place(subscription.target)]
    if subscription.paused:
        return (*said, *own(f"; paused: {subscription.paused}. `!digest resume {subscription.id}` goes on with it."))
    due = slots.following(subscription.schedule, asked.now)
    return (*said, Text("; next "), Moment(due.at, subscription.schedule.zone), Text("."))


def place(target: Target) -> Place:
    """Where readers find it: a thread on Discord is a channel with a name of its own, on Slack it has none."""
    return Place(target.thread if target.platform == "discord" and target.thread else target.channel)


def active(asked: Asked) -> tuple[Subscription, ...]:
    """The standing orders of this guild, workspace or terminal, wherever they post to."""
    platform = asked.request.target.platform
    return tuple(
        one
        for one in asked.store.subscriptions()
        if one.tenant == asked.tenant and one.target.platform == platform and not one.stopped
    )


def _mine(asked: Asked, number: str) -> Subscription:
    """The standing order with this number, which must be one of this tenant's."""
    mine = active(asked)
    for one in mine:
        if str(one.id) == number.strip().lstrip("#"):
            return one
    if not mine:
        raise UserError(f"No digest is ordered yet. Order one with {_EXAMPLE}.")
    if not number.strip().lstrip("#").isdecimal():
        raise UserError("Say which digest by its number; `!digest list` shows their numbers.")
    raise UserError(f"There is no digest {number.strip()}; `!digest list` shows their numbers.")


def _list(asked: Asked) -> Reply:
    standing = active(asked)
    if not standing:
        return Reply(
            say(f"No digest is ordered yet. Order one with {_EXAMPLE}, or read one at once with `!digest now`.")
        )
    blocks: list[Block] = [Paragraph((Strong("Digests"),))]
    blocks += [Bullet((Strong(f"{one.id}: "), *told(one, asked))) for one in standing]
    blocks += [Action(f"Resume digest {one.id}", f"!digest resume {one.id}") for one in standing if one.paused]
    return Reply(Message(tuple(blocks)))


def _stop(asked: Asked, number: str) -> Reply:
    stopped = _mine(asked, number.strip())
    asked.store.subscribe(replace(stopped, stopped=True))
    return Reply(say(f"Digest {stopped.id} is stopped; it ran {slots.show(stopped.schedule)}."))


def _resume(asked: Asked, number: str) -> Reply:
    one = _mine(asked, number.strip())
    if one.paused:
        one = asked.store.subscribe(replace(one, paused="", since=asked.now, orderer=asked.request.user))
    return _standing(asked, one)


def _now(asked: Asked, words: str) -> Reply:
    """What the newest stories are; a standing order's mark stays where it is."""
    about = _ABOUT.match(words)
    if words.strip() and not about:
        raise UserError("Write `!digest now` or, for example, `!digest now about sanctions`.")
    topic = about[1].strip() if about else ""
    read = edition(
        asked.store, asked.today, words=topic, tenant=asked.tenant, summarizer=asked.summarizer, background=True
    )
    return Reply(read.message, read.citations)


def _preview(asked: Asked, number: str) -> Reply:
    """The bytes that a standing order would post if it were due now."""
    standing = active(asked)
    if not number.strip() and not standing:
        return _now(asked, "")
    one = _mine(asked, number.strip()) if number.strip() else standing[-1]
    mark = next((row.mark for row in asked.store.deliveries(one.id, limit=1)), 0)
    day = slots.following(one.schedule, asked.now).at.astimezone(ZoneInfo(one.schedule.zone)).date()
    read = edition(asked.store, day, words=one.words, tenant=one.tenant, after=mark, summarizer=asked.summarizer)
    return Reply(read.message, read.citations)


DIGEST = Command(
    "digest",
    "!digest [when] [zone] [about words] [even if empty] [to #channel]",
    "Standing orders for digests: set, list, change, stop, resume; or one at once.",
    (
        ("!digest daily 08:00 Asia/Seoul", "every morning, here"),
        ("!digest weekdays 18:00 about sanctions", "in the zone used last"),
        ("!digest every monday and thursday 09:30 Europe/Berlin even if empty", "and say so when nothing is new"),
        ("!digest list", "what is ordered"),
        ("!digest change 1 weekdays 07:30", "another time for digest 1"),
        ("!digest stop 1", "no more of it"),
        ("!digest resume 1", "on with it, once it was paused"),
        ("!digest now", "the newest stories at once"),
        ("!digest preview", "what the next one holds so far"),
    ),
    order,
)
