"""Taking in: what is marked as no news, what is found out about an article, and what cannot be read."""

from __future__ import annotations

import codecs
import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import ingest, verbs
from bot.ingest import Read
from bot.model import Article, Published, PublishedBasis, When, shown
from bot.sentences import sentences
from tests.timing import within

SEEDS = Path(__file__).parent.parent / "seeds"
XINHUA = SEEDS / "000_cfb6779c53c509c9.txt"
VOV = SEEDS / "003_8ad36422c5ced130.txt"
CASES = sorted((Path(__file__).parent / "cases" / "cleaning").glob("*.txt"))
NEWS = "Boats crossed the bay again on Monday. Fares are the same.\n"


def read(*paths: Path) -> list[Read]:
    return list(ingest.read(paths))


def article(path: Path) -> Article:
    (only,) = read(path)
    assert only.article, only.error
    return only.article


def error(path: Path) -> str:
    (only,) = read(path)
    assert only.article is None
    assert "\n" not in only.error
    assert only.error.startswith(f"{only.source}: ")
    return only.error


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def line(**fields: Any) -> str:
    return json.dumps({"title": "Ferry service resumes", "text": NEWS, **fields}) + "\n"


# --- cleaning ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_is_no_news_is_marked_and_news_is_not(path):
    claim, text, marked, facts = case(path)
    pieces = ingest.clean(text, facts.pop("given title", ""))
    assert [f"{piece.reason} | {shown(text[piece.start : piece.end])}" for piece in pieces] == marked, claim
    made = ingest.article(text)
    told = {key: facts_of(made)[key] for key in facts}
    assert told == facts, claim


def case(path: Path) -> tuple[str, str, list[str], dict[str, str]]:
    claim, _, rest = path.read_text(encoding="utf-8").partition("--- text\n")
    text, _, rest = rest.partition("\n--- marked\n")
    marked, _, facts = rest.partition("--- article\n")
    pairs = (fact.partition(":") for fact in facts.splitlines())
    return claim, text, marked.splitlines(), {key: value.strip() for key, _, value in pairs}


def facts_of(made: Article) -> dict[str, str]:
    when = made.published.when
    return {
        "title": made.title,
        "publisher": made.publisher,
        "place": made.place,
        "author": made.author,
        "published": f"{when.first} {made.published.basis}" if when else made.published.basis,
    }


def test_the_seeds_are_quoted_without_dateline_title_photo_line_and_sub_heads():
    xinhua, vov = XINHUA.read_text(encoding="utf-8"), VOV.read_text(encoding="utf-8")
    assert [(piece.start, piece.end, piece.reason) for piece in ingest.clean(xinhua)] == [(1, 43, "dateline")]
    assert [(piece.start, piece.reason) for piece in ingest.clean(vov)] == [
        (0, "title"),
        (36, "dateline"),
        (335, "photo"),
        (648, "sub-head"),
        (2009, "sub-head"),
    ]
    opening = sentences(vov, ingest.clean(vov))[0]
    assert vov[opening.start : opening.end].startswith("The 2nd summit between US President Donald Trump")


@given(st.lists(st.sampled_from([*"aA .\n\"'(/-—_©:", "By ", "(AP) ", "HANOI", "Feb. 26", "photo", "READ MORE:"])))
@settings(max_examples=60, deadline=None)
def test_marks_lie_in_the_text_in_order_and_apart(pieces):
    text = "".join(pieces)
    at = 0
    for piece in ingest.clean(text):
        assert at <= piece.start < piece.end <= len(text)
        at = piece.end


@pytest.mark.parametrize(
    "unit",
    ["a. ", '"', " ", "x", "(", "A ", "By Aa ", "Feb. 26 ", "1 ", "(AP/", "HANOI, ", "a\n", "/ getty ", "Share ", "- "],
)
def test_cleaning_is_linear_on_hostile_text(unit):
    text = unit * (60_000 // len(unit))
    assert within(1, lambda: ingest.clean(text))


# --- what is found out ------------------------------------------------------------------------------------


def test_the_xinhua_seed_states_its_day():
    made = article(XINHUA)
    assert (made.publisher, made.place, made.title) == ("Xinhua", "Hanoi", "")
    assert made.published.when == When.day(date(2019, 2, 26))
    assert made.published.basis is PublishedBasis.STATED
    assert made.published.evidence == "date 2019-02-26 HANOI, Feb. 26 (Xinhua) -"
    assert made.text == XINHUA.read_text(encoding="utf-8")


def test_the_vov_seed_is_dated_by_the_window_its_content_allows():
    made = article(VOV)
    assert (made.publisher, made.title) == ("VOVWORLD", "US, North Korea to hold 2nd summit")
    assert made.published.basis is PublishedBasis.INFERRED
    assert made.published.when
    assert (made.published.when.first, made.published.when.last) == (date(2019, 2, 5), date(2019, 2, 17))


@pytest.mark.parametrize(
    ("stamp", "day"),
    [
        ("2019-02-26", "2019-02-26"),
        ("2019-02-26T23:30:00-05:00", "2019-02-26"),
        ("2019-02-26T00:30:00+09:00", "2019-02-26"),
        ("2019-02-26T10:00:00Z", "2019-02-26"),
        ("Tue, 26 Feb 2019 23:30:00 -0500", "2019-02-26"),
        ("2019-02-26 10:00:00 GMT", "2019-02-26"),
        ("February 26, 2019", "2019-02-26"),
    ],
)
def test_a_records_date_is_its_own_local_day(stamp, day):
    assert ingest.given(stamp) == Published(When.day(date.fromisoformat(day)), PublishedBasis.FEED, stamp)


@pytest.mark.parametrize("stamp", ["", "soon", "2019-02-31", "26/02", "99999999999"])
def test_what_is_no_date_dates_nothing(stamp):
    assert ingest.given(stamp) is None


def test_a_dateline_without_its_year_takes_it_from_what_the_text_tells():
    text = "HANOI, Feb. 26 (Xinhua) -- The envoys met on February 21, 2019. They meet again soon.\n"
    found = ingest.published(text)
    assert (found.when, found.basis) == (When.day(date(2019, 2, 26)), PublishedBasis.INFERRED)


def test_a_dateline_without_its_year_stays_unknown_where_the_text_names_none():
    found = ingest.published("HANOI, Feb. 26 (Xinhua) -- The envoys met. They meet again soon.\n")
    assert (found.when, found.basis, found.evidence) == (None, PublishedBasis.UNKNOWN, "Feb. 26")


def test_an_address_may_give_the_day():
    made = ingest.article(NEWS, url="https://example.org/2019/02/26/ferry.html")
    assert made.published == Published(When.day(date(2019, 2, 26)), PublishedBasis.FEED, "2019/02/26")


@pytest.mark.parametrize(
    ("byline", "name"),
    [
        ("By Jane Doe", "Jane Doe"),
        ("By JANE DOE", "Jane Doe"),
        ("By Jane Doe, Reuters", "Jane Doe"),
        ("By Jane Doe | Associated Press", "Jane Doe"),
        ("By Jane Doe in Lisbon", "Jane Doe"),
        ("By Jane Doe, John Roe and Ann Poe", "Jane Doe, John Roe and Ann Poe"),
        ("By Maria de la Cruz", "Maria de la Cruz"),
    ],
)
def test_the_author_is_the_name_in_the_byline(byline, name):
    assert ingest.article(f"Ferry service resumes\n\n{byline}\n\n{NEWS}").author == name


# --- reading ----------------------------------------------------------------------------------------------


def test_the_seeds_ship_with_the_bot():
    assert verbs.seeds() == SEEDS
    assert [Path(found.source).name for found in read(verbs.seeds()) if found.article] == [XINHUA.name, VOV.name]


ENCODINGS = [
    ("utf-8", b"", ""),
    ("utf-8", codecs.BOM_UTF8, ""),
    ("utf-16-le", codecs.BOM_UTF16_LE, "read as UTF-16"),
    ("utf-16-be", codecs.BOM_UTF16_BE, "read as UTF-16"),
    ("utf-32-le", codecs.BOM_UTF32_LE, "read as UTF-32"),
    ("cp1252", b"", "read as cp1252"),
]
UNMARKED = [("utf-16-le", b"", "read as UTF-16"), ("utf-16-be", b"", "read as UTF-16")]


@pytest.mark.parametrize(
    ("ending", "encoding", "mark", "note"),
    [(".jsonl", *one) for one in ENCODINGS] + [(".txt", *one) for one in ENCODINGS + UNMARKED],
)
def test_a_text_is_read_in_the_encoding_it_is_in(tmp_path, ending, encoding, mark, note):
    news = f"The café’s boats “Ana” and “Bea” crossed the bay. {NEWS}"
    content = news if ending == ".txt" else json.dumps({"text": news}, ensure_ascii=False) + "\n"
    (only,) = read(write(tmp_path, f"a{ending}", mark + content.encode(encoding)))
    assert only.article, only.error
    assert (only.article.text, only.note) == (news, note)


def test_line_ends_are_kept(tmp_path):
    text = NEWS.replace(" Fares", "\r\n\r\nFares")
    assert article(write(tmp_path, "a.txt", text)).text == text


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b" \n\xc2\xa0\n", "is empty"),
        (codecs.BOM_UTF8, "is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary"),
        (bytes(range(1, 32)) * 9 + b"\xff", "binary"),
        (b"\x81\x8d\x8f\x90\x9d caf\xe9.", "is not text"),
        (NEWS.encode() * 40_000, "over 2 MB"),
        (b"Ferry service resumes\n", "a title but no text"),
        (b"Ferry service resumes\n\nBy Jane Doe\n", "a title but no text"),
        (b"boat " * 10_000, "10000 words and no full stop"),
    ],
)
def test_what_is_no_article_is_said_in_one_line(tmp_path, content, why):
    assert why in error(write(tmp_path, "a.txt", content))


@pytest.mark.parametrize(
    ("news", "note"),
    [
        ("The \x07bell\x1b[31m rang. It rang twice.", "holds control characters, never shown"),
        ("The \u202egnorw\u202c sign. It was mended.", "holds characters that turn the direction of writing"),
        ("وصل المبعوثون إلى المدينة يوم الاثنين. وغادروا في المساء.", "written from right to left"),
    ],
)
def test_odd_text_is_kept_verbatim_and_noted(tmp_path, news, note):
    (only,) = read(write(tmp_path, "a.txt", news))
    assert only.article
    assert only.article.text == news
    assert note in only.note


def test_a_line_of_jsonl_gives_what_it_says(tmp_path):
    given_line = line(url="https://example.org/a", publisher="The Bay Herald", published="2019-02-26", mood="calm")
    (only,) = read(write(tmp_path, "a.jsonl", given_line))
    made = only.article
    assert made
    assert only.source.endswith("a.jsonl:1")
    assert (made.title, made.publisher, made.url) == (
        "Ferry service resumes",
        "The Bay Herald",
        "https://example.org/a",
    )
    assert made.published == Published(When.day(date(2019, 2, 26)), PublishedBasis.FEED, "2019-02-26")


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("{", "is not JSON (Expecting property name enclosed in double quotes, column 2)"),
        ('{"text": "a"', "is not JSON"),
        ("[1]", "is not a JSON object"),
        ("[" * 100_000, "is not JSON"),
        ('{"text": ' + "1" * 5000 + "}", "is not JSON"),
        ('{"text": 5}', "`text` must be text, not 5"),
        ('{"text": "A b.", "title": ["x"]}', "`title` must be text, not"),
        ('{"text": "A b.", "published": 20190226}', "`published` must be text, not 20190226"),
        ('{"title": "Ferry service resumes"}', "has a title but no text"),
        ("{}", "has no `text`"),
        ('{"text": "\\ud800 b."}', "`text` is not Unicode text"),
        ('{"text": "A \\u0000 b."}', "`text` is binary, not text"),
    ],
)
def test_a_bad_line_is_named_by_its_number_and_the_others_go_on(tmp_path, bad, why):
    before, failed, after = read(write(tmp_path, "a.jsonl", f"{line()}{bad}\n\n{line()}"))
    assert before.article
    assert after.article
    assert after.source.endswith(":4")
    assert failed.source.endswith("a.jsonl:2")
    assert why in failed.error


def test_an_overlong_line_is_passed_over(tmp_path):
    content = line() + line(text="Boats crossed. " * 300_000) + line()
    assert [bool(found.article) for found in read(write(tmp_path, "a.jsonl", content))] == [True, False, True]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "https://a b", "x"])
def test_only_web_addresses_are_kept(tmp_path, url):
    (only,) = read(write(tmp_path, "a.jsonl", line(url=url)))
    assert only.article
    assert (only.article.url, only.note) == ("", "`url` is no web address and left out")


def test_a_record_of_one_line_under_a_title_is_an_article(tmp_path):
    (only,) = read(write(tmp_path, "a.jsonl", line(text="Boats crossed the bay again on Monday")))
    assert only.article


def test_a_record_that_only_repeats_its_title_is_none(tmp_path):
    assert "a title but no text" in error(write(tmp_path, "a.jsonl", line(text="Ferry service resumes.\n")))


def test_a_date_that_is_none_is_noted(tmp_path):
    (only,) = read(write(tmp_path, "a.jsonl", line(published="soon")))
    assert only.article
    assert only.note == "`published` is no date: soon"


def test_a_folder_is_read_by_name_without_hidden_files_feeds_and_other_endings(tmp_path):
    for name in ("b.txt", "a/z.txt", "c.JSONL", ".hidden.txt", ".git/x.txt", "feeds.txt", "photo.png", "a/Feeds.TXT"):
        write(tmp_path, name, line() if name.endswith("JSONL") else NEWS)
    found = read(tmp_path)
    assert [Path(one.source).relative_to(tmp_path).as_posix() for one in found] == ["a/z.txt", "b.txt", "c.JSONL:1"]
    assert all(one.article for one in found)


def test_a_name_that_is_no_text_can_still_be_told(tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text(NEWS)
    (only,) = read(tmp_path)
    assert only.article
    assert only.source.endswith("caf\ufffd.txt")


def test_a_folder_is_read_as_a_stream(tmp_path):
    for number in range(50):
        write(tmp_path, f"{number}.txt", NEWS)
    reads = ingest.read([tmp_path])
    next(reads)
    for path in tmp_path.iterdir():
        path.unlink()
    assert all("went away" in found.error for found in reads)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("absent.txt", "no such file or folder"),
        ("a.pdf", "only .txt and .jsonl"),
        ("feeds.txt", "lists the feeds"),
        ("empty", "no .txt or .jsonl file"),
    ],
)
def test_a_path_that_holds_no_article_is_an_error_of_its_own(tmp_path, name, why):
    write(tmp_path, "a.pdf", NEWS)
    write(tmp_path, "feeds.txt", NEWS)
    (tmp_path / "empty").mkdir()
    assert why in error(tmp_path / name)


def test_one_bad_path_leaves_the_others(tmp_path):
    good = write(tmp_path, "a.txt", NEWS)
    assert [bool(found.article) for found in read(tmp_path / "absent.txt", good)] == [False, True]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    secret = write(tmp_path, "outside/secret.txt", NEWS)
    corpus = tmp_path / "corpus"
    write(corpus, "a.txt", NEWS)
    (corpus / "b.txt").symlink_to(secret)
    (corpus / "c.txt").symlink_to("../outside/secret.txt")
    (corpus / "d").symlink_to(secret.parent)
    (corpus / "e.txt").symlink_to("a.txt")
    found = {Path(one.source).name: one for one in read(corpus)}
    assert sorted(found) == ["a.txt", "b.txt", "c.txt", "e.txt"]
    assert found["a.txt"].article
    assert found["e.txt"].article
    assert "leads out of the folder" in found["b.txt"].error
    assert "leads out of the folder" in found["c.txt"].error


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.txt")
    (only,) = read(tmp_path)
    assert "is not a regular file" in only.error


def test_a_folder_that_links_to_itself_ends(tmp_path):
    write(tmp_path, "a.txt", NEWS)
    (tmp_path / "again").symlink_to(tmp_path)
    assert len(read(tmp_path)) == 1


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_no_bytes_break_the_reader(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("bytes")
    for name in ("a.txt", "a.jsonl"):
        for found in read(write(folder, name, content)):
            assert bool(found.article) != bool(found.error)
