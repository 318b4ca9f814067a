"""Where sentences begin and end in a raw text: rules, no model, no training.

A text is first cut into *blocks* (paragraphs, headings, bullets) by its lines alone: a blank line always cuts, a
single line break cuts unless a line was wrapped there. Each block is then cut at the full stops, question marks,
exclamation marks and ellipses that end a sentence. Text is never rewritten, so spans are exact whatever the white
space; every pattern is linear and every look back bounded, so no text can make it slow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto

from bot.model import Boilerplate, Sentence, Span


def split(text: str) -> list[Span]:
    """Every sentence of `text`, in order, trimmed of white space; a heading or a bullet is a sentence of its own."""
    found: list[Span] = []
    for start, end in blocks(text):
        _cut(text, start, end, found)
    return found


def within(text: str, start: int, end: int) -> list[Span]:
    """The sentences of text[start:end], which lies in one block."""
    found: list[Span] = []
    _cut(text, start, end, found)
    return found


def sentences(text: str, boilerplate: Sequence[Boilerplate] = ()) -> tuple[Sentence, ...]:
    """The sentences that may be quoted: none inside, over or across boilerplate; paragraphs that hold one count."""
    holes = sorted((piece.start, piece.end) for piece in boilerplate)
    found: list[Sentence] = []
    paragraph = hole = 0
    for start, end in blocks(text):
        spans: list[Span] = []
        at = start
        while hole < len(holes) and holes[hole][0] < end:
            left, right = holes[hole]
            _cut(text, at, left, spans)
            at = max(at, right)
            if right > end:
                break
            hole += 1
        _cut(text, at, end, spans)
        found += [Sentence(*span, paragraph) for span in spans]
        paragraph += bool(spans)
    return tuple(found)


# --- blocks: what the lines say ---------------------------------------------------------------------------

WRAP = 120  # code points; nobody wraps wider, so longer lines are whole paragraphs
LIST = 40  # code points; neighbouring lines this short, neither of them ended, are a list


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ENDS = frozenset(".!?…:;。！？؟।")
_CLOSING = "\"'”’»)]\u200b"
_BULLET = re.compile(r"(?:[-–—•*·▪◦‣●○■□►▶+]|--|\(?\d{1,2}[.)]|\(?[a-z]\))\s+\S")
_GOES_ON = _words(
    "a an the and or but nor of in on at by to for from with as into than that which who whose is are was were be been "
    "has have had will would its his her their our my both between"
)


class _Break(Enum):
    """What a single line break is; EARLY goes on although the next word had room, UNSURE might be either."""

    CUT = auto()
    WRAPPED = auto()
    EARLY = auto()
    UNSURE = auto()


def blocks(text: str) -> list[Span]:
    """Paragraphs, headings and bullets of `text`, each with its wrapped lines joined, trimmed of white space."""
    lines, blank = _lines(text)
    if len(lines) < 2:
        return lines
    width = _width(lines)
    breaks = [
        _Break.CUT if cut else _break(text, above, below, width)
        for above, below, cut in zip(lines, lines[1:], blank[1:], strict=False)
    ]
    # some wires indent a paragraph's first line; with the indent lost it is short, time and again
    early, unsure = breaks.count(_Break.EARLY), breaks.count(_Break.UNSURE)
    joined = {_Break.WRAPPED, _Break.EARLY} | ({_Break.UNSURE} if early >= 3 and early >= 3 * unsure else set())
    found = []
    start = lines[0][0]
    for (_, end), (following, _), kind in zip(lines, lines[1:], breaks, strict=False):
        if kind not in joined:
            found.append((start, end))
            start = following
    return [*found, (start, lines[-1][1])]


def _lines(text: str) -> tuple[list[Span], list[bool]]:
    """The lines that hold something, trimmed, and whether a blank line or the beginning stands above each."""
    found: list[Span] = []
    blank: list[bool] = []
    above = True
    at = 0
    for line in text.splitlines(keepends=True):
        words = line.strip()
        if words:
            start = at + line.index(words[0])
            found.append((start, start + len(words)))
            blank.append(above)
        above = not words
        at += len(line)
    return found, blank


def _width(lines: Sequence[Span]) -> int:
    """The column at which the lines were wrapped, 0 if they were not."""
    lengths = sorted(end - start for start, end in lines)
    short = [length for length in lengths if length <= WRAP]
    if sum(short) < 0.75 * sum(lengths):
        return 0
    return short[-1 - len(short) // 20]  # an overlong line in twenty is no wrapping


def _break(text: str, above: Span, below: Span, width: int) -> _Break:
    tail = text[max(above[0], above[1] - 12) : above[1]]
    last = tail.rsplit(None, 1)[-1]
    ended = last.rstrip(_CLOSING)[-1:] in _ENDS and last[:-1].lower() not in _TITLES
    room = not width or above[1] - above[0] < width - _word_length(text, below)
    if (ended or room) and _BULLET.match(text, *below):
        return _Break.CUT
    if not room:
        return _Break.WRAPPED
    if ended:
        return _Break.CUT
    if not (text[below[0]].islower() or last[-1] in ".,([“‘–—-" or last.lower() in _GOES_ON):
        return _Break.UNSURE
    short = max(above[1] - above[0], below[1] - below[0]) <= LIST
    return _Break.CUT if short and text[below[1] - 1] not in _ENDS else _Break.EARLY


def _word_length(text: str, line: Span) -> int:
    return len(text[line[0] : min(line[1], line[0] + WRAP)].split(None, 1)[0])


# --- sentences: what the full stops say -------------------------------------------------------------------

_STOP = re.compile(
    r"([.!?…。！？؟।](?<![.!?…][.!?…])[.!?…。！？؟।]*+(?:[^\S\n]?[.!?…]){0,3}+)"  # also spaced: ". . ."
    r"((?:[\"'”’»)\]}\u200b\u200e\u200f\u202c\u2069\ufeff]|“(?=\s)|\[\d{1,3}\])*+"
    r"(?:\s(?:''|[\"”’)])(?=[\s.]|\Z))*+)"  # quotation marks stand alone in tokenised text
    r"\s*+(?![\"'“‘`(]*+[a-z](?![A-Z]|[ln]-[A-Z]))"  # a small letter goes on, but al-Shabab and iPhone
)
_LABEL = re.compile(r"(?:Image|Photo)(?<=\s.....):\s(?=[A-Z])")  # a credit after its caption
_OPENING = "\"'“‘`«([{–—/"
_QUOTES = frozenset("\"'”’")
_HOURS = frozenset(("a.m", "p.m"))
_NEXT = re.compile(
    r"((?:[\"'“‘`«(\[{¿¡$£€¥#@*\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]\s?|[–—-]{1,2}\s?)*+)(\w[\w'’&-]*+)?(\.?)"
)
_SPOKE = re.compile(
    r"(?:[A-Z][\w'’.-]*+\s++){1,4}(?:said|says|asked|asks|wrote|added|cried|shouted|yelled|exclaimed|tweeted|replied)\b"
)
_MIXED = re.compile(r"[a-z](?:[ln]-)?[A-Z]")
_ACRONYM = re.compile(r"(?:[A-Za-z]{1,2}\.)+[A-Z]\Z")
_CLIPPED = re.compile(r"[B-DF-HJ-NP-TV-Z][b-df-hj-np-tv-xz]{1,3}\Z")  # Pvt, Sgt, Hwy: no vowel, so no word

# each followed by a name, so never the last word
_TITLES = _words(
    "mr mrs ms mx dr prof gen sen rep reps sens gov lt col maj capt cmdr cpl sgt pvt pfc adm rev hon messrs mme mlle "
    "pres supt det insp vs v e.g i.e cf viz ph brig comdr ald atty"
)
# a number follows, or they are words: "no", "art", "Sun"
_NUMBERED = _words(
    "no nos nr vol vols pp p fig figs art arts sec ch chap para pt ext tel c ca est approx "
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri sat sun"
)
# may be the last word; if so, what follows is a word that opens sentences
_CLOSERS = _words(
    "Inc Corp Co Cos Cie Ltd Bros Jr Sr St Ste Ave Blvd Rd Ft Mt Dept Univ Assn Intl Natl Fr al "
    "Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Mass Md Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Penn "
    "Tenn Tex Va Vt Wash Wis Wyo Ont Que Alta"
)
_NAMES = frozenset(("Yahoo", "Jeopardy"))  # written with an exclamation mark
_OPENERS = _words(
    "The A An In On At But And He She It They We I You This That These Those There His Her Its Their Our My As If When "
    "While After Before Since For From With By To Although Though However Also Meanwhile Some Many Most Both Each All "
    "No Not What Who Why How Where Which Or So Yet Then Now Here Under Among Despite During According Because Once Did "
    "Until Unlike Separately Earlier Later Still Even Only Such Other Others Another Several Few Since Through Without "
    "Asked Nearly About Over More Than Just Instead Perhaps Last Next Mr Mrs Ms Analysts Officials Do Does Is "
    "Are Was Were Will Would Can Could Should Have Has Had Let Please Yes Every Any One Two Three"
)
_ZONES = _words(
    "GMT UTC ET EST EDT CT CST CDT MT MST MDT PT PST PDT BST CET CEST IST JST KST Eastern Central Mountain Pacific "
    "Greenwich Moscow Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
)
_TAILS = frozenset(word[-3:].lower() for word in _TITLES | _NUMBERED | _CLOSERS | _NAMES)


def _cut(text: str, start: int, end: int, found: list[Span]) -> None:
    """Add the sentences of text[start:end], one block or a part of one, to `found`."""
    for label in _LABEL.finditer(text, start, end):
        _cut_at_stops(text, start, label.start(), found)
        start = label.start()
    _cut_at_stops(text, start, end, found)


def _cut_at_stops(text: str, start: int, end: int, found: list[Span]) -> None:
    while start < end and text[start].isspace():
        start += 1
    for stop in _STOP.finditer(text, start, end):
        at = stop.end()
        if at == end:
            break
        if at - stop.start() == 2 and text[at].isupper():  # by far the most frequent: a word, a stop, a space
            tail = text[at - 5 : at - 2]
            if tail.islower() and tail.isalpha() and tail not in _TAILS:
                found.append((start, at - 1))
                start = at
                continue
        if _ends(text, start, stop):
            last = stop.end(2)
            if stop[2] and _opens(text, start, stop):
                last, at = stop.end(1), last - 1
            found.append((start, last))
            start = at
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        found.append((start, end))


def _opens(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether the straight quotation mark that stands alone after `stop` opens the next sentence."""
    alone = stop[2].endswith('"') and stop[2][-2:-1].isspace()
    return alone and text.count('"', max(start, stop.start() - 2000), stop.start()) % 2 == 0


def _ends(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether the sentence that began at `start` ends at `stop`."""
    marks, close = stop.groups()
    at = stop.end()
    before = _word_before(text, start, stop.start())
    if at == stop.end(2):  # no space: "the summit.The next"
        if marks[-1] in "。！？।":
            return True
        return len(before) > 2 and before.islower() and before.isalpha() and text[at : at + 2].istitle()
    following = _NEXT.match(text, at)
    assert following is not None, "every part of it is optional"
    opening, word, dot = following.groups()
    if not word:
        return marks != "." or not _is_abbreviation(before)
    if word[0].islower():
        return _MIXED.match(word) is not None
    if marks == ".":
        return not before or _full_stop(text, start, stop, before, opening, word, dot)
    if marks[0] in "!?":
        quoted = not _QUOTES.isdisjoint(close)
        return not (quoted and _SPOKE.match(text, at)) and (before not in _NAMES or word in _OPENERS)
    return bool(before or close) or len(marks) > 3 or (word in _OPENERS and word != "I")


def _full_stop(text: str, start: int, stop: re.Match[str], before: str, opening: str, word: str, dot: str) -> bool:
    """Whether a single full stop between `before` and `word` ends the sentence; `dot` is what follows `word`."""
    low = before.lower()
    number = word[0].isdigit()
    if low in _TITLES or (number and low in _NUMBERED):
        return False
    if low in _HOURS:
        return not number and word not in _ZONES and not text.startswith(" time", stop.end() + len(word))
    if stop.start() - len(before) == start and (len(before) == 1 or before.isdigit()):
        return False  # the number of an item
    if not _is_abbreviation(before) or (before == "I" and not _named(text, start, stop.start())):
        return True
    if stop[2] and not _QUOTES.isdisjoint(stop[2]):
        return True
    if opening:
        return "(" not in opening and not number
    if number or (word == "No" and dot):
        return False
    return word in _OPENERS or (word.endswith("ly") and text.startswith(",", stop.end() + len(word)))


def _word_before(text: str, start: int, at: int) -> str:
    """The word that ends at `at`, without opening marks; empty after white space."""
    if text[at - 1].isspace():
        return ""
    piece = text[max(start, at - 24) : at].rsplit(None, 1)
    return piece[-1].rsplit("-", 1)[-1].lstrip(_OPENING) if piece else ""


def _is_abbreviation(word: str) -> bool:
    if len(word) == 1:
        return word.isalpha()
    return (
        word in _CLOSERS
        or word.title() in _CLOSERS
        or _CLIPPED.match(word) is not None
        or _ACRONYM.match(word) is not None
    )


def _named(text: str, start: int, at: int) -> bool:
    """Whether the initial that ends at `at` follows a capitalised word, as in "Albert I. Jones"."""
    words = text[max(start, at - 24) : at].split()
    return len(words) > 1 and words[-2][0].isupper()
