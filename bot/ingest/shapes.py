"""The shapes of what stands in a news text and is no news, as data: (reason, pattern) each.

A false mark loses news and a missed one shows a caption, so a pattern asks for the shape of the whole thing and never
for a word in it. BLOCKS must fit a whole block, its white space folded; OPENINGS the beginning of a sentence; the
others say themselves what they must fit.
"""

from __future__ import annotations

import re

from bot.ingest.dateline import AGENCY, DAY


def _any(*shapes: str) -> str:
    return "|".join(shapes)


def _is_one_group(shape: str) -> bool:
    """Whether all of it stands within one "(?i:…)"."""
    depth = 0
    for at, sign in enumerate(re.sub(r"\\.", "..", shape)):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return shape.startswith("(?i:") and at == len(shape) - 1
    return False


_PARTICLE = r"(?:(?:de|van|von|der|den|al|bin|el|la|du|dos|da)\s){0,2}"
_NAME = rf"(?!(?i:{AGENCY}|staff|special|senior|correspondent)\b)[A-ZÀ-Þ][\w.'’-]*+(?:\s{_PARTICLE}[A-ZÀ-Þ][\w.'’-]*+){{1,3}}"
NAMES = rf"{_NAME}(?:(?:,\s(?:and\s)?|\sand\s|\s&\s){_NAME}){{0,8}}"

_MOMENT = _any(
    DAY,
    r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\b\.?",
    r"\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s?[ap]\.?m\b\.?)?",
    r"\d{1,2}\s?[ap]\.?m\b\.?",
    r"\d{4}\s(?=GMT|UTC)",
    r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}",
    r"\d{4}[/.]\d\d[/.]\d\d",
    r"\d{1,2}(?:st|nd|rd|th)\b",
    r"(?:19|20)\d\d\b",
    r"[+-]\d\d:?\d\d",
    r"(?:GMT|UTC|[ECMP][SD]?T|IST|JST|KST|ICT|CES?T|BST)\b(?:[+-]\d{1,2}(?::?\d\d)?)?",
    r"(?:Greenwich|local|Eastern) time\b",
    r"\d{1,2}\s(?:hours?|minutes?|mins?|days?)\sago\b",
    r"(?:at|on|of|by|date:?|page|last|updated|published|modified|posted)\b:?",
    r"T(?=\d)|Z\b",
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)\b",
)
_DATED = rf"(?:[\s,.|()/·–—-]*+(?>{_MOMENT}))++[\s,.|()/·–—-]*+"
_SHARE = _any(
    r"Share(?: this(?: article| story)?)?(?: (?:on|via))?|Copy(?: the)? link|\d+ (?:shares|comments)|Leave a comment",
    r"Tweet|Facebook|Twitter|X|E-?mail|Print|WhatsApp|LinkedIn|Reddit|Pinterest|Telegram|Save|Comments?",
    r"Subscribe|Follow|Sign up|Listen|Bookmark",
)
_MORE = _any(
    r"(?:Related|More)(?: (?:stories|story|articles?|news|topics?|content|links|coverage|reading|videos?|on this))?",
    r"Read (?:more|also|next)|See also|Also read|You may also like|Recommended(?: for you)?|Don['’]t miss",
    r"Most (?:read|popular|viewed)|Trending(?: now)?|Top stories|Up next|Story highlights|Tags|Topics",
    r"Editors?['’]?s? picks?|What to read next",
)

BLOCKS: tuple[tuple[str, str], ...] = (
    ("agency", rf"(?i:\W{{0,3}}(?:{AGENCY})\W{{0,3}})"),
    ("agency", r"(?:Source|Editor|Via|Agency)\s?:\s[^.]{2,40}"),
    ("agency", r"\W?(?:Enditem|END)\W?|-{0,3}30-{0,3}|[^\w\s]{1,10}|(?:[*_#=~·•-]\s?){3,60}"),
    ("agency", r"\([a-z]{2,3}(?:[-/][a-z]{2,3}){0,3}/?\)"),  # (aa-kjd): who wrote and who edited it
    ("timestamp", rf"(?i:(?:First |Originally |Page )?(?:Published|Updated|Posted|Modified)\b[:\s|]*{_DATED})"),
    ("timestamp", rf"(?i:(?:Last (?:updated|modified)|Created)\b[:\s|]*{_DATED})"),
    ("timestamp", rf"(?i:(?=.*\d)(?!\d{{4}}\Z){_DATED})"),
    # Source: Xinhua | 2019-02-26 21:35:52 | Editor: Li Xia
    (
        "timestamp",
        rf"(?i:(?:Source\s?:\s?)?(?:{AGENCY})\s?[|,:–—-]?\s?{_DATED}(?:\|?\s?Editor\s?:.{{0,40}}|\|.{{0,40}})?)",
    ),
    ("timestamp", r"(?i:\d{1,2}[\s-]?min(?:ute)?s?\sread)"),
    ("byline", rf"(?:[Bb]y|BY|Written by|Words by|Story by)[:\s]\s?{NAMES}"),
    ("byline", rf"(?:[Bb]y|BY)[:\s]\s?{NAMES}(?:\s?[,|/·–—-]\s?|\s(?:in|for|of)\s)[^.!?]{{2,60}}"),
    ("photo", r".*\s[-–—]\s*ảnh\s?\d.*"),  # the photo line of Vietnamese pages
    ("photo", r"(?:Getty Images|AP Photos?|EPA(?:-EFE)?|AFP/Getty Images|File photo|Handout)\.?"),
    ("credit", r"(?:[\w.+-]+@[\w-]+\.[\w.-]+[\s;,/]*){1,4}(?:\(END\))?"),
    ("advertisement", r"(?i:\W{0,3}(?:Advertise?ment|Sponsored(?: content)?|Promoted|Loading)\W*)"),
    ("advertisement", r"(?i:(?:Article|Story) continues(?: below| after)?(?: \w+){0,3}\W*)"),
    ("read-more", rf"(?i:\W{{0,3}}(?:{_MORE})\s?:?)"),
    (
        "read-more",
        r"(?:Tags|Topics|Keywords|Categories|Filed under|Related (?:topics|stories|articles))\s?:\s?.{0,300}",
    ),
    ("sharing", rf"(?i:(?:\W*+(?>{_SHARE})\b)++\W*+)"),
)

# opening a sentence, in small letters: what a page says of itself, not of the world: its archive, its log-in, its
# video player, its licence
NOTICE = re.compile(
    _any(
        r"(?:these|focused|this) crawls?\b[^.]{0,60}\b(?:are|is|was|were|of)\b",
        r"(?:the )?seed for (?:this|these) crawls?\b|crawl of \w+\b|(?:web )?captures? of\b[^.]{0,60}\barchive",
        r"this is a (?:set|collection) of web (?:collections|captures|pages|archives)\b|properties of this collection\b",
        r"(?:add a|tweet with a|when you tweet with a) location\b|twitter (?:may be|stores|uses) [^.]{0,40}\b(?:location|capacity|cookies)\b",
        r"you (?:can|always have the option to) (?:switch|add|delete|turn) (?:your )?(?:tweet )?location\b",
        r"by embedding (?:twitter|tweet)\b|hover over the profile pic\b",
        r"(?:please )?(?:sign|log) in (?:to|with|using) (?:your|you|our|my|an?)\b|have an account\?|(?:already|not) (?:a|yet a) (?:member|subscriber)\b",
        r"we(?:['’]ve| have) sent (?:you )?an? (?:verification|confirmation|e-?mail)\b|please check your (?:e-?mail|inbox)\b",
        r"if you do not receive (?:the|an?|this) (?:verification|confirmation|e-?mail)\b|welcome back[.!]",
        r"get (?:daily|breaking|weekly|the latest) [^.]{0,40}\b(?:to|in) your (?:inbox|e-?mail)\b|could not subscribe\b",
        r"rating is available when the video\b|this (?:feature|video|content) is (?:not|no longer) available\b|the video will start\b",
        r"(?:please )?(?:enable|turn on|activate) javascript\b|(?:your|this) browser (?:does|is) not\b|javascript is (?:off|disabled|required)\b",
        r"to order presentation-ready copies\b|by (?:using|continuing to (?:use|browse)) (?:this|our) (?:web)?site\b",
        r"you are (?:using an (?:outdated|older)|viewing) [^.]{0,30}\b(?:browser|version)\b",
    )
)
# the same with other words before it, and what each holds, so that pages without are not looked through
NOTICE_WITHIN = re.compile(
    _any(
        r"[^.]{0,120}\b(?:archive-it|wayback machine|internet archive|wide crawls?)\b",
        r"[^.]{0,40}\bthis copy is for your personal,? (?:and )?non-?commercial use\b",
        r"[^.]{0,80}\b(?:we|this (?:web)?site) uses? cookies\b",
    )
)
NOTICED = ("archive-it", "wayback", "internet archive", "wide crawl", "commercial use", "cookies")

_PHOTO = r"(?:photo|image|picture|handout)(?:graph)?"
_MADE = r"(?:taken|released|provided|made)\b"

OPENINGS: tuple[tuple[str, str], ...] = (
    ("photo", r"(?:FILE\s)?(?:PHOTO|IMAGE|VIDEO|PICTURE|GALLERY)S?\s?[:|–—]"),
    ("photo", r"(?i:file)\s[-–—]\s"),
    ("photo", r"(?i:(?:image|photo|media)\s(?:copyright|caption)\s)"),
    (
        "photo",
        r"(?i:(?:photo|image|picture|photograph|illustration|pictured|caption|file photo)s?(?:\s(?:by|credit))?\s?:\s)",
    ),
    ("photo", r"(?i:photo(?:graph)?s?\s(?:by|courtesy)\s[^/.]{3,40}/)"),
    ("photo", rf"(?i:in this (?:[\w.,]+\s){{0,5}}(?:file )?{_PHOTO}(?:,|\s{_MADE}))"),
    ("photo", rf"(?i:this (?:[\w.,]+\s){{0,5}}(?:file |combination )?{_PHOTO}\s(?:{_MADE}[^.]{{0,80}}\b)?shows\b)"),
    ("read-more", r"(?:READ(?:\sMORE|\sALSO)?|RELATED|MORE|SEE\sALSO|WATCH|LISTEN|MUST\sREAD)\s?[:|>]"),
    ("read-more", r"(?i:(?:(?:read|see|watch)\s(?:more|also|next)|also read|related(?:\s\w+)?|don['’]t miss)\s?:\s)"),
    ("read-more", r"(?i:(?:click|tap) here\b|continue reading (?:the|below|this)\b)"),
    ("read-more", r"(?i:read more (?:about|on|at|here|from)\b|more on this(?: story)?\s?:\s)"),
    ("read-more", r"(?i:for more (?:on|about|news|information)\b[^.]{0,60}\b(?:click|visit|go to|follow)\b)"),
    (
        "read-more",
        r"(?i:see (?:the )?(?:original|full) (?:story|article|report) at\b|see more cnn heroes\b|our standards\s?:\s)",
    ),
    (
        "read-more",
        r"(?i:this (?:story|article|post) (?:was )?(?:first|originally) (?:appeared|published) (?:on|in|at|by)\b)",
    ),
    ("credit", r"\(?\s?(?:(?i:additional|further)\s)?(?i:reporting|writing|editing|graphics?|research)\sby:?\s[A-Z]"),
    ("credit", r"\(?\s?(?i:compiled|edited|written|translated|translation|produced)\sby:?\s[A-Z]"),
    ("credit", r"(?i:(?:contact|e-?mail) (?:the )?(?:reporter|author|writer|editor)s?\b)"),
    ("credit", r"(?i:(?:editor|author)s?['’]s?\snote\s?[:–—-])"),
    ("credit", r"(?i:the (?:opinions|views) expressed (?:in this|here|are|by the author))"),
    ("sharing", r"(?i:(?:follow|like|find|join) us (?:on|at)\b)"),
    ("sharing", r"(?i:follow (?:@\w|[\w’']+(?: \w+){0,3} on (?:twitter|facebook|instagram|telegram)\b))"),
    (
        "sharing",
        r"(?i:share (?:this (?:article|story|post)|your (?:thoughts|story|views|comments|photos) (?:in|on|with|below))\b)",
    ),
    (
        "sharing",
        r"(?i:have your say\b|leave a comment\b|join the conversation\b|(?:tell|let) us (?:know )?what you think\b)",
    ),
    ("sharing", r"(?i:sign up (?:here|now|today)\b|thank you for subscribing\b|looking for news you can trust)"),
    ("sharing", r"(?i:sign up (?:for|to)\b[^.]{0,60}\b(?:newsletters?|alerts?|updates|inbox|briefing|email)\b)"),
    ("sharing", r"(?i:subscribe (?:to (?:our|the)|now|here|today)\b|download (?:the|our) [^.]{0,30}\bapp\b)"),
    ("sharing", r"(?i:get [^.]{0,60}(?:newsletter|(?:in|to) your inbox)\b)"),
    ("copyright", r"©|\([cC]\)\s(?=\d{4}|[A-Z])|&copy;|(?i:copyright\s?(?:©|\(c\)|\d{4}|by\s))"),
    ("copyright", r"(?i:(?:all|some) rights reserved|this material may not be (?:published|reproduced|broadcast))"),
    (
        "copyright",
        r"(?i:reproduction (?:in whole|without|is prohibited)|no part of this (?:article|material|publication))",
    ),
    ("agency", rf"(?:[-–—/]\s?(?i:{AGENCY}|VNA/VNS)|\(\s?(?i:{AGENCY})\s?\))[./\s]*\Z"),  # at the end: — VNS | (AFP)
    ("advertisement", r"(?i:advertise?ment)\s(?=[A-Z\"“])|ADVERTISEMENT\b"),
)

# what most sentences are told from these by: in small letters, and as they stand
OPENS = re.compile(_any(*(shape[4:-1] for _, shape in OPENINGS if shape.startswith("(?i:") and _is_one_group(shape))))
OPENS_AS_IT_STANDS = re.compile(_any(*(shape for _, shape in OPENINGS if not _is_one_group(shape))))

_HOUSE = r"AP|EPA|AFP|UPI|Xinhua|XINHUA|Reuters|REUTERS|Kyodo|KYODO|Yonhap|TASS|dpa|Getty Images|VNA|ap|afp|reuters"
_KIND = r"(?:(?:file |handout )?(?:photo|image|picture|pic|video)s?(?:\s(?:by|credit|courtesy(?: of)?))?\s?[:/])"
# (photo: AFP/VNA) | (AP Photo/Jane Doe) | (Xinhua/Li Ming) | (file photo) | (Jane Doe/Getty Images); not (Reuters/Ipsos)
CREDIT_IN_BRACKETS = re.compile(
    rf"\(\s?(?:(?i:{_KIND})[^()]{{2,80}}"
    rf"|(?:{_HOUSE})(?i:\s(?:file\s)?(?:photo|images?|pool))?\s?/\s?(?!Ipsos)[^()]{{2,60}}"
    rf"|(?i:(?:photo )?source)\s?:\s?(?:{_HOUSE})[^()]{{0,40}}|(?i:ap photo|file photo|file image)s?"
    r"|[^()/]{2,60}/\s?(?i:ap|afp|getty images|reuters|epa|xinhua|bloomberg)(?i:\s(?:photo|images?|via [\w ]+))?\s?/?"
    r")\s?\)"
)
# — VNA/VNS Photo; a capital or the end of the line follows
_DASHED = rf"[-–—]\s(?:VNA/VNS|AFP/VNA|VNS|{_HOUSE})\s(?i:file )?(?:(?i:photo)|pic)s?(?:\s[A-ZÀ-ỹ]\w+){{0,3}}"
_CREDITED = r"(?=\s*(?:\Z|[A-Z(\"“.\n]))"
CREDIT_DASHED = re.compile(_DASHED + _CREDITED)
# REUTERS/Jane Doe | Jane Doe/Getty Images | — VNA/VNS Photo
CREDIT_BARE = re.compile(
    r"(?:\b(?:REUTERS|AFP|EPA|AP Photo|Xinhua|XINHUA|Kyodo|Yonhap)/(?!Ipsos)[A-Z][\w.'’-]+(?:\s[A-Z][\w.'’-]+){0,3}(?:/[A-Z]\w+)?"
    rf"|(?i:[a-z]+\s?/\s?getty images|afp via getty images)|{_DASHED}){_CREDITED}"
)
# of which each bare credit without a dash holds one, in small letters
CREDITED = ("getty images", "ap photo/", "reuters/", "afp/", "epa/", "xinhua/", "kyodo/", "yonhap/")
# somewhere in a sentence: Jane Doe in Hanoi contributed to this report
CONTRIBUTED = re.compile(
    r"\bcontributed\s(?:\w+\s){0,3}?to\sth(?:is|e)\s(?:\w+\s){0,2}?(?:report|story|article|piece)\b"
)
# opening one of the last sentences: Jane Doe reported from Hanoi
REPORTED = re.compile(
    rf"(?:(?:CNN|AP|AFP|Reuters|Xinhua|BBC|NPR)(?:['’]s)?\s(?:[a-z]+\s){{0,3}})?{NAMES}\s(?:also\s)?(?:reported|wrote|contributed)"
    r"\s(?:and\swrote\s)?(?:this\s(?:story|report)\s)?(?:from\s[A-Z]|in\s[A-Z]|reporting\b)"
)
