"""What hurt the users of other engines: one test for each, named after what must not happen here."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest

from airflow_connectors.core import (
    Cursor,
    DataError,
    NextToken,
    Order,
    PageNumber,
    Param,
    Partition,
    RejectedError,
    iso,
)
from airflow_connectors.sync import Options, Sync, Verdict, Write

from .api import NEWEST_FIRST, OLDEST_FIRST, SIZE, Api, broken_at, moment, stream, thing, things
from .conftest import Table

INCREMENTAL = stream(cursor=OLDEST_FIRST)
FEED = stream(cursor=NEWEST_FIRST)
SNAPSHOT = stream()
EVERY_PAGE = Options(commit_bytes=1)


def sync(destination, api, declared=INCREMENTAL, options=EVERY_PAGE, partitions=(None,)):
    return Sync(destination, "c", api.client).run(declared, partitions, options)


def interrupted(destination, api, at, declared=INCREMENTAL, options=EVERY_PAGE):
    api.before = broken_at(len(api.asked) + at)
    with pytest.raises(RejectedError):
        sync(destination, api, declared, options)
    api.before = lambda _number: None


def state(destination) -> dict[str, Any]:
    (row,) = Table(destination, "_sync_state").rows()
    return row


# Equal timestamps: what shares its time with the last record read was skipped by "newer than".


def test_equal_timestamps_at_the_boundary_are_not_lost(destination, table):
    api = Api([thing(number, updated_at=moment(7)) for number in range(25)])
    interrupted(destination, api, at=3)
    sync(destination, api)
    api.records += [thing(number, updated_at=moment(7)) for number in range(25, 40)]
    assert sync(destination, api).new == 15
    assert sorted(table.by_id()) == list(range(40))


def test_equal_timestamps_over_hundreds_of_pages_are_read_once_each(destination, table):
    api = Api([thing(number, updated_at=moment(7)) for number in range(2_000)])
    summary = sync(destination, api, options=Options())
    assert (summary.new, summary.requests) == (2_000, 200)
    assert len(table.by_id()) == 2_000


def test_equal_timestamps_survive_a_page_token_that_was_forgotten(destination, table):
    api = Api([thing(number, updated_at=moment(7)) for number in range(45)])
    interrupted(destination, api, at=4)
    api.before = broken_at(len(api.asked) + 1)
    sync(destination, api)
    assert sorted(table.by_id()) == list(range(45))


# Late commits: a record that was written early became visible after the cursor had passed its time.


def test_a_record_that_becomes_visible_late_is_read_by_the_next_run(destination, table):
    late = stream(cursor=replace(OLDEST_FIRST, lookback=timedelta(minutes=5)))
    api = Api(things(25))
    sync(destination, api, late)
    api.records.insert(20, thing(99, updated_at=moment(19)))
    assert sync(destination, api, late).new == 1
    assert 99 in table.by_id()


def test_the_cursor_stays_behind_what_the_service_may_still_be_indexing(destination):
    lagging = stream(cursor=replace(OLDEST_FIRST, lag=timedelta(hours=1)))
    api = Api([thing(1, updated_at=datetime.now(UTC).isoformat())])
    sync(destination, api, lagging)
    assert datetime.fromisoformat(state(destination)["cursor"]) < datetime.now(UTC) - timedelta(minutes=59)


def test_a_record_from_the_future_does_not_take_the_cursor_with_it(destination, table):
    api = Api([*things(5), thing(5, updated_at="2999-01-01T00:00:00Z")])
    sync(destination, api)
    api.records.append(thing(6, updated_at=iso(datetime.now(UTC))))
    sync(destination, api)
    assert 6 in table.by_id()


# The wrong watermark: the service filtered by one field and the cursor followed another.


def test_the_cursor_is_the_field_that_the_service_filters_by(destination):
    generated = stream(cursor=Cursor(field="generated_at", since=Param("since"), order=Order.OLDEST_FIRST))
    api = Api([thing(n, generated_at=moment(n + 60), updated_at=moment(90 - n)) for n in range(15)])
    sync(destination, api, generated)
    assert datetime.fromisoformat(state(destination)["cursor"]) == datetime.fromisoformat(moment(74))


# Zones and precision: a bound was sent in another zone, or rounded up, and records fell into the gap.


def test_moments_of_different_zones_are_ordered_by_the_time_they_mean(destination):
    zones = ["2026-01-01T10:00:00+05:30", "2026-01-01T05:00:00Z", "2026-01-01T03:00:00-03:00"]
    api = Api([thing(number, updated_at=text) for number, text in enumerate(zones)])
    assert sync(destination, api).verdict is Verdict.COMPLETE
    assert state(destination)["cursor"] == "2026-01-01T06:00:00+00:00"


@pytest.mark.parametrize(
    ("written", "sent"),
    [("%Y-%m-%dT%H:%M", "2026-01-01T10:59"), ("%Y-%m-%d", "2026-01-01"), ("%s", "1767265199")],
)
def test_a_bound_is_rounded_down_to_what_the_service_can_tell_apart(destination, written, sent):
    coarse = Param("since", lambda since: since.strftime(written))
    api = Api([thing(1, updated_at="2026-01-01T10:59:59.999Z")])
    declared = stream(cursor=replace(OLDEST_FIRST, since=coarse))
    sync(destination, api, declared)
    sync(destination, api, declared)
    assert api.asked[-1].url.params["since"] == sent


# Caps: the service stopped handing out records, and the sync called it a success.


@pytest.mark.parametrize("found", [20, 25])
def test_a_cap_that_was_reached_is_no_success(destination, found):
    assert sync(destination, Api(things(found)), stream(cap=20)).verdict is Verdict.PARTIAL


def test_fewer_records_than_the_service_counts_are_no_success(destination):
    body = {"total": 25, "items": things(3)}
    api = Api([], before=lambda _number: httpx.Response(200, json=body))
    summary = sync(destination, api, stream(records="items", total="total"))
    assert summary.verdict is Verdict.SUSPICIOUS


# More equal timestamps than the service returns for one query: a loop without an end.


def test_more_equal_timestamps_than_the_cap_end_in_doubt_and_not_in_a_loop(destination):
    capped = stream(cursor=OLDEST_FIRST, cap=20)
    api = Api([thing(number, updated_at=moment(7)) for number in range(20)])
    summaries = [sync(destination, api, capped) for _ in range(2)]
    assert [summary.verdict for summary in summaries] == [Verdict.PARTIAL] * 2
    assert len(api.asked) <= 8


# Filtering: a page of which nothing was kept was taken for the last one.


def test_a_page_of_which_nothing_can_be_kept_is_not_the_last(destination):
    bad = [{"name": "no key", "updated_at": moment(5)} for _ in range(SIZE)]
    api = Api([*bad, *things(5)])
    summary = sync(destination, api, stream(), Options(max_rejects=SIZE))
    assert (summary.new, summary.rejected) == (5, SIZE)


# Order: the state moved with records that came in no order, and an interruption lost the others.


def test_the_cursor_waits_for_the_end_where_records_come_in_no_order(destination, table):
    unordered = stream(cursor=replace(OLDEST_FIRST, order=Order.NONE))
    api = Api([thing(0, updated_at=moment(99)), *things(45)[1:]])
    interrupted(destination, api, at=3, declared=unordered)
    assert state(destination)["cursor"] is None
    api.before = broken_at(len(api.asked) + 1)  # the page token is gone too
    sync(destination, api, unordered)
    assert sorted(table.by_id()) == list(range(45))


def test_order_that_was_promised_and_not_kept_is_said(destination):
    summary = sync(destination, Api(things(12)[::-1]))
    assert (summary.verdict, "out of order" in summary.reasons[0]) == (Verdict.SUSPICIOUS, True)


# State apart from data: rows without a load, loads without rows, duplicates after a failed state job.


@pytest.mark.parametrize("at", [1, 2, 3, 4, 5])
def test_rows_state_and_account_are_never_apart(destination, table, ledger, at):
    api = Api(things(45))
    interrupted(destination, api, at=at)
    (run,) = ledger.rows()
    rows = len(table.by_id()) if at > 1 else 0
    assert rows == run["new"] == run["pages"] * SIZE == (at - 1) * SIZE
    assert (state(destination)["cursor"] is None) is (at == 1)


# Retention: what fell out of an events feed between two runs was never missed.


def test_events_that_were_gone_before_they_were_read_are_said(destination):
    feed = stream(cursor=replace(NEWEST_FIRST, retention=20))
    api = Api(things(20)[::-1])
    sync(destination, api, feed)
    api.records = [thing(number) for number in range(100, 80, -1)]
    assert sync(destination, api, feed).verdict is Verdict.PARTIAL


# Deletes: an incremental sync cannot see them, and nothing else looked.


def test_a_full_refresh_of_an_incremental_stream_marks_what_is_gone(destination, table):
    api = Api(things(12))
    sync(destination, api)
    api.records = things(9)
    assert sync(destination, api, options=Options(full_refresh=True)).deleted == 3
    assert sorted(table.by_id("_deleted_at IS NOT NULL")) == [9, 10, 11]


# Full refresh: a failed one had already emptied the table.


@pytest.mark.parametrize("options", [EVERY_PAGE, replace(EVERY_PAGE, write=Write.REPLACE)])
def test_a_full_refresh_that_fails_leaves_the_old_rows_whole(destination, table, options):
    api = Api(things(25))
    sync(destination, api, SNAPSHOT, options)
    before = table.rows()
    api.records = [thing(number, name="next") for number in range(5, 45)]
    interrupted(destination, api, at=4, declared=SNAPSHOT, options=options)
    assert table.rows() == before


def test_a_full_refresh_that_finds_nearly_nothing_changes_nothing(destination, table):
    api = Api(things(40))
    sync(destination, api, SNAPSHOT)
    api.records = things(4)
    assert sync(destination, api, SNAPSHOT).verdict is Verdict.SUSPICIOUS
    assert len(table.by_id("_deleted_at IS NULL")) == 40


# Silent success: "succeeded, 0 records".


@pytest.mark.parametrize("options", [EVERY_PAGE, replace(EVERY_PAGE, write=Write.REPLACE)])
def test_no_records_where_there_were_many_is_no_success(destination, table, options):
    api = Api(things(40))
    sync(destination, api, SNAPSHOT, options)
    api.records = []
    assert sync(destination, api, SNAPSHOT, options).verdict is Verdict.SUSPICIOUS
    assert len(table.by_id("_deleted_at IS NULL")) == 40


# Endless runs: the end of the window moved with the clock, or the pages went round in a circle.


def test_the_end_of_a_window_is_frozen_also_over_an_interruption(destination):
    bounded = stream(
        cursor=replace(OLDEST_FIRST, until=Param("until", lambda until: until.isoformat())),
        pages=PageNumber("page", ("per_page", SIZE)),
    )
    api = Api(things(45))
    interrupted(destination, api, at=3, declared=bounded)
    sync(destination, api, bounded)
    assert len({request.url.params["until"] for request in api.asked}) == 1


def test_page_tokens_that_go_round_in_a_circle_end_the_run(destination):
    body = ({"items": [thing(number)], "next": "AB"[number % 2]} for number in count())
    api = Api([], before=lambda _number: httpx.Response(200, json=next(body)))
    with pytest.raises(DataError, match="second time"):
        sync(destination, api, stream(records="items", pages=NextToken("next", "token")))


# Schema drift: another type or another field meant a reset, or columns beside columns.


def test_a_field_that_changes_its_type_keeps_every_row_and_its_column(destination, table):
    api = Api([thing(1, size=1), thing(2, size=2)])
    sync(destination, api)
    api.records += [thing(3, size="large"), thing(4, size=2.5, colour="red")]
    sync(destination, api)
    rows = table.by_id()
    assert [str(rows[number]["size"]) for number in (1, 2, 3, 4)] == ["1", "2", "large", "2.5"]
    assert sorted(name for name in rows[1] if not name.startswith("_")) == sorted(
        [*thing(1), "size", "colour"]
    )


# The price of merging: all that was read was written again.


def test_what_was_read_again_and_is_the_same_is_not_written(destination, table):
    api = Api(things(40))
    sync(destination, api, SNAPSHOT)
    before = {key: row["_synced_at"] for key, row in table.by_id().items()}
    api.records[7]["name"] = "changed"
    sync(destination, api, SNAPSHOT)
    after = {key: row["_synced_at"] for key, row in table.by_id().items()}
    assert [key for key in after if after[key] != before[key]] == [7]


# Memory: pages piled up between a fast service and a slow database.


def test_reading_never_runs_far_ahead_of_writing(destination, ledger):
    ahead: list[int] = []

    def look(number: int) -> None:
        (run,) = ledger.rows() if number > 1 else [{"pages": 0}]
        ahead.append(number - run["pages"])

    sync(destination, Api(things(300), before=look))
    assert max(ahead) <= 8


# One state for all partitions: rewritten as a whole at every checkpoint.


def test_a_partition_writes_its_own_state_and_no_other(destination):
    parted = stream(
        partition=Partition("box", option="boxes"), path="/boxes/{box}", primary_key=("_box", "id")
    )
    api = Api(things(5))
    sync(destination, api, parted, partitions=["a", "b", "c"])
    before = {row["partition"]: row for row in Table(destination, "_sync_state").rows()}
    sync(destination, api, parted, partitions=["b"])
    after = {row["partition"]: row for row in Table(destination, "_sync_state").rows()}
    assert [box for box in "abc" if before[box] != after[box]] == ["b"]


# No account: nobody could say what a run had asked, read, written and left out.


def test_a_run_of_which_nothing_went_right_has_an_account_too(destination, ledger):
    api = Api(things(5), before=broken_at(1))
    with pytest.raises(RejectedError):
        sync(destination, api, FEED)
    (run,) = ledger.rows()
    assert (run["verdict"], run["requests"], run["new"]) == ("failed", 1, 0)
    assert "GET /things: 400" in run["error"]
