"""The line that opens a wire story: place, day, agency, as in "HANOI, Feb. 26 (Xinhua) - "."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAMES = {
    "ap": "AP",
    "associated press": "AP",
    "the associated press": "AP",
    "reuters": "Reuters",
    "thomson reuters foundation": "Thomson Reuters Foundation",
    "afp": "AFP",
    "agence france-presse": "AFP",
    "xinhua": "Xinhua",
    "xinhua news agency": "Xinhua",
    "yonhap": "Yonhap",
    "yonhap news": "Yonhap",
    "yonhap news agency": "Yonhap",
    "tass": "TASS",
    "itar-tass": "ITAR-TASS",
    "interfax": "Interfax",
    "ria novosti": "RIA Novosti",
    "sputnik": "Sputnik",
    "dpa": "dpa",
    "efe": "EFE",
    "kyodo": "Kyodo",
    "kyodo news": "Kyodo News",
    "jiji": "Jiji Press",
    "jiji press": "Jiji Press",
    "nhk": "NHK",
    "kcna": "KCNA",
    "vna": "VNA",
    "vns": "VNS",
    "vov": "VOV",
    "vov5": "VOV",
    "vov.vn": "VOV",
    "ndo": "NDO",
    "nhan dan online": "NDO",
    "vovworld": "VOVWORLD",
    "vgp": "VGP",
    "upi": "UPI",
    "ansa": "ANSA",
    "ians": "IANS",
    "pti": "PTI",
    "ani": "ANI",
    "app": "APP",
    "bernama": "Bernama",
    "antara": "Antara",
    "pna": "PNA",
    "wam": "WAM",
    "spa": "SPA",
    "irna": "IRNA",
    "sana": "SANA",
    "anadolu": "Anadolu",
    "anadolu agency": "Anadolu Agency",
    "bloomberg": "Bloomberg",
    "aap": "AAP",
    "the canadian press": "The Canadian Press",
    "press association": "PA",
    "cnn": "CNN",
    "cnnmoney": "CNNMoney",
    "voa": "VOA",
    "voa news": "VOA News",
    "bbc": "BBC",
}
AGENCY = "|".join(sorted((re.escape(name).replace(r"\ ", r"\s+") for name in _NAMES), key=len, reverse=True))
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}+\.?"
DAY = rf"(?:{_MONTH}\s+\d{{1,2}}(?:\s*,?\s+\d{{4}})?|\d{{1,2}}\s+{_MONTH}(?:\s*,?\s+\d{{4}})?|\d{{4}}-\d\d-\d\d)"

_UPPER = "A-ZÀ-ÞĀ-ſƠƯẠ-ỹ"  # and some small letters among those of Vietnamese
_WORD = rf"(?:(?-i:[{_UPPER}])[\w.'’/-]*+|al-\w++)"
_PLACE = rf"{_WORD}(?:\s(?:(?:de|es|la|le|du|of|the|and|au|el)\s)?{_WORD}){{0,3}}"
_CAPITALS = rf"(?-i:[{_UPPER}][{_UPPER}.'’/-]++(?:\s[{_UPPER}][{_UPPER}.'’/-]*+){{0,3}})"
_DASH = r"\s*(?:--+|[-–—_])"
_GOES_ON = rf"(?:\s*\Z|\s+(?=[\"'“‘`(\[]*(?-i:[{_UPPER}0-9])))"
_HEADER = r"(?P<header>(?:date:?\s+)?\d{4}-\d\d-\d\d\s+(?:\d{1,2}:\d\d(?::\d\d)?\s+)?)?"

_PLACES = rf"(?P<place>{_PLACE}(?:\s*,\s*{_PLACE}){{0,2}}?)"
_WHEN = rf"(?:\s*,\s*(?P<day>{DAY}))?"
_ENDS = rf"(?:\s*\.?(?:{_DASH}|:)|\.|(?=\s*[\"“'‘`]?(?-i:[A-Z])))\s*"


def _patterns(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(_HEADER + pattern, re.IGNORECASE) for pattern in patterns)


_SIGN = re.compile(r"[(/\[]|[-–—_](?:\s|\Z)")  # each of the next holds one, and few paragraphs do
_SIGNED = _patterns(
    # HANOI, Feb. 26 (Xinhua) - | JERUSALEM (AP)_ | (Reuters) - | Madrid, 26 feb (EFE).- | MOSCOW, May 5. /TASS/.
    rf"(?:{_PLACES})?(?:\s*[,.]?\s*(?P<day>{DAY}))?\s*[.,]?\s*[(/\[]\s*(?P<agency>{AGENCY})\s*[)/\]]{_ENDS}",
    # Baghdad ( ap ) — the group: what a lower-casing left
    rf"(?P<place>{_WORD}(?:,?\s[a-z.]{{2,12}}){{0,3}})\s\(\s*(?P<agency>{AGENCY})\s*\){_DASH}\s+",
    # Quito, 26 feb (Andes) - : an agency that is not known here
    rf"{_PLACES}{_WHEN}\s+\((?P<agency>(?-i:[A-Z])[\w.&/ -]{{1,48}})\){_DASH}{_GOES_ON}",
    # AFP - | VOV.VN - | NDO/VNA –
    rf"(?P<agency>(?-i:AP|AFP|UPI|VOV\.VN|VOV|VOVWORLD|VNA|VGP|NDO/VNA|NDO|KCNA|VietNamNet(?: Bridge)?)){_DASH}{_GOES_ON}",
    # WASHINGTON — | SEOUL, South Korea, Feb. 26 -
    rf"(?P<place>{_CAPITALS}(?:\s*,\s*{_PLACE}){{0,2}}?){_WHEN}{_DASH}{_GOES_ON}",
    # Taipei, Taiwan — | Evansville, Indiana, United States - | Hanoi, Feb 26 -
    rf"(?P<place>{_PLACE}(?:\s*,\s*{_PLACE}){{2}}){_DASH}{_GOES_ON}",
    rf"(?P<place>{_PLACE}\s*,\s*{_PLACE})\s*(?:--|[–—]){_GOES_ON}",
    rf"(?P<place>{_PLACE}),\s*(?P<day>{DAY}){_DASH}{_GOES_ON}",
)
_DATE = re.compile(r"\d|date|(?:mon|tues|wednes|thurs|fri|satur|sun)day|" + _MONTH, re.IGNORECASE)  # opens the next
_DATED = _patterns(
    # date 2019-02-26 The government | Thursday, May 7, 2015 The government
    r"(?<=\s)(?=(?-i:[A-Z]))",
    rf"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?(?P<day>(?=[^,]*,?\s+\d{{4}}\b){DAY})\s+(?=(?-i:[A-Z]))",
)
_NO_PLACE = re.compile(
    r"(?:BREAKING|UPDATED?|EXCLUSIVE|WATCH|OPINION|ANALYSIS|FILE|PHOTO|VIDEO|LIVE|READ|CORRECTED|FEATURE|COLUMN|FACTBOX|"
    r"TIMELINE|EXPLAINER|INTERVIEW|COMMENTARY|EDITORIAL|NATO|NASA|WHO|IMF|FIFA|UEFA|OPEC|UNESCO|UNICEF|ISIS)\b"
)
_SMALL = frozenset(("De", "Es", "La", "Le", "Du", "Of", "The", "And", "Au", "El"))


@dataclass(frozen=True, slots=True)
class Dateline:
    """Where an opening line stands, and what it says; what it leaves out is empty."""

    start: int
    end: int
    place: str = ""
    day: str = ""
    agency: str = ""


def dateline(text: str, start: int, end: int) -> Dateline | None:
    """The dateline that opens text[start:end], a block; `end` of it is where the news begins."""
    head = text[start : min(end, start + 200)]
    for pattern in (*(_SIGNED if _SIGN.search(head) else ()), *(_DATED if _DATE.match(head) else ())):
        if found := pattern.match(head):
            parts = {name: value.strip() for name, value in found.groupdict().items() if value}
            day = parts.get("header", parts.get("day", ""))
            place, house = parts.get("place", ""), agency(parts.get("agency", ""))
            if not house and _NO_PLACE.match(place):
                return None
            return Dateline(start, start + found.end(), _place(place), day, house)
    return None


def agency(name: str) -> str:
    """The name of a known agency as it writes itself; any other name as it stands."""
    folded = " ".join(name.split())
    return _NAMES.get(folded.casefold(), folded)


def _place(raw: str) -> str:
    """The place as prose writes it: "DAR ES SALAAM, Tanzania" is "Dar es Salaam, Tanzania"."""
    words = [word.title() if word.isupper() and "." not in word[:-1] else word for word in raw.split()]
    return " ".join(word.lower() if word in _SMALL and n else word for n, word in enumerate(words)).rstrip(",")
