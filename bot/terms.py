"""Words and stems, by which rooms compare texts, and the proper names a text speaks of.

Laws: a word means the same in every room (one splitter, one stemmer, one list of stop words); answers depend on the
text alone; any thread may call.
"""
# ruff: noqa: SIM905 - a list of words reads best as one text

from __future__ import annotations

import re
import threading
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import cast

import Stemmer

from bot import languages
from bot.model import Span

_STOP = frozenset(
    """
    a about above across after again against ago all almost along already also although always am amid among an and
    another any anybody anyone anything are around as at away back be became because become been before began being
    below between both but by came can cannot come comes coming could did do does doing done down during each either else enough
    even ever every everyone everything few for from further get gets getting give given go goes going gone got gives giving had
    has have having he hence her here hers herself him himself his how however i if in indeed instead into is it its
    itself just keep keeps kept least less let like likely made make makes making many may maybe me meanwhile might mine more
    moreover most much must my myself near nearly neither never nevertheless next no nobody none nor not nothing now
    of off often on once one only onto or other others otherwise ought our ours ourselves out over own per perhaps
    put quite rather really said same saw say saying says see seem seemed seems seen several shall she should since
    so some somebody someone something sometimes soon still such take taken than that the their theirs them
    themselves then there thereby therefore these they thing things this those though through thus to today together
    told too took toward towards takes taking under unless until up upon us used very via want wants wanted was way we well went were what
    whatever when where whereas whether which while who whole whom whose why will with within without would yes yet
    you your yours yourself yourselves
    """.split()
)

_CONTRACTED = _STOP | frozenset(  # what stands before the apostrophe of "don't" and "she'll"
    "ain aren couldn didn doesn don hadn hasn haven isn mightn mustn shan shouldn wasn weren won wouldn".split()
)

# letters and digits, with an apostrophe or the points of initials ("U.S.") between them, or what parts a number
_WORD = re.compile(r"\w+(?:['’]\w+|[.,](?=\d)\w+|\.(?<=\b\w\.)\w\b)*")

_CACHE_SIZE = 1 << 16  # words; a year of English news holds about twice as many, most of them seen once
_stems: dict[str, str] = {}  # word as written -> its stem, "" for a stop word
_LONGEST_PIECE = 40  # code points; what is longer is an address, or hostile, and never comes again
_pieces: dict[str, tuple[str, ...]] = {}  # what stands between white space -> the stems in it
_local = threading.local()  # PyStemmer: "a stemmer object must not be used by two threads"


def is_stop(word: str) -> bool:
    """Whether `word`, lower-cased, carries no matter of its own; contractions ("don't") never do."""
    return word in _STOP or ("'" in word and word.split("'", maxsplit=1)[0] in _CONTRACTED)


def _plain(written: str) -> str:
    """A word as written -> as compared: lower-case, possessive and inner points of numbers and initials dropped."""
    if written == "US":
        return "u.s"  # the country; "us" is a stop word
    if written.isascii() and written.isalpha():
        return written.lower()
    word = written.lower().replace("’", "'")
    word = word.rstrip("_").removesuffix("'s")
    return word.replace(",", "") if word[:1].isdigit() else word


def written(text: str) -> list[str]:
    """The words of `text` in order, as they stand there."""
    return _WORD.findall(text)


def words(text: str) -> list[str]:
    """The words of `text` in order, lower-cased; hyphened words count apart, "U.S." and "US" are "u.s"."""
    return [_plain(word) for word in _WORD.findall(text)]


def stem(word: str, language: str = "en") -> str:
    """What `word`, as written, is compared by; empty for a stop word."""
    if language != "en":
        return _foreign_stem(word, language)
    known = _stems.get(word)
    return _stem(word) if known is None else known


def _stem(written: str) -> str:
    word = _plain(written)
    if is_stop(word) or (len(word) == 1 and not word.isdigit()):
        found = ""
    elif word.isalpha():
        try:
            stemmer = _local.stemmer
        except AttributeError:
            stemmer = _local.stemmer = Stemmer.Stemmer("english", 0)
        found = cast("str", stemmer.stemWord(word))
    else:
        found = word
    if len(_stems) >= _CACHE_SIZE:
        _stems.clear()
    _stems[written] = found
    return found


@lru_cache(maxsize=_CACHE_SIZE >> 2)
def _foreign_stem(written: str, language: str) -> str:
    """The stem of a word of another language than English; the word itself where no stemmer knows the language."""
    word = _plain(written)
    if word in languages.stop_words(language) or (len(word) == 1 and word.isascii() and not word.isdigit()):
        return ""
    algorithm = languages.name(language).lower()
    if not word.isalpha() or algorithm not in Stemmer.algorithms():
        return word
    stemmers: dict[str, Stemmer.Stemmer] = _local.__dict__.setdefault("foreign", {})
    if algorithm not in stemmers:
        stemmers[algorithm] = Stemmer.Stemmer(algorithm, 0)
    return cast("str", stemmers[algorithm].stemWord(word))


def stems(text: str, language: str = "en") -> list[str]:
    """The words of `text` that carry matter, in order: lower-cased, stop words dropped, Snowball-stemmed.

    Snowball's English stemmer, Porter 2001, https://snowballstem.org/algorithms/english/stemmer.html.
    """
    if language != "en":
        return [one for word in _WORD.findall(text) if (one := stem(word, language))]
    # No word goes over white space, and what stands between it comes again and again: cutting there and looking up
    # is several times as fast as finding words.
    pieces = text.split()
    found = list(map(_pieces.get, pieces))
    if None in found:
        found = [_piece(piece) if known is None else known for piece, known in zip(pieces, found, strict=True)]
    return list(chain.from_iterable(cast("list[tuple[str, ...]]", found)))


def _piece(piece: str) -> tuple[str, ...]:
    found = tuple(filter(None, map(stem, [piece] if piece.isalpha() else _WORD.findall(piece))))
    if len(piece) <= _LONGEST_PIECE:
        if len(_pieces) >= _CACHE_SIZE:
            _pieces.clear()
        _pieces[piece] = found
    return found


# --- names ------------------------------------------------------------------------------------------------

_OFFICES = frozenset(
    """
    president minister secretary senator sen gov governor mayor mr mrs ms dr sir lord lady king queen prince princess
    pope chancellor chairman chairwoman chief ceo judge justice gen colonel col captain capt lt sgt lieutenant sergeant
    officer professor prof rev reverend ambassador rep representative congressman congresswoman director commissioner
    coach spokesman spokeswoman detective sheriff bishop archbishop cardinal imam sheikh ayatollah premier leader
    """.split()
)
_OF_OFFICE = frozenset("prime vice deputy foreign defense defence finance interior attorney general state".split())
# what stands with a capital before a name that opens a sentence: "Later Olsen left"
_OPENERS = frozenset(
    "later earlier former new last next first early late local top senior young old outgoing incoming since".split()
)
_CALENDAR = frozenset(
    """
    january february march april may june july august september october november december jan feb mar apr jun jul aug
    sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun
    gmt utc est edt pst pdt cst bst
    """.split()
)
# a capitalised word with its hyphens and inner points and apostrophes; the possessive is left out
_CAPITAL = re.compile(r"(?<![^\W_])(?:(?:[^\W\d_]\.){2,}|(?![a-z])[^\W\d_](?:[^\W_]+|[-.&'’](?!s\b)(?=[^\W_]))*)")
_LONGEST = 8  # words in a name; a longer run of capitals is a headline
_OPENING = '"“‘«([—–- \n'
_JOINED = re.compile(r"\s+(?:(?:of|of the|de|de la|da|di|del|bin|ibn|al|van|van der|von)\s+)?")


def names(text: str, sentences: Sequence[Span]) -> dict[str, int]:
    """The proper names that `text` speaks of and how often, most often first, told by their capitals alone.

    A sentence's first word is one only if the text has it capitalised elsewhere too. Part of one longer name counts
    as that name ("Kim" as "Kim Jong Un"), "North Korean" as "North Korea" where that occurs.
    """
    tokens = [_capitals(text, start, end) for start, end in sentences]
    sure = {word for found in tokens for word, _, _, opens in found if not opens or _is_acronym(word)}
    lower = set(text.split())
    counts: Counter[str] = Counter()
    for found in tokens:
        counts.update(_runs(text, found, sure, lower))
    return _merged(counts)


def _capitals(text: str, start: int, end: int) -> list[tuple[str, int, int, bool]]:
    """The capitalised words of a sentence that may be of a name: (word, start, end, whether it opens the sentence)."""
    if text[start:end].isupper():
        return []  # a line all in capitals tells nothing
    found: list[tuple[str, int, int, bool]] = []
    for match in _CAPITAL.finditer(text, start, end):
        word, begin = match[0], match.start()
        opens = (begin - start < 4 and not text[start:begin].strip(_OPENING)) or text[begin - 1] in '“‘«"'
        if not word[0].isupper() or word.lower().rstrip(".") in _CALENDAR:
            continue
        if _is_acronym(word) or not is_stop(word.lower()):
            found.append((word, begin, match.end(), opens))
    return found


def _is_acronym(word: str) -> bool:
    return len(word) > 1 and sum(letter.isupper() for letter in word) > 1 and "-" not in word


def _runs(
    text: str, found: Sequence[tuple[str, int, int, bool]], sure: Collection[str], lower: Collection[str]
) -> Iterator[str]:
    """Names as runs of capitalised words; offices divide them, as do hyphens between names ("US-North Korea")."""
    run: list[str] = []
    last = -1
    for n, (word, start, end, opens) in enumerate(found):
        gap = text[last:start] if last >= 0 else ""
        if last >= 0 and not _JOINED.fullmatch(gap):
            yield from _named(run)
            run = []
        elif run and gap.strip():
            run.append(gap.strip())
        last = end
        if (
            opens
            and word not in sure
            and (word.lower() in _OPENERS or word.lower() in lower or not _goes_on(text, found, n))
        ):
            continue
        left, hyphen, right = word.partition("-")
        if hyphen and left in sure and right in sure:
            yield from _named([*run, left])
            run = [right]
        elif word.lower().rstrip(".") in _OFFICES:
            yield from _named(run)
            run = []
        else:
            run.append(word)
    yield from _named(run)


def _goes_on(text: str, found: Sequence[tuple[str, int, int, bool]], n: int) -> bool:
    """Whether the next word is capitalised too."""
    return n + 1 < len(found) and text[found[n][2] : found[n + 1][1]].isspace()


def _named(run: list[str]) -> Iterator[str]:
    while run and (run[-1].islower() or run[-1].lower() in _OF_OFFICE):
        run = run[:-1]
    while run and run[0].islower():
        run = run[1:]
    name = " ".join(run)
    if len(name) > 1 and len(run) <= _LONGEST:
        yield name


def _merged(counts: Counter[str]) -> dict[str, int]:
    """Spellings, demonyms and parts of longer names counted together, under the fullest form."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for name, count in counts.items():
        forms[name.lower().replace(".", "").replace("-", " ")][name] += count
    edges: dict[str, set[str]] = defaultdict(set)  # a name's first and last words -> the names
    for key in forms:
        words_of = key.split(" ")
        for n in range(1, len(words_of)):
            edges[" ".join(words_of[:n])].add(key)
            edges[" ".join(words_of[n:])].add(key)
    for key in sorted(forms, key=lambda key: (key.count(" "), key)):
        stem = next(
            (key[: -len(end)] for end in ("s", "n", "ns") if key.endswith(end) and key[: -len(end)] in forms), ""
        )
        wider = [other for other in edges[key] if other in forms]
        if target := stem or (wider[0] if len(wider) == 1 else ""):
            forms[target][_written(forms[target])] += forms.pop(key).total()
    whole = {_written(form): form.total() for form in forms.values()}
    return dict(sorted(whole.items(), key=lambda item: (-item[1], item[0])))


def _written(forms: Counter[str]) -> str:
    """The spelling to show: the most usual, but "Hanoi" rather than a dateline's "HANOI"."""
    mixed = {form: count for form, count in forms.items() if not (form.isupper() and len(form) > 4)}
    return max(mixed or forms, key=lambda form: (forms[form], form))
