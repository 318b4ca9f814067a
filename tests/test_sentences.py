"""Where sentences begin and end: a table of what editors write, and the laws of spans."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Boilerplate
from bot.sentences import blocks, sentences, split
from tests.quality_sentences import inked, nupunkt_spans
from tests.timing import grows_linearly

SEEDS = Path(__file__).parent.parent / "seeds"
XINHUA = (SEEDS / "000_cfb6779c53c509c9.txt").read_text(encoding="utf-8")
VOV = (SEEDS / "003_8ad36422c5ced130.txt").read_text(encoding="utf-8")


def told(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


# a bar stands where one sentence ends and the next begins
TABLE = [
    "The boats left. | Nobody waved.",
    "Did they leave? | They did! | So it was.",
    # titles, names, initials
    "Mr. Smith met Dr. Jones and Gen. Lee. | They talked.",
    "John F. Kennedy and J. R. Smith came. | Albert I. Jones did not.",
    "You and I. | Did you see it?",
    "He lives on Main St. near St. Paul. | She does not.",
    "It was seen by Lt. Col. Ann Poe.",
    "Plan B. | The first had failed. | Boats won Group C. | Spain came last.",
    "Maj. Gen. Ann Poe and Amb. John Roe spoke.",
    # abbreviations that may end a sentence
    "U.S. President Donald Trump flew in. | The U.S. Treasury paid.",
    "He moved to the U.S. | He stayed.",
    "They met in Washington, D.C. | The talks failed.",
    "Acme Corp. said so. | It was bought by Acme Corp. | The price fell.",
    "Acme Inc. Chairman Ann Poe resigned.",
    "He works for Poe & Co. | “It pays,” he said.",
    "She holds a Ph.D. in law. | He holds a Ph.D. | It hangs there.",
    "It rained in Boston, Mass., and in Buffalo, N.Y. | The roads were shut.",
    "The firm, Poe Ltd. (PLC), fell.",
    "Salt, oil, etc. were sold. | Salt, oil, etc. | Then it closed.",
    # numbers, days, hours
    "On Feb. 26 they met. | In Dec. it snowed.",
    "It rose 3.5 percent to $1.2 billion. | No. 3 fell.",
    "Asked, he said no. | Nobody believed him.",
    "It ends at 5 p.m. EST on Monday. | It ends at 5 p.m. | Then they go.",
    "It ends at 8 p.m. Feb. 26 or at 9 p.m. Saturday.",
    "It opened at 9 a.m. Paris time. | It shut at noon.",
    "In 2012. | 20 people came.",
    "See vol. 3, pp. 4-5, and fig. 2. | It is there.",
    # quotations and brackets
    '"We came. | We saw," he said. | "We left."',
    "“It is over.” | The hall was still.",
    '"Why?" he asked. | "Why?" President Poe asked. | "Why?" | The hall was still.',
    "It was late (he said). | (It was not.) | She left.",
    "He wrote 'No.' | Then he left.",
    "Stop here.“ | He did not.",
    'It was a " rout. " | The team left .',
    "`` It is over . '' | The hall was still .",
    # ellipses, marks, addresses
    "It was... odd. | It was... | Then it stopped.",
    "He said … nothing. | “It was …” | She left.",
    "It was less complex. . . . | Then it grew.",
    "What?! | Really?",
    "See www.example.org/a.b?c=d for more. | Write to a.b@example.org. | It is free.",
    "The site Example.org was down. | Yahoo! Inc. bought it. | Then Yahoo! sold it.",
    "iPhone sales fell. | eBay rose. | al-Shabab struck. | It was May.",
    "It was said.[12] | It was denied.",
    "The page lost a space.|The next is whole. | So is this.",
    # other scripts
    "La reunión terminó. | ¿Cuándo vuelven? | ¡Mañana!",
    "会议结束了。|他们离开了。",
    "وصل المبعوثون. | وغادروا؟ | نعم.",
    # e.g. and friends
    "Fruit, e.g. Apples, and nuts, i.e. Almonds, rot. | See cf. Poe vs. Roe.",
]


@pytest.mark.parametrize("marked", TABLE)
def test_a_sentence_ends_where_an_editor_would_end_it(marked):
    assert told(re.sub(r"\| ?", "", marked)) == [piece.strip() for piece in marked.split("|")]


def test_the_table_is_split_better_than_by_nupunkt():
    text, ends = "", []
    for marked in TABLE:
        for piece in re.split(r"\| ?", marked):
            text += piece
            ends.append(len(text.rstrip()))
        text += "\n\n"
    gold = inked(text, ends)
    ours, theirs = (inked(text, (end for _, end in spans)) for spans in (split(text), nupunkt_spans(text)))
    assert len(ours ^ gold) < len(theirs ^ gold)


# those that are written with plain spaces: tokenised text and scripts without spaces have their own
SPACED = [
    marked for marked in TABLE if "|" not in marked.replace(" | ", "") and not re.search(r"' | ' |\" |\. \.", marked)
]


@pytest.mark.parametrize("space", ["\u00a0", "  ", "\t", "\n", "\r\n", "\u2028"])
def test_it_ends_there_whatever_the_white_space(space):
    """A break stands where lines of 40 run over, the other spaces wherever there is one."""
    for marked in SPACED:
        words = f"It is a {'long ' * 20}story. | {marked}"
        text = words.replace(" | ", " ")
        spaced = wrapped(text, 40, space) if space[-1] in "\n\u2028" else text.replace(" ", space)
        assert [" ".join(one.split()) for one in told(spaced)] == [piece.strip() for piece in words.split("|")]


def wrapped(text: str, width: int, end: str = "\n") -> str:
    """`text` with the spaces replaced at which lines of `width` would run over; its length is kept."""
    out: list[str] = []
    column = 0
    for word in text.split(" "):
        if out and column + 1 + len(word) > width:
            out.append(end)
            column = 0
        elif out:
            out.append(" ")
            column += 1
        out.append(word)
        column += len(word)
    return "".join(out)


# --- blocks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("A heading\n\nIt began. It ended.", ["A heading", "It began.", "It ended."]),
        ("A heading\nIt began on a Monday in May and went on for as long as anybody cared to watch it.", 2),
        ("It ended\n\nthe next day.", ["It ended", "the next day."]),
        ("It was a cold\nnight in the city.", ["It was a cold\nnight in the city."]),
        ("Bread\nwine and oil\nsalt, honey\n", ["Bread", "wine and oil", "salt, honey"]),
        (
            "They asked for:\n- bread\n- wine\n1. Salt\n2. Oil",
            ["They asked for:", "- bread", "- wine", "1. Salt", "2. Oil"],
        ),
        ("It began.\r\n\r\nIt ended.\r\n", ["It began.", "It ended."]),
        ("It began.\u2029It ended.", ["It began.", "It ended."]),
        ("  \n\t\n\u00a0\n", []),
        ("", []),
        ("A boat at the pier Image: Ann Poe.", ["A boat at the pier", "Image: Ann Poe."]),
    ],
)
def test_blocks_follow_the_lines(text, pieces):
    found = told(text)
    assert (len(found) if isinstance(pieces, int) else found) == pieces


def test_a_sentence_never_swallows_the_heading_beside_it():
    text = "The talks ended on Friday without a deal, officials said.\nWhat comes next\nNobody knows when they will resume."
    assert "What comes next" in told(text)


def test_short_lines_that_ended_close_paragraphs_in_wrapped_text():
    found = sentences(XINHUA, [Boilerplate(1, 43, "dateline")])
    assert len(found) == 14
    assert [sentence.paragraph for sentence in found] == [*range(13), 12]
    assert (found[0].start, found[0].end) == (43, 248)


INDENTED = """The ferry came back to the
pier on Monday after a storm of three days that had kept it in the harbour.
Passengers had waited since the
weekend, some of them in the small hall beside the customs house of the port.
The line was closed by the
harbour master on Friday, and nobody could say when it would be opened again.
{heading}Fares were set by Mayor
Jane Doe and the council, who promised that they would not rise before spring.
"""


def test_a_first_line_that_lost_its_indent_is_no_heading():
    assert len(told(INDENTED.format(heading=""))) == 4


@pytest.mark.parametrize("heading", ["Fares and times", "FARES AND TIMES"])
def test_a_heading_among_such_lines_still_is_one(heading):
    assert heading in told(INDENTED.format(heading=heading + "\n"))


def test_the_seeds_split_as_their_editors_wrote_them():
    assert (471, 676) in split(XINHUA)
    assert (1790, 1861) in split(VOV), "after a no-break space"
    assert len(split(VOV)) == 24


# --- quotable sentences -----------------------------------------------------------------------------------


def test_no_sentence_lies_in_over_or_across_boilerplate():
    text = "(AP) - It began. Click here. It went on\n\nRelated\n\nIt ended."
    marks = [Boilerplate(0, 7, "dateline"), Boilerplate(17, 28, "read-more"), Boilerplate(41, 48, "sub-head")]
    found = sentences(text, marks)
    assert [(text[one.start : one.end], one.paragraph) for one in found] == [
        ("It began.", 0),
        ("It went on", 0),
        ("It ended.", 1),
    ]


TEXTS = st.lists(
    st.sampled_from(
        [
            *'aB1 .?!\n\r\t\u00a0"“”)(-…:•',
            "the ",
            "The ",
            "U.S. ",
            "Mr. ",
            ". ",
            ".\n",
            "\n\n",
            "e.g. ",
            "Image: ",
            " . . .",
        ]
    )
).map("".join)


LANGUAGES = ["en", "de", "fr", "ru", "ja", "zh", "th", "el", "xx", ""]


@given(TEXTS, st.sampled_from(LANGUAGES))
@settings(max_examples=200, deadline=None)
def test_spans_hold_every_word_once_in_order_and_trimmed(text, language):
    spans = split(text, language)
    at = 0
    for start, end in spans:
        assert at <= start < end
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()


@given(TEXTS, st.data())
@settings(max_examples=80, deadline=None)
def test_quotable_sentences_and_boilerplate_never_touch(text, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    marks = [Boilerplate(start, end, "photo") for start, end in zip(cuts[::2], cuts[1::2], strict=False)]
    found = sentences(text, marks)
    for one in found:
        assert one.start < one.end
        assert all(one.end <= mark.start or mark.end <= one.start or mark.start == mark.end for mark in marks)
    assert [one.paragraph for one in found] == sorted(one.paragraph for one in found)


@given(TEXTS)
@settings(max_examples=50, deadline=None)
def test_blocks_hold_every_word_once(text):
    assert "".join("".join(text[start:end].split()) for start, end in blocks(text)) == "".join(text.split())


# as TABLE, in other languages than English
ABROAD = [
    ("de", "Am 3. Oktober kam Dr. Müller nach Bremen. | Er sprach z. B. über Kaiser Wilhelm II. und den 2. Weltkrieg."),
    (
        "de",
        "Die Kosten betragen 5 Mio. Euro. | Das ist viel, usw. | Der Rat stimmte zu. | Im Jahr 2024. | Die Wahl kam.",
    ),
    ("de", "„Wir kommen.“ | Danach ging er. | „Kommt er?“, fragte Meier. | Der Sportverein e. V. klagte."),
    ("de", "Er wohnt in der Hafenstr. 5. | Das Haus ist alt. | Das ist so eine Art. | Die andere nennt Art. 5 nicht."),
    ("fr", "M. Dupont et Mme. Durand ont voté. | « Venez ! » a-t-il dit. | « Nous partons. » | Il est parti."),
    ("fr", "L'art. 49 est long, etc. | Les maires le disent. | J.-P. Martin partit à 10 h. | Elle resta."),
    (
        "es",
        "El Sr. García llegó. | ¿Quién vino? | ¡Nadie! | La Sra. López, de EE. UU., dijo que no. | El Dr. J. L. Paz, sí.",
    ),
    (
        "it",
        "Il Sig. Rossi, nato nel sec. XIX, ha votato. | L'art. 5 lo dice, ecc. | Poi «verremo». | Lo dice l'on. Verdi.",
    ),
    ("pt", "O Sr. Silva chegou. | A Dra. Costa mora na Av. Liberdade, etc. | Custou 5 milhões."),
    ("nl", "Dhr. Jansen en mevr. De Vries kwamen o.a. per fiets, enz. | De raad stemde."),
    ("sv", "Kl. 10 kom dr. Berg, t.ex. med bil. | Bron kostar ca. 5 milj. kr. | Rådet röstade ja."),
    ("da", "Den 3. oktober kom hr. Jensen. | Broen koster 5 mio. kr. | Rådet stemte ja."),
    ("pl", "Prof. J. Kowalski był w 2024 r. | Rada głosowała. | Przy ul. Długiej stoi dom itd. | Koniec."),
    ("cs", "Dne 3. října přijel Ing. Novák. | Stojí to 5 mil. Kč. | Rada hlasovala. | Např. Praha, tzv. město."),
    ("tr", "Prof. Dr. Ahmet Yılmaz konuştu. | Atatürk Cad. kapandı vb. | Halk tepkili."),
    (
        "ru",
        "В 2024 г. | Мэр прибыл в г. Туле. | На ул. Ленина живёт А. С. Попов, т. е. он. | И т. д. | «Кто там?» — спросил он.",
    ),
    ("uk", "У 2024 р. | Рада голосувала. | На вул. Садовій живе О. С. Коваль."),
    ("el", "Τι έγινε; | Κανείς δεν ξέρει."),
    ("hi", "पुल बंद है। | लोग नाराज हैं।"),
    ("ar", "هل سيغلق الجسر؟ | قال د. أحمد إنه سيغلق."),
    ("ko", "의회는 의결했다. | 김 시장은 “어렵다.”고 했다."),
    ("ja", "市議会は決めた。|「反対です。」と市長は述べた。|本当か？|はい！"),
    ("zh", "市议会投票。|“我们会来。”他说。|他说：“好的。”|市长离开。"),
    ("th", "สภาเทศบาลลงมติเมื่อวันอังคารให้ปิดสะพานเก่า | ประชาชนต้องใช้ถนนวงแหวนแทนในระหว่างนี้"),
    ("xx", "Alpha beta. | Gamma delta? | Epsilon."),
]


@pytest.mark.parametrize(("language", "barred"), ABROAD)
def test_other_languages_are_cut_as_their_editors_would(language, barred):
    text = re.sub(r" ?\| ?", lambda bar: "" if len(bar[0]) == 1 else " ", barred)
    assert [text[start:end] for start, end in split(text, language)] == re.split(r" ?\| ?", barred)


def test_paragraphs_without_spaces_stand_on_lines_of_their_own():
    text = "古い橋、夏まで閉鎖へ\n市議会は火曜日に決めた。\n市長は話した。"
    assert [text[start:end] for start, end in blocks(text)] == text.split("\n")


def test_wrapping_moves_no_sentence():
    words = random.Random(7).choices(
        ["boats", "left", "the", "pier", "in", "Hanoi", "again", "when", "it", "rained"], k=900
    )
    text = ""
    for number, word in enumerate(words):
        ends = number % 11 == 10
        text += (word.capitalize() if number % 11 == 0 else word) + (". " if ends else " ")
    for width in (40, 60, 76, 100):
        assert split(wrapped(text.strip(), width)) == split(text.strip())


@pytest.mark.parametrize(
    "unit",
    [
        "a. ",
        "A. ",
        '"',
        '." ',
        " ",
        "x",
        ".",
        ". ",
        "\n",
        "a\n",
        "a.\n",
        "\u00a0",
        "!? ",
        ". (",
        "U.S. ",
        '? "A ',
        "- ",
        ". . . .x",
    ],
)
def test_time_is_linear_in_hostile_text(unit):
    assert grows_linearly(split, unit, 10_000)


@pytest.mark.parametrize("language", ["de", "fr", "ja", "th"])
@pytest.mark.parametrize(
    "unit", ["a. ", "A.", "5. ", "« ", "。", "」", "ก ", "ก" * 25 + " ", ". . . .x", " »", "1-а. "]
)
def test_time_is_linear_in_hostile_text_of_other_languages(unit, language):
    assert grows_linearly(lambda text: split(text, language), unit, 10_000)
