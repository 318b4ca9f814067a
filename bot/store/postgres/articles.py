"""Articles, their versions and what becomes of them."""

# ruff: noqa: S608 - only constants of ours are written into SQL; what comes from outside is bound

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import psycopg

from bot.model import EVERYONE, Analysis, Article, Boilerplate, Entry
from bot.ports import Added, Facts
from bot.store.postgres import index
from bot.store.postgres.rows import first, rows, run, value
from bot.store.rows import (
    ARTICLE,
    Row,
    article_of,
    columns_of,
    days_of,
    dumps,
    flat,
    flat_sentences,
    instant,
    loads,
    sentence_nouns,
    sentences_of,
    spans_of,
    stamp,
)
from bot.store.words import fingerprint, identity

SOME = 200  # articles forgotten in one transaction


def add(
    db: psycopg.Connection[Row], article: Article, analysis: Analysis, now: datetime, story: int = 0, copy_of: int = 0
) -> Added:
    known = first(
        db,
        """SELECT id, article.version, withdrawn, words FROM article
           LEFT JOIN version ON version.article = id AND version.version = article.version
           WHERE tenant = %s AND identity = %s""",
        (article.tenant, identity(article)),
    )
    if known is None:
        return _found(db, article, analysis, now, story, copy_of)
    id_, version, withdrawn, words = known
    # A feed that still carries what was forgotten must not bring it back.
    if withdrawn or words == fingerprint(article.text):
        return Added(id_, version, "same")
    run(db, "UPDATE article SET copy_of = %s WHERE id = %s", (copy_of if copy_of != id_ else 0, id_))
    return _supersede(db, id_, version + 1, article, analysis, now)


def revise(db: psycopg.Connection[Row], id: int, article: Article, analysis: Analysis, now: datetime) -> Added:
    ((version, withdrawn),) = rows(db, "SELECT version, withdrawn FROM article WHERE id = %s", (id,))
    if withdrawn:
        return Added(id, version, "same")
    # Other words are another identity, unless that one is taken.
    run(
        db,
        """UPDATE article SET identity = %(identity)s WHERE id = %(id)s AND NOT EXISTS (
               SELECT 1 FROM article AS other WHERE other.tenant = article.tenant AND other.identity = %(identity)s)""",
        {"identity": identity(article), "id": id},
    )
    return _supersede(db, id, version + 1, article, analysis, now)


def forget(db: psycopg.Connection[Row], id: int) -> None:
    tenant = value(db, "SELECT tenant FROM article WHERE id = %s AND NOT withdrawn", (id,))
    if tenant is not None:
        _withdraw(db, id, tenant)


def expire(db: psycopg.Connection[Row], before: datetime) -> int:
    old = rows(
        db,
        "SELECT id, tenant FROM article WHERE NOT withdrawn AND added < %s ORDER BY added LIMIT %s",
        (stamp(before), SOME),
    )
    for id_, tenant in old:
        _withdraw(db, id_, tenant)
    return len(old)


def remove(db: psycopg.Connection[Row], ids: Sequence[int]) -> None:
    """Not even a stub stays: whose articles these were is gone, and who cited them, too."""
    for id_ in ids:
        forget(db, id_)
        run(db, "DELETE FROM article WHERE id = %s", (id_,))


def article(db: psycopg.Connection[Row], id: int, version: int = 0) -> Article | None:
    row = first(
        db,
        f"""SELECT {ARTICLE} FROM article JOIN version ON version.article = article.id
            WHERE article.id = %(id)s
            AND version.version = CASE %(version)s WHEN 0 THEN article.version ELSE %(version)s END""",
        {"id": id, "version": version},
    )
    if row:
        return article_of(row)
    stub = first(
        db,
        "SELECT tenant, version, added FROM article WHERE id = %s AND withdrawn AND version >= %s",
        (id, version),
    )
    if not stub:
        return None
    tenant, newest, added = stub
    return Article("", tenant=tenant, id=id, version=version or newest, added=instant(added), withdrawn=True)


def sentences(db: psycopg.Connection[Row], id: int, version: int) -> tuple[tuple[int, int, int], ...]:
    flattened = value(db, "SELECT sentences FROM version WHERE article = %s AND version = %s", (id, version))
    return sentences_of(flattened) if flattened else ()


def boilerplate(db: psycopg.Connection[Row], id: int, version: int) -> tuple[Boilerplate, ...]:
    listed = value(db, "SELECT boilerplate FROM version WHERE article = %s AND version = %s", (id, version))
    return tuple(Boilerplate(*each) for each in loads(listed)) if listed else ()


def entries(db: psycopg.Connection[Row], ids: Sequence[int], tenant: str = EVERYONE) -> tuple[Entry, ...]:
    found = rows(
        db,
        f"""SELECT {ARTICLE}, version.sentences, version.digest, article.story, article.copy_of
            FROM unnest(%s::bigint[]) WITH ORDINALITY AS asked (id, place)
            JOIN article ON article.id = asked.id
            JOIN version ON version.article = article.id AND version.version = article.version
            WHERE article.tenant IN ('', %s) ORDER BY asked.place""",
        (list(ids), tenant),
    )
    return tuple(Entry(article_of(row), sentence_nouns(row[19]), spans_of(row[20]), *row[21:]) for row in found)


def find(db: psycopg.Connection[Row], address: str, tenant: str = EVERYONE) -> tuple[int, ...]:
    if not address:
        return ()
    found = rows(
        db,
        """SELECT id FROM (
               SELECT article, version FROM version WHERE url = %(address)s AND url <> ''
               UNION SELECT article, version FROM version WHERE guid = %(address)s AND guid <> ''
               UNION SELECT article, version FROM version WHERE file = %(address)s AND file <> ''
           ) AS named JOIN article ON article.id = named.article AND article.version = named.version
           WHERE tenant IN ('', %(tenant)s) ORDER BY id DESC""",
        {"address": address, "tenant": tenant},
    )
    return tuple(id_ for (id_,) in found)


def newest(
    db: psycopg.Connection[Row], tenant: str = EVERYONE, after: int = 0, limit: int = 50, *, background: bool = True
) -> tuple[int, ...]:
    news = "" if background else "AND NOT background"
    found = rows(
        db,
        f"""(SELECT id FROM article WHERE NOT withdrawn AND tenant = '' AND id > %(after)s {news}
            ORDER BY id DESC LIMIT %(limit)s)
           UNION
           (SELECT id FROM article WHERE NOT withdrawn AND tenant = %(tenant)s AND id > %(after)s {news}
            ORDER BY id DESC LIMIT %(limit)s)
           ORDER BY id DESC LIMIT %(limit)s""",
        {"tenant": tenant, "after": after, "limit": limit},
    )
    return tuple(id_ for (id_,) in found)


def facts(db: psycopg.Connection[Row], tenant: str = EVERYONE) -> Facts:
    # A maximum for one tenant is one probe of an index; for two together it would read all of it.
    latest = """SELECT max({0}) FROM article WHERE NOT withdrawn AND {1} AND tenant = ''
                UNION ALL SELECT max({0}) FROM article WHERE NOT withdrawn AND {1} AND tenant = %(tenant)s"""
    ((articles, stories, day, added),) = rows(
        db,
        f"""SELECT
            (SELECT sum(articles) FROM tally WHERE tenant IN ('', %(tenant)s)),
            coalesce((SELECT stories FROM tally WHERE tenant = ''), 0) + (
                SELECT count(*) FROM story AS own WHERE tenant = %(tenant)s AND tenant <> ''
                AND NOT EXISTS (SELECT 1 FROM story WHERE story.id = own.id AND story.tenant = '')),
            (SELECT max(max) FROM ({latest.format("first_day", "dated")}) AS latest),
            (SELECT max(max) FROM ({latest.format("added", "true")}) AS latest)""",
        {"tenant": tenant},
    )
    return Facts(articles or 0, stories, date.fromisoformat(day) if day else None, instant(added) if added else None)


def _found(
    db: psycopg.Connection[Row], article: Article, analysis: Analysis, now: datetime, story: int, copy_of: int
) -> Added:
    id_ = value(
        db,
        """INSERT INTO article (tenant, identity, copy_of, added, first_day, last_day, dated, background)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id""",
        (article.tenant, identity(article), copy_of, stamp(now), *days_of(article, now), article.background),
    )
    run(db, "UPDATE article SET story = %s WHERE id = %s", (story or id_, id_))
    index.join_story(db, story or id_, article.tenant, id_)
    _write(db, id_, 1, article.tenant, article, analysis, now)
    return Added(id_, 1, "new")


def _supersede(
    db: psycopg.Connection[Row], id: int, version: int, article: Article, analysis: Analysis, now: datetime
) -> Added:
    tenant = value(db, "SELECT tenant FROM article WHERE id = %s", (id,))
    index.take_out(db, id, tenant)
    run(
        db,
        "UPDATE article SET version = %s, added = %s, first_day = %s, last_day = %s, dated = %s WHERE id = %s",
        (version, stamp(now), *days_of(article, now), id),
    )
    _write(db, id, version, tenant, article, analysis, now)
    return Added(id, version, "edited")


def _write(
    db: psycopg.Connection[Row],
    id: int,
    version: int,
    tenant: str,
    article: Article,
    analysis: Analysis,
    now: datetime,
) -> None:
    words = (article.text, article.title, article.publisher, article.place, article.author, article.url, article.file)
    run(
        db,
        f"INSERT INTO version VALUES ({', '.join(['%s'] * 21)})",
        (
            *(id, version, *words, article.guid, article.language),
            *columns_of(article.published.when),
            *(article.published.basis.value, article.published.evidence, stamp(now)),
            fingerprint(article.text),
            flat_sentences(analysis.sentences),
            dumps([(each.start, each.end, each.reason) for each in analysis.boilerplate]),
            flat(analysis.digest),
        ),
    )
    index.put_in(db, id, tenant, article.title, article.text, article.language, analysis)


def _withdraw(db: psycopg.Connection[Row], id: int, tenant: str) -> None:
    """Every row of it but the stub goes."""
    index.take_out(db, id, tenant)
    run(db, "DELETE FROM version WHERE article = %s", (id,))
    story = value(db, "UPDATE article SET withdrawn = true WHERE id = %s RETURNING story", (id,))
    index.leave_story(db, story, tenant)
    # The oldest of its copies stands for the others now.
    copies = "copy_of = %(gone)s AND copy_of <> 0 AND NOT withdrawn"
    heir = value(db, f"SELECT min(id) FROM article WHERE {copies}", {"gone": id})
    if heir is not None:
        run(
            db,
            f"UPDATE article SET copy_of = CASE id WHEN %(heir)s THEN 0 ELSE %(heir)s END WHERE {copies}",
            {"gone": id, "heir": heir},
        )
