from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import slots
from bot.errors import UserError
from bot.model import Schedule, Slot
from bot.slots.zones import ABBREVIATIONS

ALL_DAYS = frozenset(range(7))
ZONES = sorted(available_timezones() - {"Factory", "localtime"})
YEARS = (datetime(2025, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
WALLS = ("00:00", "00:30", "01:30", "02:00", "02:15", "03:00", "08:00", "23:45")


def daily(at: str, zone: str, days: frozenset[int] = ALL_DAYS) -> Schedule:
    clock = time.fromisoformat(at)
    return Schedule(days, clock.hour, clock.minute, zone)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# --- when -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "name", "at"),
    [
        ("UTC", "2026-03-02T08:00", "2026-03-02T08:00"),
        ("Asia/Seoul", "2026-03-02T08:00", "2026-03-01T23:00"),
        ("Asia/Kathmandu", "2026-03-02T08:00", "2026-03-02T02:15"),
        # repeated: the first time
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30"),
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30"),
        ("America/Havana", "2026-11-01T00:30", "2026-11-01T04:30"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45"),
        # skipped: as the gap ends
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:00"),
        ("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00"),
        ("Africa/Cairo", "2026-04-24T00:00", "2026-04-23T22:00"),
        ("Africa/Cairo", "2026-04-24T00:59", "2026-04-23T22:00"),
        ("Asia/Beirut", "2026-03-29T00:15", "2026-03-28T22:00"),
        ("America/Havana", "2026-03-08T00:00", "2026-03-08T05:00"),
        ("America/Santiago", "2026-09-06T00:30", "2026-09-06T04:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30"),
        # the edges of a gap are not in it
        ("America/New_York", "2026-03-08T01:59", "2026-03-08T06:59"),
        ("America/New_York", "2026-03-08T03:00", "2026-03-08T07:00"),
        # a day that was not: Apia went from Thursday to Saturday, Kwajalein from Friday to Sunday
        ("Pacific/Apia", "2011-12-29T08:00", "2011-12-29T18:00"),
        ("Pacific/Apia", "2011-12-30T08:00", "2011-12-30T10:00"),
        ("Pacific/Apia", "2011-12-31T08:00", "2011-12-30T18:00"),
        ("Pacific/Kwajalein", "1993-08-21T08:00", "1993-08-21T12:00"),
    ],
)
def test_a_slot_is_due_when_the_wall_clock_first_shows_it(zone: str, name: str, at: str) -> None:
    due = instant(at)
    schedule = daily(name[-5:], zone, frozenset({date.fromisoformat(name[:10]).weekday()}))
    assert slots.between(schedule, due - timedelta(seconds=1), due) == (Slot(name, due),)
    assert slots.following(schedule, due - timedelta(seconds=1)) == Slot(name, due)


def test_two_slots_of_one_moment_are_one() -> None:
    midnight = daily("00:00", "Pacific/Apia")
    found = slots.between(midnight, instant("2011-12-28T12:00"), instant("2012-01-01T00:00"))
    assert [slot.name[:10] for slot in found] == ["2011-12-29", "2011-12-31", "2012-01-01"]


def test_a_clock_that_goes_back_over_midnight_loses_no_slot() -> None:
    start = instant("2010-11-07T00:07")  # in St. John's 00:01 became 23:01 of the day before, at 02:31 UTC
    ticks = [start + timedelta(minutes=15 * number) for number in range(40)]
    told = [slot for tick in pairwise(ticks) for slot in slots.between(daily("00:00", "America/St_Johns"), *tick)]
    assert told == [Slot("2010-11-07T00:00", instant("2010-11-07T02:30"))]


def test_a_slot_belongs_to_the_tick_that_reaches_it() -> None:
    schedule = daily("08:00", "UTC")
    eight, nine = instant("2026-03-02T08:00"), instant("2026-03-02T09:00")
    assert slots.between(schedule, eight, nine) == ()
    assert len(slots.between(schedule, eight - timedelta(microseconds=1), eight)) == 1
    assert slots.between(schedule, nine, eight) == ()


def test_only_the_days_named_are_due() -> None:
    schedule = daily("09:30", "Asia/Seoul", frozenset({0, 3}))
    found = slots.between(schedule, instant("2026-03-01T00:00"), instant("2026-03-31T00:00"))
    assert {date.fromisoformat(slot.name[:10]).strftime("%a") for slot in found} == {"Mon", "Thu"}
    assert len(found) == 9


def test_after_years_of_silence_only_the_recent_slots_are_told() -> None:
    until = instant("2026-03-02T09:00")
    found = slots.between(daily("08:00", "Asia/Seoul"), datetime.min.replace(tzinfo=UTC), until)
    assert len(found) == slots.LOOKBACK.days
    assert found[-1].name == "2026-03-02T08:00"


schedules = st.builds(
    Schedule,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from([zone for zone in ZONES if zone.casefold() not in ABBREVIATIONS]),
)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


@given(schedules, instants, st.timedeltas(timedelta(0), timedelta(days=60)))
def test_following_walks_through_what_lies_between(schedule: Schedule, after: datetime, length: timedelta) -> None:
    walked = []
    at = after
    while (slot := slots.following(schedule, at)).at <= after + length:
        walked.append(slot)
        at = slot.at
    assert tuple(walked) == slots.between(schedule, after, after + length)


@given(schedules, instants, st.lists(st.timedeltas(timedelta(0), timedelta(days=9)), max_size=6))
def test_however_ticks_divide_time_no_slot_is_lost_or_doubled(
    schedule: Schedule, after: datetime, steps: list[timedelta]
) -> None:
    ticks = [after]
    for step in steps:
        ticks.append(ticks[-1] + step)
    told = [slot for first, last in pairwise(ticks) for slot in slots.between(schedule, first, last)]
    assert tuple(told) == slots.between(schedule, after, ticks[-1])


# --- every zone, against checks that share nothing with the code but the tz database --------------------------


def clocks(zone: str) -> list[tuple[datetime, timedelta]]:
    """(moment, offset from UTC that holds from it on), found by walking over YEARS in UTC."""
    info = ZoneInfo(zone)

    def offset(at: datetime) -> timedelta:
        return at.astimezone(info).replace(tzinfo=UTC) - at

    start, end = YEARS[0] - timedelta(days=3), YEARS[1] + timedelta(days=3)
    found = [(start, offset(start))]
    at = start
    while at < end:
        later = at + timedelta(hours=6)  # two changes within six hours would show as a slot found wrong
        if offset(later) != found[-1][1]:
            while later - at > timedelta(seconds=1):
                middle = (at + (later - at) / 2).replace(microsecond=0)
                at, later = (middle, later) if offset(middle) == found[-1][1] else (at, middle)
            found.append((later, offset(later)))
        at = later
    return found


def zdump(zone: str) -> list[tuple[datetime, timedelta]]:
    """The same from the C library's own reader."""
    years = f"{YEARS[0].year - 1},{YEARS[1].year + 1}"
    told = subprocess.run(["zdump", "-v", "-c", years, zone], capture_output=True, text=True, check=True).stdout
    line = re.compile(r" (\w{3} +\d+ [\d:]{8} \d{4}) UT = \w{3} (\w{3} +\d+ [\d:]{8} \d{4}) ")
    found = []
    for universal, local in line.findall(told):
        at, shown = (datetime.strptime(text, "%b %d %H:%M:%S %Y").replace(tzinfo=UTC) for text in (universal, local))
        found.append((at, shown - at))
    return found


def expected(changes: list[tuple[datetime, timedelta]], at: str) -> Iterator[tuple[str, datetime]]:
    """(name, moment) of a daily slot: for each wall time, the first stretch of one offset that reaches it."""
    ends = [*(moment for moment, _ in changes[1:]), YEARS[1] + timedelta(days=9)]
    stretches = [(start, end, offset) for (start, offset), end in zip(changes, ends, strict=True)]
    for number in range(2, (YEARS[1] - YEARS[0]).days - 2):
        day = YEARS[0].date() + timedelta(days=number)
        wall = datetime.combine(day, time.fromisoformat(at), UTC)
        start, offset = next((start, offset) for start, end, offset in stretches if end + offset > wall)
        yield f"{day}T{at}", max(start, wall - offset)


def wrong(zone: str, changes: list[tuple[datetime, timedelta]], walls: tuple[str, ...] = WALLS) -> list[str]:
    mistakes = []
    for at in walls:
        told = {
            slot.name: slot.at
            for year in range(YEARS[0].year, YEARS[1].year)
            for slot in slots.between(
                daily(at, zone), datetime(year, 1, 1, 12, tzinfo=UTC), datetime(year + 1, 1, 1, 12, tzinfo=UTC)
            )
        }
        mistakes += [f"{zone} {name}" for name, moment in expected(changes, at) if told.get(name) != moment]
    return mistakes


@pytest.mark.parametrize("zone", ["Africa/Casablanca", "Europe/Dublin", "Australia/Lord_Howe", "America/Havana"])
def test_zones_that_trip_others_are_right_for_three_years(zone: str) -> None:
    assert wrong(zone, clocks(zone), ("00:30", "02:15")) == []


@pytest.mark.slow
def test_every_zone_is_right_for_three_years() -> None:
    assert [mistake for zone in ZONES for mistake in wrong(zone, clocks(zone))] == []


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("zdump") is None, reason="zdump, of the C library, is not installed")
def test_every_zone_is_as_the_c_library_has_it() -> None:
    start = (YEARS[0] - timedelta(days=3)).replace(tzinfo=UTC)
    for zone in ZONES:
        steady = ZoneInfo(zone).utcoffset(start.replace(tzinfo=None))
        assert steady is not None
        assert wrong(zone, [(start, steady), *(change for change in zdump(zone) if start < change[0])]) == [], zone


# --- read and shown ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "shown", "rest"),
    [
        ("daily 08:00 Asia/Seoul", "daily at 08:00 (Asia/Seoul)", ""),
        ("weekdays 9:30 Europe/Berlin", "on weekdays at 09:30 (Europe/Berlin)", ""),
        (
            "every monday and thursday 09:30 America/New_York",
            "every Monday and Thursday at 09:30 (America/New_York)",
            "",
        ),
        ("every tue, fri at 7pm Asia/Tokyo", "every Tuesday and Friday at 19:00 (Asia/Tokyo)", ""),
        ("weekends 10:00 UTC", "on weekends at 10:00 (UTC)", ""),
        ("  DAILY   8AM  seoul ", "daily at 08:00 (Asia/Seoul)", ""),
        ("every day at 8 p.m. New York", "daily at 20:00 (America/New_York)", ""),
        ("mon-fri 08.00 São Paulo", "on weekdays at 08:00 (America/Sao_Paulo)", ""),
        ("Monday to Friday at noon, Ho Chi Minh", "on weekdays at 12:00 (Asia/Ho_Chi_Minh)", ""),
        ("fri–mon 0715 Zürich", "every Monday, Friday, Saturday and Sunday at 07:15 (Europe/Zurich)", ""),
        ("tue/thu midnight port au prince", "every Tuesday and Thursday at 00:00 (America/Port-au-Prince)", ""),
        ("sat & sun 12 noon GMT", "on weekends at 12:00 (GMT)", ""),
        ("each weekday 12am Beijing time", "on weekdays at 00:00 (Asia/Shanghai)", ""),
        ("in Tokyo, daily, at 8 o’clock", "daily at 08:00 (Asia/Tokyo)", ""),
        ("20:30 asia/tokyo", "daily at 20:30 (Asia/Tokyo)", ""),
        ("`daily 08:00 Buenos Aires`".strip("`"), "daily at 08:00 (America/Argentina/Buenos_Aires)", ""),
        ("wednesdays 18h30 Etc/GMT+5", "every Wednesday at 18:30 (Etc/GMT+5)", ""),
        (
            "daily 08:00 Asia/Seoul about sanctions even if empty to #desk",
            "daily at 08:00 (Asia/Seoul)",
            "about sanctions even if empty to #desk",
        ),
        ("daily 08:00 Seoul about Berlin at 9", "daily at 08:00 (Asia/Seoul)", "about Berlin at 9"),
        ("daily 08:00 Seoul on the summit", "daily at 08:00 (Asia/Seoul)", "on the summit"),
        ('daily 08:00 Seoul "Kim  Jong Un"', "daily at 08:00 (Asia/Seoul)", '"Kim  Jong Un"'),
        ("every monday 8:00 Seoul to #Desk", "every Monday at 08:00 (Asia/Seoul)", "to #Desk"),
    ],
)
def test_an_order_is_read_as_people_write_it(words: str, shown: str, rest: str) -> None:
    schedule, left = slots.parse(words)
    assert (slots.show(schedule), left) == (shown, rest)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("", "on which days and at what time"),
        ("about sanctions", "on which days and at what time"),
        ("weekdays", "at what time, such as `!digest weekdays 08:00"),
        ("weekends 10:00", "time zone: name a city after the time, such as `!digest weekends 10:00 Asia/Seoul`"),
        ("daily 25:00 Seoul", "“25:00” is no time of day"),
        ("daily 8:60 Seoul", "“8:60” is no time of day"),
        ("daily 13 pm Seoul", "“13 pm” is no time of day"),
        ("daily 0am Seoul", "“0am” is no time of day"),
        ("daily 8 Seoul 20:00", "one time of day"),
        ("daily 08:00 and 18:00 Seoul", "one time of day"),
        ("hourly", "at most once a day"),
        ("every hour", "at most once a day"),
        ("every 2 hours Seoul", "at most once a day"),
        ("twice a day", "at most once a day"),
        ("weekly 08:00 Seoul", "every monday"),
        ("every other day 8:00", "at most once a day"),
        ("every mondey 08:00 Seoul", "did you mean monday? Write it so: `!digest every Monday"),
        ("wekdays 08:00 Seoul", "did you mean weekdays?"),
        ("every moon 08:00 Seoul", "“moon” is no day of the week"),
        ("daily 08:00 Asia/Soeul", "Did you mean Asia/Seoul? Write it so: `!digest daily 08:00 Asia/Seoul`"),
        ("daily 08:00 Europe/Seoul", "Did you mean Asia/Seoul?"),
        ("daily 08:00 Asia/Beijing", "Did you mean Asia/Shanghai?"),
        ("daily 08:00 New Yrok about x", "Did you mean America/New_York?"),
        ("daily 08:00 Middle/Earth", "no time zone “Middle/Earth”"),
        ("daily 08:00 EST", "write America/New_York, such as `!digest daily 08:00 America/New_York`"),
        ("daily 08:00 cet", "write Europe/Berlin or"),
        ("daily 08:00 IST", "Asia/Kolkata, Europe/Dublin or Asia/Jerusalem"),
        ("daily 08:00 UTC+9", "summer time"),
    ],
)
def test_a_wrong_order_is_answered_with_what_to_write(words: str, hint: str) -> None:
    with pytest.raises(UserError, match=re.escape(hint)) as refusal:
        slots.parse(words)
    example = re.search(r"`!digest (.+?)`", str(refusal.value))
    assert example
    slots.parse(example[1])  # what it tells to write can be read


def test_a_zone_left_out_is_the_channels() -> None:
    assert slots.parse("daily 08:00 about trade", "Asia/Seoul") == (daily("08:00", "Asia/Seoul"), "about trade")


def test_an_order_that_stands_is_changed_only_where_words_say_so() -> None:
    standing = daily("08:00", "Asia/Seoul", frozenset({0}))
    assert slots.parse("9:15", "UTC", standing) == (daily("09:15", "Asia/Seoul", frozenset({0})), "")
    assert slots.parse("weekends", "UTC", standing) == (daily("08:00", "Asia/Seoul", frozenset({5, 6})), "")
    assert slots.parse("Berlin", "UTC", standing) == (daily("08:00", "Europe/Berlin", frozenset({0})), "")
    assert slots.parse("about trade", "UTC", standing) == (standing, "about trade")


@given(schedules)
def test_what_is_shown_can_be_read(schedule: Schedule) -> None:
    assert slots.parse(slots.show(schedule)) == (schedule, "")
    assert slots.parse(slots.show(schedule).upper()) == (schedule, "")


def test_every_zone_is_known_by_its_name() -> None:
    names = [name for name in ZONES if name.casefold() not in ABBREVIATIONS]
    assert [slots.parse(f"daily 08:00 {name.lower()}")[0].zone for name in names] == names


def test_two_names_of_one_city_have_one_clock() -> None:
    months = [datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=30 * n) for n in range(24)]
    cities: dict[str, set[tuple[timedelta | None, ...]]] = {}
    for name in ZONES:
        if name.partition("/")[0] not in {"US", "Canada", "Brazil", "Etc"} and "/" in name:
            info = ZoneInfo(name)
            cities.setdefault(name.rpartition("/")[2], set()).add(tuple(info.utcoffset(at) for at in months))
    assert [city for city, kinds in cities.items() if len(kinds) > 1] == []


WORDS = (
    "daily every weekdays mon-fri monday to friday and , 8 08:00 7pm 25:00 noon at in on Asia/Seoul Seoul new york "
    "CET UTC+9 about even #desk 12 am midnight ( ) - / & the 2nd hourly sanctions “talks”"
)
order_words = st.lists(st.sampled_from(WORDS.split()) | st.text(max_size=8), max_size=12).map(" ".join)


@given(order_words, st.sampled_from(["", "Europe/Berlin"]))
def test_any_words_are_an_order_or_a_sentence(words: str, zone: str) -> None:
    sentence = r"[A-Z“](?s:.)+`!digest .+`.*\."
    try:
        schedule, rest = slots.parse(words, zone)
    except UserError as refusal:
        read = re.fullmatch(sentence, str(refusal)) is not None
    else:
        read = words.rstrip().endswith(rest) and slots.parse(slots.show(schedule)) == (schedule, "")
    assert read


@pytest.mark.parametrize("words", ["every " * 20_000, "mon " * 20_000, "a" * 100_000, "8" * 100_000, "x/" * 50_000])
def test_hostile_words_are_refused_at_once(words: str) -> None:
    with pytest.raises(UserError) as refusal:
        slots.parse(f"daily 8:00 {words}" if words[0] in "ax" else words)
    assert len(str(refusal.value)) < 300
