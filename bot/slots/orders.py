"""A standing order for digests: shown in words, and read from what a chat user types."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.errors import UserError
from bot.model import Schedule, join
from bot.slots import zones

# --- shown ------------------------------------------------------------------------------------------------

_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EVERY_DAY = frozenset(range(7))
_WEEKDAYS = frozenset(range(5))
_WEEKEND = frozenset((5, 6))


def show(schedule: Schedule) -> str:
    """`schedule` in words, as `parse` reads them: "every Monday and Thursday at 09:30 (Asia/Seoul)"."""
    return f"{_shown(schedule.days)} at {schedule.hour:02}:{schedule.minute:02} ({schedule.zone})"


def _shown(days: frozenset[int]) -> str:
    if days == _EVERY_DAY:
        return "daily"
    if days == _WEEKDAYS:
        return "on weekdays"
    if days == _WEEKEND:
        return "on weekends"
    return f"every {join([_NAMES[day] for day in sorted(days)])}"


# --- read -------------------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\s,;()]+")
_FILLERS = frozenset({"at", "on", "in", "every", "each", "the", "and", "@", "&"})
_TO = frozenset({"to", "through", "thru", "until", "till", "-", "–", "—"})
_OPENERS = frozenset({"about", "even", "to", "for", "with", "if", "when", "from"})  # of words that are not ours to read
_DAYS: dict[str, frozenset[int]] = {
    **dict.fromkeys(("daily", "everyday", "day", "days"), _EVERY_DAY),
    **dict.fromkeys(("weekday", "weekdays", "workday", "workdays"), _WEEKDAYS),
    **dict.fromkeys(("weekend", "weekends"), _WEEKEND),
    **{
        word: frozenset((number,))
        for number, name in enumerate(name.casefold() for name in _NAMES)
        for word in (name, f"{name}s", name[:3], name[:4])
    },
    "thurs": frozenset((3,)),
    "weds": frozenset((2,)),
}
_NO_DAYS = re.compile(
    r"hour|hours|hourly|minutes?|week|weeks|weekly|bi-?weekly|fortnight(ly)?|months?|monthly|quarterly|years?|yearly"
    r"|other|first|second|third|fourth|last|once|twice|thrice|today|tonight|tomorrow|\d+(st|nd|rd|th)"
)
_CLOCK = re.compile(r"(?P<hour>\d\d?)(?:[:.h](?P<minute>\d\d))?h?(?P<half>[ap]\.?m)?|(\d\d)(\d\d)", re.ASCII)
_SURELY_CLOCK = re.compile(r"\d\d?:\d\d([ap]\.?m)?|\d\d?[ap]\.?m|noon|midnight", re.ASCII)
_AFTER_CLOCK = {"am": "am", "a.m": "am", "pm": "pm", "p.m": "pm", "o'clock": "", "h": "", "hrs": ""}
_NOON = {"noon": (12, 0), "midday": (12, 0), "midnight": (0, 0)}


def parse(words: str, zone: str = "", standing: Schedule | None = None) -> tuple[Schedule, str]:
    """The schedule that `words` open with, and the words after it, as they were typed.

    `standing` stands in for all that they leave out, `zone` for the zone. UserError says what is missing or wrong.
    """
    found = list(_WORD.finditer(words))
    typed = [match.group() for match in found]
    order = _Order()
    read = 0
    while taken := order.take(typed[read:]):
        read += taken
    rest = words[found[read].start() :].strip() if read < len(found) else ""
    return order.schedule(zone, standing), rest


def _plain(word: str) -> str:
    # only at the end: a quote before a word opens a phrase, which is not ours to read
    return unicodedata.normalize("NFKC", word).casefold().replace("’", "'").rstrip("\"'`“”.!?")


@dataclass(slots=True)
class _Order:
    """What has been read of an order so far."""

    days: frozenset[int] | None = None
    clock: tuple[int, int] | None = None
    zone: str = ""

    def take(self, typed: Sequence[str]) -> int:
        """Read the days, the time or the zone that `typed` opens with; how many words that took, 0 if none is there."""
        words = [_plain(word) for word in typed]
        head = next((place for place, word in enumerate(words) if word not in _FILLERS), len(words))
        if head == len(words) or words[head] in _OPENERS:
            return 0
        every = not {"every", "each"}.isdisjoint(words[:head])
        words, typed = words[head:], typed[head:]
        taken = self._take_days(words, every=every) or self._take_clock(words) or self._take_zone(words)
        if taken:
            return head + taken
        self._refuse(words, typed, every=every)
        return 0

    def schedule(self, zone: str, standing: Schedule | None) -> Schedule:
        """The whole order. UserError where something is still missing."""
        days, clock, name = self.days, self.clock, self.zone
        if standing is not None:
            days = standing.days if days is None else days
            clock = clock or (standing.hour, standing.minute)
            name = name or standing.zone
        if clock is None:
            missing = "at what time" if days else "on which days and at what time"
            raise UserError(f"Say {missing}, such as {self._example(name or zone)}.")
        if not (name := name or zone):
            raise UserError(f"Say in which time zone: name a city after the time, such as {self._example()}.")
        return Schedule(_EVERY_DAY if days is None else days, *clock, name)

    def _take_days(self, words: Sequence[str], *, every: bool) -> int:
        if self.days is not None:
            return 0
        if _NO_DAYS.fullmatch(words[0]) or (every and words[0].isdigit()):
            at = self._at()
            raise UserError(
                "A digest comes at most once a day, on the days of the week that you name, "
                f"such as `!digest daily {at}`, `!digest weekdays {at}` or `!digest every monday {at}`."
            )
        days, taken = _days(words)
        if taken:
            self.days = days
        return taken

    def _take_clock(self, words: Sequence[str]) -> int:
        if self.clock is not None:
            if _SURELY_CLOCK.fullmatch(words[0]):
                second = "for a second time write a second order"
                raise UserError(f"One order has one time of day; {second}, such as {self._example()}.")
            return 0
        twelve = int(words[0] == "12" and len(words) > 1)  # "12 noon"
        if words[twelve] in _NOON:
            self.clock = _NOON[words[twelve]]
            return 1 + twelve
        if not words[0][:1].isdigit():
            return 0
        after = [*itertools.takewhile(_AFTER_CLOCK.__contains__, words[1:])]
        self.clock = _clock(words[0], "".join(_AFTER_CLOCK[word] for word in after[:2])[:2])
        if self.clock is None:
            wrong = _short(" ".join((words[0], *after)))
            raise UserError(f"“{wrong}” is no time of day; write 08:00, 7pm or noon, such as {self._example()}.")
        return 1 + len(after)

    def _take_zone(self, words: Sequence[str]) -> int:
        if self.zone:
            return 0
        self.zone, taken = zones.named(words)
        return taken

    def _refuse(self, words: Sequence[str], typed: Sequence[str], *, every: bool) -> None:
        """Refuse what was surely or nearly meant as days or as a zone; other words are left to the caller."""
        if self.days is None:
            near = get_close_matches(words[0], [day for day in _DAYS if len(day) > 4], n=1, cutoff=0.75)
            if near or every:
                self.days = _DAYS[near[0]] if near else None
                guess = f"did you mean {near[0]}? Write it so:" if near else "write it so:"
                raise UserError(f"“{_short(typed[0])}” is no day of the week; {guess} {self._example()}.")
        if not self.zone:
            self._refuse_zone(words, typed)

    def _refuse_zone(self, words: Sequence[str], typed: Sequence[str]) -> None:
        word, said = words[0], _short(typed[0])
        if likely := zones.ABBREVIATIONS.get(word):
            names = likely.split()
            raise UserError(
                f"“{said}” does not say whose clock, and whose summer time; "
                f"write {join(names, 'or')}, such as {self._example(names[0])}."
            )
        if zones.OFFSET.fullmatch(word):
            raise UserError(f"“{said}” follows no summer time; name a city instead, such as {self._example()}.")
        surely = bool(zones.ZONE_LIKE.fullmatch(word))
        if surely or (word[:1].isalpha() and (self.days or self.clock)):
            for count in (1, 2):  # "Seol", "New Yrok"
                if near := zones.nearest(" ".join(words[:count])):
                    said, example = _short(" ".join(typed[:count])), self._example(near[0])
                    raise UserError(
                        f"There is no time zone “{said}”. Did you mean {join(near, 'or')}? Write it so: {example}."
                    )
        if surely:
            raise UserError(f"There is no time zone “{said}”; name a large city near you, such as {self._example()}.")

    def _example(self, zone: str = "") -> str:
        """A whole order to copy, with what was understood so far."""
        return f"`!digest {_shown(self.days or _EVERY_DAY).removeprefix('on ')} {self._at(zone)}`"

    def _at(self, zone: str = "") -> str:
        hour, minute = self.clock or (8, 0)
        return f"{hour:02}:{minute:02} {zone or self.zone or 'Asia/Seoul'}"


def _short(word: str) -> str:
    return word if len(word) <= 40 else f"{word[:39]}…"


def _days(tokens: Sequence[str]) -> tuple[frozenset[int], int]:
    """The days of the week that `tokens` open with, and how many tokens name them."""
    days: frozenset[int] = frozenset()
    taken = place = 0
    while place < len(tokens):
        if (
            tokens[place + 1 : place + 2]
            and tokens[place + 1] in _TO
            and (span := _span(tokens[place : place + 3 : 2]))
        ):
            days, place = days | span, place + 3
        elif named := _named(tokens[place]):
            days, place = days | named, place + 1
        elif tokens[place] in _FILLERS:
            place += 1
            continue
        else:
            break
        taken = place
    return days, taken


def _named(token: str) -> frozenset[int]:
    """The days of one token: "fri", "mon-fri", "tue/thu"; empty if it names none."""
    parts = re.split(r"[/+&]", token)
    if all(part in _DAYS for part in parts):
        return frozenset().union(*(_DAYS[part] for part in parts))
    return _span(re.split("[-–—]", token))


def _span(ends: Sequence[str]) -> frozenset[int]:
    """The days from one day of the week to another, over Sunday where need be; empty if `ends` are not that."""
    days = [min(_DAYS[end]) for end in ends if len(_DAYS.get(end, "")) == 1]
    if len(days) != 2 or len(ends) != 2:
        return frozenset()
    first, last = days
    return frozenset(day % 7 for day in range(first, last + 1 + 7 * (last < first)))


def _clock(token: str, half: str) -> tuple[int, int] | None:
    """Hour and minute of "9:30", "9.30pm", "0930" or, with `half` "am" or "pm", "9"; None if it is no time."""
    match = _CLOCK.fullmatch(token)
    if match is None:
        return None
    half = half or (match["half"] or "").replace(".", "")
    hour, minute = int(match["hour"] or match[4]), int(match["minute"] or match[5] or 0)
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (half == "pm")
    return (hour, minute) if hour < 24 and minute < 60 else None
