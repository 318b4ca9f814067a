"""`!help`, `!topics` and `!status`: what can be asked, about what, and how things stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from bot import dates, stories
from bot.commands.asking import READ, Asked, Command, Reply, nothing_about
from bot.commands.feeding import feeds
from bot.commands.ordering import active, told
from bot.edition import lead
from bot.errors import UserError
from bot.message import Action, Block, Bullet, Code, Heading, Message, Moment, Paragraph, Span, Strong, Text, own
from bot.model import Delivery, DeliveryState, Subscription, When, counted, join
from bot.quotation import headline, newest

STORIES_LISTED = 8
NAMES_LISTED = 10
LAST = 3  # deliveries shown of each standing order


def help_command(commands: Mapping[str, Command]) -> Command:
    return Command(
        "help",
        "!help [command]",
        "What can be asked, with examples.",
        (("!help", "all commands"), ("!help digest", "one of them")),
        partial(_help, commands),
    )


def _help(commands: Mapping[str, Command], asked: Asked) -> Reply:
    name = asked.words.lstrip("!/").partition(" ")[0].casefold()
    if not name:
        blocks: list[Block] = [
            Paragraph((Text("I answer from stored news articles, in their own words, each sentence with its source."),))
        ]
        blocks += _deaf(asked)
        blocks += [Bullet((Code(one.usage), Text(f" - {one.summary}"))) for one in commands.values()]
        blocks.append(Paragraph(own("`!help summit` shows examples of a command.")))
        return Reply(Message(tuple(blocks)))
    command = commands.get(name)
    if command is None:
        raise UserError(f"There is no command “{name}”; `!help` lists them.")
    lines = [Bullet((Code(example), Text(f" - {meaning}"))) for example, meaning in command.examples]
    return Reply(Message((Heading((Text(command.usage),)), Paragraph((Text(command.summary),)), *lines)))


def _deaf(asked: Asked) -> list[Block]:
    """Which entrance does not work here, and which does."""
    said = asked.request.deaf
    return [Paragraph(own(f"{said[0].upper()}{said[1:]}."))] if said else []


def status(asked: Asked) -> Reply:
    facts = asked.store.facts(asked.tenant)
    stored: list[Span] = [Text("nothing is stored yet.")]
    if facts.articles:
        articles, stories = counted(facts.articles, "article"), counted(facts.stories, "story")
        newest = f", newest {dates.show(When.day(facts.newest))}" if facts.newest else ""
        stored = [Text(f"{articles} in {stories}{newest}; last stored ")]
        stored += [Moment(facts.added, asked.zone), Text(".")] if facts.added else []
    blocks: list[Block] = [Paragraph((Strong("Corpus: "), *stored)), *_deaf(asked)]
    orders = active(asked)
    if not orders:
        blocks.append(Paragraph((Strong("Digests: "), *own("none; order one with `!digest daily 08:00 Asia/Seoul`."))))
    for one in orders:
        blocks.append(Paragraph((Strong(f"Digest {one.id}: "), *told(one, asked))))
        blocks += [Bullet(_delivered(row, one)) for row in asked.store.deliveries(one.id, LAST)]
    return Reply(Message((*blocks, *feeds(asked))))


_TOLD = {
    DeliveryState.CLAIMED: "is being sent",
    DeliveryState.SENT: "was posted",
    DeliveryState.EMPTY: "was left out, as nothing was new",
    DeliveryState.FAILED: "could not be posted",
    DeliveryState.UNKNOWN: "may or may not have arrived",
    DeliveryState.MISSED: "was missed",
}


def _delivered(row: Delivery, one: Subscription) -> tuple[Span, ...]:
    """One slot and what became of it, with the reason where it did not arrive."""
    assert row.due is not None
    sign = ";" if row.state is DeliveryState.SENT else ":"
    reason = f"{sign} {row.reason}" if row.reason else ""
    return (Moment(row.due, one.schedule.zone), *own(f" {_TOLD[row.state]}{reason}."))


STATUS = Command(
    "status",
    "!status",
    "The corpus, the next digests, the last ones and why one did not come.",
    (("!status", "how things stand"),),
    status,
)


def topics(asked: Asked) -> Reply:
    stored = asked.store.stories(asked.tenant, STORIES_LISTED)
    if not stored:
        raise UserError(nothing_about(asked, ""))
    blocks: list[Block] = [Heading((Text("What you can ask about"),))]
    for one in stored:
        entries = stories.originals(asked.store.entries(one.articles[:READ], asked.tenant))
        if not entries:  # withdrawn a moment ago
            continue
        first = lead(entries)
        dated = newest(entry.article for entry in entries)
        blocks.append(Bullet((headline(first), Text(f" ({counted(one.texts, 'article')}{dated})"))))
    names = _apart([name for name, _ in asked.store.names(asked.tenant, limit=2 * NAMES_LISTED)])[:NAMES_LISTED]
    if names:
        blocks.append(Paragraph((Strong("Names: "), Text(f"{join(names)}."))))
        blocks += [Action(name, f"!summit {name}") for name in names[:3]]
    return Reply(Message(tuple(blocks)))


_WHOLE = {"U.S.": "United States", "US": "United States", "U.K.": "United Kingdom", "UK": "United Kingdom"}


def _apart(names: Sequence[str]) -> list[str]:
    """`names` less what says the same as one before it, "United States" after "U.S.", and "Korean" beside "Korea"."""
    words = {word for name in names for word in name.split()}
    kept: dict[str, str] = {}
    for name in names:
        if " " in name or not any(name.removesuffix(end) in words for end in ("n", "an") if name.endswith(end)):
            kept.setdefault(_WHOLE.get(name, name), name)
    return list(kept.values())


TOPICS = Command(
    "topics",
    "!topics",
    "The stories and the names one can ask about.",
    (("!topics", "what is stored"),),
    topics,
)
