"""Bytes of the web -> text, and HTML -> the words it shows, with their paragraphs."""
# ruff: noqa: SIM905 - a list of tags reads best as one text

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from email.message import Message
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

LINE = 300  # code points of a title or a name; a longer one would fill every list that it stands in

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BARE = ((b"<\0?\0", "utf-16-le"), (b"\0<\0?", "utf-16-be"))  # XML 1.0, appendix F.1
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})|<meta[^>]{0,300}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)  # fmt: skip
# labels that mean more than they say; WHATWG Encoding Standard, section 4.2
_WIDER = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949"}
_MISREAD = frozenset({"utf-7", "unicode_escape", "raw_unicode_escape", "punycode", "idna", "undefined", "mbcs", "oem"})
# C0 controls without white space, surrogates and non-characters: no character of XML 1.0, section 2.2
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_BLOCKS = frozenset(
    """
    address article aside blockquote body caption center dd details div dl dt fieldset footer h1 h2 h3 h4 h5 h6 header
    hr html li main ol p pre section summary table tbody td tfoot th thead tr ul
    """.split()
)
_UNSHOWN = frozenset(
    """
    audio button canvas embed figcaption figure form head iframe map math nav noscript object script select style svg
    template textarea video
    """.split()
)
_TAG = re.compile(r"<(?:[a-zA-Z!/])[^<>]*>")


def decoded(body: bytes, content_type: str = "") -> str:
    """`body` as text, by what it is rather than by what it is said to be; never fails.

    A byte order mark wins, then UTF-8 where the bytes are that, which no other text is by chance; then what is
    declared; then UTF-8 with a few faults, and last Windows-1252, which fits anything.
    """
    for mark, name in (*_BOMS, *_BARE):
        if body.startswith(mark):
            return _cleared(body.decode(name, "replace").removeprefix("\ufeff"))
    names = [name for name in map(_codec, _labels(body, content_type)) if name]
    stateful = [name for name in names if name.startswith(("iso2022", "hz", "utf-16", "utf-32"))]
    for name in (*stateful, "utf-8", *names):
        try:
            return _cleared(body.decode(name))
        except UnicodeError:
            continue
    loose = body.decode("utf-8", "replace")
    wrong = loose.count("\ufffd")
    if wrong * 10 <= sum(letter > "\x7f" for letter in loose) - wrong:
        return _cleared(loose)
    return _cleared(body.decode("cp1252", "replace"))


def _cleared(text: str) -> str:
    return _NO_XML.sub("", text)


def _labels(body: bytes, content_type: str) -> Iterator[str]:
    header = Message()
    header["Content-Type"] = " ".join(content_type.split())
    charset = header.get_param("charset")
    if isinstance(charset, str):
        yield charset
    if said := _DECLARED.search(body, 0, 2000):
        yield (said[1] or said[2]).decode("ascii", "replace")


def _codec(label: str) -> str:
    """Python's name of the encoding that `label` means; empty where it means none that a text is written in."""
    try:
        found = codecs.lookup(label.strip()[:40])
    except (LookupError, ValueError):  # ValueError: a NUL in it
        return ""
    if found.name in _MISREAD or not getattr(found, "_is_text_encoding", True):
        return ""
    return _WIDER.get(found.name, found.name)


def is_markup(words: str) -> bool:
    return _TAG.search(words) is not None


def plain(words: str) -> str:
    """The text that HTML, or a plain text, shows: paragraphs parted by blank lines, white space folded within."""
    if not is_markup(words):
        lines = (" ".join(line.split()) for line in html.unescape(words).splitlines())
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    root = tree(words)
    return "" if root is None else "\n\n".join(paragraphs(root))


def line(words: str) -> str:
    """A title or a name as one line of text, whether it was written as HTML or not; cut where it is neither."""
    told = " ".join((plain(words) if "<" in words or "&" in words else words).split())
    return told if len(told) <= LINE else f"{told[: LINE - 1].rstrip()}…"


def tree(text: str) -> HtmlElement | None:
    """The HTML of a page or a part of one; None where there is nothing in it."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    # bytes, for a text that declares another encoding is refused as one
    parser = HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, ValueError):
        return None


def paragraphs(root: HtmlElement) -> list[str]:
    """The texts of the blocks under `root` in order, white space folded; what no reader sees is left out."""
    from lxml import etree

    found: list[list[str]] = [[]]
    hidden = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        unshown, block = tag in _UNSHOWN, tag in _BLOCKS
        if event == "start":
            hidden += unshown
            if block:
                found.append([])
            elif tag == "br" and not hidden:
                found[-1].append("\n")
            words = element.text
        else:
            hidden -= unshown
            if block:
                found.append([])
            words = element.tail if element is not root else None
        if words and not hidden:
            found[-1].append(words)
    return [text for pieces in found if (text := _folded(pieces))]


def _folded(pieces: list[str]) -> str:
    """One block: a line break where the page breaks the line, a blank line where it does so twice."""
    lines = "".join(" ".join(re.split(r"[^\S\n]+|\n", piece)) if piece != "\n" else "\n" for piece in pieces)
    folded = "\n".join(" ".join(part.split()) for part in lines.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", folded).strip()
