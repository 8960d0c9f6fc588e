"""Arrays made rows of tables of their own."""

from __future__ import annotations

import json

import pytest

from airflow_connectors.core import ConfigError
from airflow_connectors.sync.shape import Children, Drop, compiled

from .things import issue

RED, BLUE = {"id": 7, "name": "red"}, {"id": 8, "name": "blue"}


def split(children, *records, key=("id",)):
    return children.split(list(records), "issues", key)


def rows(found):
    return {child.table: child_rows for child, child_rows in found.rows.items()}


def test_the_elements_of_an_array_become_rows_of_its_table():
    found = split(Children("labels"), {"id": 1, "labels": [RED, BLUE]})
    assert found.records == [{"id": 1}]
    assert rows(found) == {
        "issues__labels": [
            {"_parent_id": 1, "_index": 0, "id": 7, "name": "red"},
            {"_parent_id": 1, "_index": 1, "id": 8, "name": "blue"},
        ]
    }


def test_what_is_no_object_goes_into_a_column_of_its_own():
    found = split(Children("labels"), {"id": 1, "labels": ["red", None, ["x"]]})
    assert [row["value"] for row in rows(found)["issues__labels"]] == ["red", None, ["x"]]


def test_every_part_of_the_key_leads_to_the_parent():
    found = split(Children("labels"), {"_project": "p", "id": 1, "labels": ["red"]}, key=("_project", "id"))
    (child,) = found.rows
    assert child.parent == ("_parent__project", "_parent_id")
    assert child.key == ("_parent__project", "_parent_id", "_index")
    assert found.rows[child] == [{"_parent__project": "p", "_parent_id": 1, "_index": 0, "value": "red"}]


@pytest.mark.parametrize("record", [{"id": 1}, {"id": 1, "labels": None}, {"id": 1, "labels": []}])
def test_a_table_is_there_though_its_array_is_empty_so_that_rows_of_before_can_go(record):
    found = split(Children("labels"), record)
    assert rows(found) == {"issues__labels": []}
    assert found.records == [{"id": 1}]


def test_an_array_within_an_object_is_found_by_its_path():
    found = split(Children("fields.components"), {"id": 1, "fields": {"components": ["a"], "x": 1}})
    assert found.records == [{"id": 1, "fields": {"x": 1}}]
    assert list(rows(found)) == ["issues__fields_components"]


def test_arrays_within_elements_stay_json_unless_they_are_asked_for():
    found = split(Children("labels"), {"id": 1, "labels": [{"shades": [1, 2]}]})
    assert rows(found) == {"issues__labels": [{"_parent_id": 1, "_index": 0, "shades": [1, 2]}]}


def test_arrays_within_elements_become_tables_as_deep_as_declared():
    record = {"id": 1, "a": [{"b": []}, {"b": [{"c": [{"d": [5]}]}]}]}
    found = split(Children("a", depth=3), record)
    assert rows(found) == {
        "issues__a": [{"_parent_id": 1, "_index": 0}, {"_parent_id": 1, "_index": 1}],
        "issues__a__b": [{"_parent_id": 1, "_outer_index": 1, "_index": 0}],
        "issues__a__b__c": [
            {"_parent_id": 1, "_outer_outer_index": 1, "_outer_index": 0, "_index": 0, "d": [5]}
        ],
    }


def test_the_rows_of_every_table_have_its_key_and_no_two_the_same():
    found = split(Children("a", depth=4), {"id": 1, "a": [[[1, 2], [3]], [[4]]]}, {"id": 2, "a": [[[1]]]})
    for child, child_rows in found.rows.items():
        keys = [tuple(row[name] for name in child.key) for row in child_rows]
        assert len(set(keys)) == len(keys) > 0


def test_a_parent_that_comes_twice_tells_which_rows_are_of_the_last():
    found = split(Children("labels"), {"id": 1, "labels": ["a", "b"]}, {"id": 1, "labels": ["c"]})
    (child,) = found.rows
    assert found.owners[child] == [0, 0, 1]


def test_a_field_of_an_element_that_is_called_as_ours_is_kept_apart():
    found = split(Children("labels"), {"id": 1, "labels": [{"_index": 9, "_parent_id": 8, "x": 1}]})
    assert rows(found)["issues__labels"] == [
        {"_parent_id": 1, "_index": 0, "_index_": 9, "_parent_id_": 8, "x": 1}
    ]


def test_a_key_called_index_is_not_taken_for_a_place():
    found = split(Children("a", depth=2), {"index": 5, "a": [{"b": ["x"]}]}, key=("index",))
    assert rows(found)["issues__a__b"] == [{"_parent_index": 5, "_outer_index": 0, "_index": 0, "value": "x"}]


@pytest.mark.parametrize("value", ["red", {"name": "red"}, 5])
def test_what_is_no_array_gets_its_record_refused_in_its_raw_form(value):
    shaped = compiled([Drop("title")])([issue(labels=value), issue(id=2)])
    found = Children("labels").split(shaped.records, "issues", ["id"])
    (reject,) = shaped.rejects_of(found.refused)
    assert "is no array" in reject.error
    assert json.loads(reject.raw) == issue(labels=value)
    assert [record["id"] for record in found.records] == [2]


def test_splitting_shaped_records_changes_nothing_that_the_service_sent():
    record = issue(user={"tags": ["x"]})
    shaped = compiled([])([record])
    Children("labels", "user.tags").split(shaped.records, "issues", ["id"])
    assert record == issue(user={"tags": ["x"]})


def test_tables_with_long_names_are_told_apart_and_known_by_their_beginning():
    long = "a_field_with_a_name_that_goes_on_and_on_and_on"
    children = Children(f"{long}_one", f"{long}_two", depth=2)
    array = [{"parts_of_it_that_have_a_long_name": [1]}]
    found = split(children, {"id": 1, f"{long}_one": array, f"{long}_two": array})
    names = list(rows(found))
    assert len(set(names)) == 4
    assert max(map(len, names)) <= 63
    assert all(children.is_child(name, "issues", ["id"]) for name in names)
    assert not children.is_child("issues__others", "issues", ["id"])


@pytest.mark.parametrize(
    ("make", "words"), [(Children, "no field"), (lambda: Children("a", depth=0), "depth")]
)
def test_what_makes_no_sense_is_refused_as_it_is_written(make, words):
    with pytest.raises(ConfigError, match=words):
        make()
