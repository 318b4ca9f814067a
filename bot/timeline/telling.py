"""Which sentence tells a date: the nearest to what all say of it, whole, short, and told only once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import log, sqrt

from bot import dates
from bot.model import Mention, MentionBasis, Passage, Precision, TimelineEvent, TimexType, When
from bot.timeline.weighing import DatedEvent, Texts

SHORT, LONG = 6, 30  # words of a sentence that tells a date well
OPENING = 3  # sentences of an article published that day or the next that may tell of it
FOLLOWED = 20  # sentences naming a date after which the next is read too
SAME = 0.6  # cosine from which two sentences say the same
# beside a cosine; flat within a half on development data
NAMING, TELLING = 0.6, 0.2  # it names the date; it is as long as a sentence may be
ASKED = 0.2  # it holds the words asked for
SCRAP, UNFIT = 0.6, 0.15  # too short; too long
HANGING, STALE = 0.2, 0.2  # opens with "He"; announces what has happened since
OTHERS = 12  # further articles named beside the one that tells

Vector = Mapping[str, float]


def tell(chosen: Sequence[DatedEvent], texts: Texts, per_date: int, *, wide: bool) -> list[TimelineEvent]:
    """An event for each date; who has the fewest sentences to choose from chooses first."""
    days: dict[Passage, set[When]] = defaultdict(set)
    for found in chosen:
        for one in found.named:
            days[one.passage].add(found.when)
    candidates = {found.when: _candidates(found, texts, days) for found in chosen}
    used: set[Passage] = set()
    events = []
    for found in sorted(chosen, key=lambda one: len(candidates[one.when])):
        if found.background:
            events.append(_in_passing(found, texts))
            continue
        vectors = {passage: _vector(texts.stems(passage)) for passage in candidates[found.when]}
        asked = {one.passage for one in found.named if one.relevant} if wide else set()
        told: list[Passage] = []
        for passage in _ranked(found, vectors, texts, used, asked):
            if len(told) < per_date and all(_cosine(vectors[passage], vectors[other]) < SAME for other in told):
                told.append(passage)
        used |= set(told)
        events.append(_event(found, told))
    return events


def _candidates(found: DatedEvent, texts: Texts, days: Mapping[Passage, set[When]]) -> list[Passage]:
    """Sentences that name the date; those that follow them, and that open articles of the day or the next, if dateless."""
    passages = [one.passage for one in found.all]
    beside = [texts.after(one.passage) for one in found.named[:FOLLOWED]]
    if found.when.precision is Precision.DAY:
        for number, entry in texts.entries.items():
            published = texts.published(number)
            if published and 0 <= (published - found.when.first).days <= 1:
                version = entry.article.version
                beside += [Passage(number, version, one.start, one.end) for one in entry.sentences[:OPENING]]
    return list(dict.fromkeys(passages + [passage for passage in beside if passage and not days.get(passage)]))


def _vector(stems: Mapping[str, int]) -> Vector:
    """Unit log-frequency vector. Rarity was tried and refused: it prefers oddities to what all tell."""
    weights = {stem: 1 + log(count) for stem, count in stems.items()}
    length = sqrt(sum(w * w for w in weights.values())) or 1.0
    return {stem: w / length for stem, w in weights.items()}


def _cosine(a: Vector, b: Vector) -> float:
    if len(b) < len(a):
        a, b = b, a
    return sum(w * b[stem] for stem, w in a.items() if stem in b)


_HANGING = re.compile(
    r"[\"'“‘`(]*(?:he|she|it|they|this|that|these|those|but|and|so|also|however|yet|then|there|his|her|their|its)\b",
    re.IGNORECASE,
)


def _ranked(
    found: DatedEvent, vectors: Mapping[Passage, Vector], texts: Texts, used: set[Passage], asked: set[Passage]
) -> list[Passage]:
    """The sentences nearest to what all say of the date, best first: naming it, self-contained, not told elsewhere."""
    sums: dict[str, float] = defaultdict(float)
    for vector in vectors.values():
        for stem, part in vector.items():
            sums[stem] += part
    length = sqrt(sum(part * part for part in sums.values())) or 1.0
    centroid = {stem: part / length for stem, part in sums.items()}
    naming = {one.passage: 0.5 for one in found.joined} | {one.passage: 1.0 for one in found.named}
    announcing = {one.passage for one in found.all if one.dated.mention.announced} if not found.announced else set()

    def worth(passage: Passage) -> float:
        text = texts.words(passage)
        words = len(text.split())
        near = _cosine(vectors[passage], centroid)
        good = NAMING * naming.get(passage, 0) + ASKED * (passage in asked) + TELLING * min(words, LONG) / LONG
        unfit = SCRAP * (words < SHORT) + UNFIT * (words > LONG) + HANGING * bool(_HANGING.match(text))
        return near + good - unfit - STALE * (passage in announcing) - (passage in used)

    return sorted(vectors, key=lambda one: (-worth(one), one))


def _event(found: DatedEvent, told: Sequence[Passage]) -> TimelineEvent:
    """The event as `told`, with a sentence of every other article that names it."""
    mentions: dict[Passage, Mention] = {}
    for one in found.all:
        mentions.setdefault(one.passage, one.dated.mention)
    naming = [one.passage for one in found.named]
    others = [] if any(_overlap(passage, other) for passage in naming for other in told) else naming[:1]
    articles = {passage.article for passage in told}
    for passage in mentions:
        if passage.article not in articles and passage not in others and len(others) < OTHERS:
            articles.add(passage.article)
            others.append(passage)
    passages = (*told, *others)
    return TimelineEvent(
        found.when,
        passages,
        tuple(mentions.get(passage) or _on_the_day(found.when, passage) for passage in passages),
        announced=found.announced,
    )


def _overlap(one: Passage, other: Passage) -> bool:
    return one.article == other.article and one.start < other.end and other.start < one.end


def _on_the_day(when: When, passage: Passage) -> Mention:
    """The date of a sentence that does not name it: its article was published then."""
    return Mention(passage.start, passage.start, TimexType.DATE, dates.timex(when), when, MentionBasis.ARTICLE)


_CLAUSE = re.compile(r"[,;:]\s+(?!\d)|\s[-–—]+\s|\(")  # not within "June 12, 2018"
_STOP = re.compile(r"[,;:]\s(?!\d)|\s[-–—]+\s|\)")
FRAGMENT = 5  # words that a fragment has at least


def _in_passing(found: DatedEvent, texts: Texts) -> TimelineEvent:
    """Background: the clause that names it, cut out of its sentence."""
    one = found.all[0]
    passage, mention = one.passage, one.dated.mention
    text = texts.entries[passage.article].article.text
    ends = [stop.start() for stop in _STOP.finditer(text, mention.end, passage.end)]
    starts = [clause.end() for clause in _CLAUSE.finditer(text, passage.start, mention.start)]
    end = ends[0] if ends else passage.end
    long = (start for start in reversed(starts) if len(text[start:end].split()) >= FRAGMENT)
    start = next(long, passage.start)
    event = _event(found, (Passage(passage.article, passage.version, start, end),))
    cut = (start, end) != (passage.start, passage.end)
    return TimelineEvent(found.when, event.passages, (mention, *event.mentions[1:]), background=True, cut=cut)
