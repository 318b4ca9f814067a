"""What is known of single words: spellings of one name, numbers, denials, and words that say the same or the contrary.

Closed lists, to be lengthened where a claim was misjudged. Stems are as `terms.stem` makes them.
"""
# ruff: noqa: SIM905 - a list of words reads best as one text

from __future__ import annotations

import re

TYPOGRAPHY = str.maketrans(
    {**dict.fromkeys("‘’‚‛′`´", "'"), **dict.fromkeys("“”„‟″«»", '"'), **dict.fromkeys("‐‑‒–—−", "-"), "\xad": None}
)

# one name, several spellings; the longer first, and figures with a sign as they are spoken
SPELLINGS = {
    "DPRK": r"(?:Democratic People's Republic of Korea|North Koreans?|North Korea|N\. ?Korea|D\.P\.R\.K\.|DPRK|DRPK)\b",
    "ROK": r"(?:South Koreans?|South Korea|S\. ?Korea|Republic of Korea)\b",
    "USA": r"(?:(?:[Tt]he )?United States(?: of America)?|USA|US|Americans?|America)\b|U\.S\.(?:A\.)?",
    "UNO": r"(?:United Nations|UN)\b|U\.N\.",
    "EUU": r"(?:European Union|EU)\b|E\.U\.",
    "UKK": r"(?:United Kingdom|UK|Great Britain|Britain|British)\b|U\.K\.",
    "percent": r"per ?cent\b",
}
ONE_NAME = re.compile(
    "|".join(rf"\b(?P<{name}>{pattern})" for name, pattern in SPELLINGS.items())
    + r"|(?P<sign>%)|(?P<money>[$€£]) ?(?P<sum>\d[\d.,]*(?: (?:thousand|million|billion|trillion))?)"
)
MONEY = {"$": "dollars", "€": "euros", "£": "pounds"}
LOWER_NAMES = {
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

SMALL = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty".split()
    )
}
SMALL |= {word: 10 * n for n, word in enumerate("thirty forty fifty sixty seventy eighty ninety".split(), 3)}
SMALL |= {
    word: value
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 1
    )
}
SCALE = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12}
SCALE_SIGN = {"k": 1000, "m": 10**6, "mn": 10**6, "bn": 10**9, "b": 10**9, "tn": 10**12}
MONTHS = "january february march april may june july august september october november december".split()
DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
DATE_WORDS = (
    {month: month for month in MONTHS}
    | {month[:3]: month for month in MONTHS}
    | {"sept": "september"}
    | {day: day for day in DAYS}
)
DIGITS = re.compile(r"(\d[\d,]*(?:\.\d+)?)(st|nd|rd|th|k|mn|m|bn|b|tn|s)?$")

NO_COUNT = frozenset("no any every this that the another each some which".split())
EMPTY = frozenset("last people person persons".split())  # "last June", "52,000 people": say nothing of their own
NOT = frozenset("not no never none nobody nothing neither nor without cannot hardly scarcely nowhere".split())
NOT_ABROAD = {  # and what denies what follows, in other languages: only for what is quoted word for word
    "cs": "není nebyl nebyla nebude nikdy odmítl odmítla popřel popřela",
    "da": "ikke aldrig ingen nægtede afviste",
    "de": "nicht kein keine keinen keinem keiner nie niemals ohne bestritt dementierte leugnete",
    "es": "no nunca jamás ningún ninguna sin negó niega negaron desmintió",
    "fr": "ne n pas jamais aucun aucune sans nie nié dément démenti",
    "it": "non mai nessun nessuno nessuna senza nega negato smentito",
    "nl": "niet nooit geen zonder ontkende ontkent",
    "no": "ikke aldri ingen nektet avviste",
    "pl": "nie nigdy żaden żadna bez zaprzeczył zaprzeczyła",
    "pt": "não nunca jamais nenhum nenhuma sem negou nega",
    "ru": "не нет никогда ни без отрицает отрицал отрицала опроверг опровергла",
    "sv": "inte aldrig ingen inget förnekade förnekar",
    "uk": "не ні ніколи без заперечив заперечила",
}
DENIES = frozenset(
    """
    deny denies denied denying refuse refuses refused refusing reject rejects rejected rejecting fail fails failed failing
    decline declines declined dismiss dismissed dismisses false untrue wrongly unlikely impossible unable stop stopped
    avoid avoids avoided avoiding prevent prevented lack lacks lacked
    """.split()
)
REACH = 4  # words that carry matter, which a denial governs; it ends with its clause

# stems that say the same of an event
SAME = {
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
CONTRARY = frozenset(
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
ENDINGS = frozenset(
    "s n an ian ese ish i ment ation ion er or al ist ism ness ing iv ive abl ity ic eur ship ful ance ence".split()
)
