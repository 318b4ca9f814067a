"""What a feed's entries and addresses are called."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_WORD = re.compile(r"\w+")


def guid_of(address: str, name: str) -> str:
    """The name under which an entry is stored.

    A name that the feed's own host vouches for stands alone, so that two feeds of one site bring an article once;
    any other is the feed's own, so that no feed can pass for another.
    """
    host = host_of(address)
    if host and (host_of(name) == host or name.lower().startswith(f"tag:{host},")):
        return name
    return f"{address}#{name}"


def same_words(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but wrapping, case and punctuation."""
    return _WORD.findall(one.casefold()) == _WORD.findall(other.casefold())


def host_of(address: str) -> str:
    """The host in an address; empty where it is none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:  # brackets that do not close, in what a feed calls a name
        return ""
