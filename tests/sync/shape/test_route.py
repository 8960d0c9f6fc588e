"""Records sent to several tables by what is in them."""

from __future__ import annotations

import json

import pytest

from airflow_connectors.core import ConfigError
from airflow_connectors.sync.shape import Drop, Route, compiled

from .things import issue

BUGS = Route({"bugs": ("type", "=", "bug"), "old": ("id", "<", 3)}, default="issues")


def ids(routed):
    return {table: [record["id"] for record in records] for table, records in routed.tables.items()}


def test_a_record_goes_to_the_first_table_that_fits():
    records = [{"id": 1, "type": "bug"}, {"id": 2, "type": "idea"}, {"id": 3, "type": "idea"}]
    assert ids(BUGS.prepared()(records)) == {"bugs": [1], "old": [2], "issues": [3]}


def test_all_tables_are_named_also_those_that_nothing_goes_to():
    assert ids(BUGS.prepared()([])) == {"bugs": [], "old": [], "issues": []}
    assert BUGS.names == ("bugs", "old", "issues")


def test_a_default_may_be_one_of_the_tables():
    assert Route({"bugs": ("type", "=", "bug"), "rest": ("id", "=", 1)}, default="rest").names == (
        "bugs",
        "rest",
    )


def test_a_record_that_fits_nowhere_is_not_lost():
    shaped = compiled([Drop("title")])([issue(id=1), issue(id=2)])
    routed = Route({"first": lambda record: record["id"] == 1}).prepared()(shaped.records)
    (reject,) = shaped.rejects_of(routed.refused)
    assert "fits none of first" in reject.error
    assert json.loads(reject.raw) == issue(id=2)


def test_a_condition_that_fails_costs_the_record():
    routed = Route({"first": lambda record: record["none"]}, default="rest").prepared()([{"id": 1}])
    assert routed.tables["rest"] == []
    assert "KeyError" in routed.refused[0].error


def test_a_table_is_told_of_records_that_went_elsewhere():
    routed = BUGS.prepared()([{"id": 7, "type": "bug"}, {"id": 8}])
    assert dict(routed.strangers(["id"])) == {"bugs": [(8,)], "old": [(7,), (8,)], "issues": [(7,)]}


@pytest.mark.parametrize("name", ["", 'a"b', "line\nbreak", "x" * 64])
def test_a_table_that_cannot_be_is_refused(name):
    with pytest.raises(ConfigError, match="cannot be a table's name"):
        Route({name: ("id", "=", 1)})
