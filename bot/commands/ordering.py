"""`!digest`: standing orders for digests, and a digest at once."""

from __future__ import annotations

import re
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot import slots
from bot.commands.asking import Asked, Command, Reply
from bot.edition import edition
from bot.errors import UserError
from bot.message import Action, Block, Bullet, Message, Moment, Paragraph, Strong, Text, say
from bot.model import Subscription, Target

MOST = 20  # standing orders in one channel

_EXAMPLE = "`!digest daily 08:00 Asia/Seoul`"
_CHANNEL = re.compile(r"\bto\s+<?#(\S+?)>?(?=\s|$)", re.IGNORECASE)
_EVEN = re.compile(r"\beven if empty\b", re.IGNORECASE)
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
        case "change":
            number, _, words = rest.partition(" ")
            return _set(asked, words, _mine(asked, number))
        case _:
            return _set(asked, asked.words, None)


def _set(asked: Asked, words: str, old: Subscription | None) -> Reply:
    zone = old.schedule.zone if old else next((one.schedule.zone for one in _all(asked)[::-1]), "")
    if not words:
        raise UserError("Say what to change it to, for example `!digest change 1 weekdays 07:30`.")
    words, channel = _taken(_CHANNEL, words)
    words, even = _taken(_EVEN, words)
    schedule, rest = slots.parse(words, zone)
    about = _ABOUT.match(rest)
    if rest.strip() and not about:
        raise UserError(f"I cannot read “{rest.strip()}” there. Write for example {_EXAMPLE} `about sanctions`.")
    if old is None and len(_active(asked)) >= MOST:
        raise UserError(f"This channel has {MOST} digests already; stop one with `!digest stop 1` first.")
    target = Target(asked.request.target.platform, channel or asked.request.target.channel)
    if not channel:
        target = replace(target, thread=asked.request.target.thread)
    elif target.platform == "terminal":
        raise UserError("The terminal has no channels; leave out `to …`.")
    subscription = asked.store.subscribe(
        Subscription(
            target=target,
            schedule=schedule,
            since=asked.now,
            words=about[1].strip() if about else "",
            even_if_empty=bool(even),
            tenant=asked.tenant,
            id=old.id if old else 0,
        )
    )
    return Reply(
        Message(
            (
                Paragraph((Strong(f"Digest {subscription.id}: "), *_told(subscription, asked))),
                Action("Preview", f"!digest preview {subscription.id}"),
                Action("Stop", f"!digest stop {subscription.id}"),
            )
        )
    )


def _taken(pattern: re.Pattern[str], words: str) -> tuple[str, str]:
    """`words` without what `pattern` finds, and that: its first group, else the whole."""
    found = pattern.search(words)
    if not found:
        return words, ""
    return f"{words[: found.start()]} {words[found.end() :]}".strip(), found[found.lastindex or 0]


def _told(subscription: Subscription, asked: Asked) -> tuple[Text | Moment, ...]:
    """A standing order in words, with its next run as an absolute moment."""
    words = f", about {subscription.words}" if subscription.words else ""
    even = ", even if empty" if subscription.even_if_empty else ""
    where = "" if subscription.target.channel == asked.request.target.channel else f", to #{subscription.target.channel}"
    said = f"{slots.show(subscription.schedule)}{words}{even}{where}"
    if subscription.paused:
        return (Text(f"{said}; paused: {subscription.paused}."),)
    due = slots.following(subscription.schedule, asked.now)
    return (Text(f"{said}; next "), Moment(due.at, subscription.schedule.zone), Text("."))


def _all(asked: Asked) -> tuple[Subscription, ...]:
    """The orders given from or for this channel, stopped ones too."""
    return tuple(one for one in asked.store.subscriptions(asked.channel) if one.tenant == asked.tenant)


def _active(asked: Asked) -> tuple[Subscription, ...]:
    return tuple(one for one in _all(asked) if not one.stopped)


def _mine(asked: Asked, number: str) -> Subscription:
    """The active order with this number, which must be one of this tenant's."""
    mine = [one for one in asked.store.subscriptions() if one.tenant == asked.tenant and not one.stopped]
    for one in mine:
        if str(one.id) == number.lstrip("#") and one.target.platform == asked.request.target.platform:
            return one
    if not mine:
        raise UserError(f"There is no digest to change. Order one with {_EXAMPLE}.")
    raise UserError(f"There is no digest {number or 'without a number'}; `!digest list` shows their numbers.")


def _list(asked: Asked) -> Reply:
    active = _active(asked)
    if not active:
        return Reply(say(f"No digest is ordered here. Order one with {_EXAMPLE}, or read one at once with `!digest now`."))
    blocks: list[Block] = [Paragraph((Strong("Digests here"),))]
    blocks += [Bullet((Strong(f"{one.id}: "), *_told(one, asked))) for one in active]
    return Reply(Message(tuple(blocks)))


def _stop(asked: Asked, number: str) -> Reply:
    stopped = _mine(asked, number.strip())
    asked.store.subscribe(replace(stopped, stopped=True))
    return Reply(say(f"Digest {stopped.id} is stopped; it ran {slots.show(stopped.schedule)}."))


def _now(asked: Asked, words: str) -> Reply:
    """What the newest stories are; a standing order's mark stays where it is."""
    about = _ABOUT.match(words)
    if words.strip() and not about:
        raise UserError("Write `!digest now` or, for example, `!digest now about sanctions`.")
    read = edition(asked.store, asked.today, words=about[1].strip() if about else "", tenant=asked.tenant)
    return Reply(read.message, read.citations)


def _preview(asked: Asked, number: str) -> Reply:
    """The bytes that a standing order would post if it were due now."""
    active = _active(asked)
    if not number.strip() and not active:
        return _now(asked, "")
    one = _mine(asked, number.strip()) if number.strip() else active[-1]
    mark = next((row.mark for row in asked.store.deliveries(one.id, limit=50) if row.mark), 0)
    day = slots.following(one.schedule, asked.now).at.astimezone(ZoneInfo(one.schedule.zone)).date()
    read = edition(asked.store, day, words=one.words, tenant=one.tenant, after=mark)
    return Reply(read.message, read.citations)


DIGEST = Command(
    "digest",
    "!digest [when] [zone] [about words] [even if empty] [to #channel]",
    "Standing orders for digests: set, list, change, stop; or one at once.",
    (
        ("!digest daily 08:00 Asia/Seoul", "every morning, here"),
        ("!digest weekdays 18:00 about sanctions", "in the zone used last"),
        ("!digest every monday and thursday 09:30 Europe/Berlin even if empty", "and say so when nothing is new"),
        ("!digest list", "what is ordered here"),
        ("!digest change 1 weekdays 07:30", "another time for digest 1"),
        ("!digest stop 1", "no more of it"),
        ("!digest now", "the newest stories at once"),
        ("!digest preview", "what the next one holds so far"),
    ),
    order,
)
