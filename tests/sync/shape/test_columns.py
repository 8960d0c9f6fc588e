"""Choosing, naming and placing fields."""

from __future__ import annotations

import pytest

from airflow_connectors.core import ConfigError
from airflow_connectors.sync.shape import Drop, Flatten, Keep, Rename

from .things import issue, rejected, shaped


def test_rename_gives_a_field_another_name():
    assert shaped({"id": 1, "login": "ann"}, Rename({"login": "user"})) == {"id": 1, "user": "ann"}


def test_rename_lets_two_fields_change_places():
    assert shaped({"a": 1, "b": 2}, Rename({"a": "b", "b": "a"})) == {"a": 2, "b": 1}


def test_rename_lifts_a_field_out_of_an_object_and_puts_one_into_it():
    record = shaped(issue(), Rename({"user.login": "author", "title": "user.site.title"}))
    assert record["author"] == "ann"
    assert record["user"] == {"email": "ann@example.org", "site": {"name": "here", "title": "Broken"}}


def test_rename_makes_objects_on_the_way():
    assert shaped({"a": 1, "b": None}, Rename({"a": "b.c.d"})) == {"b": {"c": {"d": 1}}}


def test_rename_never_overwrites_a_field():
    error, raw = rejected({"id": 1, "login": "ann", "user": "bob"}, Rename({"login": "user"}))
    assert "'user' already" in error
    assert raw == {"id": 1, "login": "ann", "user": "bob"}


def test_rename_puts_nothing_into_what_is_no_object():
    error, _ = rejected({"a": 1, "b": "text"}, Rename({"a": "b.c"}))
    assert "not an object" in error


def test_rename_leaves_records_without_the_field_alone():
    assert shaped({"id": 1}, Rename({"login": "user", "a.b": "c"})) == {"id": 1}


def test_rename_does_not_give_one_name_twice():
    with pytest.raises(ConfigError, match="one name to two fields"):
        Rename({"a": "c", "b": "c"})


def test_drop_leaves_fields_out_also_within_objects():
    record = shaped(issue(), Drop("labels", "user.site", "user.none", "title.x", "absent"))
    assert record == {"id": 1, "title": "Broken", "user": {"login": "ann", "email": "ann@example.org"}}


def test_a_field_with_a_dot_in_its_name_is_meant_by_a_backslash():
    record = {"a.b": 1, "a": {"b": 2}}
    assert shaped(record, Drop(r"a\.b")) == {"a": {"b": 2}}
    assert shaped(record, Drop("a.b")) == {"a.b": 1, "a": {}}


def test_keep_leaves_all_others_out():
    record = shaped(issue(), Keep("title", "user.login", "user.site.name", "absent"))
    assert record == {"title": "Broken", "user": {"login": "ann", "site": {"name": "here"}}}


def test_keep_keeps_the_primary_key_and_the_partition_unasked():
    record = shaped(issue(_project="p"), Keep("title"), key=["id"], fixed=["_project"])
    assert record == {"id": 1, "title": "Broken", "_project": "p"}


@pytest.mark.parametrize("user", [None, "a text"])
def test_keep_keeps_what_is_no_object_where_one_was_expected(user):
    assert shaped({"user": user}, Keep("user.login")) == {"user": user}


def test_flatten_opens_objects_and_leaves_arrays():
    assert shaped(issue(), Flatten()) == {
        "id": 1,
        "title": "Broken",
        "labels": ["red", "blue"],
        "user_login": "ann",
        "user_email": "ann@example.org",
        "user_site": {"name": "here"},
    }


def test_flatten_goes_as_deep_as_it_is_told():
    record = shaped({"a": {"b": {"c": {"d": 1}}}}, Flatten(depth=2, separator="__"))
    assert record == {"a__b__c": {"d": 1}}


def test_flatten_opens_only_the_objects_that_are_named():
    assert shaped({"a": {"x": 1}, "b": {"x": 2}}, Flatten("a")) == {"a_x": 1, "b": {"x": 2}}


@pytest.mark.parametrize(
    "record", [{"a": {"b": 1}, "a_b": 2}, {"a_b": 2, "a": {"b": 1}}, {"a": {"b_c": 1, "b": {"c": 2}}}]
)
def test_flatten_never_overwrites_a_field(record):
    error, raw = rejected(record, Flatten(depth=2))
    assert "is there already" in error
    assert raw == record


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (Drop, "names no field"),
        (Keep, "names no field"),
        (lambda: Drop(""), "not the name of a field"),
        (lambda: Rename({}), "names no field"),
        (lambda: Flatten(depth=0), "depth"),
        (lambda: Flatten("a.b"), "at the top"),
    ],
)
def test_what_makes_no_sense_is_refused_as_it_is_written(make, words):
    with pytest.raises(ConfigError, match=words):
        make()
