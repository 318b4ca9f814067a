"""Articles, their versions and what becomes of them."""

# ruff: noqa: S608 - only constants of ours are written into SQL; what comes from outside is bound

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import apsw

from bot.model import EVERYONE, Analysis, Article, Boilerplate, Entry
from bot.ports import Added, Facts
from bot.store.rows import (
    ARTICLE,
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
from bot.store.sqlite import index
from bot.store.sqlite.rows import first, rows, value
from bot.store.words import fingerprint, identity, storable, vocabulary

SOME = 200  # articles forgotten in one transaction


def add(
    db: apsw.Connection, article: Article, analysis: Analysis, now: datetime, story: int = 0, copy_of: int = 0
) -> Added:
    known = first(
        db,
        """SELECT id, article.version, withdrawn, words FROM article
           LEFT JOIN version ON version.article = id AND version.version = article.version
           WHERE tenant = ? AND identity = ?""",
        (storable(article.tenant), identity(article)),
    )
    if known is None:
        return _found(db, article, analysis, now, story, copy_of)
    id_, version, withdrawn, words = known
    # A feed that still carries what was forgotten must not bring it back.
    if withdrawn or words == fingerprint(article.text):
        return Added(id_, version, "same")
    db.execute("UPDATE article SET copy_of = ? WHERE id = ?", (copy_of if copy_of != id_ else 0, id_))
    return _supersede(db, id_, version + 1, article, analysis, now)


def revise(db: apsw.Connection, id: int, article: Article, analysis: Analysis, now: datetime) -> Added:
    ((version, withdrawn),) = rows(db, "SELECT version, withdrawn FROM article WHERE id = ?", (id,))
    if withdrawn:
        return Added(id, version, "same")
    # Other words are another identity, unless that one is taken.
    db.execute("UPDATE OR IGNORE article SET identity = ? WHERE id = ?", (identity(article), id))
    return _supersede(db, id, version + 1, article, analysis, now)


def forget(db: apsw.Connection, id: int) -> None:
    tenant = value(db, "SELECT tenant FROM article WHERE id = ? AND withdrawn = 0", (id,))
    if tenant is not None:
        index.drop_words(db, _withdraw(db, id, tenant))


def expire(db: apsw.Connection, before: datetime) -> int:
    old = rows(
        db,
        "SELECT id, tenant FROM article WHERE withdrawn = 0 AND added < ? ORDER BY added LIMIT ?",
        (stamp(before), SOME),
    )
    words: set[str] = set()
    for id_, tenant in old:
        words |= _withdraw(db, id_, tenant)
    index.drop_words(db, words)
    return len(old)


def remove(db: apsw.Connection, ids: Sequence[int]) -> None:
    """Not even a stub stays: whose articles these were is gone, and who cited them, too."""
    words: set[str] = set()
    for id_ in ids:
        tenant = value(db, "SELECT tenant FROM article WHERE id = ? AND withdrawn = 0", (id_,))
        if tenant is not None:
            words |= _withdraw(db, id_, tenant)
        db.execute("DELETE FROM article WHERE id = ?", (id_,))
    index.drop_words(db, words)


def article(db: apsw.Connection, id: int, version: int = 0) -> Article | None:
    row = first(
        db,
        f"""SELECT {ARTICLE} FROM article JOIN version ON version.article = article.id
            WHERE article.id = ? AND version.version = CASE ? WHEN 0 THEN article.version ELSE ? END""",
        (id, version, version),
    )
    if row:
        return article_of(row)
    stub = first(
        db,
        "SELECT tenant, version, added FROM article WHERE id = ? AND withdrawn = 1 AND version >= ?",
        (id, version),
    )
    if not stub:
        return None
    tenant, newest, added = stub
    return Article("", tenant=tenant, id=id, version=version or newest, added=instant(added), withdrawn=True)


def sentences(db: apsw.Connection, id: int, version: int) -> tuple[tuple[int, int, int], ...]:
    flattened = value(db, "SELECT sentences FROM version WHERE article = ? AND version = ?", (id, version))
    return sentences_of(flattened) if flattened else ()


def boilerplate(db: apsw.Connection, id: int, version: int) -> tuple[Boilerplate, ...]:
    listed = value(db, "SELECT boilerplate FROM version WHERE article = ? AND version = ?", (id, version))
    return tuple(Boilerplate(*each) for each in loads(listed)) if listed else ()


def entries(db: apsw.Connection, ids: Sequence[int], tenant: str = EVERYONE) -> tuple[Entry, ...]:
    found = rows(
        db,
        f"""SELECT {ARTICLE}, version.sentences, version.digest, article.story, article.copy_of
            FROM json_each(?) AS asked CROSS JOIN article ON article.id = asked.value
            JOIN version ON version.article = article.id AND version.version = article.version
            WHERE article.tenant IN ('', ?) ORDER BY asked.key""",
        (dumps(list(ids)), storable(tenant)),
    )
    return tuple(Entry(article_of(row), sentence_nouns(row[19]), spans_of(row[20]), *row[21:]) for row in found)


def find(db: apsw.Connection, address: str, tenant: str = EVERYONE) -> tuple[int, ...]:
    if not address:
        return ()
    found = rows(
        db,
        """SELECT id FROM (
               SELECT article, version FROM version WHERE url = :address AND url <> ''
               UNION SELECT article, version FROM version WHERE guid = :address AND guid <> ''
               UNION SELECT article, version FROM version WHERE file = :address AND file <> ''
           ) AS named CROSS JOIN article ON article.id = named.article AND article.version = named.version
           WHERE tenant IN ('', :tenant) ORDER BY id DESC""",
        {"address": storable(address), "tenant": storable(tenant)},
    )
    return tuple(id_ for (id_,) in found)


def newest(
    db: apsw.Connection, tenant: str = EVERYONE, after: int = 0, limit: int = 50, *, background: bool = True
) -> tuple[int, ...]:
    news = "" if background else "AND background = 0"
    found = rows(
        db,
        f"""SELECT id FROM article WHERE withdrawn = 0 AND tenant = '' AND id > :after {news}
           UNION SELECT id FROM article WHERE withdrawn = 0 AND tenant = :tenant AND id > :after {news}
           ORDER BY id DESC LIMIT :limit""",
        {"tenant": storable(tenant), "after": after, "limit": limit},
    )
    return tuple(id_ for (id_,) in found)


def facts(db: apsw.Connection, tenant: str = EVERYONE) -> Facts:
    mine = {"tenant": storable(tenant)}
    articles = value(db, "SELECT sum(articles) FROM tally WHERE tenant IN ('', :tenant)", mine)
    stories = value(
        db,
        """SELECT ifnull((SELECT stories FROM tally WHERE tenant = ''), 0) + (
               SELECT count(*) FROM story AS own WHERE tenant = :tenant AND :tenant <> ''
               AND NOT EXISTS (SELECT 1 FROM story WHERE id = own.id AND tenant = ''))""",
        mine,
    )
    # One probe of an index each; `max` over an IN would read all of it.
    day, added = (
        value(
            db,
            f"""SELECT max(latest) FROM (
                    SELECT max({column}) AS latest FROM article WHERE withdrawn = 0 AND {which} AND tenant = ''
                    UNION ALL SELECT max({column}) FROM article WHERE withdrawn = 0 AND {which} AND tenant = :tenant)""",
            mine,
        )
        for column, which in (("first_day", "dated = 1"), ("added", "true"))
    )
    return Facts(articles or 0, stories, date.fromisoformat(day) if day else None, instant(added) if added else None)


def _found(db: apsw.Connection, article: Article, analysis: Analysis, now: datetime, story: int, copy_of: int) -> Added:
    tenant = storable(article.tenant)
    id_ = value(
        db,
        """INSERT INTO article (tenant, identity, copy_of, added, first_day, last_day, dated, background)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id""",
        (tenant, identity(article), copy_of, stamp(now), *days_of(article, now), article.background),
    )
    db.execute("UPDATE article SET story = ? WHERE id = ?", (story or id_, id_))
    index.join_story(db, story or id_, tenant, id_)
    _write(db, id_, 1, tenant, article, analysis, now)
    return Added(id_, 1, "new")


def _supersede(
    db: apsw.Connection, id: int, version: int, article: Article, analysis: Analysis, now: datetime
) -> Added:
    tenant = value(db, "SELECT tenant FROM article WHERE id = ?", (id,))
    words = index.take_out(db, id, tenant)
    db.execute(
        "UPDATE article SET version = ?, added = ?, first_day = ?, last_day = ?, dated = ? WHERE id = ?",
        (version, stamp(now), *days_of(article, now), id),
    )
    _write(db, id, version, tenant, article, analysis, now)
    index.drop_words(db, words - vocabulary(article.title, article.text))
    return Added(id, version, "edited")


def _write(
    db: apsw.Connection, id: int, version: int, tenant: str, article: Article, analysis: Analysis, now: datetime
) -> None:
    words = (article.text, article.title, article.publisher, article.place, article.author, article.url, article.file)
    db.execute(
        f"INSERT INTO version VALUES ({', '.join('?' * 21)})",
        (
            *(id, version),
            *map(storable, (*words, article.guid, article.language)),
            *columns_of(article.published.when),
            article.published.basis.value,
            storable(article.published.evidence),
            stamp(now),
            fingerprint(article.text),
            flat_sentences(analysis.sentences),
            dumps([(each.start, each.end, each.reason) for each in analysis.boilerplate]),
            flat(analysis.digest),
        ),
    )
    index.put_in(db, id, tenant, storable(article.title), storable(article.text), article.language, analysis)


def _withdraw(db: apsw.Connection, id: int, tenant: str) -> set[str]:
    """Every row of it but the stub; returns the words that it may have been the last to use."""
    words = index.take_out(db, id, tenant)
    db.execute("DELETE FROM version WHERE article = ?", (id,))
    story = value(db, "UPDATE article SET withdrawn = 1 WHERE id = ? RETURNING story", (id,))
    index.leave_story(db, story, tenant)
    # The oldest of its copies stands for the others now.
    copies = "copy_of = :gone AND copy_of <> 0 AND withdrawn = 0"
    heir = value(db, f"SELECT min(id) FROM article WHERE {copies}", {"gone": id})
    db.execute(f"UPDATE article SET copy_of = iif(id = :heir, 0, :heir) WHERE {copies}", {"gone": id, "heir": heir})
    return words
