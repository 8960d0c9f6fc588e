"""A backfill reads a window of its own, beside a live run, and neither harms the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from airflow_connectors.core import Cursor, Order, Param
from airflow_connectors.sync import Destination, Options, Sync, Write
from tests.sync.api import OLDEST_FIRST, Api, moment, stream, thing, things
from tests.sync.conftest import Table

INCREMENTAL = stream(cursor=OLDEST_FIRST)
NO_ORDER = stream(cursor=Cursor(field="updated_at", since=Param("since"), order=Order.NONE))
SINCE = datetime(2026, 1, 1, 0, 0, tzinfo=UTC)
EVERY_PAGE = Options(commit_bytes=1)
BACKFILL = Options(since=SINCE, commit_bytes=1)
LATER = moment(500)


def sync(destination, api, options=EVERY_PAGE, declared=INCREMENTAL):
    own = Destination(destination.url, destination.schema)
    try:
        return Sync(own, "c", api.client).run(declared, options=options)
    finally:
        own.close()


def states(destination):
    return Table(destination, "_sync_state").rows()


@dataclass
class Meanwhile:
    """An API at whose nth request something happens, once."""

    records: list[dict[str, Any]]
    at: int
    happens: Any

    def __post_init__(self) -> None:
        self.api = Api(self.records, before=self.before)

    def before(self, number: int) -> None:
        if number == self.at:
            self.happens()


@pytest.mark.parametrize(
    "declared", [INCREMENTAL, NO_ORDER, stream()], ids=["ordered", "unordered", "snapshot"]
)
def test_the_live_state_is_untouched(destination, declared):
    api = Api(things(25))
    sync(destination, api, declared=declared)
    before = states(destination)
    sync(destination, api, BACKFILL, declared)
    assert states(destination) == before


def test_without_a_live_state_there_is_none_afterwards(destination, table):
    sync(destination, Api(things(25)), BACKFILL)
    assert states(destination) == []
    assert len(table.by_id()) == 25


def test_a_live_run_in_the_middle_of_a_backfill_keeps_its_state_and_its_rows(destination, table):
    live = Api(things(25))
    sync(destination, live)

    def change_and_sync():
        live.records[3] = thing(3, name="newer", updated_at=LATER)
        sync(destination, live)

    slow = Meanwhile(things(25), 3, change_and_sync)
    one_unit = Options(since=SINCE, commit_bytes=2**20)
    summary = sync(destination, slow.api, one_unit)
    assert table.by_id()[3]["name"] == "newer"  # the backfill had read the older version before
    (state,) = states(destination)
    assert state["cursor"] == "2026-01-01T08:20:00+00:00"
    assert (summary.new, summary.changed, summary.unchanged) == (0, 0, 25)


def test_a_backfill_in_the_middle_of_a_live_run_does_not_end_it(destination, table):
    slow = Meanwhile(things(45), 3, lambda: sync(destination, Api(things(45)), BACKFILL))
    summary = sync(destination, slow.api)
    assert summary.verdict.value == "complete"
    assert sorted(table.by_id()) == list(range(45))
    (state,) = states(destination)
    assert (state["epoch"], state["resume"]) == (1, None)


def test_the_first_live_run_may_come_in_the_middle_of_a_backfill(destination, table):
    newer = [thing(number, name="newer", updated_at=LATER) for number in range(25)]
    slow = Meanwhile(things(25), 3, lambda: sync(destination, Api(newer)))
    sync(destination, slow.api, BACKFILL)
    assert {row["name"] for row in table.rows()} == {"newer"}


def test_what_a_live_run_deletes_meanwhile_stays_deleted(destination, table):
    snapshot = stream()
    sync(destination, Api(things(15)), declared=snapshot)
    slow = Meanwhile(things(15), 2, lambda: sync(destination, Api(things(14)), declared=snapshot))
    sync(destination, slow.api, Options(since=SINCE, commit_bytes=2**20), snapshot)
    assert table.by_id()[14]["_deleted_at"] is not None


def test_a_later_cursor_is_newer_whatever_the_clocks_say(destination, table):
    live = Api([thing(1, name="newer", updated_at=LATER)])
    sync(destination, live)  # written before the backfill begins, as with a clock that is behind
    stale = Api([thing(1, name="stale", updated_at=moment(1))])
    sync(destination, stale, BACKFILL)
    assert table.by_id()[1]["name"] == "newer"


def test_an_older_version_ends_no_current_one(destination, table):
    history = Options(write=Write.SCD2, commit_bytes=1)
    sync(destination, Api([thing(1, name="newer", updated_at=LATER)]), history)
    backfill = Options(write=Write.SCD2, since=SINCE)
    sync(destination, Api([thing(1, name="stale", updated_at=moment(1))]), backfill)
    (row,) = table.rows()
    assert (row["name"], row["_valid_to"]) == ("newer", None)


def test_the_elements_of_what_is_newer_stay_too(destination):
    def labelled(name, when):
        return [thing(1, updated_at=when, labels=[{"text": f"{name} {n}"} for n in range(2)])]

    shaped = Options(children="labels")
    sync(destination, Api(labelled("newer", LATER)), shaped)
    sync(destination, Api(labelled("stale", moment(1))), Options(children="labels", since=SINCE))
    rows = Table(destination, "things__labels").rows("_deleted_at IS NULL")
    assert sorted(row["text"] for row in rows) == ["newer 0", "newer 1"]


def test_a_backfill_writes_what_is_missing_and_what_is_older(destination, table):
    sync(destination, Api([thing(1, name="old")]))
    summary = sync(destination, Api([thing(1, name="corrected"), thing(2)]), BACKFILL)
    assert (summary.new, summary.changed) == (1, 1)
    assert table.by_id()[1]["name"] == "corrected"


def test_two_windows_read_at_once_come_together(destination, table):
    def second():
        sync(destination, Api(things(45)[20:]), Options(since=SINCE, commit_bytes=1))

    slow = Meanwhile(things(30), 2, second)
    sync(destination, slow.api, BACKFILL)
    assert sorted(table.by_id()) == list(range(45))


def test_each_run_has_its_account(destination, ledger):
    slow = Meanwhile(things(25), 2, lambda: sync(destination, Api(things(25))))
    sync(destination, slow.api, BACKFILL)
    found = {row["kind"]: row for row in ledger.rows()}
    assert sorted(found) == ["backfill", "first"]
    assert sum(row["new"] for row in found.values()) == 25
    assert {row["verdict"] for row in found.values()} == {"complete"}
