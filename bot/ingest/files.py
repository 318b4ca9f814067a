"""Files and folders of them, read into articles one at a time; what cannot be read is said in one line."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

from bot.errors import InputError
from bot.ingest.decoding import CONTROLS, LARGEST, decode, lines
from bot.ingest.metadata import Described, described, given
from bot.model import EVERYONE, Article, Boilerplate, Sentence, shown

KEYS = ("title", "url", "publisher", "published", "text")  # of a line of JSONL; others are left alone
ENDINGS = (".txt", ".jsonl")
FEEDS = "feeds.txt"  # lists addresses of feeds, so it is never an article

_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f<>\"]{1,2000}\Z")


@dataclass(frozen=True, slots=True)
class Read:
    """What became of one file, or of one line of a JSONL file: an article, or the error in one line for a person.

    `source` is the path, with `:line` in JSONL; `note` is what to know of an article, such as "read as UTF-16".
    `boilerplate` and `sentences` are what cleaning found in it.
    """

    source: str
    article: Article | None = None
    note: str = ""
    error: str = ""
    boilerplate: tuple[Boilerplate, ...] = ()
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Raw:
    """The bytes of one file, or of one line (`number` from 1) of a JSONL file; or the error in one line.

    `file` is the path alone; `note` tells the encoding that the whole file is in.
    """

    file: str
    data: bytes = b""
    number: int = 0
    note: str = ""
    error: str = ""

    @property
    def source(self) -> str:
        return f"{self.file}:{self.number}" if self.number else self.file


def read(paths: Iterable[Path], *, tenant: str = EVERYONE) -> Iterator[Read]:
    """The articles in files and folders, in order, folders sorted by name; whatever fails leaves the others.

    Holds one article at a time. In a folder, hidden files, `feeds.txt` and other endings are passed over, and a link
    out of it is an error.
    """
    return (made(raw, tenant) for raw in raws(paths))


def raws(paths: Iterable[Path]) -> Iterator[Raw]:
    """The bytes that `read` makes articles of: all that touches the disk, so that the rest can be done elsewhere."""
    for path in paths:
        try:
            yield from _read_path(path)
        except (OSError, InputError) as fault:
            yield _failed(_named(path), fault)


def made(raw: Raw, tenant: str = EVERYONE) -> Read:
    """The article in `raw`, or why there is none."""
    if raw.error:
        return Read(raw.source, error=raw.error)
    try:
        text, note = decode(raw.data)
        if raw.number:
            return _from_record(_record(text), raw, note or raw.note, tenant)
        return _read(raw, described(text, file=raw.file, tenant=tenant), [note] if note else [])
    except InputError as fault:
        return Read(raw.source, error=_failed(raw.source, fault).error)


def _read(raw: Raw, found: Described, notes: Iterable[str]) -> Read:
    text = found.article.text
    return Read(
        raw.source, found.article, "; ".join((*notes, *_oddities(text))), "", found.boilerplate, found.sentences
    )


def _read_path(path: Path) -> Iterator[Raw]:
    real = Path(os.path.realpath(path))
    if real.is_dir():
        yield from _read_folder(real, path)
    elif not real.exists():
        raise InputError("there is no such file or folder")
    elif path.suffix.lower() not in ENDINGS:
        raise InputError(f"only {' and '.join(ENDINGS)} files, and folders of them, are read")
    elif path.name.lower() == FEEDS:
        raise InputError("lists the feeds to follow; it is not an article")
    else:
        yield from _read_file(real.parent, (real.name,), _named(path))


def _read_folder(root: Path, path: Path) -> Iterator[Raw]:
    """Everything below `root`, which the operator calls `path`, by name; links to folders are not entered."""
    empty = True
    rest: list[tuple[tuple[str, ...], bool]] = [((), True)]
    while rest:
        parts, is_folder = rest.pop()
        source = _named(path.joinpath(*parts))
        if not is_folder:
            empty = False
            yield from _read_file(root, parts, source)
            continue
        try:
            with os.scandir(root.joinpath(*parts)) as entries:
                seen = sorted(((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries), reverse=True)
        except OSError as fault:
            empty = False
            yield _failed(source, fault)
            continue
        rest += [((*parts, name), inner) for name, inner in seen if _is_wanted(name, is_folder=inner)]
    if empty:
        raise InputError(f"there is no {' or '.join(ENDINGS)} file in this folder")


def _is_wanted(name: str, *, is_folder: bool) -> bool:
    if name.startswith("."):
        return False
    return is_folder or (name.lower().endswith(ENDINGS) and name.lower() != FEEDS)


def _read_file(root: Path, parts: tuple[str, ...], source: str) -> Iterator[Raw]:
    try:
        with _open(root, parts) as file:
            if source.lower().endswith(".jsonl"):
                yield from _read_lines(file, source)
            else:
                yield Raw(source, file.read(LARGEST + 1))
    except (OSError, InputError) as fault:
        yield _failed(source, fault)


def _named(path: Path) -> str:
    """`path` as text; bytes of a name that are no UTF-8 are replaced, for they could be neither shown nor stored."""
    return os.fsencode(path).decode(errors="replace")


def _failed(source: str, fault: Exception) -> Raw:
    match fault:
        case FileNotFoundError():
            why = "went away while it was read"
        case PermissionError():
            why = "may not be read by this user"
        case OSError():
            why = f"cannot be read ({fault.strerror or fault})"
        case _:
            why = str(fault)
    return Raw(source, error=f"{shown(source)}: {why}.")


# --- bytes ------------------------------------------------------------------------------------------------


def _open(root: Path, parts: tuple[str, ...]) -> BufferedReader:
    """The regular file at `parts` below `root`, opened without following a link that leaves `root`.

    Each step is opened inside the one before it, so that nothing can be swapped for a link in between.
    """
    target = root.joinpath(*parts)
    if target.is_symlink():
        real = Path(os.path.realpath(target))
        if not real.is_relative_to(root):
            raise InputError("is a link that leads out of the folder; it is not followed")
        parts = real.relative_to(root).parts
    here = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in parts[:-1]:
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=here)
            os.close(here)
            here = inner
        # not blocking: a pipe would wait for somebody to write
        file = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=here)
    finally:
        os.close(here)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise InputError("is not a regular file")
    return os.fdopen(file, "rb")


# --- lines ------------------------------------------------------------------------------------------------


def _read_lines(file: BufferedReader, source: str) -> Iterator[Raw]:
    empty = True
    for number, line, note in lines(file):
        empty = False
        yield Raw(source, line, number, note)
    if empty:
        raise InputError("is empty")


def _record(line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as fault:
        raise InputError(f"is not JSON ({fault.msg}, column {fault.colno})") from None
    except (ValueError, RecursionError):
        raise InputError("is not JSON that can be read (a number or a nesting is too long)") from None
    if not isinstance(record, dict):
        raise InputError('is not a JSON object such as {"title": "…", "text": "…"}')
    return record


def _from_record(record: dict[str, Any], raw: Raw, note: str, tenant: str) -> Read:
    title, url, publisher, stamp, text = (_words(record, key) for key in KEYS)
    if not text.strip():
        raise InputError("has a title but no text" if title.strip() else "has no `text`")
    notes = [note] if note else []
    published = given(stamp)
    if stamp.strip() and not published:
        notes.append(f"`published` is no date: {shown(stamp)[:40]}")
    if url and not _ADDRESS.match(url):
        notes.append("`url` is no web address and left out")
        url = ""
    found = described(
        text,
        title=shown(title),
        publisher=shown(publisher),
        url=url,
        published=published,
        file=raw.file,
        tenant=tenant,
    )
    return _read(raw, found, notes)


def _words(record: dict[str, Any], key: str) -> str:
    words = record.get(key)
    if words is None:
        return ""
    if not isinstance(words, str):
        raise InputError(f"`{key}` must be text, not {shown(json.dumps(words))[:40]}")
    try:
        words.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        raise InputError(f"`{key}` is not Unicode text") from None
    if "\0" in words:
        raise InputError(f"`{key}` is binary, not text")
    return words if key == "text" else words.strip()


def _oddities(text: str) -> Iterator[str]:
    """What a person should know of a text that was taken as it is."""
    if CONTROLS.search(text):
        yield "holds control characters, never shown"
    if _BIDI.search(text):
        yield "holds characters that turn the direction of writing, never shown"
    if len(_RIGHT_TO_LEFT.findall(text)) > len(text) // 4:
        yield "written from right to left"
