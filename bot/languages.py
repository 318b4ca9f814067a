"""Which language a text is written in, and what is known of others than English.

English has the full core. Of others, words are stemmed and stop words dropped where a library knows them; their dates
are not read, and `unread` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from bot.model import join

# the most frequent words of English that are no words of its neighbours
_ENGLISH = frozenset(("the", "of", "and", "that", "with", "from", "said", "which", "have", "were", "their", "would"))
_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH = 40  # letters; below them a declaration is surer than a guess
_LOOKED_AT = 3000  # code points
_NAMES = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi"}  # two names of one language, or its old one

# English names, for the bot's own sentences
_ENGLISH_NAMES = {
    "ar": "Arabic", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "ga": "Irish", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian",
    "hy": "Armenian", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian",
    "lv": "Latvian", "ne": "Nepali", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish",
    "ta": "Tamil", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese", "yi": "Yiddish",
    "zh": "Chinese",
}  # fmt: skip


def detect(text: str, declared: str = "") -> str:
    """ISO 639-1 code of the language of `text`; feeds declare theirs carelessly, so only a short text's is believed.

    Plain English is told by its commonest words; the model for the others, 76 MB of memory, is loaded when one comes.
    """
    said = code(declared)
    text = text[:_LOOKED_AT]
    words = _WORD.findall(text.lower())
    if sum(map(len, words)) < _ENOUGH:
        return said or "en"
    if sum(word in _ENGLISH for word in words) * 12 >= len(words):
        return "en"
    from py3langid import classify

    found, _ = classify(text)
    return code(str(found)) or said or "en"


def has_dates(language: str) -> bool:
    """Whether the dates of a text in `language` are read."""
    return language in {"", "en"}


def unread(languages: Iterable[str]) -> str:
    """A sentence that says in which of `languages` no dates are read; empty where there is none."""
    names = sorted({name(language) for language in languages if not has_dates(language)})
    return f"Dates in {join(names)} are not read yet." if names else ""


@cache
def stop_words(language: str) -> frozenset[str]:
    """The words of `language` that carry no matter, as far as sumy brings a list of them (17 languages)."""
    from importlib import resources

    listed = resources.files("sumy") / "data" / "stopwords" / f"{name(language).lower()}.txt"
    try:
        return frozenset(listed.read_text(encoding="utf-8").lower().split())
    except FileNotFoundError:
        return frozenset()


def code(declared: str) -> str:
    """The two letters of a language tag, BCP 47 or near it ("en-US", "pt_BR"); empty where it has none."""
    first = re.split(r"[-_]", declared.strip().lower(), maxsplit=1)[0]
    return _NAMES.get(first, first) if len(first) == 2 and first.isascii() and first.isalpha() else ""


def name(language: str) -> str:
    """The English name of a language, by its code; Snowball and sumy call theirs so too."""
    return _ENGLISH_NAMES.get(language, "this language")
