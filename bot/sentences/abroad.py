"""Where sentences end in other languages than English: the same marks, with each language's own abbreviations.

What is not known of a language is left to the marks and to capital letters, so that every language is split somehow.
Nothing here knows grammar: a number before a full stop is an ordinal where nouns have capitals, else the capital tells;
Thai and Lao, which have no full stop, divide at spaces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.languages import UNSTOPPED
from bot.model import Span
from bot.sentences.words import words


def _stop(closing: str, more: str = "") -> re.Pattern[str]:
    marks = f".!?…。！？؟।။።۔։{more}"
    return re.compile(
        rf"([{marks}](?<![.!?…][.!?…])[{marks}]*+(?:[^\S\n]?[.!?…]){{0,3}}+)"
        rf"((?:[{closing}\u200b\u200e\u200f]|[ \u00a0\u202f]»|\[\d{{1,3}}\])*+)"
        r"(\s*+)"
    )


_CLOSING = "\"'”’»“‘«›‹)\\]"  # “ and « close in German, with no space before them
_STOP = _stop(_CLOSING)
_WIDE_STOP = _stop("\"'”’)\\]」』）】〉》")
_STOPS = {"el": _stop(_CLOSING, more=";\u037e"), "ja": _WIDE_STOP, "zh": _WIDE_STOP}  # ; is the Greek question mark
_SURE = frozenset("。！？।።။۔")  # never of an abbreviation, and no space need follow
_WIDE = frozenset("。！？")
_OPENING = "\"'“‘„«»‚‹›`([{¿¡–—-•「『（【〈《 \u00a0\u202f"
_OPENED = frozenset('“‘「『«„"')
_SPOKE_ON = frozenset("とのをはがにでもやへ、，")  # Japanese: 「…。」と述べた
_INITIALS = re.compile(  # "z. B", "т. е", "J.-P", "e.V", "S.p.A"
    r"(?:[^\W\d_]{1,2}\.[ \u00a0\u202f-]?)+[^\W\d_]\Z|(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,3}\Z"
)
_ROMAN = re.compile(r"[IVXLC]+\Z")
_NUMBER_BEFORE = re.compile(r"\d[\d.,]*(?:-\w{1,3})?[ \u00a0\u202f]*\Z")
_NEXT = re.compile(rf"[{re.escape(_OPENING)}]*+(\w[\w'’]*+)?")
_SPACES = re.compile(r"\s+")
_LEAST = 20  # signs of a Thai or Lao clause; a space parts names and numbers, too


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a language, all in small letters.

    `before`: abbreviations that something follows, a name or a number; `numbered`: words that are one before a number;
    `last`: those that may end a sentence, and do before a capital, or, where nouns have capitals, before one of
    `openers` only. One of `before` and `last` is the latter after a number. `ordinals`: the longest number, in digits,
    that a full stop makes an ordinal before a noun.
    """

    before: frozenset[str] = frozenset()
    last: frozenset[str] = frozenset()
    numbered: frozenset[str] = frozenset()
    openers: frozenset[str] = frozenset()
    ordinals: int = 0


_NOTHING = Known()
_KNOWN = {
    "ar": Known(words("د أ م ه ص")),
    "cs": Known(
        words("dr ing mgr bc mudr judr phdr prof doc tzv např tj mj resp sv ul č čp str odst písm gen plk mil mld tis"),
        words("atd apod aj kč hod min př n.l"),
    ),
    "da": Known(
        words("dr prof hr fr nr kl ca skt s st jf bl fx f pga mht ift evt dvs adm dir"),
        words("mio mia pct osv mv kr jr"),
    ),
    "de": Known(
        words(
            "dr prof hr fr hrn st nr bd bzw ca evtl gem ggf hl inkl jh kap max min phil rer rd sog tel vgl zzgl dipl "
            "ing kath ev geb gest bspw insb einschl exkl abg gen obst maj hptm mag staatl städt allg bes betr bez dt "
            "engl frz ital lat röm jan feb apr jun jul aug sep sept okt nov dez med jur habil stellv"
        ),
        words("usw etc mio mrd tsd std sek str jr sen co corp inc ltd bros ag e.v e.k a.d a.m d.c u.a u.ä"),
        words("art abs s vol"),
        words(
            "der die das den dem des ein eine einer einem einen er sie es wir ihr ich man dies diese dieser dieses "
            "diesem diesen in im an am auf aus bei beim mit nach von vom vor zu zum zur für über unter zwischen "
            "während wegen trotz seit bis gegen ohne um aber und oder doch denn auch nur noch so da dort hier dabei "
            "dafür damit danach dann deshalb daher darum dennoch jedoch zudem außerdem allerdings inzwischen nun "
            "jetzt als wenn weil ob obwohl dass wer was wie wo warum nicht kein keine alle beide viele mehrere einige "
            "zwei drei jeder jede seine sein ihre ihren laut derzeit zuvor zuletzt bisher insgesamt später"
        ),
        ordinals=3,
    ),
    "es": Known(
        words(
            "dr dra prof sr sra srta d dña ud uds excmo excma ilmo av avda c ctra gral gob lic mons ing art fig vol "
            "pag cap ed núm pág págs p pp tel pza dpto depto hno ee ff aprox cf vs sto sta"
        ),
        words("etc cía ltda uu s.a s.l a.c d.c ee.uu rr.hh a.m p.m jr hnos"),
    ),
    "et": Known(words("dr prof nr lk tn pr sh nn nt"), words("jne jt jms mln mld kr")),
    "fi": Known(words("dr prof tri hra rva nr esim mm ts vrt klo puh os n"), words("jne yms milj mrd eaa jaa ym")),
    "fr": Known(
        words(
            "m mm mme mmes mlle mlles mgr me dr pr prof st ste pp pag chap cf env av bd boul gén lt cdt ex réf tél éd "
            "apr adj janv févr avr juil oct nov déc"
        ),
        words("etc cie sté s.a s.a.r.l j.-c jr al"),
        words("art vol fig col cap p no nos n sept dir al"),
    ),
    "hi": Known(words("डॉ श्री प्रो")),
    "hr": Known(
        words("dr prof mr ing g gđa sv ul br str tzv npr tj odn čl st gen pred"), words("itd sl mil mlrd kn sati")
    ),
    "hu": Known(words("dr prof ifj id özv st ún pl ill kb ker fsz em tel"), words("stb mrd kft zrt bt")),
    "it": Known(
        words(
            "dr dott prof sig sigg avv on sen arch geom ing rag gen cav comm mons pag pp art fig vol cap es tel ca sec "
            "sig.ra sig.na dott.ssa prof.ssa cfr n nn v p ss"
        ),
        words("ecc etc s.p.a s.r.l a.c d.c jr"),
    ),
    "nl": Known(
        words(
            "dhr mevr mw dr drs ir ing mr prof st nr blz p art bv bijv ca evt incl excl zgn resp vgl tel hr ds gen kol"
        ),
        words("enz etc mln mld jr sr n.v b.v e.d"),
    ),
    "no": Known(
        words("dr prof hr fr nr kl ca st s jf bl feks pga mht ift evt dvs adm dir f"), words("mill mrd osv mv kr jr")
    ),
    "pl": Known(
        words("dr prof inż mgr hab ks bp gen płk kpt św ul al pl nr str tzw np tj jw red zob godz dn hr m"),
        words("itd itp mln mld tys zł gr r w in wg"),
    ),
    "pt": Known(
        words(
            "dr dra prof sr sra d dona eng exmo exma av r tel nº núm pág págs p pp art fig vol cap gov gen cel dep ver "
            "min pe cf vs sto sta"
        ),
        words("etc cia ltda s.a a.c d.c jr lda"),
    ),
    "ro": Known(
        words("dr prof ing dl dna dlui nr str art lit pag vol sf gen bd jud op cit ex"), words("etc mil mld s.a s.r.l")
    ),
    "ru": Known(
        words(
            "г гг им ул пр просп пер пл наб д стр корп кв оф обл о оз р с пос дер ст см ср рис табл т тт гл ч п пп "
            "проф акад доц канд докт инж ген полк майор кап лейт адм св архиеп митр тел напр т.н т.е т.к гос зам зав "
            "нач прим ред изд сост вып янв февр апр авг сент окт нояб дек"
        ),
        words("г гг в вв др пр т.д т.п руб коп тыс млн млрд трлн км см мм кг га мин сек ч час чел экз н.э"),
    ),
    "sk": Known(
        words("dr ing mgr bc mudr judr phdr prof doc tzv napr t.j resp sv ul č str ods písm gen plk mil mld tis"),
        words("atď apod hod min a.s s.r.o"),
    ),
    "sl": Known(words("dr prof mag ing g ga sv ul št str npr tj čl gen"), words("itd ipd mio mrd d.d d.o.o")),
    "sr": Known(
        words("dr prof mr inž g sv ul br str tzv npr tj odn čl gen др проф мр г св ул бр стр тзв нпр тј одн чл ген"),
        words("itd sl mil mlrd din итд сл мил млрд дин"),
    ),
    "sv": Known(
        words("dr prof hr fr nr kl ca st s jfr bl t.ex dvs s.k fr.o.m t.o.m p.g.a resp gen adm"),
        words("osv mfl m.m mm milj mdr kr jr"),
    ),
    "tr": Known(
        words("dr prof doç av alb gen yrd st no nr sok cad mah apt bkz örn yy hz sn öğr"), words("vb vs vd a.ş ltd şti")
    ),
    "uk": Known(
        words(
            "р рр ім вул просп пров пл м с смт обл буд кв стор див мал табл т проф акад доц ген полк св тел напр т.зв "
            "т.е о гл ст п зам"
        ),
        words("р рр ст др т.д т.п ін грн коп тис млн млрд км кг га хв год н.е"),
    ),
}


def cut(text: str, start: int, end: int, found: list[Span], language: str) -> None:
    """Add the sentences of text[start:end], one block or a part of one, to `found`."""
    known = _KNOWN.get(language, _NOTHING)
    while start < end and text[start].isspace():
        start += 1
    for stop in _STOPS.get(language, _STOP).finditer(text, start, end):
        if stop.end() >= end:
            break
        if _ends(text, start, stop, known):
            _add(text, start, stop.end(2), found, language)
            start = stop.end()
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        _add(text, start, end, found, language)


def _add(text: str, start: int, end: int, found: list[Span], language: str) -> None:
    if language not in UNSTOPPED:
        found.append((start, end))
        return
    for space in _SPACES.finditer(text, start, end):
        after = _SPACES.search(text, space.end(), end)
        clause = (after.start() if after else end) - space.end()
        around = text[space.start() - 1], text[space.end()]
        if space.start() - start >= _LEAST <= clause and not any(sign.isdecimal() or sign.isascii() for sign in around):
            found.append((start, space.start()))
            start = space.end()
    found.append((start, end))


def _ends(text: str, start: int, stop: re.Match[str], known: Known) -> bool:
    """Whether the sentence that began at `start` ends at `stop`."""
    marks, closing, space = stop.groups()
    at = stop.end()
    if marks[-1] in _SURE and not space:
        return not closing or marks[-1] not in _WIDE or not (text[start] in _OPENED or text[at] in _SPOKE_ON)
    if not space:
        return False
    following = _NEXT.match(text, at)
    word = following[1] if following else None
    if word and word[0].islower():
        return False
    if marks != ".":
        return True
    return _full_stop(text, start, stop, word or "", known)


def _full_stop(text: str, start: int, stop: re.Match[str], word: str, known: Known) -> bool:
    """Whether a single full stop before `word`, which is written with a capital, a number or none, is an end."""
    at = stop.start()
    near = max(start, at - 24)
    piece = text[near:at].rsplit(None, 1)
    before = piece[-1].lstrip(_OPENING) if piece and not text[at - 1].isspace() else ""
    number = word[:1].isdecimal()
    opens = word.lower() in known.openers if known.openers else not number
    if at - len(before) == start and (before.isdecimal() or len(before) == 1):
        return False  # the number of an item
    if before.isdecimal() or (known.ordinals and _ROMAN.match(before)):
        return len(before) > known.ordinals or opens
    spelt = _INITIALS.search(text, max(start, at - 12), at)
    if spelt and (spelt.start() == start or not text[spelt.start() - 1].isalnum()):
        return re.sub(r"\s", "", spelt[0].lower()) in known.last and opens
    low = re.split("['’]", before.lower())[-1]  # "l'art"
    counted = _NUMBER_BEFORE.search(text[near : at - len(before)])
    if low in known.last and (counted or low not in known.before):
        return opens
    if low in known.before or (number and (low in known.numbered or low.endswith("str"))):
        return False
    if len(low) == 1 and low.isalpha() and low != low.upper():  # an initial, or "10 h"
        return opens and bool(counted)
    return True
