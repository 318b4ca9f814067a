"""Bytes -> text: in the encoding that they are in, whole or line by line, or the reason why they are no text."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from io import BufferedReader, TextIOWrapper

from bot.errors import InputError

LARGEST = 2_000_000  # bytes of one article, a file or a line of one; a long book has about as many

CONTROLS = re.compile("[\x01-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_BOMS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF8, "utf-8-sig", ""),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)


def decode(data: bytes) -> tuple[str, str]:
    """The text of `data`, and how it was read if not as UTF-8."""
    if len(data) > LARGEST:
        raise InputError(f"is over {LARGEST // 1_000_000} MB, too long for an article")
    if not data.strip():
        raise InputError("is empty")
    for mark, encoding, name in _BOMS:
        if data.startswith(mark):
            return _decoded(data, encoding, name or "UTF-8"), f"read as {name}" if name else ""
    if b"\0" in data:
        if encoding := _wide(data):
            return _decoded(data, encoding, "UTF-16"), "read as UTF-16"
        raise InputError("is binary, not text")
    try:
        data.decode()
    except UnicodeDecodeError:
        text = _decoded(data, "cp1252", "UTF-8, UTF-16 or cp1252")
    else:
        return _decoded(data, "utf-8", "UTF-8"), ""
    if len(CONTROLS.findall(text)) > len(text) // 100:
        raise InputError("is binary, not text")
    return text, "read as cp1252"


def _decoded(data: bytes, encoding: str, name: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise InputError(f"is not text in {name}") from None
    if "\0" in text:
        raise InputError("is binary, not text")
    if not text.strip():
        raise InputError("is empty")
    return text


def _wide(data: bytes) -> str:
    """The UTF-16 that `data` is in without a mark, known by the zeros in every other byte of Western text; or nothing."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    half = len(data) // 2
    if half and odd > 0.4 * half and not even:
        return "utf-16-le"
    return "utf-16-be" if half and even > 0.4 * half and not odd else ""


def lines(file: BufferedReader) -> Iterator[tuple[int, bytes, str]]:
    """Every line that holds something, its number from 1, and how it was read; one that is too long is cut."""
    head = file.peek(4)
    note, encoding = next(((name, code) for mark, code, name in _BOMS if name and head.startswith(mark)), ("", ""))
    wide = TextIOWrapper(file, encoding, newline="\n") if encoding else None
    number = 0
    try:
        while line := _line(file, wide):
            number += 1
            rest = line
            while len(rest) > LARGEST and not rest.endswith(b"\n"):
                rest = _line(file, wide)
            if line.strip():
                yield number, line.rstrip(b"\r\n"), f"read as {note}" if note else ""
    finally:
        if wide:
            wide.detach()  # the file is closed by whoever opened it


def _line(file: BufferedReader, wide: TextIOWrapper | None) -> bytes:
    try:
        return wide.readline(LARGEST + 2).encode() if wide else file.readline(LARGEST + 2)
    except UnicodeError:
        raise InputError("is not text in the encoding its first bytes name") from None
