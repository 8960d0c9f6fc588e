"""What has to be so after a run; otherwise it is not green."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from airflow_connectors.core import ConfigError
from airflow_connectors.sync import Options, Sync, Verdict
from airflow_connectors.sync.expectations import Expect
from airflow_connectors.sync.history import LEAST
from tests.sync.api import OLDEST_FIRST, Api, moment, stream, thing, things

INCREMENTAL = stream(cursor=OLDEST_FIRST)
SNAPSHOT = stream()


def sync(destination, api, declared=INCREMENTAL, **options):
    return Sync(destination, "c", api.client).run(declared, options=Options(**options))


def at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def same_moment(count):
    """Records that every run reads again, because they are at the boundary."""
    return [thing(number, updated_at=moment(7)) for number in range(count)]


def test_too_few_records_of_a_run_are_suspicious(destination):
    summary = sync(destination, Api(things(3)), expect=Expect(min_records=4))
    assert summary.verdict is Verdict.SUSPICIOUS
    assert summary.reasons == ["things: 3 records came, min_records=4"]


def test_a_table_with_too_few_rows_is_partial(destination):
    api = Api(things(5))
    sync(destination, api, SNAPSHOT)
    api.records.pop()
    summary = sync(destination, api, SNAPSHOT, expect=Expect(min_rows=5))
    assert summary.verdict is Verdict.PARTIAL
    assert summary.reasons == ["things: the table has 4 rows, min_rows=5"]


def test_what_is_as_expected_is_complete(destination):
    expect = Expect(min_records=5, min_rows=5, max_age=timedelta(days=36500))
    assert sync(destination, Api(things(5)), expect=expect).verdict is Verdict.COMPLETE


def test_records_that_are_too_old_are_suspicious(destination):
    summary = sync(destination, Api(things(5)), expect=Expect(max_age=timedelta(hours=36)))
    assert summary.verdict is Verdict.SUSPICIOUS
    assert "max_age=1 day, 12:00:00" in summary.reasons[0]


def test_the_newest_record_of_all_partitions_tells_how_old_they_are(destination):
    now = datetime.now(UTC)
    api = Api([thing(1, updated_at=at(now - timedelta(hours=2)))])
    assert sync(destination, api, expect=Expect(max_age=timedelta(hours=3))).verdict is Verdict.COMPLETE
    assert sync(destination, api, expect=Expect(max_age=timedelta(hours=1))).verdict is Verdict.SUSPICIOUS


def test_a_stream_without_any_record_is_too_old(destination):
    summary = sync(destination, Api([]), expect=Expect(max_age=timedelta(days=1)))
    assert summary.reasons == ["things: there is no record yet, max_age=1 day, 0:00:00"]


def test_a_window_of_its_own_may_be_old(destination):
    since = datetime(2026, 1, 1, tzinfo=UTC)
    summary = sync(destination, Api(things(3)), since=since, expect=Expect(max_age=timedelta(days=1)))
    assert summary.verdict is Verdict.COMPLETE


def test_age_needs_a_cursor_and_nothing_is_asked_without(destination):
    api = Api(things(3))
    with pytest.raises(ConfigError, match="no cursor"):
        sync(destination, api, SNAPSHOT, expect=Expect(max_age=timedelta(days=1)))
    assert api.asked == []


@pytest.mark.parametrize(("share", "verdict"), [(0.1, "suspicious"), (0.2, "complete"), (0.5, "complete")])
def test_how_much_a_snapshot_may_shrink_is_the_users_to_say(destination, table, share, verdict):
    api = Api(things(20))
    sync(destination, api, SNAPSHOT)
    del api.records[:4]
    summary = sync(destination, api, SNAPSHOT, expect=Expect(max_shrink=share))
    assert summary.verdict.value == verdict
    assert len(table.rows("_deleted_at IS NULL")) == (20 if verdict == "suspicious" else 16)


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_is_between_nothing_and_all(share):
    with pytest.raises(ConfigError, match="no share"):
        Expect(max_shrink=share)


def test_the_ledger_says_what_was_not_as_expected(destination, ledger):
    sync(destination, Api(things(3)), expect=Expect(min_records=4, min_rows=9))
    (row,) = ledger.rows()
    assert (row["verdict"], row["error"]) == ("suspicious", None)
    assert row["reasons"] == "things: 3 records came, min_records=4; things: the table has 3 rows, min_rows=9"


def test_no_record_where_many_always_came_is_suspicious(destination):
    api = Api(same_moment(12))
    for _ in range(LEAST + 1):  # the first run is of another kind
        assert sync(destination, api).verdict is Verdict.COMPLETE
    api.records = []
    summary = sync(destination, api)
    assert summary.verdict is Verdict.SUSPICIOUS
    assert "no record came, where each of the last 8 runs brought at least 12" in summary.reasons[0]


def test_a_stream_that_may_be_empty_is_let_be(destination):
    api = Api(same_moment(12))
    for _ in range(LEAST + 1):
        sync(destination, api)
    api.records = []
    assert sync(destination, api, expect=Expect(may_be_empty=True)).verdict is Verdict.COMPLETE


def test_nothing_new_is_not_nothing(destination):
    api = Api(things(SIZE_BELOW_A_PAGE), has_etags=True)
    for _ in range(LEAST + 2):
        summary = sync(destination, api, SNAPSHOT)
    assert (summary.verdict, summary.records) == (Verdict.COMPLETE, 0)


SIZE_BELOW_A_PAGE = 9
