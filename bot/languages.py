"""Which language a text is written in, and what is known of others than English.

English has the full core. Of others, words are stemmed and stop words dropped where a library knows them; their dates
are not read, and `unread` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from bot.model import join

# the most frequent words of English that are no words of its neighbours
_ENGLISH = frozenset(("the", "of", "and", "that", "with", "from", "said", "which", "have", "were", "their", "would"))
_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH = 40  # letters; below them a declaration is surer than a guess
_OPENING, _LOOKED_AT = 500, 3000  # code points
_LIKELY = 3  # languages among which a declaration decides
_NAMES = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi"}  # two names of one language, or its old one

# No spaces part the words of these, or (Korean) an ending is glued to most: a word is told by the signs it is made of.
SIGNED = frozenset({"ja", "km", "ko", "lo", "my", "th", "zh"})
ALPHABETIC = frozenset({"km", "lo", "my", "th"})  # of these, whose single signs are letters
UNSPACED = {"ja": 2.5, "km": 6.0, "lo": 6.0, "my": 6.0, "th": 6.0, "zh": 1.7}  # code points to a word, about

UNSTOPPED = frozenset({"lo", "th"})  # they have no full stop; spaces part clauses and sentences

# English names, for the bot's own sentences
_ENGLISH_NAMES = {
    "af": "Afrikaans", "ar": "Arabic", "be": "Belarusian", "bg": "Bulgarian", "bn": "Bengali", "bs": "Bosnian",
    "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish", "fr": "French", "ga": "Irish",
    "gl": "Galician", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian",
    "id": "Indonesian", "is": "Icelandic", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh",
    "km": "Khmer", "ko": "Korean", "lb": "Luxembourgish", "lo": "Lao", "lt": "Lithuanian", "lv": "Latvian",
    "mk": "Macedonian", "ms": "Malay", "my": "Burmese", "ne": "Nepali", "nl": "Dutch", "no": "Norwegian",
    "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian",
    "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "th": "Thai", "tr": "Turkish",
    "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "yi": "Yiddish", "zh": "Chinese",
}  # fmt: skip


def detect(text: str, declared: str = "") -> str:
    """ISO 639-1 code of the language of `text`; feeds declare theirs carelessly: it decides where the text hardly does.

    Plain English is told by its commonest words; the model for the others, 76 MB of memory, is loaded when one comes.
    """
    said = code(declared)
    text = text[:_LOOKED_AT]
    if _is_english(_WORD.findall(text[:_OPENING].lower())):
        return "en"
    words = _WORD.findall(text.lower())
    letters = "".join(words)
    # a sign of Chinese tells more than a letter does, and so do its bytes
    if (said and len(letters) < _ENOUGH) or len(letters.encode(errors="replace")) < _ENOUGH:
        return said or "en"
    if _is_english(words):
        return "en"
    from py3langid import rank

    likely = [code(str(found)) for found, _ in rank(text)[:_LIKELY]]
    # neighbours are easily taken for one another: Danish for Norwegian, Galician for Portuguese
    return said if said not in {"", "en"} and said in likely else likely[0] or said or "en"


# Where sumy brings no list, or one without the commonest words.
_STOP = {
    "da": """af alle alt at blev bliver da de dem den denne der det dette din du efter eller en end er et for fra få har
        have havde hun hvad hvis hvor han i ikke ind jeg kan man med men mere mod nu når og også om op os over på sig
        skal som så til ud under var ved vi vil være været""",
    "de": """beim dass deren denen dann diesem diesen habe haben hat ihm ihn ihnen ihrem ihren ihrer ist kein keine
        keinen man mehr nur ob ohne schon seine seinem seinen seiner sei seien um war waren wäre während wegen worden
        wurde wurden zwischen zwar noch als""",
    "es": "a al con de del e el en ha han la las le les lo los más no o para pero por que se sin su sus un una y ya",
    "fi": """että ei eivät hän he ja jo joka jonka jos kun kuin mutta myös ne niin nyt on oli olivat ollut ovat sekä
        se sen siitä tai tämä tämän vain voi""",
    "fr": """a ainsi après au aux avait c cette d de du depuis dont déjà elle en entre est et il ils j jusqu l le la les
        leur leurs lors lui m mais n ne n'a ont ou par plus pour puis qu que qui s sans se ses si son sur un une vers
        y à été être""",
    "hu": "a az azt de egy ez és hogy is ki meg mely még mint nem pedig pont s sem volt",
    "nl": """aan al als bij dan dat de der deze die dit door door een en er geen had hebben heeft het hij hun ik in is
        kan maar meer met na naar niet nog nu of om ook op over te tegen ten tot uit van veel voor was waren wat werd
        worden wordt ze zich zij zijn zo zou""",
    "no": """av alle at ble blir da de dem den denne der det dette du eller en er et etter for fra få ha hadde han har
        hun hva hvis hvor i ikke jeg kan man med men mer mot når nå og også om opp oss over på seg skal som så til
        ut under var ved vi vil være vært""",
    "pt": "a ao aos as até com da das de do dos e em foi há já mais mas na nas no nos não o os ou para pela pelo por que "
    "se sem ser seu sua são também um uma à às é",
    "ro": """a al ale au că ca care ce cu de din după este fi fost în între iar la mai nu o pe pentru prin sau se să
        sunt și un unei unui""",
    "ru": """а без бы был была были было быть в вам вас весь во вот все всё всех вы где да даже для до его ее её если
        есть ещё еще же за и из или им их к как когда которая которого которые который ли между меня мне мы на над
        нам нас не него нее неё нет ни них но о об он она они оно от перед по под после при про с своей своего свои
        со так также такой там то того тоже только том ты у уже уж чем что чтобы эта эти этих это этого этой этом
        этот я""",
    "tr": """ama bir bu çok da daha de değil diye en gibi göre her ile için ise kadar ki mi o olan olarak oldu olduğu
        sonra şu ve veya ya""",
}  # fmt: skip


def _is_english(words: Sequence[str]) -> bool:
    """Whether one word in sixteen is one of the commonest; of a few words nothing is said."""
    return sum(map(len, words)) >= _ENOUGH and sum(map(_ENGLISH.__contains__, words)) * 16 >= len(words)


def has_dates(language: str) -> bool:
    """Whether the dates of a text in `language` are read."""
    return language in {"", "en"}


def unread(languages: Iterable[str]) -> str:
    """A sentence that says in which of `languages` no dates are read; empty where there is none."""
    names = sorted({name(language) for language in languages if not has_dates(language)})
    return f"Dates in {join(names)} are not read yet." if names else ""


@cache
def stop_words(language: str) -> frozenset[str]:
    """The words of `language` that carry no matter: those of sumy's list, where it brings one, and ours."""
    from importlib import resources

    own = frozenset(_STOP.get(language, "").split())
    listed = resources.files("sumy") / "data" / "stopwords" / f"{name(language).lower()}.txt"
    try:
        return own | frozenset(listed.read_text(encoding="utf-8").lower().split())
    except FileNotFoundError:
        return own


def code(declared: str) -> str:
    """The two letters of a language tag, BCP 47 or near it ("en-US", "pt_BR"); empty where it has none."""
    first = re.split(r"[-_]", declared.strip().lower(), maxsplit=1)[0]
    return _NAMES.get(first, first) if len(first) == 2 and first.isascii() and first.isalpha() else ""


def name(language: str) -> str:
    """The English name of a language, by its code; Snowball and sumy call theirs so too."""
    return _ENGLISH_NAMES.get(language, "this language")
