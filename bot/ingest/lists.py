"""Lists of feeds, in and out: OPML 1.0 and 2.0, and plain text, one address a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.errors import InputError
from bot.ingest.decoding import decode

LARGEST = 10_000_000  # bytes; a list of 5 000 feeds takes one

_PASSWORD = re.compile(r"https?://[^/?#]*@([^/?#]*)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"]{1,2000}\Z", re.IGNORECASE)


def listed(body: bytes) -> tuple[tuple[str, str], ...]:
    """Address and title of each feed in a list, each address once, in order; InputError where it is no list."""
    if len(body) > LARGEST:
        raise InputError("is larger than any list of feeds")
    found = _outlines(body) if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else _lines(decode(body)[0])
    once: dict[str, str] = {}
    for address, title in found:
        if secret := _PASSWORD.match(address):
            raise InputError(f"holds a password, which would be shown to others, in the address at {secret[1][:60]}")
        once.setdefault(address, title)
    return tuple(once.items())


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        address = re.split(r"(?:\A|\s)#", line, maxsplit=1)[0].strip()
        if address and not _ADDRESS.match(address):
            raise InputError(f"has no web address in line {number}: {address[:60]}")
        if address:
            yield address, ""


def _outlines(body: bytes) -> Iterator[tuple[str, str]]:
    """OPML 2.0, "What is an <outline>?"; folders are not kept."""
    from lxml import etree

    # nothing outside the file is read and no entity of its own is unfolded
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        tree = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise InputError("is not XML that can be read") from error
    if tree is None or str(tree.tag).lower() != "opml":
        raise InputError("is XML but no OPML")
    for outline in tree.iter("outline"):
        given = {str(name).lower(): str(value).strip() for name, value in outline.attrib.items()}
        if _ADDRESS.match(address := given.get("xmlurl", "")):
            yield address, given.get("title") or given.get("text", "")


def opml(feeds: Sequence[tuple[str, str]]) -> bytes:
    """A list of addresses and titles as OPML 2.0."""
    from lxml import etree

    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Feeds that Dateline follows"
    outlines = etree.SubElement(root, "body")
    for address, title in feeds:
        named = "".join(sign for sign in title if sign.isprintable()) or address  # XML has no others
        etree.SubElement(outlines, "outline", type="rss", text=named, title=named, xmlUrl=address)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written
