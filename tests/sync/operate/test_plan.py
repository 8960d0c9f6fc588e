"""A plan says what a run would do, and does none of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from airflow_connectors.core import Cursor, Offset, Order, Param, Partition, RateLimit, RejectedError
from airflow_connectors.sync import Destination, Options, Sync
from airflow_connectors.sync.operate import Planner
from tests.sync.api import NEWEST_FIRST, OLDEST_FIRST, SIZE, Api, broken_at, moment, stream, thing, things
from tests.sync.conftest import Table

INCREMENTAL = stream(cursor=OLDEST_FIRST)
SNAPSHOT = stream()
PARTED = stream(
    cursor=OLDEST_FIRST,
    partition=Partition("box", option="boxes"),
    path="/boxes/{box}",
    primary_key=("_box", "id"),
)
EVERY_PAGE = Options(commit_bytes=1)
LEDGER = ("_sync_state", "_sync_runs", "_sync_rejects", "_sync_columns")


def sync(destination, api, declared=INCREMENTAL, options=EVERY_PAGE, partitions=(None,)):
    return Sync(destination, "c", api.client).run(declared, partitions, options)


def plan(destination, declared=INCREMENTAL, options=EVERY_PAGE, partitions=(None,), **more):
    return Planner(destination, "c", **more).plan(declared, partitions, options)


def everything(destination):
    """All rows of all tables."""
    schema, _ = destination.dialect.place(destination.schema, "")
    engine = sa.create_engine(destination.engine.url, poolclass=sa.NullPool)
    with engine.connect() as conn:
        meta = sa.MetaData()
        names = sorted(sa.inspect(conn).get_table_names(schema=schema))
        tables = [sa.Table(name, meta, schema=schema) for name in names]
        quoted = map(conn.dialect.identifier_preparer.format_table, tables)
        found = {name: conn.exec_driver_sql(f"SELECT * FROM {name}").all() for name in quoted}  # noqa: S608
    engine.dispose()
    return found


def interrupted(destination, declared, **options):
    with pytest.raises(RejectedError):
        sync(destination, Api(things(45), before=broken_at(4)), declared, Options(commit_bytes=1, **options))


@pytest.mark.parametrize(
    "declared", [INCREMENTAL, SNAPSHOT, PARTED], ids=["incremental", "snapshot", "parted"]
)
def test_it_writes_nothing_and_takes_no_epoch(destination, declared):
    partitions = ["a", "b"] if declared is PARTED else (None,)
    api = Api(things(25))
    sync(destination, api, declared, partitions=partitions)
    before, asked = everything(destination), len(api.asked)
    plan(destination, declared, partitions=partitions)
    plan(destination, declared, Options(full_refresh=True), partitions)
    plan(destination, declared, Options(since=datetime(2026, 1, 1, tzinfo=UTC)), partitions)
    assert everything(destination) == before
    assert len(api.asked) == asked


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_not_a_byte_of_the_database_changes(destination: Destination):
    interrupted(destination, SNAPSHOT)
    destination.close()
    file = Path(str(destination.url.database))
    before = sha256(file.read_bytes()).digest()
    plan(destination, SNAPSHOT)
    plan(destination, INCREMENTAL)
    assert sha256(file.read_bytes()).digest() == before


@pytest.mark.parametrize("url", ["sqlite", "duckdb"], indirect=True)
def test_no_file_is_made_where_there_is_none(destination: Destination):
    plan(destination)
    assert not Path(str(destination.url.database)).exists()


def test_no_schema_is_made_where_there_is_none(destination):
    found = plan(destination)
    assert found.kind.value == "first"
    assert [line.partition(" (")[0] for line in found.alterations] == [
        *(f"create table {name}" for name in LEDGER),
        "create table things",
    ]
    if Path(str(destination.url.database)).name == "warehouse.db":
        return
    with destination.engine.connect() as conn:
        assert destination.schema not in sa.inspect(conn).get_schema_names()


def test_a_run_that_follows_reads_the_window_that_was_planned(destination):
    lagging = stream(
        cursor=Cursor(
            field="updated_at",
            since=Param("since"),
            order=Order.OLDEST_FIRST,
            lookback=timedelta(minutes=5),
            lag=timedelta(minutes=2),
        )
    )
    api = Api(things(25))
    sync(destination, api, lagging)
    (reading,) = plan(destination, lagging).readings
    sync(destination, api, lagging)
    assert reading.since == datetime(2026, 1, 1, 0, 19, tzinfo=UTC)
    assert api.asked[-1].url.params["since"] == "2026-01-01T00:19:00Z"
    assert timedelta(minutes=2) <= datetime.now(UTC) - reading.until < timedelta(minutes=3)


@pytest.mark.parametrize("declared", [INCREMENTAL, SNAPSHOT], ids=["incremental", "snapshot"])
def test_an_interrupted_run_is_planned_to_go_on(destination, declared):
    interrupted(destination, declared)
    found = plan(destination, declared)
    assert found.kind.value == "resumed"
    assert found.readings[0].goes_on == "after 30 records, at GET /things"


def test_what_a_run_would_give_up_is_not_planned_to_go_on(destination):
    interrupted(destination, INCREMENTAL, full_refresh=True)
    (reading,) = plan(destination, INCREMENTAL).readings
    assert reading.goes_on == ""


def test_each_partition_has_a_window(destination):
    api = Api(things(25))
    sync(destination, api, PARTED, partitions=["a"])
    found = plan(destination, PARTED, partitions=["a", "b"])
    assert [(one.partition, one.since) for one in found.readings] == [
        ("a", datetime(2026, 1, 1, 0, 24, tzinfo=UTC)),
        ("b", None),
    ]


def test_a_full_reading_says_what_it_deletes(destination):
    sync(destination, Api(things(5)), SNAPSHOT)
    soft, hard = plan(destination, SNAPSHOT), plan(destination, SNAPSHOT, Options(hard_delete=True))
    assert soft.notes == ["a complete reading: rows that it does not show are marked as deleted"]
    assert hard.notes == ["a complete reading: rows that it does not show are removed"]


def test_requests_are_told_from_runs_before(destination):
    api = Api(things(25))
    for _ in range(3):
        summary = sync(destination, api, SNAPSHOT)
    found = plan(destination, SNAPSHOT)
    assert (found.estimate.requests, found.estimate.basis) == (summary.requests, "median of 3 runs")
    assert found.seconds is not None


def test_more_partitions_take_more_requests(destination):
    api = Api(things(25))
    sync(destination, api, PARTED, Options(full_refresh=True), ["a", "b"])
    found = plan(destination, PARTED, Options(full_refresh=True), ["a", "b", "c", "d"])
    assert found.estimate.requests == 12


def test_a_window_that_is_longer_takes_more(destination):
    now = datetime.now(UTC)
    recent = [
        thing(n, updated_at=(now - timedelta(minutes=60 - n)).strftime("%Y-%m-%dT%H:%M:%SZ"))
        for n in range(25)
    ]
    api = Api(recent)
    for _ in range(3):
        sync(destination, api)
    week = plan(destination, INCREMENTAL, Options(since=now - timedelta(days=7), until=now))
    assert week.estimate.requests > 100
    assert "times as long" in week.estimate.basis


def test_without_runs_the_rows_that_are_there_tell(destination):
    sync(destination, Api(things(25)))
    found = plan(destination, INCREMENTAL, Options(full_refresh=True))
    assert str(found.estimate) == f"about 3 (25 rows in the table, {SIZE} a page)"


def test_where_nothing_tells_that_is_said(destination):
    found = plan(destination)
    assert (found.estimate.requests, found.estimate.is_least, found.seconds) == (1, True, None)
    assert "unknown" in str(found)


COUNTED = stream(pages=Offset("offset", ("limit", SIZE), total="total"), records="things", total="total")


def counting(total):
    answer = {"total": total, "things": things(SIZE)}
    return Api([], before=lambda _number: httpx.Response(200, json=answer))


def test_a_probe_asks_once_and_takes_the_services_count(destination):
    api = counting(437)
    found = plan(destination, COUNTED, probe=api.client.send)
    assert (found.estimate.requests, len(api.asked)) == (44, 1)
    assert found.estimate.basis == "counted by the service"


def test_a_probe_of_partitions_asks_for_the_first(destination):
    api = Api(things(5))
    found = plan(destination, PARTED, partitions=["a", "b", "c"], probe=api.client.send)
    assert [request.url.path for request in api.asked] == ["/boxes/a"]
    assert str(found.estimate) == "about 3 (counted by the service, for the first of 3 partitions)"


def test_a_probe_shows_the_columns_of_a_new_table(destination):
    found = plan(destination, probe=Api(things(5)).client.send)
    assert found.alterations[-1] == "create table things (id integer, name text, updated_at timestamp)"


def test_a_probe_shows_columns_to_be_added_and_widened(destination):
    sync(destination, Api([thing(1, size=1)]))
    found = plan(destination, probe=Api([thing(1, size=1.5, colour="red", updated_at=moment(9))]).client.send)
    assert found.alterations == [
        "things: widen column size from integer to numeric",
        "things: add column colour text",
    ]


def test_without_a_probe_a_new_tables_columns_are_unknown(destination):
    (line,) = [line for line in plan(destination).alterations if "things" in line]
    assert "primary key id" in line
    assert "known once records come" in line


def test_the_quota_is_told_from_the_declared_limit(destination):
    api = counting(9_990)
    found = plan(destination, COUNTED, probe=api.client.send, limit=RateLimit(600, 60))
    assert found.quota == "999 of 600 requests per 60 s (166.5%)"
    assert found.seconds == pytest.approx(39.9)  # what is beyond the allowance has to wait for the next


def test_a_window_of_a_stream_without_a_cursor_is_warned_of(destination):
    found = plan(destination, SNAPSHOT, Options(since=datetime(2026, 1, 1, tzinfo=UTC)))
    assert found.notes[-1] == "things has no cursor, so the window does not limit what is read"


def test_a_state_without_a_table_is_said(destination):
    sync(destination, Api(things(5)))
    with destination.connect() as conn, conn.begin(), destination.dialect.ddl(conn) as own:
        destination.table("things").drop(own)
    found = plan(destination)
    assert found.readings[0].since is None
    assert "there is a state but no table" in found.notes[0]


def test_a_feed_is_planned_too(destination):
    sync(destination, Api(things(25)[::-1]), stream(cursor=NEWEST_FIRST))
    assert plan(destination, stream(cursor=NEWEST_FIRST)).kind.value == "incremental"


def test_it_is_readable_by_people_and_programs(destination):
    found = plan(destination, PARTED, partitions=[str(number) for number in range(30)])
    text = str(found).splitlines()
    assert text[0] == f"things -> {destination.schema}.things"
    assert text[1] == "  reads     first, 30 partition(s)"
    assert text[-1] == "  and 10 more"
    assert json.loads(json.dumps(found.as_dict()))["readings"][29]["partition"] == "29"


def test_a_table_of_another_name_is_looked_at(destination):
    named = Options(table="items", commit_bytes=1)
    sync(destination, Api(things(25)), options=named)
    assert plan(destination, options=named).readings[0].since is not None
    assert len(Table(destination, "items").rows()) == 25
