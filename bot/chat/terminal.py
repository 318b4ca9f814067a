"""The terminal as a chat platform: lines come in, messages are printed. No token, no server, no network."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import inf
from textwrap import TextWrapper
from typing import TextIO

from bot.message import (
    Action,
    Block,
    Bullet,
    Cite,
    Code,
    Heading,
    Headline,
    Link,
    Message,
    Moment,
    Note,
    Paragraph,
    Picture,
    Place,
    Quotation,
    Quote,
    Span,
    Strong,
    Text,
)
from bot.model import Target
from bot.ports import Handler, Health, Request

HERE = Target("terminal", "here")  # the terminal's one channel
PROMPT = "dateline> "
WIDTH = 88  # columns at most: a longer line is hard to follow

_BOLD, _DIM, _OFF = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def render(message: Message, width: int = WIDTH, *, styled: bool = False) -> str:
    """`message` as lines of at most `width` columns; with ANSI stress if `styled`."""
    lines: list[str] = []
    previous: type[Block] | None = None
    for block in message.blocks:
        if isinstance(block, Action):
            continue
        if previous and (type(block) is not previous or isinstance(block, Paragraph | Heading)):
            lines.append("")
        previous = type(block)
        lines += _block(block, min(width, WIDTH), styled=styled)
    hints = [f"{action.label}: {action.command}" for action in message.blocks if isinstance(action, Action)]
    if hints:
        unbroken = "   ".join(hint.replace(" ", "\xa0") for hint in hints)  # a command is not cut by a line's end
        lines += ["", *(line.replace("\xa0", " ") for line in _wrapped(f"-> {unbroken}", min(width, WIDTH), "", "   "))]
    return "\n".join(lines)


def _block(block: Block, width: int, *, styled: bool) -> list[str]:
    match block:
        case Heading():
            return [_stress(line, _BOLD, styled=styled) for line in _wrapped(_text(block.spans), width, "", "")]
        case Bullet():
            return _wrapped(_text(block.spans), width, "- ", "  ", styled=styled)
        case Quote():
            return _wrapped(_text(block.spans), width, "| ", "| ", styled=styled)
        case Note():
            return [_stress(line, _DIM, styled=styled) for line in _wrapped(_text(block.spans), width, "", "    ")]
        case Paragraph():
            return _wrapped(_text(block.spans), width, "", "", styled=styled)
        case Picture():
            return _wrapped(block.alt, width, "", "")
        case Action():
            return []


_ON, _END = "\x02", "\x03"  # stand for stress while lines are wrapped: no width, and in no stored text as shown


def _text(spans: tuple[Span, ...]) -> str:
    return "".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    match span:
        case Strong(text=text):
            return f"{_ON}{_safe(text)}{_END}"
        case Quotation(text=text, strong=True):
            return f"{_ON}*{_safe(text)}*{_END}"  # starred, as it is marked where nothing can be bold, too
        case Text(text=text) | Quotation(text=text) | Headline(text=text):
            return _safe(text)
        case Code(text=text):
            return f"`{_safe(text)}`"
        case Link(label=label, url=url):
            return f"{_safe(label if isinstance(label, str) else label.text)} <{_safe(url)}>"
        case Moment():
            return moment(span)
        case Place(channel=channel):
            return f"#{_safe(channel)}"
        case Cite(number=number):
            return f"[{number}]"


def moment(span: Moment) -> str:
    """An instant in words: "Tuesday, March 3, 2026 at 08:00 (Asia/Seoul)"."""
    from zoneinfo import ZoneInfo

    local = span.at.astimezone(ZoneInfo(span.zone))
    return f"{local:%A, %B} {local.day}, {local.year} at {local:%H:%M} ({span.zone})"


def _safe(text: str) -> str:
    """Without the controls that could move the cursor or colour the screen."""
    return "".join(c for c in text if unicodedata.category(c) != "Cc")


def _wrapped(text: str, width: int, first: str, rest: str, *, styled: bool = False) -> list[str]:
    """`text` in lines; stress is opened and closed on each line it reaches over."""
    wrapper = TextWrapper(width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
    on, off = (_BOLD, _OFF) if styled else ("", "")
    lines = []
    stressed = False
    for line in wrapper.wrap(text):
        opened = on if stressed else ""
        stressed = line.count(_ON) + stressed > line.count(_END)
        closed = off if stressed else ""
        lines.append(f"{opened}{line.replace(_ON, on).replace(_END, off)}{closed}")
    return lines


def _stress(line: str, code: str, *, styled: bool) -> str:
    return f"{code}{line}{_OFF}" if styled and line else line


class Terminal:
    """Reads commands from `source`, prints to `sink`. At the end of the input `run` returns."""

    def __init__(self, source: TextIO, sink: TextIO) -> None:
        self._source = source
        self._sink = sink
        self._talks = source.isatty() and sink.isatty()
        self._asking = False  # a prompt stands on the screen, and perhaps half a command behind it

    async def run(self, handle: Handler) -> None:
        loop = asyncio.get_running_loop()
        lines: asyncio.Queue[str | None] = asyncio.Queue()
        answered = threading.Semaphore(1)  # the next prompt waits until the last answer is out

        def read() -> None:
            while True:
                answered.acquire()
                line = self._line()
                loop.call_soon_threadsafe(lines.put_nowait, line)
                if line is None:
                    return

        with self._restored():
            threading.Thread(target=read, daemon=True).start()  # a read cannot be cancelled; it ends with the process
            while (line := await lines.get()) is not None:
                if line.strip():
                    await handle(Request(line, HERE, f"terminal:{uuid.uuid4()}", "you", trusted=True))
                answered.release()

    @contextmanager
    def _restored(self) -> Iterator[None]:
        """Leave the terminal as it was: an interrupt reaches us while the prompt, in its thread, has echo off."""
        if not self._talks:
            yield
            return
        import termios

        before = termios.tcgetattr(self._source.fileno())
        try:
            yield
        finally:
            termios.tcsetattr(self._source.fileno(), termios.TCSADRAIN, before)
            if self._asking:
                print(file=self._sink)

    def _line(self) -> str | None:
        """The next line typed, or None at the end of the input."""
        if not self._talks:
            return _raw_line(self._source)
        with suppress(ImportError):
            import readline  # noqa: F401  line editing and history for input()
        self._asking = True
        try:
            return input(PROMPT)
        except EOFError:
            print(file=self._sink)
            return None
        finally:
            self._asking = False

    async def post(
        self, target: Target, message: Message, key: str, *, retry: bool, until: float = inf
    ) -> tuple[str, ...]:
        """Print. A digest whose printer died may be printed again: a doubled one can be seen through, a lost one not.

        An answer is not: whoever asked went with the session that was to print it.
        """
        if retry and key.startswith("reply:"):
            return (key,)
        styled = self._sink.isatty() and "NO_COLOR" not in os.environ  # https://no-color.org
        text = render(message, shutil.get_terminal_size((WIDTH, 24)).columns if self._talks else WIDTH, styled=styled)
        if self._asking:
            import readline

            text = f"\r\x1b[K{text}\n\n{PROMPT}{readline.get_line_buffer()}"
            print(text, end="", file=self._sink, flush=True)
        else:
            print(f"{text}\n", file=self._sink, flush=True)
        return (key,)

    async def check(self, target: Target) -> tuple[str, ...]:
        return () if target == HERE else ("the terminal has one channel only",)

    def health(self) -> Health:
        return Health(ready=True)


def _raw_line(source: TextIO) -> str | None:
    """A line of piped input. Read unbuffered: a thread blocked in a buffered read breaks the interpreter's exit."""
    try:
        descriptor = source.fileno()
    except OSError:  # not a file: a string in a test
        return source.readline() or None
    line = bytearray()
    while byte := os.read(descriptor, 1):
        line += byte
        if byte == b"\n":
            break
    return line.decode("utf-8", "replace") or None
