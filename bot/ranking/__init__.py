"""How much each sentence of an article or of a topic matters, and which of them go together into a budget of words.

The only room that knows numpy and sumy: `centrality` is our own ranking, `peers` are the others, `choice` fills the
budget. All three are imported where they are used, so that importing this one is cheap. Laws: choosing is a pure
function of the lines and the question; a choice never exceeds its budget; no two of its lines are nearer to each
other than SAME.

Position is the strongest single sign in news: the first sentences beat every graph ranking (tests/quality_summaries.py
measures it). So the default joins position with centrality instead of choosing between them. Refused: weights learnt
from summaries, which did no better on articles and worse on topics.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from bot import terms

# Matrices here are small: a second thread costs more than it brings (four times slower beside other work). numpy's
# library reads this when it is loaded, so it is set before anything here could load it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

SAME = 0.55  # cosine of unit log-frequency vectors from which two sentences say the same; readers notice it from 0.6
SHORTEST = 6  # words; what is shorter is an exclamation or a sub-head, or hangs on its neighbours


class Summarizer(StrEnum):
    """What ranks sentences: ours, the first sentences, or one of sumy's algorithms."""

    DATELINE = "dateline"
    LEAD = "lead"
    LEXRANK = "lexrank"
    TEXTRANK = "textrank"
    LSA = "lsa"
    LUHN = "luhn"
    EDMUNDSON = "edmundson"
    KL = "kl"
    SUM_BASIC = "sum-basic"
    REDUCTION = "reduction"


class Line(NamedTuple):
    """A sentence up for choice, as shown. `article` and `position`, its place there, count from 0.

    `worth` is the editor's factor on its score; 0: never chosen while anything else can be.
    `follows`: it may be shown only directly after the line before it. `meant`: it speaks of what is asked for, if not
    in all its words: "Kim" for "Kim Jong Un". `strangers`: whom it takes as known, `introduces`: whom it makes so.
    """

    text: str
    article: int = 0
    position: int = 0
    worth: float = 1.0
    follows: bool = False
    meant: bool = False
    strangers: frozenset[str] = frozenset()
    introduces: frozenset[str] = frozenset()
    language: str = "en"


def choose(
    lines: Sequence[Line],
    *,
    words: int,
    most: int,
    title: str = "",
    query: str = "",
    summarizer: str = Summarizer.DATELINE,
) -> tuple[int, ...]:
    """Indices of the lines to show, best first: at most `most`, together at most `words` words.

    O(n^2) in time and memory. A line that `follows` comes right behind the line before it, or not at all. With a
    query, lines that do not speak of it come only as the one before a line that does. Only where nothing else can be
    shown do the editor's rules give way.
    """
    if not lines:
        return ()
    from bot.ranking import centrality, choice

    stems = [terms.stems(line.text, line.language) for line in lines]
    space = centrality.space(lines, stems)
    if summarizer == Summarizer.DATELINE:
        score, balance = centrality.score(space, title), choice.TOPIC if space.is_topic else choice.ARTICLE
    else:
        from bot.ranking import peers

        score, balance = peers.score(Summarizer(summarizer), lines, stems, title), choice.PEER
    answers = centrality.answers(space, query, [line.meant for line in lines])
    return choice.greedy(lines, space, score, answers, balance, words, most)
