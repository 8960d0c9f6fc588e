"""What becomes of records between the service and the tables."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from airflow_connectors.core import ConfigError, DataError
from airflow_connectors.sync import Options, Sync
from airflow_connectors.sync.reshape import Reshape
from airflow_connectors.sync.shape import Children, Secret

from .api import OLDEST_FIRST, Api, moment, stream, thing, things
from .conftest import Table

INCREMENTAL = stream(cursor=OLDEST_FIRST)
SNAPSHOT = stream()


def sync(destination, api, declared=INCREMENTAL, **options):
    secret = {"pepper": Secret("a pepper of enough characters")}.__getitem__
    return Sync(destination, "c", api.client, secret).run(declared, options=Options(**options))


def test_records_are_transformed_on_their_way(destination, table):
    transforms = [
        {"hash": {"fields": "email", "key": "pepper"}},
        {"rename": {"name": "title"}},
        {"drop": "size"},
    ]
    sync(destination, Api([thing(1, email="a@example.org", size=4)]), transforms=transforms)
    (row,) = table.rows()
    assert row["title"] == "thing 1"
    assert len(row["email"]) == 64
    assert not {"name", "size"} & row.keys()


def test_a_changed_transform_rewrites_what_a_full_refresh_reads(destination, table):
    api = Api(things(3))
    sync(destination, api)
    summary = sync(destination, api, full_refresh=True, transforms=[{"mask": "name"}])
    assert summary.changed == 3
    assert {row["name"] for row in table.rows()} == {"***"}


def test_a_record_that_passes_a_filter_no_more_is_deleted(destination, table):
    keep = [{"filter": ["state", "=", "open"]}]
    api = Api([thing(n, state="open") for n in range(3)])
    sync(destination, api, transforms=keep)
    api.records.append(thing(1, state="closed", updated_at=moment(9)))
    assert sync(destination, api, transforms=keep).deleted == 1
    assert sorted(table.by_id("_deleted_at IS NULL")) == [0, 2]


def test_what_cannot_be_cast_is_rejected_and_hidden_there_too(destination):
    transforms = [{"mask": "email"}, {"cast": {"size": "integer"}}]
    api = Api([thing(1, size="4"), thing(2, size="many", email="a@example.org")])
    summary = sync(destination, api, transforms=transforms, max_rejects=1)
    (reject,) = Table(destination, "_sync_rejects").rows()
    assert (summary.new, summary.rejected) == (1, 1)
    assert "a@example.org" not in reject["raw"]


def test_a_route_sends_records_to_tables_by_what_they_are(destination):
    route = {"tables": {"bugs": ["kind", "=", "bug"]}, "default": "tasks"}
    api = Api([thing(n, kind="bug" if n % 2 else "task") for n in range(4)])
    assert sync(destination, api, route=route).new == 4
    bugs, tasks = Table(destination, "bugs"), Table(destination, "tasks")
    assert (sorted(bugs.by_id()), sorted(tasks.by_id())) == ([1, 3], [0, 2])
    api.records.append(thing(0, kind="bug", updated_at=moment(9)))
    sync(destination, api, route=route)
    live = "_deleted_at IS NULL"
    assert (sorted(bugs.by_id(live)), sorted(tasks.by_id(live))) == ([0, 1, 3], [2])


@pytest.mark.parametrize("declared", [INCREMENTAL, SNAPSHOT], ids=["incremental", "snapshot"])
@pytest.mark.parametrize("commit_bytes", [1, 2**20], ids=["many units", "one unit"])
def test_arrays_become_rows_of_a_table_of_their_own(destination, declared, commit_bytes):
    def labels():
        rows = Table(destination, "things__labels").rows("_deleted_at IS NULL")
        return sorted((row["_parent_id"], row["_index"], row["name"]) for row in rows)

    options = {"children": "labels", "commit_bytes": commit_bytes}
    api = Api([thing(n, labels=[{"name": name} for name in "abc"[:n]]) for n in range(25)])
    sync(destination, api, declared, **options)
    assert labels()[:4] == [(1, 0, "a"), (2, 0, "a"), (2, 1, "b"), (3, 0, "a")]
    api.records[2] = thing(2, labels=[{"name": "z"}], updated_at=moment(50))
    api.records.sort(key=lambda record: record["updated_at"])
    sync(destination, api, declared, **options)
    assert labels()[:3] == [(1, 0, "a"), (2, 0, "z"), (3, 0, "a")]


def test_elements_go_with_their_record(destination):
    api = Api([thing(n, labels=["a", "b"]) for n in range(12)])
    sync(destination, api, SNAPSHOT, children=Children("labels"))
    del api.records[5]
    sync(destination, api, SNAPSHOT, children=Children("labels"))
    rows = Table(destination, "things__labels").rows("_deleted_at IS NULL")
    assert {row["_parent_id"] for row in rows} == {n for n in range(12) if n != 5}
    assert {row["value"] for row in rows} == {"a", "b"}


def test_tables_within_tables_are_refused_early(destination):
    with pytest.raises(ConfigError, match="depth"):
        sync(destination, Api([]), children=Children("labels", depth=2))


def test_a_frozen_table_takes_no_new_column(destination, table):
    api = Api(things(2))
    sync(destination, api)
    api.records.append(thing(2, size=1))
    with pytest.raises(DataError, match="size"):
        sync(destination, api, contract="freeze")
    assert "size" not in table.rows()[0]


def test_a_quarantining_table_takes_the_others(destination, table):
    api = Api(things(2))
    sync(destination, api)
    api.records += [thing(2, size=1), thing(3)]
    summary = sync(destination, api, contract="quarantine", max_rejects=1)
    assert (summary.new, summary.rejected) == (1, 1)
    assert sorted(table.by_id()) == [0, 1, 3]


def test_raw_json_is_kept(destination, table):
    record = thing(1, nested={"a": [1]})
    sync(destination, Api([record]), keep_raw=True, transforms=[{"drop": "nested"}])
    (row,) = table.rows()
    assert json.loads(row["_raw"]) == record
    assert "nested" not in row


def test_a_column_never_moves_to_another_field(destination, table):
    api = Api([thing(1, userId="a")])
    sync(destination, api)
    api.records = [thing(1, userId="a", user_id="b", updated_at=moment(9))]
    sync(destination, api)
    (row,) = table.rows()
    assert row["user_id"] == "a"
    assert "b" in row.values()


def test_a_key_that_folds_like_another_field_stays_the_key(destination, table):
    declared = replace(INCREMENTAL, primary_key="userId")
    api = Api([{"userId": n, "user_id": 7, "updated_at": moment(n)} for n in range(3)])
    sync(destination, api, declared)
    sync(destination, api, declared)
    assert [row["user_id"] for row in table.rows("1=1 ORDER BY user_id")] == [0, 1, 2]


def test_a_new_column_is_filled_from_what_was_kept_without_a_request(destination, table):
    api = Api([thing(n, size=n * 2) for n in range(25)])
    sync(destination, api, keep_raw=True, transforms=[{"drop": "size"}])
    asked = len(api.asked)
    written = Reshape(destination).run(INCREMENTAL, Options(keep_raw=True))
    assert (written.changed, written.unchanged, len(api.asked)) == (25, 0, asked)
    assert {key: row["size"] for key, row in table.by_id().items()} == {n: n * 2 for n in range(25)}
    assert Reshape(destination).run(INCREMENTAL, Options(keep_raw=True)).changed == 0


def test_what_keeps_no_raw_json_cannot_be_made_again(destination):
    sync(destination, Api(things(1)))
    with pytest.raises(ConfigError, match="keep_raw"):
        Reshape(destination).run(INCREMENTAL, Options())
