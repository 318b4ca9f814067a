"""What words are compared by, and which names a text speaks of."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import terms
from bot.sentences import split
from tests.make import VOV, XINHUA


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("The negotiators negotiated negotiations", ["negoti", "negoti", "negoti"]),
        ("U.S. and US troops told us", ["u.s", "u.s", "troop"]),
        ("North Korea’s and North Korea's", ["north", "korea", "north", "korea"]),
        ("Trump-Kim summit", ["trump", "kim", "summit"]),
        ("1,200 of 3.5 million in 2019", ["1200", "3.5", "million", "2019"]),
        ("They don’t; she wouldn't", []),
        ("", []),
    ],
)
def test_stems_are_what_a_text_is_about(text, stems):
    assert terms.stems(text) == stems


def test_words_keep_their_order_and_their_stop_words():
    assert terms.words("The U.S. won't, said O'Neill.") == ["the", "u.s", "won't", "said", "o'neill"]


@given(st.text())
def test_stems_are_lower_case_and_no_stop_words(text):
    found = terms.stems(text)
    assert [stem for stem in found if stem != stem.lower() or terms.is_stop(stem) or not stem] == []


def test_threads_stem_alike():
    text = " ".join(f"running{n} statements{n} organizing" for n in range(300))
    with ThreadPoolExecutor(8) as pool:
        assert len(set(map(tuple, pool.map(terms.stems, [text] * 64)))) == 1


def names(text: str) -> dict[str, int]:
    return terms.names(text, split(text))


def test_a_last_name_counts_as_the_whole_name():
    text = "On Monday Maria Olsen came. The crowd cheered Olsen. Later Olsen left with Kim Jong Un and Kim’s wife."
    assert names(text) == {"Maria Olsen": 3, "Kim Jong Un": 2}


def test_a_word_is_no_name_for_opening_a_sentence():
    assert names("Medics arrived. Police closed the road in Harwick. Harwick is small.") == {"Harwick": 2}


def test_offices_days_and_months_are_no_names():
    assert names("On Tuesday, June 5, President Ana Ruiz met Prime Minister Luis Herrera.") == {
        "Ana Ruiz": 1,
        "Luis Herrera": 1,
    }


def test_a_country_and_its_people_are_one_name():
    assert names("The talks in Kenya failed. Many Kenyans left, and one Kenyan stayed.") == {"Kenya": 3}


def test_a_hyphen_divides_names_that_stand_alone_elsewhere():
    text = "He saw the US-Norland talks. They left the US and Norland. Now Jean-Marc Petit came."
    assert names(text) == {"Norland": 2, "US": 2, "Jean-Marc Petit": 1}


def test_the_seeds_are_about_two_men():
    for seed in (XINHUA, VOV):
        found = names(seed.read_text(encoding="utf-8"))
        assert found["Donald Trump"] >= 4
        assert found.get("Kim Jong Un", found.get("Kim Jong-un", 0)) >= 4


@given(st.text(max_size=200))
def test_names_stand_in_the_text(text):
    squeezed = " ".join(text.split())
    assert [
        name for name in names(text) if name.replace(" ", "") not in squeezed.replace(" ", "").replace("-", "-")
    ] == []
