"""What a run promises, on every destination."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
import pytest
import sqlalchemy as sa

from airflow_connectors.core import DataError, Partition, RejectedError
from airflow_connectors.sync import Destination, Options, Superseded, Sync, TooManyRejects, Verdict, Write
from airflow_connectors.sync.ledger import Key, Ledger

from .api import NEWEST_FIRST, OLDEST_FIRST, SIZE, Api, broken_at, moment, stream, thing, things
from .conftest import Table

INCREMENTAL = stream(cursor=OLDEST_FIRST)
FEED = stream(cursor=NEWEST_FIRST)
SNAPSHOT = stream()
EVERY_PAGE = Options(commit_bytes=1)


def sync(destination, api, declared=INCREMENTAL, options=EVERY_PAGE, partitions=(None,)):
    return Sync(destination, "things_default", api.client).run(declared, partitions, options)


def test_a_first_sync_writes_every_record(destination, table):
    summary = sync(destination, Api(things(25)))
    assert (summary.new, summary.changed, summary.unchanged, summary.requests) == (25, 0, 0, 3)
    assert summary.verdict is Verdict.COMPLETE
    assert {key: row["name"] for key, row in table.by_id().items()} == {n: f"thing {n}" for n in range(25)}


def test_a_second_sync_asks_only_for_newer_records_and_the_boundary(destination):
    api = Api(things(25))
    sync(destination, api)
    summary = sync(destination, api)
    assert api.asked[-1].url.params["since"] == moment(24)
    assert (summary.new, summary.changed, summary.unchanged, summary.requests) == (0, 0, 1, 1)


def test_only_rows_that_differ_are_written(destination, table):
    api = Api(things(5))
    sync(destination, api, SNAPSHOT)
    before = {key: row["_synced_at"] for key, row in table.by_id().items()}
    api.records[2]["name"] = "changed"
    summary = sync(destination, api, SNAPSHOT)
    after = {key: row["_synced_at"] for key, row in table.by_id().items()}
    assert (summary.changed, summary.unchanged) == (1, 4)
    assert [key for key in before if before[key] != after[key]] == [2]


def test_records_at_the_boundary_with_equal_times_are_not_lost(destination, table):
    api = Api([thing(n, updated_at=moment(7)) for n in range(5)])
    sync(destination, api)
    api.records += [thing(n, updated_at=moment(7)) for n in range(5, 9)]
    assert sync(destination, api).new == 4
    assert len(table.by_id()) == 9


@pytest.mark.parametrize("declared", [INCREMENTAL, FEED, SNAPSHOT], ids=["incremental", "feed", "snapshot"])
def test_an_interrupted_run_goes_on_at_its_page(destination, table, declared):
    records = things(45) if declared is not FEED else things(45)[::-1]
    api = Api(records, before=broken_at(4))
    with pytest.raises(RejectedError):
        sync(destination, api, declared)
    api.before = lambda _number: None
    again = sync(destination, api, declared)
    assert again.requests == 2  # pages 4 and 5, not 1 to 5
    assert sorted(table.by_id()) == list(range(45))
    assert sync(destination, api, declared).new == 0


def test_a_snapshot_shows_nothing_before_it_is_complete(destination, table):
    api = Api(things(15))
    sync(destination, api, SNAPSHOT)
    api.records = [thing(n, name="next") for n in range(30)]
    api.before = broken_at(len(api.asked) + 3)
    with pytest.raises(RejectedError):
        sync(destination, api, SNAPSHOT)
    assert {row["name"] for row in table.rows()} == {f"thing {n}" for n in range(15)}
    api.before = lambda _number: None
    sync(destination, api, SNAPSHOT)
    assert {row["name"] for row in table.rows()} == {"next"}
    assert len(table.by_id()) == 30


def test_a_page_token_that_the_service_forgot_begins_the_window_again(destination, table):
    api = Api(things(45), before=broken_at(4))
    with pytest.raises(RejectedError):
        sync(destination, api, SNAPSHOT)
    api.before = broken_at(5)
    assert sync(destination, api, SNAPSHOT).new == 45
    assert len(table.by_id()) == 45


def test_a_run_of_another_kind_does_not_go_on_with_an_interrupted_one(destination, table):
    api = Api(things(20))
    sync(destination, api)
    api.records += [thing(n) for n in range(20, 45)]
    api.before = broken_at(len(api.asked) + 4)
    with pytest.raises(RejectedError):
        sync(destination, api, options=Options(full_refresh=True, commit_bytes=1))
    api.before = lambda _number: None
    sync(destination, api)
    assert sorted(table.by_id()) == list(range(45))


def test_a_snapshot_whose_staging_table_is_gone_begins_again(destination, table):
    api = Api(things(45), before=broken_at(4))
    with pytest.raises(RejectedError):
        sync(destination, api, SNAPSHOT)
    api.before = lambda _number: None
    with destination.connect() as conn, conn.begin():
        stage = next(name for name in names_in(destination, conn) if "_stage_" in name)
        destination.table(stage.partition("__")[2] or stage).drop(conn)
    assert sync(destination, api, SNAPSHOT).new == 45
    assert len(table.by_id("_deleted_at IS NULL")) == 45


def test_no_staging_table_is_left_behind(destination):
    api = Api(things(45), before=broken_at(4))
    with pytest.raises(RejectedError):
        sync(destination, api, SNAPSHOT)
    api.before = lambda _number: None
    sync(destination, api, SNAPSHOT)
    with destination.connect() as conn:
        assert [name for name in names_in(destination, conn) if "_stage_" in name] == []


def names_in(destination, conn):
    schema, _ = destination.dialect.place(destination.schema, "")
    return sa.inspect(conn).get_table_names(schema=schema)


def test_a_newer_run_ends_an_older_one_which_writes_no_more(destination, table):
    key = Key("things_default", "things")

    def take_over(number):
        if number == 3:
            with destination.connect() as conn, conn.begin():
                Ledger(destination).claim(conn, [key])

    sync(destination, Api(things(1)))
    with pytest.raises(Superseded):
        sync(destination, Api(things(25), before=take_over))
    assert len(table.by_id()) in (1, 10, 20)  # whole units of what came before, and never the last one


def test_the_cursor_of_an_unordered_stream_waits_for_the_end(destination):
    unordered = stream(cursor=OLDEST_FIRST.__class__(field="updated_at", since=OLDEST_FIRST.since))
    api = Api([thing(0, updated_at=moment(99)), *things(30)[1:]], before=broken_at(3))
    with pytest.raises(RejectedError):
        sync(destination, api, unordered)
    (state,) = Table(destination, "_sync_state").rows()
    assert state["cursor"] is None
    assert state["resume"] is not None


def test_order_that_was_promised_and_not_kept_is_suspicious(destination):
    summary = sync(destination, Api(things(12)[::-1]))
    assert summary.verdict is Verdict.SUSPICIOUS
    assert "out of order" in summary.reasons[0]


def test_a_feed_is_read_until_older_records_appear(destination):
    api = Api(things(45)[::-1])
    sync(destination, api, FEED)
    api.records.insert(0, thing(50))
    summary = sync(destination, api, FEED)
    assert (summary.new, summary.requests) == (1, 1)


def test_a_feed_that_lost_records_between_two_runs_is_partial(destination):
    feed = stream(cursor=NEWEST_FIRST.__class__(field="updated_at", order=NEWEST_FIRST.order, retention=20))
    api = Api(things(20)[::-1])
    assert sync(destination, api, feed).verdict is Verdict.COMPLETE
    api.records = [thing(n) for n in range(100, 80, -1)]
    assert sync(destination, api, feed).verdict is Verdict.PARTIAL


def test_a_cap_that_was_reached_is_partial(destination):
    assert sync(destination, Api(things(20)), stream(cap=20)).verdict is Verdict.PARTIAL


def test_fewer_records_than_the_service_counts_are_suspicious(destination):
    body = {"total": 5, "items": things(3)}
    api = Api([], before=lambda _number: httpx.Response(200, json=body))
    summary = sync(destination, api, stream(records="items", total="total"))
    assert summary.verdict is Verdict.SUSPICIOUS
    assert "counts 5 things, 3 came" in summary.reasons[0]


def test_a_repeated_page_token_ends_the_run_with_an_error(destination):
    link = {"link": '<https://api.invalid/things?page=2>; rel="next"'}
    api = Api([], before=lambda n: httpx.Response(200, json=[thing(n)], headers=link))
    with pytest.raises(DataError, match="second time"):
        sync(destination, api)


def test_what_a_complete_reading_does_not_show_is_marked_as_deleted(destination, table):
    api = Api(things(12))
    sync(destination, api, SNAPSHOT)
    api.records = things(10)
    assert sync(destination, api, SNAPSHOT).deleted == 2
    assert sorted(table.by_id("_deleted_at IS NOT NULL")) == [10, 11]
    api.records = things(12)
    sync(destination, api, SNAPSHOT)
    assert table.by_id("_deleted_at IS NOT NULL") == {}


def test_replace_removes_what_is_gone(destination, table):
    api = Api(things(12))
    sync(destination, api, INCREMENTAL, Options(write=Write.REPLACE))
    api.records = things(9)
    assert sync(destination, api, INCREMENTAL, Options(write=Write.REPLACE)).deleted == 3
    assert sorted(table.by_id()) == list(range(9))


def test_a_table_does_not_shrink_by_half_unless_allowed(destination, table):
    api = Api(things(40))
    sync(destination, api, SNAPSHOT)
    api.records = things(4)
    summary = sync(destination, api, SNAPSHOT)
    assert summary.verdict is Verdict.SUSPICIOUS
    assert len(table.by_id("_deleted_at IS NULL")) == 40
    assert sync(destination, api, SNAPSHOT, Options(allow_shrink=True)).deleted == 36


def test_a_refused_shrink_is_not_called_unchanged_by_the_next_run(destination):
    api = Api(things(40), has_etags=True)
    sync(destination, api, SNAPSHOT)
    api.records = things(4)
    assert [sync(destination, api, SNAPSHOT).verdict for _ in range(2)] == [Verdict.SUSPICIOUS] * 2


def test_a_refused_full_refresh_leaves_the_cursor_where_it_was(destination):
    api = Api(things(40))
    sync(destination, api)
    (before,) = Table(destination, "_sync_state").rows()
    api.records = [thing(n) for n in range(50, 54)]
    assert sync(destination, api, options=Options(full_refresh=True)).verdict is Verdict.SUSPICIOUS
    (after,) = Table(destination, "_sync_state").rows()
    assert after["cursor"] == before["cursor"]


def test_append_keeps_every_version_and_none_twice(destination, table):
    api = Api(things(5))
    options = Options(write=Write.APPEND)
    sync(destination, api, INCREMENTAL, options)
    sync(destination, api, INCREMENTAL, options)
    api.records[4] = thing(4, name="changed")
    assert sync(destination, api, INCREMENTAL, options).new == 1
    assert sorted(row["name"] for row in table.rows("id = 4")) == ["changed", "thing 4"]
    assert len(table.rows()) == 6


def test_an_unmodified_first_page_costs_one_request_and_no_rows(destination):
    api = Api(things(5), has_etags=True)
    sync(destination, api, SNAPSHOT)
    summary = sync(destination, api, SNAPSHOT)
    assert (summary.requests, summary.records, summary.verdict) == (1, 0, Verdict.COMPLETE)
    assert "if-none-match" in api.asked[-1].headers


def test_a_full_page_is_not_trusted_to_be_all_for_ever(destination):
    api = Api(things(SIZE), has_etags=True)
    sync(destination, api, SNAPSHOT)
    sync(destination, api, SNAPSHOT)
    assert "if-none-match" not in api.asked[-1].headers


def test_a_backfill_reads_its_window_and_leaves_the_state_alone(destination):
    api = Api(things(25))
    sync(destination, api)
    (before,) = Table(destination, "_sync_state").rows()
    since = datetime(2026, 1, 1, 0, 5, tzinfo=UTC)
    assert sync(destination, api, options=Options(since=since)).unchanged == 20
    (after,) = Table(destination, "_sync_state").rows()
    assert before == after


def test_a_record_without_its_key_fails_the_run_and_is_kept(destination):
    api = Api([*things(3), {"name": "nameless", "updated_at": moment(5)}])
    with pytest.raises(TooManyRejects, match="no 'id'"):
        sync(destination, api)
    (reject,) = Table(destination, "_sync_rejects").rows()
    assert '"nameless"' in reject["raw"]
    (state,) = Table(destination, "_sync_state").rows()
    assert state["cursor"] is None


def test_rejects_within_the_limit_let_the_others_through(destination, table):
    api = Api([*things(3), {"id": 9, "updated_at": "yesterday"}])
    summary = sync(destination, api, options=Options(max_rejects=1))
    assert (summary.new, summary.rejected) == (3, 1)
    assert sorted(table.by_id()) == [0, 1, 2]


def test_a_partition_has_a_state_and_deletes_of_its_own(destination, table):
    parted = stream(partition=Partition("box", option="boxes"), path="/boxes/{box}")
    api = Api(things(12))
    sync(destination, api, parted, partitions=["a"])
    api.records = [thing(n) for n in range(100, 112)]
    sync(destination, api, parted, partitions=["b"])
    assert len(table.by_id("_deleted_at IS NULL")) == 24
    assert {row["_box"] for row in table.rows()} == {"a", "b"}


def test_a_table_that_was_dropped_is_filled_again(destination, table):
    api = Api(things(5))
    sync(destination, api)
    with destination.connect() as conn, conn.begin():
        destination.table("things").drop(conn)
    sync(destination, api)
    assert len(table.by_id()) == 5


def test_the_ledger_adds_up_with_what_the_service_was_asked(destination, ledger):
    api = Api(things(25))
    sync(destination, api)
    api.records[24] = thing(24, name="changed", updated_at=moment(30))
    sync(destination, api)
    first, second = sorted(ledger.rows(), key=lambda row: row["started_at"])
    assert first["requests"] + second["requests"] == len(api.asked)
    assert (first["new"], second["new"], second["changed"]) == (25, 0, 1)
    assert (second["verdict"], second["error"]) == ("complete", None)
    assert second["finished_at"] is not None


def test_a_failed_run_says_why_in_the_ledger(destination, ledger):
    with pytest.raises(RejectedError):
        sync(destination, Api(things(25), before=broken_at(2)))
    (row,) = ledger.rows()
    assert row["verdict"] == "failed"
    assert "mishap" in row["error"]
    assert row["new"] == SIZE


def test_runs_that_begin_at_once_on_a_new_schema_do_not_trip_over_each_other(destination, table):
    parted = stream(
        partition=Partition("box", option="boxes"), path="/boxes/{box}", primary_key=("_box", "id")
    )

    def run(box: str) -> int:
        own = Destination(destination.url, destination.schema)
        try:
            return Sync(own, "c", Api(things(15)).client).run(parted, [box], EVERY_PAGE).new
        finally:
            own.close()

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(run, "abcdef")) == [15] * 6
    assert len(table.rows()) == 90
