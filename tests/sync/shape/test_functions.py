"""Functions of a DAG's author, and conditions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from airflow_connectors.core import ConfigError
from airflow_connectors.sync.shape import AllOf, AnyOf, Condition, Filter, Flatten, Map, Not

from .things import issue, rejected, shaped


def test_map_gives_fields_to_functions():
    record = shaped(issue(), Map({"title": str.upper, "user.login": lambda login: login + "!", "none": len}))
    assert (record["title"], record["user"]["login"]) == ("BROKEN", "ann!")


def test_map_gives_the_whole_record_to_a_function():
    record = shaped({"id": 1, "a": 2}, Map(lambda record: {**record, "sum": record["id"] + record["a"]}))
    assert record == {"id": 1, "a": 2, "sum": 3}


def test_a_function_that_changes_what_it_is_given_changes_no_input():
    def spoil(record):
        record["user"]["login"] = "spoiled"
        return record

    assert shaped(issue(), Map(spoil))["user"]["login"] == "spoiled"
    assert shaped(issue(), Map({"labels": lambda labels: labels.clear() or labels}))["labels"] == []


def test_a_function_that_raises_costs_the_record_and_is_named():
    def clean(record):
        return record["nothing"]

    error, raw = rejected(issue(), Map(clean))
    assert error == "Map(clean): KeyError: 'nothing'"
    assert raw == issue()


def test_a_function_that_changed_the_record_before_it_raised_leaves_the_raw_form_alone():
    def halfway(record):
        record["user"]["login"] = "spoiled"
        raise RuntimeError("no")

    _, raw = rejected(issue(), Map(halfway))
    assert raw == issue()


def test_a_function_of_a_field_that_raises_names_the_field():
    error, _ = rejected(issue(title=None), Map({"title": str.upper}))
    assert error.startswith("Map('title')(upper): TypeError")


@pytest.mark.parametrize("found", [None, "text", {1: 2}])
def test_a_function_that_returns_no_record_does_not_lose_one(found):
    error, raw = rejected(issue(), Map(lambda _record: found))
    assert "use Filter" in error
    assert raw == issue()


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (datetime(2026, 1, 31, 12, tzinfo=UTC), "2026-01-31T12:00:00Z"),
        (date(2026, 1, 31), "2026-01-31"),
        ((1, 2), [1, 2]),
        (Decimal("1.50"), Decimal("1.50")),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ({"at": date(2026, 1, 31)}, {"at": "2026-01-31"}),
    ],
)
def test_what_a_function_returns_is_made_what_columns_hold(value, found):
    assert shaped({"a": 1}, Map({"a": lambda _: value})) == {"a": found}
    assert shaped({"a": 1}, Map(lambda _: {"a": value})) == {"a": found}


def test_a_date_within_an_object_survives_flattening():
    record = shaped({"a": 1}, Map(lambda _: {"a": {"on": date(2026, 1, 31)}}), Flatten())
    assert record == {"a_on": "2026-01-31"}


@pytest.mark.parametrize("value", [object(), 1j, float("nan"), float("inf")])
def test_what_no_column_holds_gets_the_record_rejected(value):
    error, _ = rejected({"a": 1}, Map({"a": lambda _: value}))
    assert "no column holds" in error


@pytest.mark.parametrize("given", [{"a": "upper"}, "upper", {}, None])
def test_map_takes_functions_only(given):
    with pytest.raises(ConfigError):
        Map(given)


def passes(record, condition):
    return shaped(record, Filter(condition)) is not None


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("state", "=", "open"), True),
        (("state", "!=", "open"), False),
        (("state", "in", ["open", "new"]), True),
        (("state", "not in", {"open", "new"}), False),
        (("number", ">", 4), True),
        (("number", "<=", 4), False),
        (("user.login", "starts with", "an"), True),
        (("user.login", "ends with", "an"), False),
        (("user.login", "matches", "^a.n$"), True),
        (("labels", "contains", "red"), True),
        (("absent.deeper", "is null"), True),
        (("state", "is not null"), True),
        (("absent", "=", None), True),
        (("absent", "!=", "open"), True),
        (("absent", "<", 5), False),
        (("absent", "contains", "x"), False),
        (("labels", "in", {"red"}), False),
        (Not(("state", "=", "open")), False),
        (AllOf(("state", "=", "open"), ("number", "=", 5)), True),
        (AnyOf(("state", "=", "closed"), Condition("number", "=", 6)), False),
        (AnyOf(lambda record: record["number"] == 5), True),
        (lambda record: record["state"] == "closed", False),
    ],
)
def test_a_filter_keeps_the_records_for_which_its_condition_holds(condition, expected):
    assert passes(issue(state="open", number=5), condition) is expected


def test_values_that_cannot_be_compared_get_the_record_rejected():
    error, _ = rejected({"n": "five"}, Filter(("n", ">", 4)))
    assert error == "n > 4: 'five' cannot be compared so; Cast it first"


def test_a_condition_that_raises_costs_the_record_and_is_named():
    def is_open(record):
        return record["state"] == "open"

    error, raw = rejected({"id": 1}, Filter(is_open))
    assert error == "condition(is_open): KeyError: 'state'"
    assert raw == {"id": 1}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("state", "is", "open"), "none of =, !="),
        (("state", "in", "open"), "list of values"),
        (("state", "matches", "("), "no regular expression"),
        (("", "=", "open"), "not the name of a field"),
        (("state",), "no condition"),
        ("state", "no condition"),
    ],
)
def test_a_condition_that_makes_no_sense_is_refused_as_it_is_written(given, words):
    with pytest.raises(ConfigError, match=words):
        Filter(given)
