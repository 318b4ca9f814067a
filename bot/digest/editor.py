"""What an editor would say of each sentence of an article before any ranking: may it stand alone, is it whole.

Signs on the surface only, no grammar: each rule is a list of openings or marks, so that a wrong judgement can be
looked up and mended in one place. Laws: judging is linear in the text; a sentence is judged by itself and by those
before it in its paragraph.
"""
# ruff: noqa: SIM905 - a list of words reads best as one text

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot import terms


@dataclass(frozen=True, slots=True)
class Judgement:
    """`worth`: a factor on a sentence's score, 0 where it must not be shown.

    `follows`: it hangs on the sentence before it.
    """

    worth: float = 1.0
    follows: bool = False


# All openings are matched in lower case.

# "However, …", "Two days later …", "In return, …": what is told here hangs on what was told before
_CONNECTIVE = re.compile(
    r"""(?:
    (?:and|but|or|nor|yet|so|still|then|thus|hence|also|instead|otherwise|therefore|however|nevertheless|nonetheless
      |meanwhile|moreover|furthermore|besides|consequently|similarly|likewise|additionally|indeed|afterwards?|later
      |again|finally|sometimes|conversely|accordingly|regardless|elsewhere|else|thereafter|ultimately|eventually
      |alternatively|unsurprisingly|not\ so|even\ so|even\ then|since\ then|until\ then|by\ then|so\ far|too|plus)\b(?!-)
      (?!\ that\ \w+\ (?:and|are|is)\b)
  | (?:in|as|at|by|for|on|to|with|from|after|before|because\ of|despite|besides|since|given|following|during|under|over)\s
      (?:(?:a|the)\ )?(?:addition|result|return|turn|response|contrast|comparison|fact|other\ words|example|instance
      |the\ other\ hand|the\ contrary|that|this|these|those|which|such|top\ of\ (?:that|this)|the\ same\ time|same\ time
      |other\ hand|contrary|conclusion|short|sum|all|the\ meantime|meantime|reply|doing\ so|both\ cases|either\ case)\b
      (?!\ (?:week|month|year|season|summer|winter|spring|autumn|fall|morning|afternoon|evening|weekend|quarter|century
      |decade|day\ of|to\b|of\b|\d|the\b|who\b))
  | (?:(?:\w+|a\ few|several|some)\ (?:seconds|minutes|hours|days|weeks|months|years)|moments|shortly|soon|immediately
      |long|the\ (?:next|following|same|previous)\ (?:day|week|month|year|morning|night|evening)|the\ day|a\ (?:day|week
      |month|year))(?:\ (?:later|after(?:wards?)?|before|earlier|thereafter))?(?=,|\ (?:he|she|it|they|the)\b)
  )""",
    re.VERBOSE,
)

# "He …", "That is …", "Both men …", "The latter …": who or what is not said in this sentence
_PRONOUN = re.compile(
    r"""(?:
    (?:he|she|they|him|them|hers|theirs|itself|himself|herself|themselves)\b
  | (?:his|her|its|their)\b
  | it(?:'s|’s|'d|’d|'ll|’ll)?\b(?!\ (?:is|was|remains|remained|seems|seemed|appears|appeared|became|has\ been|will\ be
      |would\ be|may\ be|could\ be)\ (?:now\ |still\ |also\ |not\ |yet\ |un|im)?(?:clear|certain|known|likely|possible
      |probable|hoped|expected|feared|thought|believed|unclear|unknown|unlikely|impossible|important|hard|difficult
      |time|too\ early|too\ soon|estimated|understood)\b)
  | (?:this|that)(?:'s|’s)?\b(?!\ (?:week|month|year|season|summer|winter|spring|autumn|fall|morning|afternoon|evening
      |weekend|quarter|century|decade|story|article|report\ was)\b)
  | (?:these|those)\b(?!\ (?:who|whose|with|in|of|on|from|at|under|living|working|wanting|seeking|hoping|days)\b)
  | such\b | neither\b(?!.*\bnor\b) | either\b(?!.*\bor\b)
  | both\b(?!\ .*\band\b)
  | (?:some|many|most|all|none|one|two|three|four|five|several|few|each|half|part|much|neither|either|any)\ of\ (?:them
      |these|those|this|that|it|his|her|their|its)\b
  | (?:others?|another|the\ (?:latter|former|others?|same|first|second|third|pair|duo|trio|couple|two|three))
      (?=\ (?:is|are|was|were|has|have|had|will|would|said|says|did|do|also|later|then)\b|,)
  | (?:one|another|the\ other|other)\b(?=\ (?:said|was|is|has|had)\b)
  | here(?:'s|’s)?\b | there(?:,|\ he|\ she|\ they)
  )""",
    re.VERBOSE,
)

# "The two sides …", "The incident …": told of before, if not named so that one could guess
_ANAPHOR = re.compile(
    r"""the\ (?:two|three|four|five|pair|couple|duo|trio|other|move|moves|decision|incident|incidents|statement
    |announcement|comments?|remarks?|news|case|charges?|accident|victims?|suspects?|man|woman|boy|girl|men|women
    |child|children|teen(?:ager)?|latest|former|same|group|company|report|study|film|movie|video|post|tweet|message
    |letter|ruling|verdict|deal|plan|proposal|measure|law|bill|idea|result|effect|reason|problem|question|issue
    |answer|process|project|effort|family|mother|father|brother|sister|son|daughter|husband|wife|officer|officers
    |\d+-year-old|rest|first|second|third|last|next|actor|actress|singer|player|striker|attack|attacks|shooting|crash
    |fire|ship|plane|aircraft|vehicle|car|images?|pictures?|photos?|footage|findings?|figures?|goal|win|victory
    |defeat|match|game|event|trip|visit|meeting|vote|document|documents|agency|organi[sz]ation|team|club|website)\b
    """,
    re.VERBOSE,
)

# "When he arrived, Smith said …": named right after
_NAMED_AFTER = re.compile(
    r"(?:In|With|At|On|After|Before|During|Despite|For|As|By|From|Since|Under|While|When|Through|Like|Unlike|Speaking)"
    r" [^,]{1,80}, (?:[a-z]+ )?([A-Z][\w’'-]+)"
)
# "The world community is hoping …", "Observers expect …": nobody in particular
_NOBODY = re.compile(
    r"(?:the (?:whole )?(?:world|international community|public)\b|(?:many |some |most )?(?:observers|analysts|critics)\b"
    r"|(?:a number of|some|many|most|several)\b)"
)
# “Yes, I know that,” … “It was awful,” …: an answer, or words about what was named before
_REPLY = re.compile(
    r"[\"“‘'`]+ ?(?:yes|yeah|no|not|that|this|it|he|she|they|his|her|their|these|those|but|and|so|because|then|which)"
    r"(?:['’](?:s|re|ll|d))?\b"
)
_LEADS_IN = frozenset("according asked speaking thanks days weeks months years hours".split())  # no person among them
_PERSONAL = frozenset("he she they him his her hers them their".split())
_SELF = frozenset("I I'm I've I'll I’m I’ve I’ll we We we're We're we’re My my Our our me us you You your Your".split())
_ADDRESSED = re.compile(
    r"(?:click|read|watch|see|follow|listen|sign up|subscribe|share|photos|video|gallery|more|related|advertisement|updated|"
    r"editor['’]s note|image copyright|image caption|story highlights)\b(?:.{0,12}(?::|»|>|here|more|us|also)|$)"
)
_CREDITS = (
    "contributed to this report",
    "contributed to this story",
    "all rights reserved",
    "not be published",
    "not be reproduced",
)
_LETTER = re.compile(r"[^\W\d_]")
_QUOTE = re.compile("[“”«»„\"]|``|''|(?<!\\w)‘|(?<=[.,!?])’(?!\\w)")
_NAME = re.compile(r"(?<=[a-z,;] )(?:[A-Z][\w’'-]*|U\.S\.|U\.N\.)")
_TELLING = re.compile(r"[A-Z][\w’'-]*|\d[\d.,]*(?!\w)")
_DAY = re.compile(
    r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d{1,2}\b|\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)
_YEAR = re.compile(r"(?:19|20)\d\d,?")
_CALENDAR = frozenset(
    "January February March April May June July August September October November December Jan Feb Mar Apr Jun Jul Aug Sep "
    "Sept Oct Nov Dec Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
)


def judge(sentences: Sequence[str], paragraphs: Sequence[int]) -> list[Judgement]:
    """A judgement for each sentence of an article as shown, in order; `paragraphs` says which stand together."""
    opening = " ".join(sentences[:20])
    cased = len(_NAME.findall(opening)) * 50 > opening.count(" ")
    judged: list[Judgement] = []
    inside, before = False, -1
    for sentence, paragraph in zip(sentences, paragraphs, strict=True):
        outside, whole, inside = _unquoted(sentence, inside=inside and paragraph == before)
        before = paragraph
        if whole:
            judged.append(_judged(sentence, outside, cased=cased))
        else:  # where capitals are lost, quotation marks stand between spaces, and which side they close is a guess
            judged.append(Judgement(worth=0.0 if cased else 1.0))
    return judged


def _unquoted(sentence: str, *, inside: bool) -> tuple[str, bool, bool]:
    """The sentence without what it quotes; whether its quotations are whole; whether it ends inside one."""
    if not inside and sentence.isascii() and '"' not in sentence and "''" not in sentence:
        return sentence, True, False
    whole = not inside
    outside: list[str] = []
    start = 0
    for mark in _QUOTE.finditer(sentence):
        if not inside:
            outside.append(sentence[start : mark.start()])
        opens = _opens(sentence, mark.start(), mark.end(), inside=inside)
        whole = whole and (opens or inside)
        inside, start = opens, mark.end()
    if not inside:
        outside.append(sentence[start:])
    return " … ".join(outside), whole and not inside, inside


def _opens(sentence: str, start: int, end: int, *, inside: bool) -> bool:
    """Whether the quotation mark at [start, end) opens; straight ones are told by the space about them."""
    mark = sentence[start:end]
    if mark in {"“", "«", "„", "``", "‘"}:
        return True
    if mark in {"”", "»", "''", "’"}:
        return False
    before, after = sentence[start - 1 : start], sentence[end : end + 1]
    glued_before, glued_after = before not in {"", " ", "(", "[", "—", "–", "-"}, after.isalnum() or after in {"$", "'"}
    return glued_after if glued_before != glued_after else not inside


def _judged(sentence: str, outside: str, *, cased: bool) -> Judgement:
    if not _LETTER.search(outside):
        return Judgement(worth=0)  # a quotation without its speaker
    low = sentence.lower()
    if sentence.endswith(":") or _ADDRESSED.match(low) or any(credit in low for credit in _CREDITS):
        return Judgement(worth=0)
    opening = outside.lstrip(" …,;-–—([")
    start = opening.lower()
    follows = bool(_CONNECTIVE.match(start) or _PRONOUN.match(start) or _hangs(start) or _REPLY.match(low))
    if follows and cased and (named := _NAMED_AFTER.match(opening)) and not terms.is_stop(named[1].lower()):
        follows = False
    return Judgement(_worth(sentence, low, outside) if cased else 1.0, follows)


def _hangs(opening: str) -> bool:
    """Whether a personal pronoun comes before any word that it could stand for."""
    written = opening.replace(",", "").split(" ", 8)[:8]
    if _PERSONAL.isdisjoint(written):
        return False
    for one in written:
        word = one.strip(",;:()'’")
        if word in _PERSONAL:
            return True
        if word and word[0].isalpha() and not terms.is_stop(word) and word not in _LEADS_IN:
            return False
    return False


def _worth(sentence: str, low: str, outside: str) -> float:
    """Dated and specific before vague, statements before questions, the reporter's voice before the writer's."""
    worth = 1.0
    if sentence[-1] not in ".!\"”’')]…?":
        worth *= 0.7
    if sentence.endswith("?") or outside.endswith("?"):
        worth *= 0.6
    if not _SELF.isdisjoint(outside.split()):
        worth *= 0.8
    if _ANAPHOR.match(low):
        worth *= 0.85
    if _NOBODY.match(low):
        worth *= 0.8
    telling = set(_TELLING.findall(sentence, 1))
    numbered = any(word[0].isdigit() for word in telling)
    dated = not _CALENDAR.isdisjoint(telling) or (numbered and any(_YEAR.fullmatch(word) for word in telling))
    if not dated and not numbered:
        worth *= min(1.0, 0.75 + 0.08 * len(telling))  # names tell something too, no single one much
    return worth * (1 + 0.06 * dated + 0.04 * numbered + 0.1 * bool(dated and _DAY.search(sentence)))
