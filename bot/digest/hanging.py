"""What in a sentence hangs on something said before it: its opening, or a word in it that only points back.

Signs on the surface only: each rule is a list of openings or marks. All are matched in lower case.
"""
# ruff: noqa: SIM905 - a list of words reads best as one text

from __future__ import annotations

import re

from bot import terms

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
  | (?:(?:\w+|a\ few|several|some)\ (?:seconds|minutes|hours|days|nights|weeks|months|years|decades|centuries|generations)|moments|shortly|soon|immediately
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
  | others\b
  | (?:some|many|most|few|several|two|three|four|five|one)\ (?:are|were|is|was|have|has|had|will|would|do|did|can|could
      |say|says|said|told|also|even|later|\w+ed\ (?:the|a|an|to|in|on|at|that|for|from|by|with|his|her|their))\b
  | (?:other|another|the\ (?:latter|former|others?|same|first|second|third|pair|duo|trio|couple|two|three))
      (?=\ (?:is|are|was|were|has|have|had|will|would|said|says|did|do|also|later|then)\b|,)
  | (?:the\ other|other)\b(?=\ (?:said|was|is|has|had)\b)
  | here(?:'s|’s)?\b | there(?:,|\ he|\ she|\ they)
  )""",
    re.VERBOSE,
)

# "When he arrived, Smith said …": named right after
_NAMED_AFTER = re.compile(
    r"(?:In|With|At|On|After|Before|During|Despite|For|As|By|From|Since|Under|While|When|Through|Like|Unlike|Speaking)"
    r" [^,]{1,80}, (?:[a-z]+ )?([A-Z][\w’'-]+)"
)
# "… after that incident", "… neither of those things": what is meant was said before. "in that it is" and "of those
# killed" are told from these by what comes behind.
_DEMONSTRATIVE = re.compile(
    r"""\ th(?:at|is|ese|ose)\ (?!week|month|year|season|summer|winter|spring|autumn|fall|morning|afternoon|evening|weekend
      |quarter|century|decade|time|point|day|moment|country|nation|end|who|whose|with|in|of|on|from|at|under|he|she|it|they
      |we|the|a|an|is|are|was|were|has|have|had|will|would|can|could|and|as|some|many|still|not|most|already
      |[a-z]+(?:ing|ed)\b)[a-z]""",
    re.VERBOSE,
)
_PREPOSITIONS = frozenset("in of by on at for from with after before to about over under into against all both".split())
# "The latter is …"; "… refused to do so"
_PROXY = re.compile(
    r"\bthe (?:latter|former)(?=[,.]| (?:is|are|was|were|has|have|had|will|would|can|could|said|says)\b)"
    r"|\b(?:did|do|does|doing|done) so\b"
)
_LIKEWISE = (" too", " as well", " either", " likewise", " otherwise")  # the last words of what hangs on another

# “Yes, I know that,” … “It was awful,” …: an answer, or words about what was named before
_REPLY = re.compile(
    r"[\"“‘'`]+ ?(?:yes|yeah|no|not|that|this|it|he|she|they|his|her|their|these|those|but|and|so|because|then|which)"
    r"(?:['’](?:s|re|ll|d))?\b"
)
_BEFORE = " …,;-–—(["  # what may stand before the first word
_LEADS_IN = frozenset("according asked speaking thanks days weeks months years hours".split())  # no person among them
_PERSONAL = frozenset("he she they him his her hers them their".split())
_INTRODUCES = re.compile(r"[A-Z][\w’'-]+ [A-Z][\w’'-]+")
_ALLUDES = re.compile(r"(?:it|that|this)(?:['’]s| is| was) (?:the|a|an|like|what|how)\b|this\b|that\b")


def follows(outside: str, told: str, low: str, *, opens: bool, cased: bool) -> bool:
    """Whether a sentence can be shown only after the one before it.

    `outside` is what it says outside quotation marks, `told` that in lower case, `low` the whole; `opens`: it opens
    its article.
    """
    start = told.lstrip(_BEFORE)
    found = bool(_PRONOUN.match(start) or _hangs(start) or _REPLY.match(low))
    if found and cased:
        named = _NAMED_AFTER.match(outside.lstrip(_BEFORE))
        found = not named or terms.is_stop(named[1].lower())
    found = found or bool(_CONNECTIVE.match(start))
    # "Her strike made her famous, but Maria Olsen …": what opens an article hangs on nothing before it
    return found and not (opens and _INTRODUCES.search(outside) and not _ALLUDES.match(start))


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


def points_back(low: str) -> bool:
    """Whether a sentence speaks of something by a word that only points at it."""
    if low.rstrip(" .\"”’'").endswith(_LIKEWISE):
        return True
    if (" so" in low or "the latter" in low or "the former" in low) and _PROXY.search(low):
        return True
    return any(low[: found.start()].rpartition(" ")[2] in _PREPOSITIONS for found in _DEMONSTRATIVE.finditer(low))
