"""Which proper names a text speaks of, told by their capitals alone."""
# ruff: noqa: SIM905 - a list of words reads best as one text

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence

from bot import languages
from bot.model import Span
from bot.terms.stemming import is_stop

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
_CLIPPED = 4  # letters of an abbreviation
_GOES_ON = re.compile(r"\.(?:,|[^\S\n]*\w)")
_CENTURY = re.compile(r"[IVX]+(?:e|ème|º)?")
_JOINED = re.compile(r"\s+(?:(?:of|of the|de|de la|da|di|del|bin|ibn|al|van|van der|von)\s+)?")


def names(text: str, sentences: Sequence[Span], language: str = "en") -> dict[str, int]:
    """The proper names that `text` speaks of and how often, most often first, told by their capitals alone.

    A sentence's first word is one only if the text has it capitalised elsewhere too. Part of one longer name counts
    as that name ("Kim" as "Kim Jong Un"), "North Korean" as "North Korea" where that occurs. Of German, where every
    noun has a capital, only names of several words are told.
    """
    tokens = [_capitals(text, start, end) for start, end in sentences]
    if language != "en":
        tokens = [list(_telling(text, found, language)) for found in tokens]
    sure = {word for found in tokens for word, _, _, opens in found if not opens or _is_acronym(word)}
    lower = set(text.split())
    counts: Counter[str] = Counter()
    for found in tokens:
        counts.update(_runs(text, found, sure, lower))
    named = _merged(counts)
    if language == "de":
        return {name: count for name, count in named.items() if " " in name or name.isupper()}
    return named


def _telling(
    text: str, found: Sequence[tuple[str, int, int, bool]], language: str
) -> Iterator[tuple[str, int, int, bool]]:
    """Capitalised words of a sentence less stop words, "Sra.", centuries, and the article of "L’Assemblée"."""
    stop = languages.stop_words(language)
    for word, start, end, opens in found:
        cut = 2 if word[1:2] in {"'", "’"} and word[2:3].isupper() else 0
        clipped = len(word) <= _CLIPPED and _GOES_ON.match(text, end)
        if not (clipped or _CENTURY.fullmatch(word) or word[cut:].lower() in stop):
            yield word[cut:], start + cut, end, opens


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
