"""What words are to a store, whichever database it is: identity, vocabulary, and a user's words made harmless."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence

from bot import terms
from bot.model import Article
from bot.ports import Query

WORDS = 64  # of a query; more would make it slow and find nothing else
SHORT = 4  # letters; of a longer word a smaller share may be wrong, or it is another word
PIECE = 1000  # characters of a word or phrase, likewise

# Dropped from a query that holds anything else: each stands in nearly every article and would only make it slow.
_LISTED = """
    a about after all also an and are as at be been but by can did do does for from had has have he her his how i if
    in into is it its more new no not of on or our out over said say she so than that the their them then there they
    this to up was we were what when where which who why will with would you your
"""
STOP_WORDS = frozenset(_LISTED.split())

_WORD = re.compile(r"\w+")
_VOCABULARY = re.compile(r"[^\W\d_]{4,30}")
_POSSESSIVE = re.compile(r"['’]s\b", re.IGNORECASE)
_HARMFUL = re.compile('["\x00-\x1f\x7f\ud800-\udfff]')
_LONE = re.compile("[\ud800-\udfff]")


def storable(text: str) -> str:
    """`text` with lone surrogates, which no database takes, replaced one for one: places stay what they are."""
    return text if text.isascii() else _LONE.sub("\ufffd", text)


def fingerprint(text: str) -> bytes:
    """The same for texts of the same words, however they are wrapped, cased or punctuated."""
    words = " ".join(_WORD.findall(text.casefold())) or text
    return hashlib.sha256(storable(words).encode()).digest()


def identity(article: Article) -> bytes:
    """What makes it the same article within its tenant: guid, else url, else its words."""
    if not (article.guid or article.url):
        return fingerprint(article.text)
    address = f"guid {article.guid}" if article.guid else f"url {article.url}"
    return hashlib.sha256(storable(address).encode()).digest()


def signed(number: int) -> int:
    """`number` as the 64 signed bits that a column holds."""
    return (number + 2**63) % 2**64 - 2**63


def vocabulary(*texts: str) -> set[str]:
    """The words that "did you mean" may offer."""
    return {word for text in texts for word in _VOCABULARY.findall(text.casefold())}


def searched(query: Query) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words and the phrases of `query` that can be looked for, with nothing in them that a query language reads."""
    phrases = tuple(dict.fromkeys(_harmless(query.phrases)))
    words = tuple(dict.fromkeys(_harmless(query.words)))
    telling = tuple(word for word in words if word.casefold() not in STOP_WORDS)
    return (telling or (() if phrases else words))[:WORDS], phrases[:WORDS]


def _harmless(pieces: Sequence[str]) -> Iterator[str]:
    for piece in pieces:
        words = " ".join(_HARMFUL.sub(" ", _POSSESSIVE.sub("", piece[:PIECE])).split())
        if any(sign.isalnum() for sign in words):
            yield words


def spellings(word: str, spoken: Sequence[str] = ()) -> tuple[str, ...]:
    """`word`, an abbreviation with its points or without them ("US" is "U.S.", too), and its stems.

    In which of the languages `spoken` a word is asked nobody knows: its stem in each finds what is in that language.
    """
    letters = word.replace(".", "")
    same: tuple[str, ...] = (word,)
    if 2 <= len(letters) <= 5 and letters.isalpha() and letters.isupper():
        same = letters, f"{'.'.join(letters)}."
    stemmed = (terms.findable(word, language)[:PIECE] for language in spoken)
    return tuple(dict.fromkeys((*same, *filter(None, stemmed))))


def verbatim(phrase: str, spoken: Sequence[str]) -> tuple[str, ...]:
    """`phrase`, and sign by sign, as it is found in the languages that have no spaces."""
    signs = (terms.signs(phrase, language)[:PIECE] for language in spoken)
    return tuple(dict.fromkeys((phrase, *filter(None, signs))))


def least_alike(word: str) -> float:
    """Of 1, the least likeness of spelling to `word` worth offering: one letter wrong of three, or three of ten."""
    return 0.6 if len(word) <= SHORT else 0.7


def fold(name: str) -> str:
    """The spelling that a name is counted under: "U.S." and "US" are one, and so are "Jong-un" and "Jong Un"."""
    return storable(name).casefold().replace(".", "").replace("-", " ")
