"""What the bot says, before a platform dresses it.

A message is blocks of spans and holds no markup: escaping happens in the renderers alone, so that news text can
neither ping nor format. News text enters only as `Quotation` and `Headline`, which name the place they come from;
`delivery` holds both against the stored text when a message is sent.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from bot.model import Citation, Passage, Precision, When

CUT = "…"  # marks where a verbatim fragment was cut out of its sentence

# --- spans ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """The bot's own words."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """The bot's own words, stressed."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type, as it is typed."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """`label`, the bot's own words or a headline, leading to `url`."""

    label: str | Headline
    url: str


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, shown in the reader's own zone where the platform can, else in `zone`."""

    at: datetime
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Place:
    """A channel or thread, by the platform's own id; shown by its name where the platform can."""

    channel: str


@dataclass(frozen=True, slots=True)
class Quotation:
    """The words at `passage`, as `shown()` shows them, with CUT at each end that was cut out of a sentence."""

    passage: Passage
    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Headline:
    """A stored article's title; the opening words of its first sentence, cut, where it has none."""

    article: int
    version: int
    text: str


@dataclass(frozen=True, slots=True)
class Cite:
    """`[number]`: the citation of the quotation before it."""

    number: int


Span = Text | Strong | Code | Link | Moment | Place | Quotation | Headline | Cite

# --- blocks -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Bullet:
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A block quotation: sentences in their context."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Small print: sources, dates, what to know."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG and the alternative text that says the same."""

    png: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class Action:
    """A button that is a typed command: it needs no state and survives a restart."""

    label: str
    command: str


Block = Heading | Paragraph | Bullet | Quote | Note | Picture | Action


@dataclass(frozen=True, slots=True)
class Dot:
    """An event in a picture: its days, the citation that tells it, and its mark, at most one."""

    when: When
    number: int
    planned: bool = False
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """`dots` are the events of its picture, which is drawn where one can be shown: what is frozen stays small."""

    blocks: tuple[Block, ...]
    dots: tuple[Dot, ...] = ()

    def spans(self) -> Iterator[Span]:
        """Every span, in reading order; the headline inside a link too."""
        for block in self.blocks:
            if isinstance(block, Picture | Action):
                continue
            for span in block.spans:
                yield span
                if isinstance(span, Link) and isinstance(span.label, Headline):
                    yield span.label


def own(text: str) -> tuple[Span, ...]:
    """The bot's own words as spans; what stands between backticks is something to type."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # a lone backtick, in what a user typed
        return (Text(text),)
    return tuple(Code(part) if i % 2 else Text(part) for i, part in enumerate(parts) if part)


def say(text: str) -> Message:
    """A message of one paragraph in the bot's own words."""
    return Message((Paragraph(own(text)),))


# --- frozen: JSON and back, byte for byte -----------------------------------------------------------------

_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        *(Text, Strong, Code, Link, Moment, Place, Quotation, Headline, Cite, Passage, Citation, Dot, When),
        *(Heading, Paragraph, Bullet, Quote, Note, Picture, Action, Message),
    )
}


def dumps(value: Any) -> str:
    """Nouns of this module, and tuples of them, as JSON: the form in which they are frozen; `loads` reads it back."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def loads(frozen: str) -> Any:
    return _noun(json.loads(frozen))


def _plain(value: Any) -> Any:
    if isinstance(value, Passage):
        return {"is": "Passage", **value._asdict()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, date):
        return {"on": value.isoformat()}
    if isinstance(value, Precision):
        return {"precision": value.value}
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode("ascii")}
    if type(value).__name__ in _KINDS:
        return {
            "is": type(value).__name__,
            **{field.name: _plain(getattr(value, field.name)) for field in fields(value)},
        }
    return value


def _noun(value: Any) -> Any:
    match value:
        case {"is": str(kind), **values}:
            return _KINDS[kind](**{str(name): _noun(item) for name, item in values.items()})
        case list():
            return tuple(_noun(item) for item in value)
        case {"at": str(at)}:
            return datetime.fromisoformat(at)
        case {"on": str(on)}:
            return date.fromisoformat(on)
        case {"precision": str(precision)}:
            return Precision(precision)
        case {"bytes": str(encoded)}:
            return base64.b64decode(encoded)
        case _:
            return value
