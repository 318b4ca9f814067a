"""The names of time zones, as they may be typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

_CITY = re.compile("(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/(?:.+/)?(.+)")
_NO_CITIES = frozenset({"north", "south", "west", "center"})  # old or small zones with names that are plain words
# the tz database names one city a region; these are large ones that it leaves out
_LARGE_CITIES = {
    "Africa/Johannesburg": "cape_town durban pretoria",
    "America/Chicago": "austin dallas houston minneapolis san_antonio",
    "America/Los_Angeles": "las_vegas portland san_diego san_francisco seattle",
    "America/New_York": "atlanta boston miami new_york_city philadelphia washington",
    "America/Sao_Paulo": "brasilia rio_de_janeiro",
    "America/Toronto": "ottawa",
    "Asia/Dubai": "abu_dhabi",
    "Asia/Ho_Chi_Minh": "hanoi ho_chi_minh_city",
    "Asia/Karachi": "islamabad lahore",
    "Asia/Kolkata": "bangalore bengaluru chennai delhi hyderabad mumbai new_delhi pune",
    "Asia/Seoul": "busan",
    "Asia/Shanghai": "beijing guangzhou shenzhen",
    "Asia/Tokyo": "kyoto osaka yokohama",
    "Europe/Berlin": "cologne frankfurt hamburg munich",
    "Europe/Istanbul": "ankara izmir",
    "Europe/London": "edinburgh glasgow manchester",
    "Europe/Madrid": "barcelona",
    "Europe/Moscow": "saint_petersburg st_petersburg",
    "Europe/Paris": "lyon marseille",
    "Europe/Rome": "milan naples",
    "Europe/Zurich": "basel bern geneva",
    "Pacific/Auckland": "wellington",
}
# several zones share most of these, and each is wrong for half the year where clocks change; likeliest first
ABBREVIATIONS = {
    **dict.fromkeys(("est", "edt", "et", "est5edt"), "America/New_York"),
    **dict.fromkeys(("cst", "cdt", "ct", "cst6cdt"), "America/Chicago Asia/Shanghai"),
    **dict.fromkeys(("mst", "mdt", "mt", "mst7mdt"), "America/Denver America/Phoenix"),
    **dict.fromkeys(("pst", "pdt", "pt", "pst8pdt"), "America/Los_Angeles"),
    **dict.fromkeys(("akst", "akdt"), "America/Anchorage"),
    **dict.fromkeys(("hst", "hdt"), "Pacific/Honolulu"),
    **dict.fromkeys(("ast", "adt"), "America/Halifax Asia/Riyadh"),
    **dict.fromkeys(("nst", "ndt"), "America/St_Johns"),
    **dict.fromkeys(("cet", "cest", "met", "mest", "mez", "mesz"), "Europe/Berlin Europe/Paris"),
    **dict.fromkeys(("eet", "eest"), "Europe/Athens Europe/Helsinki Africa/Cairo"),
    **dict.fromkeys(("wet", "west"), "Europe/Lisbon"),
    **dict.fromkeys(("aest", "aedt"), "Australia/Sydney Australia/Brisbane"),
    **dict.fromkeys(("acst", "acdt"), "Australia/Adelaide Australia/Darwin"),
    **dict.fromkeys(("nzst", "nzdt"), "Pacific/Auckland"),
    "awst": "Australia/Perth",
    "brt": "America/Sao_Paulo",
    "bst": "Europe/London Asia/Dhaka",
    "gst": "Asia/Dubai",
    "hkt": "Asia/Hong_Kong",
    "ict": "Asia/Bangkok Asia/Ho_Chi_Minh",
    "ist": "Asia/Kolkata Europe/Dublin Asia/Jerusalem",
    "jst": "Asia/Tokyo",
    "kst": "Asia/Seoul",
    "msk": "Europe/Moscow",
    "pht": "Asia/Manila",
    "pkt": "Asia/Karachi",
    "sast": "Africa/Johannesburg",
    "sgt": "Asia/Singapore",
    "wib": "Asia/Jakarta",
}
OFFSET = re.compile(r"(?:utc|gmt)?[+\-−±]\d{1,2}(?::?\d\d)?", re.ASCII)
ZONE_LIKE = re.compile(r"[a-z_.-]+(?:/[a-z_.+-]+)+\d{0,2}", re.ASCII)


def named(words: Sequence[str]) -> tuple[str, int]:
    """The zone that `words` open with, by its name or its city, and how many words name it; ("", 0) if none."""
    for taken in range(min(4, len(words)), 0, -1):  # "Ho Chi Minh City", "Asia / Ho_Chi_Minh"
        if name := _names().get(_fold(" ".join(words[:taken]))):
            return name, taken + (words[taken : taken + 1] == ["time"])
    return "", 0


def nearest(typed: str) -> tuple[str, ...]:
    """At most two zones that are spelt most like `typed`; the one of its city, where only the area is wrong."""
    names, folded = _names(), _fold(typed)
    if city := names.get(folded.rpartition("/")[2]):
        return (city,)
    close = get_close_matches(folded, names, n=2, cutoff=0.8) if len(folded) <= 40 else []
    return tuple(dict.fromkeys(names[name] for name in close))


@cache
def _names() -> dict[str, str]:
    """Zone names by what may be typed for them, folded: the whole name, or its city."""
    names = sorted(available_timezones() - {"Factory", "localtime"}, key=lambda name: (len(name), name))
    names = [name for name in names if name.casefold() not in ABBREVIATIONS]
    # where one place has two names, the longer is the newer: America/Argentina/Cordoba, once America/Cordoba
    cities = {_fold(match[1]): match[0] for match in map(_CITY.fullmatch, names) if match}
    large = {city: name for name, cities in _LARGE_CITIES.items() for city in cities.split()}
    typed = {city: name for city, name in (large | cities).items() if city not in _NO_CITIES}
    spaced = {city.replace("-", "_"): name for city, name in typed.items()}
    return spaced | typed | {_fold(name): name for name in names}


def _fold(typed: str) -> str:
    """`typed` without case, accents, full stops and apostrophes, its words joined by "_"."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", typed.casefold()) if not unicodedata.combining(sign))
    return re.sub(r"[\s_]+", "_", re.sub(r"\s*/\s*", "/", re.sub("[.'’]", "", bare)))
