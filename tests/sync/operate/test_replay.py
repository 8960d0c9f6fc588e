"""Rejected records come in after a fix, without a request and without undoing what is newer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from airflow_connectors.core import ConfigError, Cursor, DataError, Order, Param, Partition
from airflow_connectors.sync import Destination, Options, Sync, Write
from airflow_connectors.sync.operate import Replay
from airflow_connectors.sync.shape import Contract, Map
from tests.sync.api import Api, moment, stream
from tests.sync.conftest import Table

LENIENT = Options(max_rejects=100, commit_bytes=1)


def german(value: str) -> datetime:
    """`01.02.2026 10:00`: what the service writes now and then, and the declaration had not known."""
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return datetime.strptime(value, "%d.%m.%Y %H:%M").replace(tzinfo=UTC)


CURSOR = Cursor(field="changed", since=Param("since"), order=Order.NONE)
BROKEN = stream(cursor=CURSOR)
FIXED = stream(cursor=replace(CURSOR, parse=german))
SNAPSHOT = stream()


def record(number, changed, **fields):
    return {"id": number, "name": f"thing {number}", "changed": changed, **fields}


def sync(destination, records, declared=BROKEN, options=LENIENT):
    api = Api(records)
    api._found = lambda _request: api.records  # this service does not filter
    return Sync(destination, "c", api.client).run(declared, options=options)


def replay(destination, declared=FIXED, options=LENIENT):
    return Replay(destination, "c").run(declared, options)


def rejects(destination, where="1=1"):
    return Table(destination, "_sync_rejects").rows(where)


GOOD, LATE = record(1, moment(10)), record(2, "01.02.2026 10:00")


def test_what_a_fixed_declaration_can_read_is_written_without_a_request(destination, table):
    assert sync(destination, [GOOD, LATE]).rejected == 1
    assert sorted(table.by_id()) == [1]
    done = replay(destination)
    assert (done.written, done.superseded, done.still_bad) == (1, 0, 0)
    assert (done.summary.new, done.summary.requests) == (1, 0)
    assert table.by_id()[2]["name"] == "thing 2"


def test_what_is_still_bad_stays_and_says_what_is_wrong_now(destination):
    sync(destination, [GOOD, LATE, record(3, "soon")])
    done = replay(destination)
    assert (done.written, done.still_bad) == (1, 1)
    (bad,) = rejects(destination, "replayed_at IS NULL")
    assert '"soon"' in bad["raw"]
    assert "'soon', which is not a time" in bad["error"]
    assert done.summary.verdict.value == "partial"


def test_a_reject_is_settled_once(destination, table):
    sync(destination, [GOOD, LATE])
    replay(destination)
    (settled,) = rejects(destination)
    assert settled["outcome"] == "written"
    assert settled["replayed_at"] is not None
    assert replay(destination).written == 0
    assert len(table.rows()) == 2


def test_a_record_that_came_again_newer_is_not_overwritten(destination, table):
    sync(destination, [GOOD, LATE])
    sync(destination, [GOOD, record(2, "2026-03-01T00:00:00Z", name="newer")])
    done = replay(destination)
    assert (done.written, done.superseded) == (0, 1)
    assert table.by_id()[2]["name"] == "newer"
    (settled,) = rejects(destination)
    assert settled["outcome"] == "superseded"


def test_a_record_that_is_older_in_the_table_is_overwritten(destination, table):
    sync(destination, [GOOD, record(2, "2026-01-01T00:00:00Z", name="older")])
    sync(destination, [GOOD, LATE])
    assert replay(destination).summary.changed == 1
    assert table.by_id()[2]["name"] == "thing 2"


def test_of_two_rejects_of_a_record_the_newer_one_counts(destination, table):
    sync(destination, [GOOD, record(2, "01.02.2026 10:00", name="first")])
    sync(destination, [GOOD, record(2, "02.02.2026 10:00", name="second")])
    done = replay(destination)
    assert (done.written, done.superseded) == (1, 1)
    assert table.by_id()[2]["name"] == "second"


def test_while_the_newest_version_is_bad_the_older_ones_wait(destination, table):
    sync(destination, [GOOD, record(2, "01.02.2026 10:00", name="first")])
    sync(destination, [GOOD, record(2, "sometime", name="second")])
    assert replay(destination).still_bad == 2
    assert 2 not in table.by_id()
    fixed = replace(CURSOR, parse=lambda value: german(value.replace("sometime", "03.02.2026 10:00")))
    done = replay(destination, stream(cursor=fixed))
    assert (done.written, done.superseded) == (1, 1)
    assert table.by_id()[2]["name"] == "second"


UNDATED = stream(cursor=None)


def picky(name: str) -> str:
    if name.startswith("bad"):
        raise ValueError(f"{name} is bad")
    return name


PICKY = replace(LENIENT, transforms=(Map({"name": picky}),))
CALM = replace(LENIENT, transforms=(Map({"name": str.upper}),))


def undated(destination, *names):
    """A run that brings a record for each name, the bad ones of which are rejected."""
    records = [{"id": number, "name": name} for number, name in enumerate(names) if name]
    return sync(destination, records, UNDATED, PICKY)


def test_without_a_cursor_what_was_written_later_is_newer(destination, table):
    undated(destination, "a", "bad")
    undated(destination, "a", "good")
    assert replay(destination, UNDATED, CALM).superseded == 1
    assert table.by_id()[1]["name"] == "good"


def test_without_a_cursor_what_was_written_earlier_is_older(destination, table):
    undated(destination, "a", "good")
    undated(destination, "a", "bad")
    assert replay(destination, UNDATED, CALM).written == 1
    assert table.by_id()[1]["name"] == "BAD"


def test_what_was_deleted_since_is_not_brought_back(destination, table):
    undated(destination, "a", "good")
    undated(destination, "a", "bad")
    undated(destination, "a")
    assert replay(destination, UNDATED, CALM).superseded == 1
    assert table.by_id()[1]["_deleted_at"] is not None


def test_what_had_been_deleted_before_is_brought_back(destination, table):
    undated(destination, "a", "good")
    undated(destination, "a")
    undated(destination, "a", "bad")
    assert replay(destination, UNDATED, CALM).written == 1
    assert table.by_id()[1]["_deleted_at"] is None


def test_versions_of_a_history_are_all_brought_in(destination, table):
    options = replace(LENIENT, write=Write.APPEND)
    sync(destination, [GOOD, record(2, "01.02.2026 10:00", name="first")], options=options)
    sync(destination, [GOOD, record(2, "02.02.2026 10:00", name="second")], options=options)
    assert replay(destination, options=options).written == 2
    assert sorted(row["name"] for row in table.rows("id = 2")) == ["first", "second"]


def test_an_older_version_does_not_become_the_current_one(destination, table):
    options = replace(LENIENT, write=Write.SCD2)
    sync(destination, [GOOD, LATE], options=options)
    sync(destination, [GOOD, record(2, "2026-03-01T00:00:00Z", name="newer")], options=options)
    assert replay(destination, options=options).superseded == 1
    (current,) = table.rows("id = 2 AND _valid_to IS NULL")
    assert current["name"] == "newer"


def test_lifted_records_of_partitions_come_back_whole(destination, table):
    parted = stream(
        cursor=replace(CURSOR, field="fields.changed"),
        lift="fields",
        partition=Partition("box", option="boxes"),
        path="/boxes/{box}",
        primary_key=("_box", "id"),
    )
    lifted = [{"id": 1, "fields": {"name": "good", "changed": moment(1)}}]
    lifted += [{"id": 2, "fields": {"name": "late", "changed": "01.02.2026 10:00"}}]
    api = Api(lifted)
    api._found = lambda _request: api.records
    Sync(destination, "c", api.client).run(parted, ["a", "b"], LENIENT)
    cursor = replace(parted.cursor, parse=german)
    assert replay(destination, replace(parted, cursor=cursor)).written == 2
    found = {(row["_box"], row["id"]): row["name"] for row in table.rows()}
    assert found == {("a", 1): "good", ("b", 1): "good", ("a", 2): "late", ("b", 2): "late"}


def refuse_big(value):
    if value > 9:
        raise ValueError(f"{value} is too big")
    return value


SCALE = (Map({"size": refuse_big}),)


def test_what_a_fixed_transform_can_shape_is_written(destination, table):
    sizes = [record(1, "x", size=3), record(2, "x", size=30), record(3, "x", size=-1)]
    options = replace(LENIENT, transforms=SCALE)
    assert sync(destination, sizes, UNDATED, options).rejected == 1
    fixed = replace(options, transforms=(Map({"size": lambda value: min(value, 9)}),))
    assert replay(destination, UNDATED, fixed).written == 1
    assert table.by_id()[2]["size"] == 9


def test_a_replay_that_would_shape_records_otherwise_is_refused(destination):
    sync(destination, [record(2, "x", size=30)], UNDATED, replace(LENIENT, transforms=SCALE))
    with pytest.raises(ConfigError, match="give the same"):
        replay(destination, UNDATED)


def test_what_a_looser_contract_allows_is_written(destination, table):
    frozen = replace(LENIENT, contract=Contract(columns="quarantine"))
    sync(destination, [record(1, "x")], UNDATED, frozen)
    sync(destination, [record(1, "x"), record(2, "x", colour="red")], UNDATED, frozen)
    assert replay(destination, UNDATED, frozen).still_bad == 1
    assert replay(destination, UNDATED).written == 1
    assert table.by_id()[2]["colour"] == "red"


def test_the_elements_of_its_arrays_come_with_a_record(destination):
    options = replace(LENIENT, children="labels")
    records = [GOOD | {"labels": [{"text": "a"}]}, LATE | {"labels": [{"text": "b"}]}]
    sync(destination, records, options=options)
    replay(destination, options=options)
    assert sorted(row["text"] for row in Table(destination, "things__labels").rows()) == ["a", "b"]


def test_the_account_of_a_replay_is_in_the_ledger(destination, ledger):
    sync(destination, [GOOD, LATE, record(3, "soon")])
    replay(destination)
    (row,) = [row for row in ledger.rows() if row["kind"] == "replay"]
    assert (row["new"], row["rejected"], row["requests"], row["verdict"]) == (1, 1, 0, "partial")
    assert row["finished_at"] is not None


def test_nothing_to_replay_leaves_no_run(destination, ledger):
    sync(destination, [GOOD])
    assert str(replay(destination)) == "things: 0 written, 0 superseded, 0 still bad"
    assert len(ledger.rows()) == 1


def test_state_and_epoch_stay_as_they_are(destination):
    sync(destination, [GOOD, LATE])
    before = Table(destination, "_sync_state").rows()
    replay(destination)
    assert Table(destination, "_sync_state").rows() == before


def test_the_rows_and_the_marks_are_one_transaction(destination, table):
    sync(destination, [GOOD, LATE])
    own = Destination(destination.url, destination.schema)
    sa.event.listen(own.engine, "before_cursor_execute", refuse_marks)
    with pytest.raises(RuntimeError):
        replay(own)
    own.close()
    assert sorted(table.by_id()) == [1]
    assert replay(destination).written == 1


def refuse_marks(_conn, _cursor, statement, *_more):
    if statement.startswith("UPDATE") and "replayed_at" in statement:
        raise RuntimeError("the power is gone")


def test_a_version_tells_the_schema_a_record_was_refused_under(destination):
    sync(destination, [GOOD])
    sync(destination, [GOOD, LATE])
    sync(destination, [GOOD | {"colour": "red"}, record(3, "soon")])
    refused = sorted(rejects(destination), key=lambda row: row["rejected_at"])
    versions = [row["schema_version"] for row in refused]
    runs = sorted(Table(destination, "_sync_runs").rows(), key=lambda row: row["started_at"])
    assert versions == [runs[1]["schema_version"], runs[2]["schema_version"]]
    assert len(set(versions)) == 2


def test_too_many_rejects_fail_the_run_and_can_be_replayed_all_the_same(destination, table):
    with pytest.raises(DataError):
        sync(destination, [GOOD, LATE], options=Options())
    assert replay(destination, options=Options()).written == 1
    assert sorted(table.by_id()) == [2]


def test_a_keyed_record_is_written_once_when_it_comes_again(destination, table):
    sync(destination, [GOOD, LATE])
    replay(destination)
    again = sync(destination, [GOOD, LATE], FIXED)
    assert (again.new, again.changed) == (0, 0)
    assert len(table.rows()) == 2


def test_hundreds_are_settled_chunk_by_chunk(destination, table):
    bad = [record(number, "01.02.2026 10:00") for number in range(1100)]
    sync(destination, [GOOD | {"id": 5000}, *bad], options=Options(max_rejects=2000))
    assert replay(destination).written == 1100
    assert len(table.rows()) == 1101
