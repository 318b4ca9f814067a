"""What is counted and looked up by, for the newest version of an article: put in with it, taken out with it."""

# ruff: noqa: S608 - only constants of ours are written into SQL; what comes from outside is bound

from __future__ import annotations

from collections.abc import Mapping

import psycopg

from bot.model import Analysis
from bot.store.postgres.lexemes import PART, different, lexemes, parts
from bot.store.postgres.rows import rows, run, value
from bot.store.rows import Row, columns_of, dumps, loads, placed
from bot.store.words import fold, signed, storable, vocabulary
from bot.terms import findable

# Whatever stands in the title counts more, and no phrase reaches from its end into the text: a place is left free.
_TITLE = "setweight(to_tsvector('stems', %(title)s), 'A')"
_SHORT = f"ts_delete({_TITLE} || '|:1'::tsvector || to_tsvector('stems', %(text)s), '|')"
_LONG = f"{_TITLE} || strip(to_tsvector('stems', %(text)s))"


def put_in(
    db: psycopg.Connection[Row], id: int, tenant: str, title: str, text: str, language: str, analysis: Analysis
) -> None:
    put_words(db, id, title, text, language)
    count_words(db, tenant, dict.fromkeys(sorted(vocabulary(title, text)), 1))
    names = {fold(name): (name, count) for name, count in analysis.names.items()}
    terms = {storable(term): count for term, count in analysis.terms.items()}
    sketch = sorted(set(map(signed, analysis.shingles)))
    run(
        db,
        "INSERT INTO analysis VALUES (%s, %s, %s, %s)",
        (id, dumps({folded: count for folded, (_, count) in names.items()}), dumps(terms), dumps(sketch)),
    )
    run(
        db,
        """INSERT INTO name SELECT %s, folded, name, 1, spoken
           FROM unnest(%s::text[], %s::text[], %s::integer[]) AS one (folded, name, spoken)
           ON CONFLICT (tenant, folded) DO UPDATE
           SET articles = name.articles + 1, spoken = name.spoken + excluded.spoken""",
        (tenant, list(names), [name for name, _ in names.values()], [count for _, count in names.values()]),
    )
    run(
        db,
        """WITH counted AS (
               INSERT INTO term (term, articles) SELECT term, 1 FROM unnest(%s::text[]) AS term
               ON CONFLICT (term) DO UPDATE SET articles = term.articles + 1 RETURNING id
           ) INSERT INTO posting SELECT id, %s FROM counted""",
        (list(terms), id),
    )
    run(db, "INSERT INTO sketch SELECT value, %s FROM unnest(%s::bigint[]) AS value", (id, sketch))
    mentions = [
        (
            *(id, position, sentence.start, sentence.end, mention.start, mention.end),
            *(mention.type.value, mention.value),
            *columns_of(mention.when),
            *(mention.basis.value, mention.confidence, mention.announced, mention.background),
        )
        for position, (sentence, mention) in enumerate(placed(analysis))
    ]
    if mentions:
        one = f"({', '.join(['%s'] * 15)})"
        run(
            db,
            f"INSERT INTO mention VALUES {', '.join([one] * len(mentions))}",
            [value for each in mentions for value in each],
        )
    run(
        db,
        """INSERT INTO tally VALUES (%s, 1, 0)
           ON CONFLICT (tenant) DO UPDATE SET articles = tally.articles + 1""",
        (tenant,),
    )


def put_words(db: psycopg.Connection[Row], id: int, title: str, text: str, language: str) -> None:
    """What the article is found by."""
    if stemmed := findable(text, language):
        run(db, "INSERT INTO stemmed VALUES (%s, %s)", (id, language))
    headline, words = lexemes(f"{title} {findable(title, language)}"), lexemes(f"{text} {stemmed}")
    short = len(headline) + len(words) <= PART
    run(
        db,
        f"""INSERT INTO search SELECT id, tenant, first_day, last_day, {_SHORT if short else _LONG}
            FROM article WHERE id = %(id)s""",
        {
            "id": id,
            "title": " ".join(headline[:PART]),
            "text": " ".join(words) if short else different(headline + words),
        },
    )
    if not short:
        run(
            db,
            """INSERT INTO search_part SELECT %s, number, to_tsvector('stems', words)
               FROM unnest(%s::text[]) WITH ORDINALITY AS part (words, number)""",
            (id, [*parts(headline), *parts(words)]),
        )


def stem_all(db: psycopg.Connection[Row]) -> None:
    """Let the articles in other languages be found by their stems that were stored before there were any."""
    others = rows(
        db,
        """SELECT id, title, text, language FROM article
           JOIN version ON version.article = id AND version.version = article.version
           WHERE NOT withdrawn AND language NOT IN ('', 'en')""",
    )
    for id_, title, text, language in others:
        run(db, "DELETE FROM search WHERE article = %s", (id_,))
        run(db, "DELETE FROM search_part WHERE article = %s", (id_,))
        put_words(db, id_, title, text, language)


def count_words(db: psycopg.Connection[Row], tenant: str, articles: Mapping[str, int]) -> None:
    """Add words as they are written, each with in how many more articles it stands."""
    run(
        db,
        """INSERT INTO word SELECT %s, word, articles FROM unnest(%s::text[], %s::integer[]) AS one (word, articles)
           ON CONFLICT (tenant, word) DO UPDATE SET articles = word.articles + excluded.articles""",
        (tenant, list(articles), list(articles.values())),
    )


def take_out(db: psycopg.Connection[Row], id: int, tenant: str) -> None:
    """The reverse of `put_in`."""
    ((title, text),) = rows(
        db,
        """SELECT title, text FROM article JOIN version ON version.article = id AND version.version = article.version
           WHERE id = %s""",
        (id,),
    )
    ((names, terms, sketch),) = rows(
        db, "DELETE FROM analysis WHERE article = %s RETURNING names, terms, sketch", (id,)
    )
    run(db, "DELETE FROM search WHERE article = %s", (id,))
    run(db, "DELETE FROM search_part WHERE article = %s", (id,))
    run(db, "DELETE FROM stemmed WHERE article = %s", (id,))
    words = (tenant, list(vocabulary(title, text)))
    run(db, "UPDATE word SET articles = articles - 1 WHERE tenant = %s AND word = ANY(%s::text[])", words)
    run(db, "DELETE FROM word WHERE tenant = %s AND word = ANY(%s::text[]) AND articles = 0", words)
    spoken = loads(names)
    run(
        db,
        """UPDATE name SET articles = articles - 1, spoken = name.spoken - one.spoken
           FROM unnest(%s::text[], %s::integer[]) AS one (folded, spoken)
           WHERE tenant = %s AND name.folded = one.folded""",
        (list(spoken), list(spoken.values()), tenant),
    )
    run(
        db,
        "DELETE FROM name WHERE tenant = %s AND articles = 0 AND folded = ANY(%s::text[])",
        (tenant, list(spoken)),
    )
    keys = list(loads(terms))
    run(
        db,
        """DELETE FROM posting WHERE article = %s
           AND term = ANY(ARRAY(SELECT id FROM term WHERE term = ANY(%s::text[])))""",
        (id, keys),
    )
    run(db, "UPDATE term SET articles = articles - 1 WHERE term = ANY(%s::text[])", (keys,))
    run(db, "DELETE FROM term WHERE articles = 0 AND term = ANY(%s::text[])", (keys,))
    run(db, "DELETE FROM sketch WHERE article = %s AND value = ANY(%s::bigint[])", (id, loads(sketch)))
    run(db, "DELETE FROM mention WHERE article = %s", (id,))
    run(db, "UPDATE tally SET articles = articles - 1 WHERE tenant = %s", (tenant,))


def join_story(db: psycopg.Connection[Row], story: int, tenant: str, article: int) -> None:
    run(db, "INSERT INTO tally VALUES (%s, 0, 0) ON CONFLICT DO NOTHING", (tenant,))
    if not rows(db, "SELECT 1 FROM story WHERE id = %s AND tenant = %s", (story, tenant)):
        run(db, "UPDATE tally SET stories = stories + 1 WHERE tenant = %s", (tenant,))
    run(
        db,
        "INSERT INTO story VALUES (%s, %s, %s) ON CONFLICT (id, tenant) DO UPDATE SET newest = excluded.newest",
        (story, tenant, article),
    )


def leave_story(db: psycopg.Connection[Row], story: int, tenant: str) -> None:
    newest = value(
        db, "SELECT max(id) FROM article WHERE story = %s AND tenant = %s AND NOT withdrawn", (story, tenant)
    )
    if newest is None:
        run(db, "DELETE FROM story WHERE id = %s AND tenant = %s", (story, tenant))
        run(db, "UPDATE tally SET stories = stories - 1 WHERE tenant = %s", (tenant,))
    else:
        run(db, "UPDATE story SET newest = %s WHERE id = %s AND tenant = %s", (newest, story, tenant))
