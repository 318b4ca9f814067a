"""Which sentence tells a date: the nearest to what all say of it, whole, short, and told only once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import hypot, log, sqrt
from typing import NamedTuple

from bot import dates
from bot.model import Mention, MentionBasis, Passage, Precision, TimelineEvent, TimexType, When
from bot.timeline.texts import Texts
from bot.timeline.weighing import DatedEvent, Named, is_fine

SHORT, LONG = 6, 30  # words of a sentence that tells a date well
OPENING = 3  # sentences of an article published that day or the next that may tell of it
FOLLOWED = 3  # sentences naming a date after which the next is read too
SAME = 0.6  # cosine from which two sentences say the same
# beside a cosine; flat within a half on development data
NAMING, TELLING = 0.6, 0.2  # it names the date; it is as long as a sentence may be
ASKED = 0.2  # it holds the words asked for
SCRAP, UNFIT = 0.6, 0.15  # too short; too long
HANGING, STALE = 0.2, 0.2  # opens with "He"; announces what has happened since
FAR, STRANGE = 0.15, 1.2  # cosine to those that name the date below which one that does not is of something else
AGAIN, AROUND = 0.5, 2  # says what is told of another day so near
HEADING = 0.5  # ends with the date and no stop: the line above what happened
OTHERS = 12  # further articles named beside the one that tells

Vector = Mapping[str, float]


class Told(NamedTuple):
    """A sentence that tells an event."""

    found: DatedEvent
    passage: Passage
    vector: Vector


def tell(chosen: Sequence[DatedEvent], texts: Texts, per_date: int, *, wide: bool) -> list[TimelineEvent]:
    """An event for each date; who has the fewest sentences to choose from chooses first."""
    candidates = {found.when: _candidates(found, texts, wide=wide) for found in chosen}
    used: set[Passage] = set()
    beside: dict[date, list[Told]] = defaultdict(list)  # what is told of the days around each
    told_of: dict[When, tuple[DatedEvent, list[Passage]]] = {}
    for found in sorted(chosen, key=lambda one: len(candidates[one.when])):
        if found.background:
            continue
        vectors = {passage: _vector(texts.stems(passage)) for passage in candidates[found.when]}
        asked = {one.passage for one in found.named if one.relevant} if wide else set()
        near = [other for other in beside[found.when.first] if other.found.when in told_of]
        told: list[Passage] = []
        for passage in _ranked(found, vectors, texts, used, asked, [other.vector for other in near]):
            if len(told) < per_date and all(_cosine(vectors[passage], vectors[other]) < SAME for other in told):
                told.append(passage)
        told_of[found.when] = found, told
        if told and (again := _told_again(told[0], vectors[told[0]], near, texts)):
            lesser, greater = sorted((found, again), key=lambda one: len(one.named))
            greater.joined += lesser.all
            del told_of[lesser.when]
            if lesser is found:
                continue
        used |= set(told)
        for day in _around(found.when):
            beside[day] += [Told(found, passage, vectors[passage]) for passage in told]
    passing = [_in_passing(found, texts) for found in chosen if found.background]
    return [*(_event(found, told) for found, told in told_of.values()), *passing]


def _told_again(passage: Passage, vector: Vector, near: Sequence[Told], texts: Texts) -> DatedEvent | None:
    """The event of a day or two around of which the best sentence to be had says what was told of it."""
    for other in near:
        if _cosine(vector, other.vector) > SAME and texts.figures_agree(passage, other.passage):
            return other.found
    return None


def _around(when: When) -> list[date]:
    day = when.first.toordinal()
    return [date.fromordinal(near) for near in range(max(1, day - AROUND), min(day + AROUND, date.max.toordinal()) + 1)]


def _candidates(found: DatedEvent, texts: Texts, *, wide: bool) -> list[Passage]:
    """Sentences that name the date; those that follow them, and that open articles of the day or the next, if dateless.

    Among articles about much else, only of the latter that hold the words asked for.
    """
    passages = [one.passage for one in found.all]
    beside = [texts.after(one.passage) for one in found.named[:FOLLOWED]]
    if found.when.precision is Precision.DAY:
        for entry in texts.published_on(found.when.first, within=2):
            number, version = entry.article.id, entry.article.version
            beside += [
                Passage(number, version, one.start, one.end)
                for one in entry.sentences[:OPENING]
                if not wide or texts.holds(number, (one.start, one.end))
            ]
    return list(
        dict.fromkeys(
            passages + [passage for passage in beside if passage and not any(map(is_fine, texts.dates_in(passage)))]
        )
    )


def _vector(stems: Mapping[str, int]) -> Vector:
    """Unit log-frequency vector. Rarity was tried and refused: it prefers oddities to what all tell."""
    if sum(stems.values()) == len(stems):  # each once, as in most sentences
        return dict.fromkeys(stems, 1 / sqrt(len(stems) or 1))
    weights = [1 + log(count) for count in stems.values()]
    length = hypot(*weights)
    return {stem: weight / length for stem, weight in zip(stems, weights, strict=True)}


def _cosine(a: Vector, b: Vector) -> float:
    if len(b) < len(a):
        a, b = b, a
    return sum(w * b[stem] for stem, w in a.items() if stem in b)


def _centroid(vectors: Iterable[Vector]) -> Vector:
    sums: dict[str, float] = defaultdict(float)
    for vector in vectors:
        for stem, part in vector.items():
            sums[stem] += part
    length = hypot(*sums.values()) or 1.0
    return {stem: part / length for stem, part in sums.items()}


_HANGING = re.compile(
    r"[\"'“‘`(]*(?:he|she|it|they|this|that|these|those|but|and|so|also|however|yet|then|there|his|her|their|its|i|we|you|my|our|your)\b",
    re.IGNORECASE,
)


def _ranked(
    found: DatedEvent,
    vectors: Mapping[Passage, Vector],
    texts: Texts,
    used: set[Passage],
    asked: set[Passage],
    beside: Sequence[Vector],
) -> list[Passage]:
    """The sentences nearest to what all say of the date, best first: naming it, self-contained, not told elsewhere."""
    if len(vectors) == 1:
        return list(vectors)
    centroid = _centroid(vectors.values())
    naming = {one.passage: 0.5 for one in found.joined} | {one.passage: 1.0 for one in found.named}
    heading = {one.passage for one in found.all if _ends_with(one, texts)}
    announcing = {one.passage for one in found.all if one.dated.mention.announced} if not found.announced else set()

    speaking = [vectors[passage] for passage in naming if passage not in heading]
    spoken_of = _centroid(speaking) if len(vectors) > len(naming) else {}

    def worth(passage: Passage) -> float:
        text = texts.words(passage)
        words = len(text.split())
        near = _cosine(vectors[passage], centroid)
        good = NAMING * naming.get(passage, 0) + ASKED * (passage in asked) + TELLING * min(words, LONG) / LONG
        unfit = SCRAP * (words < SHORT) + UNFIT * (words > LONG) + HANGING * bool(_HANGING.match(text))
        unfit += HEADING * (passage in heading)
        if spoken_of and passage not in naming:
            unfit += STRANGE * (_cosine(vectors[passage], spoken_of) < FAR)
        again = max((_cosine(vectors[passage], other) for other in beside), default=0.0)
        return near + good - unfit - STALE * (passage in announcing) - (passage in used) - AGAIN * (again > SAME)

    return sorted(vectors, key=lambda one: (-worth(one), one))


def _ends_with(one: Named, texts: Texts) -> bool:
    """Whether the date is the last of the sentence, without a full stop."""
    text = texts.words(one.passage).rstrip()
    return one.dated.mention.end >= one.passage.start + len(text) and not text.endswith((".", "!", "?"))


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
        otherwise=tuple((one.when, one.passage) for one in found.otherwise),
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
