"""Languages: told by the text, stemmed where a library can, and honest about dates that are not read."""

from __future__ import annotations

import pytest

from bot import corpus, languages, terms
from bot.store import open_store
from tests.make import make_article, put_article
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
    ("language", "one", "other"),
    [
        ("fr", "travaux de la ville", "Les travaux des villes"),
        ("de", "die alte Brücke", "alten Brücken"),
        ("ru", "старого моста", "старому мосту"),
        ("es", "obras terminadas", "la obra terminada"),
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
