"""What an editor would say of a sentence in another language than English: its form, and whether its opening hangs.

Of grammar nothing is known here: marks and first words only, so that what is shown reads whole.
"""

from __future__ import annotations

import re

from bot import terms
from bot.languages import UNSTOPPED

# He, she, that, both; but, so, however, meanwhile, afterwards: who or what is meant was said before.
_HANGS = {
    "de": """aber allerdings also anschließend außerdem beide dabei dadurch dafür dagegen daher damit danach dann daran
        darauf daraufhin darin darum darüber das dazu dennoch deren deshalb dessen dies diese dieser dieses doch
        ebenso er ferner hierzu ihr ihre jedoch sein seine seinen sie so sodann solche später stattdessen trotzdem
        und zudem zugleich überdies""",
    "es": """además ambos así aunque aquel aquella ella ellas ellos esa ese eso esta este esto mientras él luego pero
        por porque después entonces su sus también tampoco y sin""",
    "fr": """ainsi alors aussi ce cela celle celui ces cette ceux c cependant cet d'ailleurs donc elle elles enfin
        ensuite et il ils leur leurs mais néanmoins or pourtant puis sa ses son toutefois""",
    "it": """anche così ciò dopo e egli ella entrambi essi ecco inoltre infine infatti invece loro lui lei ma mentre però
        perciò poi pertanto quello quella quindi questa queste questi questo sua suo suoi tuttavia""",
    "nl": """bovendien daarbij daardoor daarna daarnaast daarom daarop daarvoor dat deze die dit dus echter en haar hij
        hun maar ook toch vervolgens ze zij zijn zo""",
    "no": "da de denne dermed derfor dessuten dette disse etterpå han hans hun hennes imidlertid likevel men og også så",
    "da": "da de denne dermed derfor desuden dette disse bagefter han hans hun hendes imidlertid alligevel men og også så",
    "pl": """a ale ci dlatego jednak jednocześnie jego jej ich ona one oni on potem poza ponadto także ta te ten to tym
        następnie natomiast więc zatem""",
    "pt": """além ambos assim depois ela elas ele eles entretanto essa esse esses esta este isso isto mas no porém por
        porque portanto seu seus sua suas também contudo e""",
    "ru": """а но и он она они оно его её ее их это этот эта эти этого этому однако поэтому затем потом также тем
        кроме при тогда так такие такой тот оба зато впрочем""",
    "sv": "de den denna detta dessa dessutom därefter därför efteråt han hans hon hennes men och också samtidigt sedan så",
    "uk": "а але і й він вона вони воно його її їх це цей ця ці однак тому потім також крім тоді так проте",
    "ja": "また しかし そして さらに 一方 その この これ それ 彼 彼女 同 だが ただ なお",
    "zh": "但 但是 然而 此外 同时 他 她 他们 她们 这 这些 该 其 因此 所以 另外 随后 之后",
}  # fmt: skip
_OPENINGS = {language: frozenset(listed.split()) for language, listed in _HANGS.items()}
_QUOTES = re.compile('["“”„«»]')
# credits, and what leads elsewhere
_ADDRESSED = re.compile(
    r"(?:foto|bild|video|quelle|photo|vidéo|source|fuente|fonte|фото|видео|источник|写真|図片|图|来源)\w{0,6} ?[:：/]"
    r"|lesen sie|mehr zum thema|lire aussi|à lire|lea también|le puede interesar|leggi anche|leia (?:também|mais)"
    r"|lees ook|läs (?:också|mer)|læs også|les også|czytaj (?:także|też)|читайте (?:также|ещё)|читайте також|あわせて読みたい",
    re.IGNORECASE,
)
_BEFORE = " …,;-–—(["
_FINISHED = ".!…。！।።။۔"
_CLOSING = "\"'”’»“«›‹)]」』）"
_QUESTION = "?？؟"


def hangs(sentence: str, language: str) -> bool:
    """Whether its first word points back."""
    openings = _OPENINGS.get(language, frozenset())
    start = sentence.lstrip(_BEFORE)
    if language in {"ja", "zh"}:
        return start.startswith(tuple(openings))
    first = terms.words(start[:40], language)[:1]
    return bool(first) and first[0] in openings


def is_whole(sentence: str) -> bool:
    """Whether what it quotes begins and ends in it."""
    return len(_QUOTES.findall(sentence)) % 2 == 0 and sentence.count("「") == sentence.count("」")


def leads_elsewhere(sentence: str) -> bool:
    """Whether it tells no news but whose the picture is, or what else to read."""
    return bool(_ADDRESSED.match(sentence.lstrip(_BEFORE)))


def asks(sentence: str) -> bool:
    return sentence.rstrip(_CLOSING)[-1:] in _QUESTION


def is_finished(sentence: str, language: str) -> bool:
    return language in UNSTOPPED or sentence.rstrip(_CLOSING)[-1:] in _FINISHED
