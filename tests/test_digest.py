"""What an editor would let stand, and how articles and topics are told."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import digest, ingest
from bot.digest import editor, introductions
from bot.model import Article, Entry, Passage, Sentence, When, shown
from bot.ranking import Summarizer
from bot.sentences import sentences
from tests.make import VOV, XINHUA, make_article, published

TITLE = "US, North Korea to hold 2nd summit"
NEWS = "Maria Olsen leads the union of dockworkers at Harwick port in the north of Norland."


def entry(text: str, id: int = 1, copy_of: int = 0, **fields: object) -> Entry:
    article = make_article(text, id=id, **fields)
    return Entry(article, sentences(text, ingest.clean(text, article.title)), (), 1, copy_of)


def seeds() -> tuple[Entry, Entry]:
    xinhua = entry(XINHUA.read_text(encoding="utf-8"), 1, title="", published=published("2019-02-26"))
    return xinhua, entry(VOV.read_text(encoding="utf-8"), 2, title=TITLE, published=published("2019-02-11"))


def told(articles: list[Entry], **wanted: object) -> list[str]:
    texts = {one.article.id: one.article.text for one in articles}
    return [shown(texts[one.article][one.start : one.end]) for one in digest.topic(articles, **wanted)]  # type: ignore[arg-type]


def digested(text: str, **wanted: object) -> list[str]:
    return [shown(text[start:end]) for start, end in digest.article(text, sentences(text), **wanted)]  # type: ignore[arg-type]


# --- the editor -------------------------------------------------------------------------------------------


def judged(sentence: str) -> editor.Judgement:
    return editor.judge([NEWS, sentence], [0, 0])[1]


@pytest.mark.parametrize(
    "sentence",
    [
        "He said the union would not return to work before Monday.",
        "She has led the dockworkers since 2014.",
        "It was the longest strike in the history of the port.",
        "That is the only way to ensure their second summit is meaningful.",
        "This surprised the owners of the port.",
        "Their demands were rejected by the company on Friday.",
        "Both men were taken to hospital in Harwick.",
        "The latter was released on Friday.",
        "But the follow-up interactions seem to have stalled.",
        "However, the port stayed open on Friday.",
        "In return, the US offers to make a “peace declaration” ending the Korean war.",
        "As a result, 40 ships waited outside Harwick.",
        "Two days later, the port was closed.",
        "But since then, negotiations have stalled.",
        "“We will not return to Harwick port,” she said.",
        "When he arrived, the gates of the port were closed.",
        "According to her, the strike goes on.",
        "Others at the port joined the strike on Friday.",
        "Many were surprised by the strike at Harwick.",
        "Two told a court in Harwick what they had seen.",
        "Five decades later, Olsen returned to Harwick.",
        "After all, Olsen had led three strikes at Harwick before.",
        "In addition, Norling closed its office in Harwick.",
    ],
)
def test_a_sentence_that_hangs_on_another_follows_it(sentence):
    assert judged(sentence).follows


@pytest.mark.parametrize(
    "sentence",
    [
        "The two-day meeting, which starts Wednesday, comes less than one year since the Singapore summit.",
        "In his State of the Union address to Congress on February 5, President Trump said he will meet Kim.",
        "In the run-up to the second summit, both the DPRK and the United States have expressed their optimism.",
        "It is unclear whether the strike at Harwick will end before Easter.",
        "This week the port of Harwick was closed for three days.",
        "Those who work at Harwick port earn 20 crowns an hour.",
        "Both Maria Olsen and Peter Brandt came to the talks.",
        "Norling said it would close the port.",
        "After the talks failed, the union called its members out.",
        "Now that Kim and Trump are about to shake hands again, they need to take a further step.",
        "“We will not return to Harwick port,” Olsen told reporters at the gate.",
        "Soldiers brought sandbags to Belmar.",
        "Butter became dearer in Norland.",
        "Many dockworkers of Harwick have joined the union.",
        "Two Harwick ships stayed at sea until Friday.",
    ],
)
def test_a_sentence_that_stands_alone_may(sentence):
    assert not judged(sentence).follows
    assert judged(sentence).worth > 0.5


@pytest.mark.parametrize(
    "sentence",
    [
        "“We will not return to Harwick port before they talk to us.",
        'We will not return to Harwick port before they talk to us," Olsen said.',
        '"We will not return to Harwick port before they talk to us."',
        "These were the demands of the union of Harwick:",
        "Anna Berg contributed to this report.",
        "Anna Berg reported from Harwick.",
        "Norland Media is the parent company of Courier.",
        "This undated photo provided by the police shows Maria Olsen in Harwick.",
        "The gates of Harwick port are seen in this file photo of Friday.",
        "Read more: the strike at Harwick port in pictures",
    ],
)
def test_half_a_quotation_and_what_is_no_news_are_not_shown(sentence):
    assert judged(sentence).worth == 0


def test_what_stands_inside_a_quotation_of_several_sentences_is_not_shown():
    told = ['"We are tired," Olsen said. ', '"We want to talk. ', "Nobody listens to us here in Harwick. ", 'We wait."']
    assert [one.worth > 0 for one in editor.judge(told, [0] * 4)] == [True, False, False, False]


def test_a_quotation_ends_with_its_paragraph():
    told = ['"We want to talk to the company.', "The port of Harwick was closed on Friday."]
    assert [one.worth > 0 for one in editor.judge(told, [0, 1])] == [False, True]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("A meeting of envoys will take place on February 17.", "A meeting of envoys will take place soon."),
        ("The port lost 4 million crowns.", "The port lost much money."),
        ("Port operator Norling rejected the offer.", "The two sides are finalizing preparation for the summit."),
        ("The port of Harwick is closed.", "Is the port of Harwick closed?"),
        ("The union of Harwick will strike.", "We will strike with the union of Harwick."),
        ("Maria Olsen expects a long strike in Harwick.", "Observers expect a long strike in Harwick."),
        ("The strike at Harwick goes on.", "The strike at Harwick goes on and"),
    ],
)
def test_dated_and_specific_comes_before_vague(better, worse):
    assert judged(better).worth > judged(worse).worth


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("The port of Harwick is closed.", "What happens if the port of Harwick is closed ?."),
        ("The union of Harwick (HUD) called for a strike.", "The union of Harwick called for a strike (HUD)"),
        ("The port of Harwick is closed.", "(The port of Harwick is closed.)"),
        ("The minister will visit the strikers of Harwick.", "Norland minister to visit strikers in Harwick."),
        ("The strike of Harwick ended over a cup of tea.", "How a cup of tea ended the strike of Harwick."),
        ("Olsen said that the union wants peace.", "Olsen: The union wants peace."),
        ("The owners of Harwick port rejected the offer.", "The owners of Harwick port rejected the offer, too."),
        ("The owners lost money in Harwick after the strike.", "The owners lost money in Harwick after that strike."),
        ("The union of Harwick was asked to end the strike.", "The union of Harwick was asked to do so."),
        ("The union of Harwick won more than the owners.", "The union of Harwick won, and the latter are angry."),
        ("“I will not yield,” Olsen told Harwick.", "I will not yield to those who closed Harwick."),
    ],
)
def test_news_comes_before_what_only_sounds_like_it(better, worse):
    assert judged(better).worth > judged(worse).worth


@pytest.mark.parametrize(
    "sentence",
    [
        "The mayor of Harwick will speak to those who lost their work.",
        "The strike differs in that it began on a Friday at Harwick.",
        "The union of Harwick closed the gates at this time last year.",
        "Maria Olsen told Norling that dockworkers of Harwick wanted more.",
        "Olsen died early on Friday.",
        "The union of Harwick (as it calls itself) went on strike.",
    ],
)
def test_a_word_that_only_looks_like_pointing_back_costs_nothing(sentence):
    assert judged(sentence).worth >= 0.83


def test_what_opens_an_article_hangs_on_nothing_before_it():
    opening = "Their strike made them famous, but Maria Olsen and Peter Brandt want to go home."
    assert not editor.judge([opening], [0])[0].follows
    assert editor.judge([NEWS, opening], [0, 0])[1].follows
    assert editor.judge(["It was the kind of strike that Maria Olsen likes."], [0])[0].follows


def test_a_text_without_capitals_is_judged_by_its_manner():
    whole, asked, cut, told_before = editor.judge(
        [
            "dockworkers left harwick port on tuesday.",
            "will the dockworkers of harwick win?",
            "dockworkers of harwick and",
            "the case had been on hold at harwick.",
        ],
        [0, 0, 0, 0],
    )
    assert whole.worth > told_before.worth > cut.worth > asked.worth > 0


# --- who is introduced ------------------------------------------------------------------------------------


def strangers(*sentences: str) -> list[set[str]]:
    return [set(name.strangers) for name in introductions.names(sentences)]


@pytest.mark.parametrize(
    ("first", "later", "unknown"),
    [
        ("Dockworker Maria Olsen went home.", "Police questioned Olsen for an hour.", {"Olsen"}),
        ("Dockworker Maria Olsen went home.", "Olsen's brother stayed.", {"Olsen"}),
        ("The union chose Peter J. Brandt Jr. on Monday.", "Friends of Mr. Brandt were glad.", {"Brandt"}),
        ("A court freed Ursula von der Heide.", "Nobody saw Heide leave.", {"Heide"}),
        ("President Hoff spoke.", "Norland trusts Hoff.", {"Hoff"}),
        ("Dockworker Maria Olsen went home.", "Maria Olsen was glad.", set()),
        ("Dockworker Maria Olsen went home.", "President Olsen was glad.", set()),
        ("Dockworker Maria Olsen went home.", "The Olsen Group bought the port.", set()),
        ("Dockworker Maria Olsen went home.", "The Olsenite movement grew.", set()),
        ("Ships left New Harwick.", "They never reached Harwick.", set()),
        ("The US-North Norland talks failed.", "Envoys left South Norland.", set()),
        ("The Norland Supreme Court sat.", "Friends of Court were there.", set()),
        ("Mr. Brandt left.", "Nobody followed Brandt.", set()),
        ("When Olsen left, nobody followed.", "Police stopped Olsen.", set()),
        ("maria olsen left.", "police stopped olsen.", set()),
    ],
)
def test_a_surname_is_a_stranger_where_only_an_earlier_sentence_has_the_full_name(first, later, unknown):
    assert strangers(first, later) == [set(), unknown]


def test_who_is_named_in_full_later_only_was_no_stranger_to_the_writer():
    assert strangers("Olsen went home.", "Maria Olsen leads the union.") == [set(), set()]


@given(st.lists(st.text(alphabet="ABab .-’'é\n", max_size=30), max_size=6))
def test_any_text_has_names_and_nobody_is_a_stranger_where_introduced(texts):
    found = introductions.names(texts)
    assert len(found) == len(texts)
    assert not any(name.introduces & name.strangers for name in found)


# --- an article -------------------------------------------------------------------------------------------


def test_an_article_is_told_in_its_own_order_within_its_budget():
    for one in seeds():
        spans = digest.article(one.article.text, one.sentences, one.article.title)
        assert list(spans) == sorted(spans)
        assert {Sentence(*span) for span in spans} <= {Sentence(kept.start, kept.end) for kept in one.sentences}
        assert sum(len(shown(one.article.text[start:end]).split()) for start, end in spans) <= 60


def test_a_pronoun_comes_with_the_name_it_stands_for_or_not_at_all():
    text = f"{NEWS} She demands a raise of 7 percent for the dockworkers of Harwick port. It rained."
    assert digested(text, most=2)[0] == NEWS
    assert not any(sentence.startswith("She") for sentence in digested(text, words=16))


def test_who_is_named_comes_with_an_introduction_or_not_at_all():
    text = (
        "A strike closed the port of Harwick on Tuesday, and 40 ships waited at sea. "
        "Its leader, the dockworker Maria Olsen, spoke to a crowd at the gate of Harwick port about the strike. "
        "Olsen demands that the owners raise wages by seven percent before she ends the strike."
    )
    whole = digested(text, words=60)
    assert len(whole) == 3
    short = digested(text, words=32)
    assert not any(sentence.startswith("Olsen") for sentence in short)


def test_another_storys_headline_at_the_end_is_not_told():
    text = (
        "The film about the strike of Harwick opened in Norland on Friday before a full house. "
        "Critics praised the film for its songs, which the dockworkers of Harwick wrote. "
        "Norland actor in talks to star in film about Harwick."
    )
    assert len(digested(text)) == 2


def test_a_text_that_breaks_every_rule_is_told_all_the_same():
    assert digested("He said it again. It was so.", words=10) == ["He said it again.", "It was so."]


def test_no_text_is_told_as_nothing():
    assert digest.article("", ()) == ()
    assert digest.topic(()) == ()


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.sampled_from([NEWS, "He left.", '"No," he', "But it rained in Harwick again.", "\n\n", "U.S. 5."])),
    st.integers(0, 40),
    st.sampled_from(list(Summarizer)),
)
def test_a_digest_never_exceeds_its_words(pieces, words, summarizer):
    told = digested(" ".join(pieces), words=words, summarizer=summarizer)
    assert len(" ".join(told).split()) <= words


# --- a topic ----------------------------------------------------------------------------------------------


def test_the_seeds_are_told_by_both_articles_without_repetition():
    passages = digest.topic(seeds())
    assert {one.article for one in passages} == {1, 2}
    assert "summit" in told(list(seeds()))[0]


def test_a_topic_is_told_by_the_dates_of_its_events_after_saying_what_it_is():
    first, second = seeds()
    days = {"June 12, 2018": date(2018, 6, 12), "January 31": date(2019, 1, 31), "February 17": date(2019, 2, 17)}
    known = {
        Passage(2, 1, one.start, one.end): When.day(day)
        for one in second.sentences
        for name, day in days.items()
        if name in second.article.text[one.start : one.end]
    }
    passages = digest.topic([first, second], words=400, most=16, dates=known)
    moments = [known[one].first for one in passages[1:] if one in known]
    assert len(moments) >= 2
    assert moments == sorted(moments)


def test_a_sentence_without_a_date_goes_on_from_the_one_before_it():
    first, second = seeds()
    text = second.article.text
    summit, pledges = (
        next(Passage(2, 1, one.start, one.end) for one in second.sentences if words in text[one.start : one.end])
        for words in ("June 12, 2018", "promised to provide")
    )
    passages = digest.topic([first, second], words=150, most=6, dates={summit: When.day(date(2018, 6, 12))})
    assert passages.index(pledges) == passages.index(summit) + 1


def test_a_topic_opens_with_what_its_article_tells_first():
    first = "Chancellor Lena Hoff and her rebellious allies broke an impasse over the Harwick port on Monday."
    second = (
        "Hoff and her allies had been at odds over the Harwick port impasse for three weeks, Norland officials said."
    )
    other = "The impasse over Harwick port had put Hoff and her allies at odds for weeks, officials in Norland said."
    lines = told([entry(f"{first} {second}", 1), entry(other, 2)], words=60)
    assert lines.index(first) < lines.index(second) if second in lines else first in lines


def test_a_topic_does_not_open_with_what_points_back():
    back = "The case had been on hold pending the decision of the Norland court in Harwick."
    whole = "A Norland court in Harwick freed Maria Olsen, whom the police accused of theft, on Friday."
    lines = told([entry(back, 1), entry(f"Rain fell in the hills near the town of Belmar. {whole}", 2)], words=60)
    assert lines[0] != back
    assert back in lines


def test_a_query_chooses_what_speaks_of_it():
    found = told(list(seeds()), query="sanctions")
    assert len(found) == 2
    assert all("sanctions" in sentence for sentence in found)


def test_a_line_that_hangs_brings_the_one_before_it_whatever_was_asked():
    found = told(list(seeds()), query="peace declaration")
    place = next(n for n, sentence in enumerate(found) if sentence.startswith("In return"))
    assert "January 31" in found[place - 1]


def test_who_is_asked_for_by_the_full_name_is_meant_by_the_last_one_too():
    text = (
        "Mayor Lena Anders Hoff opened the new bridge over the Harwick river on Tuesday. "
        "The bridge cost nine million crowns and took four years to build. "
        "Under Hoff the town had planned the bridge since 2012, against the will of its council. "
        "Erik Hoff, who owns the ferry, closed his business on Monday after forty years."
    )
    found = told([entry(text)], query="Lena Anders Hoff", words=60)
    assert any(sentence.startswith("Under Hoff") for sentence in found)
    assert not any("Erik" in sentence or "million" in sentence for sentence in found)


def test_near_copies_count_once():
    text = "Dockworkers left Harwick port on Tuesday. The union wants seven percent more."
    passages = digest.topic([entry(text, 3, copy_of=2), entry(text, 2), entry(text, 4, copy_of=2)])
    assert {one.article for one in passages} == {2}


def test_articles_without_ids_are_all_told():
    plain = [Article(f"{NEWS} Number {n} was there on Monday with the others.") for n in range(2)]
    entries = [Entry(one, sentences(one.text), (), 0) for one in plain]
    assert len(digest.topic(entries)) >= 2


def test_a_large_topic_stays_cheap_and_answers_its_query():
    filler = " ".join(f"Harwick reported {n} ships on day {n} of the strike." for n in range(60))
    many = [entry(f"{filler} The mayor spoke of walnuts.", number) for number in range(1, 30)]
    assert any("walnuts" in sentence for sentence in told(many, query="walnuts"))


def test_an_article_of_one_endless_sentence_is_told_by_its_beginning():
    text = f"The council {'debated and ' * 60}voted."
    [(start, end)] = digest.article(text, [Sentence(0, len(text), 0)], words=10)
    assert (start, len(text[start:end].split())) == (0, 10)
