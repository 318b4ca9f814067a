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
OPENING = 2  # sentences of an article published that day or the next that may tell of it
SAME = 0.6  # cosine from which two sentences say the same
NAMING, TELLING, UNFIT, HANGING = 0.2, 0.2, 0.15, 0.2  # beside a cosine; flat on development data within a half
OTHERS = 12  # further articles named beside the one that tells

Vector = Mapping[str, float]


def tell(chosen: Sequence[DatedEvent], texts: Texts, per_date: int) -> list[TimelineEvent]:
    """An event for each date; who has the fewest sentences to choose from chooses first."""
    days: dict[Passage, set[When]] = defaultdict(set)
    for found in chosen:
        for one in found.named:
            days[one.passage].add(found.when)
    candidates = {found.when: _candidates(found, texts, days) for found in chosen}
    used: dict[Passage, Vector] = {}
    events = []
    for found in sorted(chosen, key=lambda one: len(candidates[one.when])):
        if found.background:
            events.append(_in_passing(found, texts))
            continue
        vectors = {passage: _vector(texts.stems(passage)) for passage in candidates[found.when]}
        told = _best(found, vectors, texts, used, per_date)
        used |= {passage: vectors[passage] for passage in told}
        events.append(_event(found, told))
    return events


def _candidates(found: DatedEvent, texts: Texts, days: Mapping[Passage, set[When]]) -> list[Passage]:
    """Sentences that name the date, and the first of articles published then or the day after that name no other."""
    passages = [one.passage for one in found.all]
    if found.when.precision is Precision.DAY:
        for number, entry in texts.entries.items():
            published = texts.published(number)
            if published and 0 <= (published - found.when.first).days <= 1:
                opening = [Passage(number, entry.article.version, s.start, s.end) for s in entry.sentences[:OPENING]]
                passages += [passage for passage in opening if not days.get(passage)]
    return list(dict.fromkeys(passages))


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


def _best(
    found: DatedEvent, vectors: Mapping[Passage, Vector], texts: Texts, used: Mapping[Passage, Vector], per_date: int
) -> list[Passage]:
    """The sentences nearest to what all say of the date: naming it, self-contained, short, not told elsewhere."""
    sums: dict[str, float] = defaultdict(float)
    for vector in vectors.values():
        for stem, part in vector.items():
            sums[stem] += part
    length = sqrt(sum(part * part for part in sums.values())) or 1.0
    centroid = {stem: part / length for stem, part in sums.items()}
    naming = {one.passage for one in found.all}

    def worth(passage: Passage) -> float:
        text = texts.words(passage)
        words = len(text.split())
        near = _cosine(vectors[passage], centroid)
        good = NAMING * (passage in naming) + TELLING * min(words, LONG) / LONG
        bad = UNFIT * (not SHORT <= words <= LONG) + HANGING * bool(_HANGING.match(text))
        return near + good - bad - (passage in used)

    told: list[Passage] = []
    for passage in sorted(vectors, key=lambda one: (-worth(one), one)):
        if len(told) < per_date and all(_cosine(vectors[passage], vectors[other]) < SAME for other in told):
            told.append(passage)
    return told


def _event(found: DatedEvent, told: Sequence[Passage]) -> TimelineEvent:
    mentions: dict[Passage, Mention] = {}
    for one in found.all:
        mentions.setdefault(one.passage, one.dated.mention)
    articles = {p.article for p in told}
    others = []
    if found.named[0].passage not in told and all(one.passage not in told for one in found.named):
        others.append(found.named[0].passage)  # where the date itself stands
    for one in found.all:
        if one.dated.article not in articles and one.passage not in others and len(others) < OTHERS:
            articles.add(one.dated.article)
            others.append(one.passage)
    passages = (*told, *others)
    return TimelineEvent(
        found.when,
        passages,
        tuple(mentions.get(p) or _on_the_day(found.when, p) for p in passages),
        announced=all(one.dated.mention.announced for one in found.all),
    )


def _on_the_day(when: When, passage: Passage) -> Mention:
    """The date of a sentence that does not name it: its article was published then."""
    return Mention(passage.start, passage.start, TimexType.DATE, dates.timex(when), when, MentionBasis.ARTICLE)


_CLAUSE = re.compile(r"[,;:]\s+|\s[-–—]+\s|\(")
_STOP = re.compile(r"[,;:]\s|\s[-–—]+\s|\)")


def _in_passing(found: DatedEvent, texts: Texts) -> TimelineEvent:
    """Background: the clause that names it, cut out of its sentence."""
    one = found.all[0]
    passage, mention = one.passage, one.dated.mention
    text = texts.entries[passage.article].article.text
    start, end = passage.start, passage.end
    for clause in _CLAUSE.finditer(text, passage.start, mention.start):
        start = clause.end()
    if stop := _STOP.search(text, mention.end, passage.end):
        end = stop.start()
    event = _event(found, (Passage(passage.article, passage.version, start, end),))
    cut = (start, end) != (passage.start, passage.end)
    return TimelineEvent(found.when, event.passages, (mention, *event.mentions[1:]), background=True, cut=cut)
