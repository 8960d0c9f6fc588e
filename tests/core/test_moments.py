"""Bounds as services write them: nothing is left out, whatever the precision, the zone and its clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_connectors.core import (
    Cursor,
    DataError,
    Param,
    Parsed,
    Window,
    Written,
    day,
    epoch,
    epoch_ms,
    epoch_s,
    from_http_date,
    get,
    http_date,
    iso,
    iso_ms,
    iso_offset,
)
from airflow_connectors.core.moments import (
    DAY,
    EPOCH,
    FINEST,
    HOUR,
    MILLISECOND,
    MINUTE,
    NEVER,
    SECOND,
    Clock,
    step_of,
)

MINUTES = Written("%Y-%m-%d %H:%M")
NEW_YORK, BERLIN, LORD_HOWE = map(ZoneInfo, ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe"))
# Clocks are put back by half an hour, and at midnight.
ODD = [LORD_HOWE, ZoneInfo("Atlantic/Azores"), ZoneInfo("Africa/Cairo"), ZoneInfo("Asia/Kathmandu"), UTC]
MOMENT = datetime(2026, 1, 31, 12, 34, 56, 789123, tzinfo=UTC)
MOMENTS = st.integers(1_577_836_800_000_000, 1_893_456_000_000_000).map(lambda n: EPOCH + n * FINEST)


def asked(since=None, until=MOMENT, **declared) -> dict[str, str | int]:
    """The parameters by which a window is asked for."""
    written = declared.pop("written", iso)
    cursor = Cursor(field="at", since=Param("from", written), until=Param("to", written), **declared)
    return dict(cursor.bounded(get("/things"), Window(since, until)).params)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# Formats.


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (iso, "2026-01-31T12:34:56Z"),
        (iso_ms, "2026-01-31T12:34:56.789Z"),
        (iso_offset, "2026-01-31T12:34:56+00:00"),
        (epoch, "1769862896.789123"),
        (epoch_s, 1769862896),
        (epoch_ms, 1769862896789),
        (http_date, "Sat, 31 Jan 2026 12:34:56 GMT"),
        (day, "2026-01-31"),
        (Written("%d.%m.%Y %H:%M"), "31.01.2026 12:34"),
    ],
)
def test_a_moment_is_written_as_the_service_reads_it(written, text):
    assert written(MOMENT) == text


def test_a_moment_with_an_offset_keeps_its_zone():
    assert iso_offset(MOMENT.astimezone(BERLIN)) == "2026-01-31T13:34:56+01:00"


@given(MOMENTS)
def test_milliseconds_are_exact(moment):
    assert datetime.fromtimestamp(0, UTC) + epoch_ms(moment) * MILLISECOND <= moment
    assert epoch_ms(moment.replace(microsecond=1000)) % 1000 == 1


@pytest.mark.parametrize(
    ("written", "step"),
    [
        *((iso, SECOND), (iso_ms, MILLISECOND), (epoch_ms, MILLISECOND), (http_date, SECOND), (day, DAY)),
        *((MINUTES, MINUTE), (Written("%Y-%m-%dT%H:%M:%S"), SECOND), (Written("%Y-%m-%d"), DAY)),
        *((Written("%H h"), HOUR), (str, NEVER)),
    ],
)
def test_the_precision_of_a_format_is_known(written, step):
    assert step_of(written) == step


@pytest.mark.parametrize(
    ("parse", "value"),
    [
        (from_http_date, "Sat, 31 Jan 2026 13:34:56 +0100"),
        (from_http_date, "Sat, 31 Jan 2026 12:34:56 GMT"),
        (Parsed("%d.%m.%Y %H:%M:%S"), "31.01.2026 12:34:56"),
        (Parsed("%d/%b/%Y %H:%M:%S %z"), "31/Jan/2026 07:34:56 -0500"),
    ],
)
def test_a_record_tells_its_moment_in_the_services_format(parse, value):
    assert Cursor(field="at", parse=parse).of({"at": value}) == MOMENT.replace(microsecond=0)


def test_a_date_that_is_none_is_named():
    with pytest.raises(DataError, match="'at' holds 'yesterday'"):
        Cursor(field="at", parse=from_http_date).of({"at": "yesterday"})


# Rounding: the lower bound down, the upper one up.


@pytest.mark.parametrize(
    ("written", "lower", "upper"),
    [
        (iso, "2026-01-31T12:34:56Z", "2026-01-31T12:34:57Z"),
        (epoch_s, 1769862896, 1769862897),
        (epoch_ms, 1769862896789, 1769862896790),
        (epoch, "1769862896.789123", "1769862896.789123"),
        (MINUTES, "2026-01-31 12:34", "2026-01-31 12:35"),
        (day, "2026-01-31", "2026-02-01"),
        (http_date, "Sat, 31 Jan 2026 12:34:56 GMT", "Sat, 31 Jan 2026 12:34:57 GMT"),
    ],
)
def test_bounds_are_rounded_apart_to_what_their_format_shows(written, lower, upper):
    assert asked(MOMENT, MOMENT, written=written) == {"from": lower, "to": upper}


def test_bounds_are_rounded_apart_to_what_the_service_tells_apart():
    found = asked(MOMENT, MOMENT, precision=MINUTE)
    assert found == {"from": "2026-01-31T12:34:00Z", "to": "2026-01-31T12:35:00Z"}


def test_a_bound_that_is_a_whole_step_stays():
    whole = MOMENT.replace(second=0, microsecond=0)
    assert asked(whole, whole, written=MINUTES) == {"from": "2026-01-31 12:34", "to": "2026-01-31 12:34"}


def test_a_format_of_which_nothing_is_known_gets_the_exact_moment():
    assert asked(MOMENT, MOMENT, written=str) == {"from": str(MOMENT), "to": str(MOMENT)}


@pytest.mark.parametrize(
    ("written", "lower"),
    [
        (iso, "2026-01-31T12:34:55Z"),
        (epoch_ms, 1769862896788),
        (MINUTES, "2026-01-31 12:33"),
        (day, "2026-01-30"),
    ],
)
def test_a_lower_bound_that_is_left_out_is_asked_for_a_step_earlier(written, lower):
    assert asked(MOMENT, written=written, is_since_exclusive=True)["from"] == lower


@pytest.mark.parametrize(
    ("at", "upper"), [("12:34:00", "2026-01-31 12:35"), ("12:34:01", "2026-01-31 12:35")]
)
def test_an_upper_bound_that_is_left_out_is_asked_for_behind_it(at, upper):
    assert asked(until=utc(f"2026-01-31T{at}"), written=MINUTES, is_until_exclusive=True)["to"] == upper


# Zones: what is written without one is meant on the account's clock.


@pytest.mark.parametrize(
    ("zone", "minute", "date"),
    [
        (NEW_YORK, "2026-01-30 21:30", "2026-01-30"),
        (ZoneInfo("Asia/Kathmandu"), "2026-01-31 08:15", "2026-01-31"),
        (ZoneInfo("Pacific/Kiritimati"), "2026-01-31 16:30", "2026-01-31"),
    ],
)
def test_a_bound_without_a_zone_is_written_on_the_accounts_clock(zone, minute, date):
    at = utc("2026-01-31T02:30")
    assert asked(at, zone=zone, written=MINUTES)["from"] == minute
    assert asked(at, zone=zone, written=day)["from"] == date


def test_a_bound_with_a_zone_does_not_care_for_the_accounts():
    zoned = asked(MOMENT, zone=NEW_YORK)
    assert zoned == asked(MOMENT)
    assert asked(MOMENT, zone=NEW_YORK, written=epoch_ms) == asked(MOMENT, written=epoch_ms)


def test_a_record_without_a_zone_is_on_the_accounts_clock():
    assert Cursor(field="at", zone=NEW_YORK).of({"at": "2026-07-01T00:00:00"}) == utc("2026-07-01T04:00")


def test_a_day_begins_where_the_account_is():
    assert (
        asked(utc("2026-07-01T03:59"), zone=NEW_YORK, written=iso, precision=DAY)["from"]
        == "2026-06-30T04:00:00Z"
    )


# Clocks that are put back show an hour twice; a bound within it must hold under either reading.


@pytest.mark.parametrize(
    ("at", "lower", "upper"),
    [
        ("2026-10-25T00:30", "2026-10-25 01:30", "2026-10-25 02:30"),  # the first 02:30 in Berlin
        ("2026-10-25T01:30", "2026-10-25 02:30", "2026-10-25 03:30"),  # the second
        ("2026-10-25T02:30", "2026-10-25 03:30", "2026-10-25 03:30"),
    ],
)
def test_a_time_of_day_that_comes_twice_is_asked_for_from_before_its_first_to_after_its_second(
    at, lower, upper
):
    assert asked(utc(at), utc(at), zone=BERLIN, written=MINUTES) == {"from": lower, "to": upper}


def test_a_bound_rounded_into_the_hour_that_is_left_out_is_moved_behind_it():
    assert asked(until=utc("2026-03-29T00:59:30"), zone=BERLIN, written=MINUTES)["to"] == "2026-03-29 03:00"
    early = asked(utc("2026-03-29T01:00"), zone=BERLIN, written=MINUTES, is_since_exclusive=True)
    assert early["from"] == "2026-03-29 01:59"


def test_a_record_in_the_hour_that_comes_twice_counts_as_the_earlier():
    assert Cursor(field="at", zone=BERLIN).of({"at": "2026-10-25T02:30:00"}) == utc("2026-10-25T00:30")


@pytest.mark.parametrize("zone", [NEW_YORK, BERLIN, *ODD], ids=str)
@pytest.mark.parametrize("step", [MINUTE, HOUR, DAY], ids=str)
@given(moment=MOMENTS, is_exclusive=st.booleans())
def test_nothing_is_left_out_whatever_the_zone_and_however_it_is_read(zone, step, moment, is_exclusive):
    clock = Clock(step, zone)
    lower, upper = (bound(moment, is_exclusive=is_exclusive) for bound in (clock.lower, clock.upper))
    for fold in (0, 1):
        earliest, latest = lower.replace(fold=fold), upper.replace(fold=fold)
        assert earliest.astimezone(UTC) < moment if is_exclusive else earliest.astimezone(UTC) <= moment
        assert latest.astimezone(UTC) > moment if is_exclusive else latest.astimezone(UTC) >= moment


@pytest.mark.parametrize("zone", [NEW_YORK, BERLIN, *ODD], ids=str)
@given(hours=st.integers(-26, 26), minutes=st.integers(0, 59))
def test_nothing_is_left_out_around_a_change_of_clocks(zone, hours, minutes):
    for change in (
        "2026-03-29T01:00",
        "2026-10-25T01:00",
        "2026-03-08T07:00",
        "2026-11-01T06:00",
        "2026-04-23T22:00",
    ):
        moment = utc(change) + timedelta(hours=hours, minutes=minutes)
        for step in (MINUTE, DAY):
            clock = Clock(step, zone)
            lower, upper = clock.lower(moment, is_exclusive=False), clock.upper(moment, is_exclusive=False)
            readings = [(lower.replace(fold=fold), upper.replace(fold=fold)) for fold in (0, 1)]
            assert all(a.astimezone(UTC) <= moment <= b.astimezone(UTC) for a, b in readings)


@given(moment=MOMENTS)
def test_little_is_asked_for_twice(moment):
    clock = Clock(MINUTE, BERLIN)
    assert moment - clock.lower(moment, is_exclusive=False) <= timedelta(hours=2, minutes=1)
    assert clock.upper(moment, is_exclusive=False) - moment <= timedelta(hours=2, minutes=1)
