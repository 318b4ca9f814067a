"""A claim and a sentence as comparable words: numbers, names, and what is denied of which word.

Surface forms and closed lists alone. They lean to strictness: a likeness missed makes an honest "closest, not the
same", one wrongly seen would put words into an article's mouth.
"""
# ruff: noqa: SIM905 - a list of words reads best as one text

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from bot import terms


class Kind(Enum):
    PLAIN = auto()
    NUMBER = auto()
    NAME = auto()


@dataclass(frozen=True, slots=True)
class Word:
    """A word that carries matter: `key` is what it is compared by; `denied`: a "not", "never", "refused to" governs it."""

    key: str
    written: str
    kind: Kind = Kind.PLAIN
    denied: bool = False
    clause: int = 0


_TYPOGRAPHY = str.maketrans(
    {**dict.fromkeys("‘’‚‛′`´", "'"), **dict.fromkeys("“”„‟″«»", '"'), **dict.fromkeys("‐‑‒–—−", "-"), "\xad": None}
)

# one name, several spellings; the longer first, and figures with a sign as they are spoken
_SPELLINGS = {
    "DPRK": r"(?:Democratic People's Republic of Korea|North Koreans?|North Korea|N\. ?Korea|D\.P\.R\.K\.|DPRK|DRPK)\b",
    "ROK": r"(?:South Koreans?|South Korea|S\. ?Korea|Republic of Korea)\b",
    "USA": r"(?:(?:[Tt]he )?United States(?: of America)?|USA|US|Americans?|America)\b|U\.S\.(?:A\.)?",
    "UNO": r"(?:United Nations|UN)\b|U\.N\.",
    "EUU": r"(?:European Union|EU)\b|E\.U\.",
    "UKK": r"(?:United Kingdom|UK|Great Britain|Britain|British)\b|U\.K\.",
    "percent": r"per ?cent\b",
}
_ONE_NAME = re.compile(
    "|".join(rf"\b(?P<{name}>{pattern})" for name, pattern in _SPELLINGS.items())
    + r"|(?P<sign>%)|(?P<money>[$€£]) ?(?P<sum>\d[\d.,]*(?: (?:thousand|million|billion|trillion))?)"
)
_MONEY = {"$": "dollars", "€": "euros", "£": "pounds"}
_LOWER_NAMES = {
    "uno": "UNO",
    "euu": "EUU",
    "ukk": "UKK",
    "rok": "ROK",
    "dprk": "DPRK",
    "u.s": "USA",
    "usa": "USA",
    "u.n": "UNO",
    "u.k": "UKK",
    "american": "USA",
    "america": "USA",
}

_SMALL = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty".split()
    )
}
_SMALL |= {word: 10 * n for n, word in enumerate("thirty forty fifty sixty seventy eighty ninety".split(), 3)}
_SMALL |= {
    word: value
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 1
    )
}
_SCALE = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12}
_SCALE_SIGN = {"k": 1000, "m": 10**6, "mn": 10**6, "bn": 10**9, "b": 10**9, "tn": 10**12}
_MONTHS = "january february march april may june july august september october november december".split()
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_DATE_WORDS = (
    {month: month for month in _MONTHS}
    | {month[:3]: month for month in _MONTHS}
    | {"sept": "september"}
    | {day: day for day in _DAYS}
)
_DIGITS = re.compile(r"(\d[\d,]*(?:\.\d+)?)(st|nd|rd|th|k|mn|m|bn|b|tn|s)?$")

_EMPTY = frozenset("last people person persons".split())  # "last June", "52,000 people": say nothing of their own
_NOT = frozenset("not no never none nobody nothing neither nor without cannot hardly scarcely nowhere".split())
_DENIES = frozenset(
    """
    deny denies denied denying refuse refuses refused refusing reject rejects rejected rejecting fail fails failed failing
    decline declines declined dismiss dismissed dismisses false untrue wrongly unlikely impossible unable stop stopped
    avoid avoids avoided avoiding prevent prevented lack lacks lacked
    """.split()
)
_REACH = 4  # words that carry matter, which a denial governs; it ends with its clause

# stems that say the same of an event
_SAME = {
    stem: group.split()[0]
    for group in (
        "pledg promis vow",
        "start begin began begun launch commenc",
        "end finish conclud",
        "meet met summit",
        "talk negoti",
        "kill die dead death slain",
        "destroy demolish dismantl",
        "buy bought purchas acquir",
        "help aid assist",
        "big larg huge major",
        "hurt injur wound",
        "demand insist",
        "vote ballot",
        "approv endors",
        "quit resign",
        "arrest detain",
        "complet total full entir",
        "stall stagnat",
        "hold held host",
        "found discov",
        "easi eas",
        "declar announc",
        "accus blame",
        "happen occur place",
        "lift remov",
        "prepar readi",
        "war conflict",
        "settl resolv solv",
        "hospit clinic",
        "flood delug",
        "cut reduc lower",
        "rais increas rise rose risen grew grow climb",
        "fall fell fallen drop declin decreas",
        "kilometr kilomet",
        "metr meter",
        "centr center",
        "theatr theater",
        "labour labor",
        "harbour harbor",
        "defenc defens",
    )
    for stem in group.split()
}

# stems that say the contrary of one another, by pairs
_CONTRARY = frozenset(
    frozenset((one, other))
    for line in (
        "rais/increas/rise/rose/grew/grow/climb cut/reduc/lower/fall/fell/drop/declin/decreas",
        "win/won/victori lose/lost/defeat",
        "accept/approv/endors/agre/support reject/refus/oppos/veto",
        "start/begin/began/launch/resum/open end/finish/conclud/cancel/postpon/suspend/halt/close",
        "friendli/friendlier/warm hostil/cold/tens/worsen",
        "optim/optimist/hope pessim/pessimist/doubt/fear",
        "lift/eas impos/tighten",
        "allow/permit ban/forbid/prohibit",
        "confirm/admit deni",
        "succeed/success/succeed fail/failur",
        "vagu/unclear clear/precis/specif",
        "initi/unilater joint/multilater",
        "conceret/concret vagu",
        "posit negat",
        "high/higher low/lower",
        "north south",
        "east west",
        "northern southern",
        "eastern western",
        "guilti innoc",
        "acquit/clear convict/guilti",
        "aliv dead/kill/die",
        "arriv leav/left/depart",
        "buy/bought sell/sold",
        "most least",
        "male femal",
        "man woman",
        "men women",
        "son daughter",
        "father mother",
        "brother sister",
        "husband wife",
        "minimum maximum",
        "earli late",
        "public secret",
        "destroy build/built/rebuild/restor",
        "welcom condemn/criticis/critic",
        "import export",
        "first last",
    )
    for left, right in (line.split(),)
    for one in left.split("/")
    for other in right.split("/")
)
_ENDINGS = frozenset(
    "s n an ian ese ish i ment ation ion er or al ist ism ness ing iv ive abl ity ic eur ship ful ance ence".split()
)

# "Kim Jong-un": the second half is of the name; "two-day", "US-led" are not
_HALF_NAME = re.compile(
    r"\b([A-Z][a-z]+)-(?!(?:day|led|time|year|born|wide|style|based|old|run|up|made|term)\b)([a-z]{2,5})\b"
)
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being) (?:\w+ ){0,2}?\w+(?:ed|en|wn|ld|id|de|ght|un) .*\bby\b")
_CLAUSE = re.compile(
    r"[,;:!?()\"](?!\d)|\.(?=\s|$)|\s-+\s|\b(?:but|while|although|though|whereas)\b|\band (?=(?:has|have|had|will|would|is|are|was|were|did|said|then|later|instead)\b)"
)


def plain(text: str) -> str:
    """`text` with one kind of quotation mark, apostrophe and dash."""
    return text.translate(_TYPOGRAPHY)


def read(text: str) -> list[Word]:
    """The words of a claim or a sentence that carry matter, in order."""
    text = _HALF_NAME.sub(lambda match: f"{match[1]} {match[2].title()}", plain(text))
    text = _ONE_NAME.sub(_one_name, text)
    found: list[Word] = []
    for number, clause in enumerate(_CLAUSE.split(text)):
        found += _clause(terms.written(clause), number, opens=not found)
    return found


def named(read: Sequence[Word], names: Collection[str]) -> list[Word]:
    """The same words, those a name whose keys are known as names elsewhere."""
    return [replace(word, kind=Kind.NAME) if word.key in names and word.kind is Kind.PLAIN else word for word in read]


def _clause(written: list[str], number: int, *, opens: bool) -> list[Word]:
    found: list[Word] = []
    denied = n = 0
    lifted = False  # whether "and" ends what is denied: "rejected an offer and demanded more", not "no men and women"
    while n < len(written):
        one = written[n].removesuffix("'s")
        low = one.lower()
        value, used = _number(written, n)
        if used:
            found.append(Word(f"#{value:g}", " ".join(written[n : n + used]), Kind.NUMBER, denied > 0, number))
        elif low in _NOT or low.endswith("n't"):
            denied, lifted = _REACH, False
        elif low == "and" and lifted:
            denied = 0
        elif day := _day(one, low):
            found.append(Word(day, one, Kind.NUMBER, denied > 0, number))
        elif low in _EMPTY:
            pass
        elif key := _LOWER_NAMES.get(low) or terms.stem(one) or (low if one.isupper() and len(one) > 1 else ""):
            name = (key.isupper() and len(key) > 1) or (one[0].isupper() and not (opens and n == 0))
            found.append(Word(key, one, Kind.NAME if name else Kind.PLAIN, denied > 0, number))
            denied, lifted = (_REACH + 2, True) if low in _DENIES else (denied - 1, lifted)
        n += used or 1
    return found


def _one_name(match: re.Match[str]) -> str:
    if match["sign"]:
        return " percent"
    return f"{match['sum']} {_MONEY[match['money']]}" if match["money"] else str(match.lastgroup)


def is_passive(claim: str) -> bool:
    """Whether the claim names who does a thing after it: "The offer was rejected by the union"."""
    return bool(_PASSIVE.search(claim))


def denies(word: str) -> bool:
    return word in _NOT or word in _DENIES or word.endswith("n't")


def _day(written: str, low: str) -> str:
    """The month or weekday that a word names; "may" and "march" only with a capital."""
    if written[0].isupper():
        return _DATE_WORDS.get(low.rstrip("."), "")
    return low if low in _DATE_WORDS and len(low) > 5 else ""


def _number(written: list[str], at: int) -> tuple[float, int]:
    """The number that begins at word `at`, in figures or words, and how many words it takes; 0 words: none."""
    value, used = _figure(written[at].lower())
    if not used:
        return 0, 0
    following = written[at + 1].lower() if at + 1 < len(written) else ""
    if written[at].lower() == "one" and (
        following in {"of", "another", "to"} or (at and written[at - 1].lower() in _NO_COUNT)
    ):
        return 0, 0
    if value >= 20 and value % 10 == 0 and value < 100 and 0 < _SMALL.get(following, 0) < 10:
        value, used = value + _SMALL[following], 2
        following = written[at + 2].lower() if at + 2 < len(written) else ""
    while following in _SCALE:
        value, used = value * _SCALE[following], used + 1
        following = written[at + used].lower() if at + used < len(written) else ""
    return value, used


_NO_COUNT = frozenset("no any every this that the another each some which".split())


def _figure(word: str) -> tuple[float, int]:
    if match := _DIGITS.match(word):
        return float(match[1].replace(",", "")) * _SCALE_SIGN.get(match[2] or "", 1), 1
    if word in _SMALL:
        return _SMALL[word], 1
    return (_SCALE[word], 1) if word in _SCALE else (0, 0)


def alike(one: Word, other: Word) -> bool:
    """Whether two words mean the same thing: equal, one stem with another ending, or known to say the same."""
    if one.key == other.key:
        return True
    if one.kind is Kind.NUMBER or other.kind is Kind.NUMBER:
        return False
    if one.key[:4] == other.key[:4]:
        shorter, longer = (one.key, other.key) if len(one.key) < len(other.key) else (other.key, one.key)
        if len(shorter) >= 4 and longer.startswith(shorter) and longer[len(shorter) :] in _ENDINGS:
            return True
    return one.key in _SAME and _SAME[one.key] == _SAME.get(other.key)


def inflected(key: str) -> set[str]:
    """The key with each other ending that it may have."""
    bare = {key} | {key.removesuffix(ending) for ending in _ENDINGS if len(key) - len(ending) >= 4}
    return {one + ending for one in bare for ending in ("", *_ENDINGS)}


def contrary(one: Word, other: Word) -> bool:
    return frozenset((one.key, other.key)) in _CONTRARY
