"""Languages: told by the text, stemmed where a library can, and honest about dates that are not read."""

from __future__ import annotations

from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import corpus, digest, ingest, languages, source, terms
from bot.model import Article, Entry
from bot.ports import Query
from bot.sentences import sentences, split
from bot.source import Verdict
from bot.store import open_store
from tests.make import NOW, make_article, put_article
from tests.test_commands import ask, read

SAID = {
    "en": "The council voted on Tuesday to close the old bridge until the repairs are finished.",
    "fr": "Le conseil a voté mardi la fermeture du vieux pont jusqu'à la fin des travaux.",
    "de": "Der Stadtrat hat am Dienstag beschlossen, die alte Brücke bis zum Ende der Arbeiten zu sperren.",
    "es": "El ayuntamiento votó el martes cerrar el puente viejo hasta que terminen las obras.",
    "it": "Il consiglio ha votato martedì la chiusura del vecchio ponte fino alla fine dei lavori.",
    "pt": "A câmara votou na terça-feira o encerramento da ponte velha até ao fim das obras.",
    "nl": "De gemeenteraad stemde dinsdag voor het sluiten van de oude brug tot het werk klaar is.",
    "sv": "Kommunfullmäktige röstade i tisdags för att stänga den gamla bron tills arbetet är klart.",
    "no": "Bystyret stemte tirsdag for å stenge den gamle broen til arbeidet er ferdig, og bilistene må vente.",
    "pl": "Rada miasta zagłosowała we wtorek za zamknięciem starego mostu do końca remontu.",
    "cs": "Zastupitelstvo v úterý schválilo uzavření starého mostu až do konce oprav.",
    "ru": "Городской совет во вторник проголосовал за закрытие старого моста до конца ремонта.",
    "uk": "Міська рада у вівторок проголосувала за закриття старого мосту до завершення ремонту.",
    "tr": "Belediye meclisi salı günü eski köprünün onarım bitene kadar kapatılmasına karar verdi.",
    "ar": "صوت المجلس البلدي يوم الثلاثاء على إغلاق الجسر القديم حتى انتهاء أعمال الترميم.",
    "zh": "市议会周二投票决定关闭旧桥，直到维修完成。司机将不得不走环路，轮渡将增加一倍，公交车票在船上同样有效，不另收费。",
    "ko": "시의회는 화요일 보수가 끝날 때까지 낡은 다리를 폐쇄하기로 의결했다. 운전자들은 순환도로를 이용해야 한다고 밝혔다.",
}


@pytest.mark.parametrize("language", SAID)
def test_a_language_is_told_by_the_text(language):
    assert languages.detect(SAID[language]) == language


@pytest.mark.parametrize("language", ["fr", "ru", "ko"])
def test_a_feed_that_declares_the_wrong_language_is_not_believed(language):
    assert languages.detect(SAID[language], "en-US") == language


def test_a_declaration_decides_between_neighbours():
    text = "Kommunen stemte tirsdag for at lukke den gamle bro."
    assert {languages.detect(text, said) for said in ("da", "nb-NO")} == {"da", "no"}


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("Breaking", "fr-CA", "fr"),
        ("", "", "en"),
        ("Live", "english", "en"),
        ("1 2 3", "pt_BR", "pt"),
        ("Kort", "nb", "no"),
    ],
)
def test_a_text_too_short_to_tell_is_what_it_is_declared_to_be(text, declared, language):
    assert languages.detect(text, declared) == language


@pytest.mark.parametrize(
    ("text", "language"), [("市议会周二投票决定关闭旧大桥。", "zh"), ("市議会は火曜日に古い橋を閉鎖した。", "ja")]
)
def test_a_few_signs_tell_their_language(text, language):
    assert languages.detect(text) == language


@pytest.mark.parametrize("language", SAID)
def test_the_language_of_a_file_is_told_too(language):
    assert ingest.article(SAID[language], title="Bridge").language == language


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("fr", "travaux de la ville", "Les travaux des villes"),
        ("de", "die alte Brücke", "alten Brücken"),
        ("ru", "старого моста", "старому мосту"),
        ("es", "obras terminadas", "la obra terminada"),
        ("fr", "l'élection", "les élections"),
        ("it", "dell’acqua", "l'acqua"),
        ("ja", "市議会は決めた", "前の市議会"),
        ("zh", "市议会投票", "新的市议会"),
        ("th", "ปิดสะพานเก่า", "สะพานใหม่"),
        ("hi", "पुराना पुल", "पुल बंद है"),
    ],
)
def test_words_of_other_languages_are_stemmed_and_their_stop_words_dropped(language, one, other):
    found = [set(terms.stems(text, language)) for text in (one, other)]
    assert found[0] & found[1]
    assert not found[0] & languages.stop_words("fr") - languages.stop_words(language)


@pytest.mark.parametrize("language", ["vi", "xx", ""])
def test_a_language_without_a_stemmer_keeps_its_words(language):
    assert terms.stems("Cây cầu", language) == ["cây", "cầu"]


def test_the_languages_whose_dates_are_not_read_are_named_in_one_sentence():
    assert (
        languages.unread(["fr", "en", "de", "fr", "xx"])
        == "Dates in French, German and this language are not read yet."
    )
    assert languages.unread(["en", ""]) == ""


FRENCH = (
    "Le conseil a voté mardi la fermeture du vieux pont jusqu'au 4 mai 2026. Les automobilistes devront prendre la "
    "rocade. Les bacs circuleront deux fois plus souvent."
)


def test_no_dates_are_read_in_french():
    assert corpus.analyse(make_article(FRENCH, language="fr")).mentions == ()
    assert corpus.analyse(make_article("It closed on May 4, 2026.")).mentions


@pytest.fixture
def french():
    store = open_store(":memory:")
    put_article(store, FRENCH, title="Le pont ferme", language="fr")
    yield store
    store.close()


def test_a_timeline_and_a_source_say_which_dates_are_not_read(french):
    assert "Dates in French are not read yet." in read(french, "!timeline")
    ask(french, "!summit pont")
    assert "Dates in French are not read yet." in read(french, "!source 1")


# --- the whole way ----------------------------------------------------------------------------------------

GERMAN = (
    "Der Stadtrat von Hallendorf hat am 3. Oktober beschlossen, die alte Elbbrücke bis zum Ende der Arbeiten zu "
    "sperren. Dabei rechnet die Polizei z. B. an Werktagen mit Staus von bis zu 40 Minuten. Bürgermeisterin Dr. Anna "
    "Weber sprach von einer „schweren Entscheidung“. Die Kosten betragen rund 5 Mio. Euro. Vor der Wahl im Frühjahr "
    "soll die Brücke wieder offen sein. Die Opposition hat dem Beschluss nicht zugestimmt."
)
JAPANESE = (
    "中川市議会は火曜日、補修工事が終わるまで古い橋を閉鎖することを決めた。田中市長は「難しい決断だった。」と述べた。"
    "費用は約5億円で、当初の計画の2倍になる。春の選挙までに橋を再開したいと市長は話した。"
)


def entry(text: str, language: str) -> Entry:
    return Entry(Article(text, language=language, id=1), sentences(text, (), language), (), 1)


def test_a_digest_in_german_is_whole_and_hangs_on_nothing():
    quotable = sentences(GERMAN, (), "de")
    told = [GERMAN[start:end] for start, end in digest.article(GERMAN, quotable, language="de", words=40)]
    assert told[0].endswith("zu sperren.")
    assert told[-1].endswith(".")
    alone = digest.article(GERMAN, quotable[1:], language="de", words=12, most=1)
    assert not GERMAN[slice(*alone[0])].startswith("Dabei")


@pytest.mark.parametrize("summarizer", ["dateline", "lead", "lexrank", "luhn", "edmundson"])
@pytest.mark.parametrize(("text", "language"), [(GERMAN, "de"), (JAPANESE, "ja")])
def test_every_ranking_tells_other_languages(text, language, summarizer):
    chosen = digest.article(text, sentences(text, (), language), language=language, summarizer=summarizer)
    assert 1 < len(chosen) <= 3


@pytest.mark.parametrize("aside", ["Foto: Hafenbild/Meier.", "Lesen Sie auch, was die Fähre kostet."])
def test_a_credit_is_no_news_in_any_language(aside):
    text = f"{aside} Die Fähre liegt im Hafen."
    assert digest.article(text, sentences(text, (), "de"), language="de") == (split(text, "de")[-1],)


def test_the_words_of_a_text_without_spaces_are_counted_by_its_signs():
    chosen = digest.article(JAPANESE, sentences(JAPANESE, (), "ja"), language="ja", words=16)
    assert len(chosen) == 1


@pytest.mark.parametrize(
    ("language", "claim"),
    [
        ("de", "rechnet die Polizei z. B. an Werktagen"),
        ("de", "„schweren Entscheidung“"),
        ("ja", "古い橋を閉鎖することを決めた"),
        ("ja", "難しい決断だった"),
    ],
)
def test_a_quotation_is_found_in_other_languages(language, claim):
    text = GERMAN if language == "de" else JAPANESE
    assert source.find(claim, [entry(text, language)]).verdict is Verdict.EXACT


@pytest.mark.parametrize(
    "claim",
    [
        "Die Opposition hat dem Beschluss zugestimmt",
        "Die Kosten betragen rund 6 Mio. Euro",
        "Die Kosten der Brücke betragen Mio. Euro",
    ],
)
def test_a_likeness_in_another_language_is_never_support(claim):
    assert source.find(claim, [entry(GERMAN, "de")]).verdict is Verdict.NEAR


def test_a_quotation_that_the_article_denies_is_no_support():
    assert source.find("dem Beschluss nicht zugestimmt", [entry(GERMAN, "de")]).verdict is Verdict.EXACT
    assert "nicht" in source.find("zugestimmt", [entry(GERMAN, "de")]).differs


def test_articles_of_several_languages_are_held_against_a_claim_each_in_its_own():
    english = Entry(Article("The old bridge is closed.", id=2), sentences("The old bridge is closed."), (), 2)
    entries = [entry(JAPANESE, "ja"), english]
    assert source.find("the old bridge is closed", entries).passages[0].article == 2
    assert source.find("古い橋を閉鎖", entries).passages[0].article == 1


def test_names_in_german_are_more_than_nouns():
    assert terms.names(GERMAN, split(GERMAN, "de"), "de") == {"Anna Weber": 1, "Stadtrat von Hallendorf": 1}


def test_names_are_no_articles_titles_or_centuries():
    text = "L’Assemblée vote. Mme. Durand et Le Pen y sont. Au XXe siècle, Mme. Durand vota à l’Assemblée."
    assert set(terms.names(text, split(text, "fr"), "fr")) == {"Assemblée", "Durand", "Pen"}


@pytest.mark.parametrize(
    ("language", "first", "same", "other"),
    [
        (
            "de",
            "Die Fähre Nordwind ist vor Hallendorf gesunken. Alle Passagiere der Fähre wurden gerettet.",
            "Nach dem Untergang der Fähre Nordwind sucht Hallendorf Gründe. Gerettete Passagiere klagen über die Fähre.",
            "Der Bundestag berät über Renten. Die Rentner fordern höhere Renten von den Abgeordneten.",
        ),
        (
            "ja",
            "北風丸が中川沖で沈没した。乗客は全員救助された。",
            "北風丸の沈没で、救助された乗客が中川で会見した。",
            "国会は年金の改正を審議した。年金の増額を求める声が高まった。",
        ),
    ],
)
def test_stories_are_told_by_the_stems_of_their_language(language, first, same, other):
    store = open_store(":memory:")
    ids = [put_article(store, text, title="", language=language) for text in (first, same, other)]
    told = [one.story for one in store.entries(ids)]
    store.close()
    assert told == [ids[0], ids[0], ids[2]]


def test_a_near_copy_is_known_in_a_text_without_spaces():
    article = make_article(JAPANESE, title="", language="ja")
    edited = make_article(JAPANESE.replace("古い橋", "旧い橋", 1), title="", language="ja")
    one, other = (set(corpus.analyse(each).shingles) for each in (article, edited))
    assert len(one & other) * 2 > len(one)


@pytest.mark.parametrize(
    ("text", "language", "asked", "told"),
    [
        (GERMAN, "de", "Wahlen", "Vor der Wahl"),
        (GERMAN, "de", "Elbbrücken", "Elbbrücke bis zum"),
        (JAPANESE, "ja", "選挙", "春の選挙"),
    ],
)
def test_a_briefing_is_about_the_word_in_another_form(text, language, asked, told):
    store = open_store(":memory:")
    put_article(store, text, title="", language=language)
    put_article(store)
    assert told in read(store, f"!summit {asked}")
    assert store.search(Query((asked,)))
    store.close()


def test_no_window_of_time_is_read_out_of_another_language():
    assert ingest.article(FRENCH.replace("2026", "2019"), title="Pont").published.when is None


SIGNS = "aäß ÉЖя市の。ก็ ् \u0301 .!?…«»„“「」'’-5IVz.B. \n\u3000\x00\ud800"


@settings(max_examples=80, deadline=None)
@given(st.text(SIGNS, max_size=120), st.sampled_from(["de", "fr", "ja", "zh", "th", "ko", "hi", "tr", "xx", ""]))
def test_whatever_stands_in_an_article_it_is_analysed_and_stored(text, language):
    article = make_article(f"{text} Ende.", language=language)
    analysis = corpus.analyse(article)
    spans = {(sentence.start, sentence.end) for sentence in analysis.sentences}
    assert all(any(start <= one[0] and one[1] <= end for start, end in spans) for one in analysis.digest)
    with closing(open_store(":memory:")) as store:
        store.add(article, analysis, NOW)
        store.search(Query((text,), (text,)))
        source.find(text, store.entries([1]))
