"""Tense without a parser: whether the words around a date tell of it as still to come.

The verb before a date governs it, or, where none stands before it, the first one after. Cues were listed from
development data by reading; a verb in "-ed" is past, and so is whatever was due.
"""

from __future__ import annotations

import re


def ahead(left: str, right: str) -> bool:
    """Whether a date between `left` and `right`, of one sentence and in lower case, is told as still to come."""
    if _BEFORE.search(left):
        return True
    cue = max(_CUE.finditer(left), key=re.Match.end, default=None)
    if cue is None or (cue.end() < len(left) - FAR and "," in left[cue.end() :]):
        cue = _CUE.search(right) or cue
    return cue is not None and cue["ahead"] is not None


FAR = 60  # characters and a comma between them, and a verb no longer governs

_ADVERBS = r"(?: (?:not|also|now|still|soon|be|have|been|only|probably|likely|formally|officially|\w+ly))*"
_TO_COME = (
    rf"(?:will|won't|'ll|shall|would|may|might|should|must|(?:is|are|am|'re|'s) to|to be){_ADVERBS} \w+"
    r"|(?:scheduled|slated|expected|expects?|planned|plans?|planning|due|set) (?:\w+ )?(?:to|for|on|in|at|by|next)\b(?: \w+)?"
    r"|(?:going|likely|ready|hopes?|hoping|intends?|vowed|promised|agreed|prepar\w+|wants?|aims?|about|supposed|decided|urged|asked|ordered|designed) to \w+"
    r"|(?:planned|planning|plans?) (?:an?|the) |(?:due|scheduled|slated|upcoming|coming|forthcoming|deadline)\b"
    r"|(?:starts?|begins?|opens|takes? (?:place|effect)|kicks? off|arrives?|leaves|departs|ends|expires?|comes|goes|travels"
    r"|meets?|faces|visits|hosts|returns|resumes?|launches)\b(?!')"
    r"|(?:ahead of|in time for|tomorrow|next week|next month)\b"
    r"|(?:is|are|was|were) (?:\w+ )?(?:visiting|meeting|starting|beginning|coming|arriving|leaving|travelling|traveling|holding|hosting"
    r"|playing|opening|facing|going)\b"
)
_OVERTAKEN = r"(?:had|has|have) been (?:due|scheduled|expected|planned|set|slated)(?: to \w+)?"
_TOLD = (
    r"(?:had|has|have|having|was|were|been|did|didn't|said|says|(?!united|need|speed|hundred|embed)\w{2,}ed|began|took|came|went|met|gave|made|held|told|rose|fell"
    r"|left|won|lost|became|got|saw|found|sent|led|broke|spoke|wrote|died|hit|shot|cut|sold|bought|brought|kept|ran|grew|drew|fled"
    r"|flew|swept|struck|killed|since|after|ago)\b"
)
_CUE = re.compile(rf"\b(?:(?:{_OVERTAKEN})|(?P<ahead>{_TO_COME})|(?:{_TOLD}))")
_BEFORE = re.compile(
    r".\b(?:until|till|no later than|next|effective|expires?|starting|beginning|as (?:soon|early|late) as)"
    r" (?:the |early |late |on |in |at )?(?:(?:\d\S{0,5}(?: ?[ap]\.?m\.?)?|noon|midnight)(?: [a-z]{3})? )?$"
)
