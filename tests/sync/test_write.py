"""What is written is what differs, and the counts say so, on every destination."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise

import pytest
import sqlalchemy as sa

from airflow_connectors.sync import Write
from airflow_connectors.sync.write import Written

from .staging import Warehouse

NAMES = "abcde"


def thing(key, name="n", info=b"{}", size=1, hash_=None):
    return key, name, info, size, hash((key, name, info, size)) // 2 if hash_ is None else hash_


@pytest.fixture
def merged(destination):
    return Warehouse(destination)


@pytest.fixture
def appended(destination):
    return Warehouse(destination, Write.APPEND)


@pytest.fixture
def history(destination):
    return Warehouse(destination, Write.SCD2)


def test_new_changed_and_unchanged_are_told_apart(merged, table):
    merged.write(thing("a"), thing("b"))
    assert merged.write(thing("a"), thing("b", "other"), thing("c")) == Written(1, 1, 1)
    assert {row["id"]: row["name"] for row in table.rows()} == {"a": "n", "b": "other", "c": "n"}


def test_a_row_of_which_only_the_hash_differs_is_not_written(merged, table):
    merged.write(thing("a", hash_=1))
    (before,) = table.rows()
    assert merged.write(thing("a", hash_=2)) == Written(unchanged=1)
    assert table.rows() == [before]


def test_a_value_that_differs_under_an_equal_hash_counts_as_equal(merged):
    merged.write(thing("a", "n", hash_=1))
    assert merged.write(thing("a", "other", hash_=1)) == Written(unchanged=1)


@pytest.mark.parametrize(
    ("one", "other"), [(None, "x"), ("x", None), ("x", "X"), ("e", "é"), ("x", "x "), ("", None), ("x", "")]
)
def test_every_difference_of_a_text_is_a_change(merged, one, other):
    merged.write(thing("a", one))
    assert merged.write(thing("a", other)) == Written(changed=1)


@pytest.mark.parametrize(("one", "other"), [(None, b"null"), (b"null", None), (b'{"a":1}', b'{"a":2}')])
def test_every_difference_of_a_json_is_a_change(merged, one, other):
    merged.write(thing("a", info=one))
    assert merged.write(thing("a", info=other)) == Written(changed=1)


@pytest.mark.parametrize("keys", [("a", "A"), ("a", "a "), ("e", "é"), ("ß", "ss"), ("", " ")])
def test_keys_that_only_look_alike_are_two_records(merged, table, keys):
    assert merged.write(*map(thing, keys)) == Written(new=2)
    assert {row["id"] for row in table.rows()} == set(keys)


def test_of_a_record_that_was_staged_twice_the_last_one_counts_once(merged, table):
    merged.write(thing("a"))
    rows = [thing("a", "first"), thing("b"), thing("a", "last"), thing("b")]
    assert merged.write(*rows, is_unique=False) == Written(1, 1)
    assert {row["id"]: row["name"] for row in table.rows()} == {"a": "last", "b": "n"}


def test_what_is_absent_is_marked_once_and_a_record_that_is_back_has_changed(merged, table):
    merged.write(thing("a"), thing("b"))
    assert [merged.show(thing("a"))[1] for _ in range(2)] == [1, 0]
    assert [row["id"] for row in table.rows("_deleted_at IS NOT NULL")] == ["b"]
    assert merged.write(thing("b")) == Written(changed=1)
    assert table.rows("_deleted_at IS NOT NULL") == []


def test_what_is_absent_is_removed_where_that_is_asked(merged, table):
    merged.write(thing("a"), thing("b"), thing("c"))
    assert merged.show(thing("a"), hard=True) == (Written(unchanged=1), 2)
    assert [row["id"] for row in table.rows()] == ["a"]


def test_a_key_of_several_columns_is_compared_whole(destination, table):
    warehouse = Warehouse(destination, keys=("id", "name"))
    warehouse.write(thing("a", "x"), thing("a", "y"), thing("b", "x"))
    assert warehouse.show(thing("a", "x", size=2), thing("b", "y")) == (Written(1, 1), 2)
    assert len(table.rows("_deleted_at IS NULL")) == 2


@pytest.mark.parametrize("how", [Write.MERGE, Write.APPEND])
def test_without_a_key_equal_records_are_one(destination, table, how):
    warehouse = Warehouse(destination, how, keys=())
    assert warehouse.write(thing("a"), thing("a", "other")) == Written(new=2)
    assert warehouse.write(thing("a"), thing("b")) == Written(new=1, unchanged=1)
    assert len(table.rows()) == 3


def test_without_a_key_what_is_absent_goes_and_comes_back(destination, table):
    warehouse = Warehouse(destination, keys=())
    warehouse.write(thing("a"), thing("b"))
    assert warehouse.show(thing("a")) == (Written(unchanged=1), 1)
    assert warehouse.write(thing("b")) == Written(changed=1)
    assert len(table.rows("_deleted_at IS NULL")) == 2


def test_an_append_keeps_every_version_and_none_twice(appended, table):
    appended.write(thing("a"))
    assert appended.write(thing("a"), thing("b")) == Written(new=1, unchanged=1)
    assert appended.write(thing("a", "other"), thing("a")) == Written(new=1, unchanged=1)
    assert sorted((row["id"], row["name"]) for row in table.rows()) == [
        ("a", "n"),
        ("a", "other"),
        ("b", "n"),
    ]


def test_a_version_ends_when_the_next_one_begins(history, table):
    history.write(thing("a"), thing("b"))
    assert history.write(thing("a", "next"), thing("b")) == Written(changed=1, unchanged=1)
    ended, current = sorted(table.rows("id = 'a'"), key=lambda row: str(row["_valid_from"]))
    assert (ended["name"], current["name"], current["_valid_to"]) == ("n", "next", None)
    assert ended["_valid_to"] == current["_valid_from"]
    assert [row["_valid_to"] for row in table.rows("id = 'b'")] == [None]


def test_a_version_of_which_only_the_hash_differs_goes_on(history, table):
    history.write(thing("a", hash_=1))
    assert history.write(thing("a", hash_=2)) == Written(unchanged=1)
    assert len(table.rows()) == 1


def test_a_record_that_is_gone_ends_and_one_that_is_back_begins_again(history, table):
    history.write(thing("a"), thing("b"))
    assert history.show(thing("a")) == (Written(unchanged=1), 1)
    assert history.write(thing("b"), thing("c")) == Written(new=1, changed=1)
    gone, back = sorted(table.rows("id = 'b'"), key=lambda row: str(row["_valid_from"]))
    assert gone["_valid_to"] is not None
    assert gone["_valid_to"] < back["_valid_from"]
    assert back["_valid_to"] is None


def test_nothing_of_a_history_is_removed(history, table):
    history.write(thing("a"), thing("b"))
    assert history.show(thing("a"), hard=True)[1] == 1
    assert len(table.rows()) == 2


def test_a_history_without_a_key_knows_when_each_content_was_there(destination, table):
    warehouse = Warehouse(destination, Write.SCD2, keys=())
    warehouse.write(thing("a"), thing("b"))
    assert warehouse.show(thing("a"), thing("c")) == (Written(new=1, unchanged=1), 1)
    assert warehouse.write(thing("b")) == Written(changed=1)
    assert Counter(row["id"] for row in table.rows()) == {"a": 1, "b": 2, "c": 1}


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_a_key_has_one_current_version_and_no_two_at_a_time(history, table, seed):
    dice, world = random.Random(seed), {}  # noqa: S311 - no secret
    for _ in range(8):
        world |= {key: dice.choice(NAMES) for key in dice.sample(NAMES, 2)}
        world.pop(dice.choice(NAMES), None)
        history.show(*(thing(key, name) for key, name in world.items()))
    current = {row["id"]: row["name"] for row in table.rows("_valid_to IS NULL")}
    assert current == world
    assert len(current) == len(table.rows("_valid_to IS NULL"))
    assert not any(map(overlaps, *zip(*in_pairs(table.rows()), strict=True)))


def in_pairs(rows):
    """Versions of one key that follow each other."""
    rows = sorted(rows, key=lambda row: (row["id"], str(row["_valid_from"])))
    return [(one, other) for one, other in pairwise(rows) if one["id"] == other["id"]]


def overlaps(one, other):
    return one["_valid_to"] is None or one["_valid_to"] > other["_valid_from"]


@pytest.mark.parametrize("how", list(Write))
def test_a_small_unit_never_scans_a_large_table(destination, how):
    if destination.url.get_backend_name() != "postgresql":
        return  # the others say nothing that could be counted
    warehouse = Warehouse(destination, how)
    warehouse.write(*(thing(f"{n:06}") for n in range(5000)))
    with warehouse.staged(*(thing(f"{n:06}", "next") for n in range(4990, 5010))) as (conn, tables):
        before = scans(conn, destination)
        warehouse._write(conn, tables, is_unique=True)
        assert scans(conn, destination) == before


def scans(conn, destination):
    query = "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE schemaname = :schema AND relname = 'things'"
    return conn.execute(sa.text(query), {"schema": destination.schema}).scalar_one()


def test_moments_of_a_history_are_those_that_were_given(history, table):
    history.write(thing("a"))
    (row,) = table.rows()
    found = row["_valid_from"]
    found = datetime.fromisoformat(found) if isinstance(found, str) else found
    assert found.replace(tzinfo=UTC) == history.now
