"""What an editor would say of each sentence of an article before any ranking: may it stand alone, is it whole.

Signs on the surface only, no grammar: each rule is a list of openings or marks, so that a wrong judgement can be
looked up and mended in one place. Laws: judging is linear in the text; a sentence is judged by itself and by those
before it in its paragraph.
"""
# ruff: noqa: SIM905 - a list of words reads best as one text

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from bot.digest import abroad, hanging


class Judgement(NamedTuple):
    """`worth`: a factor on a sentence's score, 0 where it must not be shown.

    `follows`: it hangs on the sentence before it.
    """

    worth: float = 1.0
    follows: bool = False


# What a sentence is worth that can stand, but that an editor would rather not show.
QUESTION = 0.4
ASIDE = 0.4  # all of it in parentheses
HEADLINE = 0.5  # of another story
WRITER = 0.6  # "I" and "my" outside quotation marks: the reader cannot know whose voice it is
READER = 0.8  # "you" and "we"
VAGUE = 0.8
BACKWARD = 0.85  # points at something named before
UNFINISHED = 0.7

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

# "The world community is hoping …", "Observers expect …": nobody in particular
_NOBODY = re.compile(
    r"(?:the (?:whole )?(?:world|international community|public)\b|(?:many |some |most )?(?:observers|analysts|critics)\b"
    r"|(?:a number of|some|many|most|several)\b)"
)
_WRITER = frozenset("I I'm I've I'll I'd I’m I’ve I’ll I’d My my me myself Let's let's Let’s let’s".split())
_VOICE = _WRITER | frozenset(
    """we We we're We're we’re we've We've we’ve We’ve we'll We'll Our our us us, you You you, your Your you're You're you’re
    You’re you've You've you’ve You’ve you'll You'll you’ll You’ll""".split()
)
# Sentences hold some of these; headlines of other stories between them ("Norland minister to visit Harwick.") none.
_GRAMMAR = frozenset(
    """a an the A An The is are was were be been being has have had do does did will would can could should may might must
    said says told this that these those This That These Those there There it It he He she She they They we We i I
    became began brought came drew fell flew gave got grew knew ran saw spoke stood swore took thought threw went wore wrote
    isn't aren't wasn't weren't hasn't haven't hadn't don't doesn't didn't won't""".split()
)
_LONGEST_HEADLINE = 12  # words
# "How the strike began.", "Olsen: We need peace.": a headline, whatever words it has
_HEADLINE = re.compile(r"(?:how|why|where|what|who|when|which)\b[^,?]*[^?]$|[^:\"“,]{2,40} ?: [^:]*$")
_ADDRESSED = re.compile(
    r"(?:click|read|watch|see|follow|listen|sign up|subscribe|share|photos|video|gallery|more|related|advertisement|updated|"
    r"editor['’]s note|image copyright|image caption|story highlights)\b(?:.{0,12}(?::|»|>|here|more|us|also)|$)"
)
_CREDIT = re.compile(
    r"contributed to this (?:report|story)|all rights reserved|not be (?:published|reproduced)"
    r"|\bin this (?:\w+ )?(?:photo|image|picture)(?:graph)?\b|^this (?:undated |file )?(?:photo|image|picture)\w* (?:provided|released|shows)"
    r"|^.{3,60} reported from [^,]{2,40}\.$"
    r"|^[\w .&’'-]{2,40} is (?:a|the|also a|also the) (?:parent|sister) company of \S+(?: \S+)?\.$"  # whose newsroom it is
)
# one of which each of these holds
_CREDITING = (
    "contributed to",
    "rights reserved",
    "not be ",
    "photo",
    "image",
    "picture",
    "reported from",
    " company of",
)
_LETTER = re.compile(r"[^\W\d_]")
# Each begins with one class of signs, to which `re` skips quickly.
_QUOTE = re.compile("[“”«»„\"`'‘’](?:(?<=[“”«»„\"])|(?<=`)`|(?<=')'|(?<=‘)(?<!\\w‘)|(?<=[.,!?]’)(?!\\w))")
_NAME = re.compile(r"[A-Z](?<=[a-z,;] .)[\w’'-]*")
_TELLING = re.compile(r"[A-Z\d](?:(?<=[A-Z])[\w’'-]*|(?<=\d)[\d.,]*(?!\w))")
_DAY = re.compile(
    r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d{1,2}\b|\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)
_YEAR = re.compile(r"(?:19|20)\d\d,?")
_MONTHS = frozenset(
    "January February March April May June July August September October November December Jan Feb Mar Apr Jun Jul Aug Sep "
    "Sept Oct Nov Dec".split()
)
_CALENDAR = _MONTHS | frozenset("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())


def judge(sentences: Sequence[str], paragraphs: Sequence[int], language: str = "en") -> list[Judgement]:
    """A judgement for each sentence of an article as shown, in order; `paragraphs` says which stand together."""
    if language != "en":
        return [_foreign(sentence, language, opens=n == 0) for n, sentence in enumerate(sentences)]
    opening = " ".join(sentences[:20])
    enough = opening.count(" ") // 50 + 1  # names, where capitals are kept
    cased = sum(1 for _ in islice(_NAME.finditer(opening), enough)) == enough
    low = "\n".join(sentences).lower()
    signed = any(words in low for words in _CREDITING)  # one look at the whole saves one at each sentence
    judged: list[Judgement] = []
    inside, before = False, -1
    for n, (sentence, paragraph) in enumerate(zip(sentences, paragraphs, strict=True)):
        outside, whole, inside = _unquoted(sentence, inside=inside and paragraph == before)
        before = paragraph
        if whole:
            judged.append(_judged(sentence, outside, opens=n == 0, cased=cased, signed=signed))
        else:  # where capitals are lost, quotation marks stand between spaces, and which side they close is a guess
            judged.append(Judgement(worth=0.0 if cased else 1.0))
    return judged


def _foreign(sentence: str, language: str, *, opens: bool) -> Judgement:
    if not _LETTER.search(sentence) or not abroad.is_whole(sentence) or sentence.endswith((":", "：")):
        return Judgement(worth=0)
    if abroad.leads_elsewhere(sentence):
        return Judgement(worth=0)
    worth = 1.0
    if abroad.asks(sentence):
        worth *= QUESTION
    elif not abroad.is_finished(sentence, language):
        worth *= UNFINISHED
    if sentence[0] in "([（" and sentence.rstrip(" .。")[-1:] in ")]）":
        worth *= ASIDE
    return Judgement(worth, follows=not opens and abroad.hangs(sentence, language))


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


def _judged(sentence: str, outside: str, *, opens: bool, cased: bool, signed: bool) -> Judgement:
    """`outside`: what it says outside quotation marks; below, `low` and `told` are the two in lower case."""
    if not _LETTER.search(outside):
        return Judgement(worth=0)  # a quotation without its speaker
    low = sentence.lower()
    if sentence.endswith(":") or _ADDRESSED.match(low) or (signed and _CREDIT.search(low)):
        return Judgement(worth=0)
    told = low if outside is sentence else outside.lower()
    follows = hanging.follows(outside, told, low, opens=opens, cased=cased)
    return Judgement(_worth(sentence, low, outside, told, opens=opens, cased=cased), follows)


def _worth(sentence: str, low: str, outside: str, told: str, *, opens: bool, cased: bool) -> float:
    """Dated and specific before vague, the reporter's voice before the writer's, news before another's headline."""
    worth = _manner(sentence, low, told, opens=opens)
    if not cased:
        return worth
    written = outside.split()
    if not _VOICE.isdisjoint(written):
        worth *= READER if _WRITER.isdisjoint(written) else WRITER
    telling = set(_TELLING.findall(sentence, 1))
    numbered = min(telling, default="A") < "A"  # digits come before letters
    dated = not _CALENDAR.isdisjoint(telling) or (numbered and any(map(_YEAR.fullmatch, telling)))
    if not dated and not numbered:
        worth *= min(1.0, 0.75 + 0.08 * len(telling))  # names tell something too, no single one much
    if not (opens or dated) and len(written) <= _LONGEST_HEADLINE and _is_headline(low, written):
        worth *= HEADLINE
    # a month is among `telling`, or opens the sentence
    day = dated and (_DAY.match(sentence) if _MONTHS.isdisjoint(telling) else _DAY.search(sentence))
    return worth * (1 + 0.06 * dated + 0.04 * numbered + 0.1 * bool(day))


def _manner(sentence: str, low: str, told: str, *, opens: bool) -> float:
    """Statements before questions, somebody before nobody, what is whole before what is not; whatever the letters."""
    worth = 1.0
    if "?" in sentence[-3:] or told.endswith("?"):
        worth *= QUESTION
    elif not _is_finished(sentence):
        worth *= UNFINISHED
    if sentence[0] in "([" and sentence.rstrip(" .")[-1:] in ")]":
        worth *= ASIDE
    if _ANAPHOR.match(low):
        worth *= BACKWARD
    if _NOBODY.match(low):
        worth *= VAGUE
    if not opens and hanging.points_back(told):
        worth *= BACKWARD
    return worth


def _is_finished(sentence: str) -> bool:
    return sentence[-1] in ".!\"”’'…" or (sentence[-1] in ")]" and sentence[-2:-1] in ".!…")


def _is_headline(low: str, written: Sequence[str]) -> bool:
    """Whether a short sentence reads like the headline of another story."""
    return _GRAMMAR.isdisjoint(written) or bool(_HEADLINE.match(low))
