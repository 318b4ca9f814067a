"""What a setting's text becomes: one function a shape, text -> value. ValueError says in words what is wanted."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from bot.config.secret import Secret
from bot.model import join


def number(least: float, most: float, unit: str) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not least <= number <= most:
            raise ValueError(f"a number of {unit} from {least:g} to {most:g}")
        return number

    return read


def hours(text: str) -> timedelta:
    return timedelta(hours=number(0, 168, "hours")(text))


def days_or_off(text: str) -> int | None:
    if text.casefold() == "off":
        return None
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) == 0:
        raise ValueError("a whole number of days from 1 to 99999, such as 30, or off")
    return int(text)


def choice(*names: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.casefold() in names:
            return text.casefold()
        near = get_close_matches(text.casefold(), names, n=1)
        raise ValueError(f"{join(names, 'or')}{f' (did you mean {near[0]}?)' if near else ''}")

    return read


def folder(text: str) -> Path:
    if text.startswith("~"):
        raise ValueError("the path of a folder in full; only ~/ is understood")
    path = Path(text).absolute()
    try:
        taken = path.exists() and not path.is_dir()
    except OSError as error:
        raise ValueError(f"the path of a folder ({error.strerror})") from error
    if taken:
        raise ValueError("the path of a folder; a file stands there")
    return path


def address(*schemes: str, such: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not text:
            return ""
        try:
            parts = urlsplit(text)
            usable = parts.scheme in schemes and parts.hostname and parts.port != 0
        except ValueError:  # a port that is no number, brackets that do not close
            usable = False
        if not usable or parts.query or parts.fragment or parts.username is not None:
            raise ValueError(
                f"an address that starts with {join([f'{it}://' for it in schemes], 'or')}, such as {such}"
            )
        return text.rstrip("/")

    return read


def database(text: str) -> Secret:
    wanted = "postgresql://user:password@host:5432/name, or sqlite:///path/of/file"
    try:
        parts = urlsplit(text)
        usable = parts.port != 0
    except ValueError:
        usable = False
    if not usable or (text and not re.match(r"postgres(?:ql)?://.|sqlite:///.", text)):
        raise ValueError(wanted)
    return Secret(text)


def token(pattern: str, wanted: str) -> Callable[[str], Secret]:
    def read(text: str) -> Secret:
        if text and not re.fullmatch(pattern, text):
            raise ValueError(wanted)
        return Secret(text)

    return read


def slack_users(text: str) -> frozenset[str]:
    users = re.split(r"[\s,]+", text.strip(", "))
    wrong = [user for user in users if not re.fullmatch("[UW][A-Z0-9]{2,}", user)]
    if text and wrong:
        raise ValueError("user ids separated by commas, such as U012AB3CD (profile, More, Copy member ID)")
    return frozenset(users) if text else frozenset()


def listening(text: str) -> tuple[str, int] | None:
    """Address and port; None where it is off."""
    if text.casefold() == "off":
        return None
    found = re.fullmatch(r"(?:(\[[0-9A-Fa-f:.]+\]|[\w.-]+):)?([0-9]{1,5})", text)
    if not found or not 0 < int(found[2]) < 65_536:
        raise ValueError("an address and a port, such as 127.0.0.1:8081 (0.0.0.0:8081 is open to the network), or off")
    return (found[1] or "127.0.0.1").strip("[]"), int(found[2])


def shards(text: str) -> tuple[tuple[int, ...], int] | None:
    """The shards that this process serves and how many there are in all; None where Discord is to say."""
    if text.casefold() == "auto":
        return None
    found = re.fullmatch(r"([0-9]{1,5})(?:-([0-9]{1,5}))?/([0-9]{1,5})", text)
    if not found or not int(found[1]) <= int(found[2] or found[1]) < int(found[3]):
        raise ValueError("auto, or the shards of this process, counted from 0, and their number in all, such as 0-3/8")
    return tuple(range(int(found[1]), int(found[2] or found[1]) + 1)), int(found[3])


def whole(least: int, most: int, unit: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch("[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise ValueError(f"a whole number of {unit} from {least} to {most}")
        return int(text)

    return read


def contact(text: str) -> str:
    if not re.fullmatch(r"[!-'*-~]{0,200}", text):
        raise ValueError("an e-mail address or a page, without spaces, such as desk@example.org")
    return text


def hosts(text: str) -> frozenset[str]:
    named = [host.lower() for host in re.split(r"[\s,]+", text.strip(", "))]
    if text and not all(re.fullmatch(r"(?:\[[0-9a-f:.]+\]|[\w.-]+)(?::[0-9]{1,5})?", host) for host in named):
        raise ValueError("hosts separated by commas, each with a port or without, such as intranet.example:8080")
    return frozenset(named) if text else frozenset()
