"""Casting, hashing and masking what fields hold."""

from __future__ import annotations

import hashlib
import hmac
import pickle
from decimal import Decimal

import pytest

from airflow_connectors.core import ConfigError
from airflow_connectors.sync.shape import Cast, Hash, Mask, Secret, Timestamp

from .things import KEY, OTHER, issue, rejected, shaped


def cast(value, kind):
    return shaped({"field": value}, Cast({"field": kind}))["field"]


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        ("integer", " 12 ", 12),
        ("integer", 12.0, 12),
        ("integer", "-12.0", -12),
        ("integer", True, 1),
        ("float", "1.5e3", 1500.0),
        ("float", 2, 2.0),
        ("numeric", "12.50", Decimal("12.50")),
        ("numeric", 0.1, Decimal("0.1")),
        ("numeric", 2**70, Decimal(2**70)),
        ("boolean", "Yes", True),
        ("boolean", "off", False),
        ("boolean", 0, False),
        ("text", 12, "12"),
        ("text", True, "true"),
        ("text", {"a": [1]}, '{"a":[1]}'),
        ("json", '{"a":[1]}', {"a": [1]}),
        ("json", [1], [1]),
    ],
)
def test_a_value_is_cast(kind, value, found):
    result = cast(value, kind)
    assert result == found
    assert type(result) is type(found)


@pytest.mark.parametrize("kind", ["integer", "float", "numeric", "boolean", "timestamp", "text", "json"])
def test_null_stays_null_and_an_absent_field_absent(kind):
    assert cast(None, kind) is None
    assert shaped({"id": 1}, Cast({"field": kind})) == {"id": 1}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("integer", "twelve"),
        ("integer", "1.5"),
        ("integer", "1_000"),
        ("integer", 2**63),
        ("integer", "1e999999999"),  # would be a number of a gigabyte
        ("integer", [1]),
        ("float", "nan"),
        ("float", "1e999"),
        ("float", 2**53 + 1),
        ("numeric", "1,5"),
        ("numeric", ""),
        ("boolean", "maybe"),
        ("boolean", 2),
        ("boolean", [1]),
        ("timestamp", "soon"),
        ("timestamp", "2026-02-31T00:00:00Z"),
        ("timestamp", "2026-01-31T12:00:00"),
        ("timestamp", 1_700_000_000),
        ("json", "{"),
    ],
)
def test_a_value_that_cannot_be_cast_without_loss_gets_its_record_rejected(kind, value):
    error, raw = rejected({"id": 7, "field": value}, Cast({"field": kind}))
    assert "Cast('field'" in error
    assert raw == {"id": 7, "field": value}


@pytest.mark.parametrize(
    ("timestamp", "value"),
    [
        (Timestamp(), "2026-07-01T12:00:00+02:00"),
        (Timestamp(zone="Europe/Berlin"), "2026-07-01 12:00:00"),
        (Timestamp("%d.%m.%Y %H:%M", "Europe/Berlin"), "01.07.2026 12:00"),
        (Timestamp("%Y%m%d %H%M %z"), "20260701 1200 +0200"),
        (Timestamp("epoch"), 1782900000),
        (Timestamp("epoch"), "1782900000.000"),
        (Timestamp("epoch_ms"), 1782900000000),
        (Timestamp("epoch_us"), "1782900000000000"),
    ],
)
def test_moments_are_read_as_they_are_written(timestamp, value):
    assert cast(value, timestamp) == "2026-07-01T10:00:00Z"


def test_an_epoch_with_a_fraction_keeps_its_microseconds():
    assert cast("1782900000.123456", Timestamp("epoch")) == "2026-07-01T10:00:00.123456Z"


def test_an_epoch_beyond_all_calendars_gets_its_record_rejected():
    error, _ = rejected({"at": 10**20}, Cast({"at": Timestamp("epoch")}))
    assert "cannot be read" in error


def test_an_hour_that_occurs_twice_is_taken_for_the_first():
    berlin = Timestamp("%Y-%m-%d %H:%M", "Europe/Berlin")
    assert cast("2026-10-25 02:30", berlin) == "2026-10-25T00:30:00Z"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Cast({"a": "int"}), "'int' is none of boolean, integer"),
        (lambda: Cast({}), "names no field"),
        (lambda: Timestamp("unix"), "no format of moments"),
        (lambda: Timestamp(zone="Mars/Base"), "no time zone"),
        (lambda: Hash("email", key=KEY, method="md5"), "none of sha256, blake2b"),
        (lambda: Hash("email", key=""), "needs a key"),
        (lambda: Hash(key=KEY), "names no field"),
        (lambda: Mask("a", last=-1), "0 or more"),
        (lambda: Secret("short"), "fewer than 16 characters"),
    ],
)
def test_what_makes_no_sense_is_refused_as_it_is_written(make, words):
    with pytest.raises(ConfigError, match=words):
        make()


@pytest.mark.parametrize("method", ["sha256", "blake2b"])
def test_equal_values_hash_alike_and_no_others(method):
    record = shaped({"a": "x", "b": "x", "c": "y"}, Hash("a", "b", "c", key=KEY, method=method))
    assert record["a"] == record["b"] != record["c"]
    assert all(len(value) == 64 for value in record.values())


def test_a_hash_is_what_others_compute_with_the_key():
    expected = hmac.new(KEY.reveal(), b"ann@example.org", hashlib.sha256).hexdigest()
    assert shaped(issue(), Hash("user.email", key=KEY))["user"]["email"] == expected


def test_another_key_gives_other_hashes():
    one, other = (shaped({"a": "x"}, Hash("a", key=key))["a"] for key in (KEY, OTHER))
    assert one != other


def test_a_key_of_any_length_serves_both_methods():
    long = Secret("k" * 500)
    for method in ("sha256", "blake2b"):
        assert len(shaped({"a": "x"}, Hash("a", key=long, method=method))["a"]) == 64


def test_a_number_and_its_text_hash_alike_and_objects_whatever_their_order():
    record = {"a": 5, "b": "5", "c": {"x": 1, "y": 2}, "d": {"y": 2, "x": 1}}
    found = shaped(record, Hash("a", "b", "c", "d", key=KEY))
    assert found["a"] == found["b"]
    assert found["c"] == found["d"]


def test_case_and_outer_spaces_do_not_matter_to_a_folded_hash():
    record = {"a": "Ann@Example.org ", "b": "ann@example.org"}
    found = shaped(record, Hash("a", "b", key=KEY, fold=True))
    assert found["a"] == found["b"]


def test_null_is_not_hashed_and_not_masked():
    assert shaped({"a": None}, Hash("a", key=KEY), Mask("a")) == {"a": None}


@pytest.mark.parametrize(
    ("value", "found"),
    [("4111111111111111", "***1111"), (41111111, "***1111"), ("1234567", "***"), ("", "***"), ([1], "***")],
)
def test_a_mask_leaves_the_end_of_long_values_only(value, found):
    assert shaped({"a": value}, Mask("a", last=4)) == {"a": found}


def test_a_mask_can_leave_nothing():
    record = shaped(issue(), Mask("user.email", "user.site", text="removed"))
    assert record["user"] == {"login": "ann", "email": "removed", "site": "removed"}


def test_a_secret_is_never_shown():
    hash_ = Hash("email", key=KEY)
    assert "thirty-two" not in f"{KEY} {KEY!r} {hash_} {[KEY]}"
    with pytest.raises(TypeError, match="not written down"):
        pickle.dumps(KEY)


def test_secrets_are_equal_by_value():
    assert Secret("k" * 20) == Secret("k" * 20) != Secret("l" * 20)
    assert len({Secret("k" * 20), Secret("k" * 20)}) == 1
