"""Where streams stand, and forgetting it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from airflow_connectors.core import ConfigError, Partition, RejectedError
from airflow_connectors.sync import Destination, Options, Superseded, Sync
from airflow_connectors.sync.operate import reset, runs, standings
from airflow_connectors.sync.operate.text import aligned, as_plain, lasting, shown
from tests.sync.api import OLDEST_FIRST, Api, broken_at, stream, things
from tests.sync.conftest import Table

INCREMENTAL = stream(cursor=OLDEST_FIRST)
PARTED = stream(
    cursor=OLDEST_FIRST,
    partition=Partition("box", option="boxes"),
    path="/boxes/{box}",
    primary_key=("_box", "id"),
)
EVERY_PAGE = Options(commit_bytes=1)


def sync(destination, api, declared=INCREMENTAL, options=EVERY_PAGE, partitions=(None,), connection="c"):
    return Sync(destination, connection, api.client).run(declared, partitions, options)


def interrupted(destination, declared=INCREMENTAL):
    with pytest.raises(RejectedError):
        sync(destination, Api(things(45), before=broken_at(4)), declared)


def tables_in(destination):
    schema, _ = destination.dialect.place(destination.schema, "")
    with destination.connect() as conn:
        return sa.inspect(conn).get_table_names(schema=schema)


def test_a_stream_shows_how_far_it_is_read(destination):
    sync(destination, Api(things(25)))
    (one,) = standings(destination)
    assert (one.connection, one.table, one.partition, one.epoch) == ("c", "things", "", 1)
    assert one.cursor == datetime(2026, 1, 1, 0, 24, tzinfo=UTC)
    assert (one.last_run, one.verdict, one.interrupted) == ("first", "complete", "")
    assert timedelta(0) <= datetime.now(UTC) - one.cursor - one.age < timedelta(minutes=1)


def test_an_interrupted_stream_shows_where_it_goes_on(destination):
    interrupted(destination)
    (one,) = standings(destination)
    assert (one.interrupted, one.verdict) == ("after 30 records, at GET /things", "failed")


def test_looking_creates_nothing(destination):
    assert standings(destination) == []
    assert runs(destination) == []
    with destination.engine.connect() as conn:
        schema, _ = destination.dialect.place(destination.schema, "_sync_state")
        assert schema is None or schema not in sa.inspect(conn).get_schema_names()


def test_connections_and_tables_are_told_apart(destination):
    sync(destination, Api(things(5)))
    sync(destination, Api(things(5)), options=Options(table="items"))
    sync(destination, Api(things(5)), connection="other")
    assert len(standings(destination)) == 3
    assert [one.table for one in standings(destination, "c")] == ["items", "things"]
    assert [one.connection for one in standings(destination, table="things")] == ["c", "other"]


def test_a_backfill_is_not_the_last_run_of_a_live_stream(destination):
    sync(destination, Api(things(5)))
    sync(destination, Api(things(5)), options=Options(since=datetime(2026, 1, 1, tzinfo=UTC)))
    assert standings(destination)[0].last_run == "first"


def test_runs_are_listed_the_newest_first(destination):
    api = Api(things(5))
    for _ in range(3):
        sync(destination, api)
    sync(destination, api, options=Options(table="items"))
    assert [row["kind"] for row in runs(destination, table="things")] == [
        "incremental",
        "incremental",
        "first",
    ]
    assert len(runs(destination, most=2)) == 2


def test_after_a_reset_everything_is_read_again_and_only_what_differs_written(destination):
    api = Api(things(25))
    sync(destination, api)
    done = reset(destination, "c", "things")
    assert str(done) == "reset 1 partition(s) of c/things"
    summary = sync(destination, api)
    assert (summary.new, summary.unchanged, summary.requests) == (0, 25, 3)


def test_one_partition_is_forgotten_and_the_others_stay(destination):
    sync(destination, Api(things(25)), PARTED, partitions=["a", "b"])
    reset(destination, "c", "things", "a")
    assert {one.partition: one.cursor is None for one in standings(destination)} == {"a": True, "b": False}


def test_a_whole_connection_is_forgotten_and_others_stay(destination):
    sync(destination, Api(things(5)))
    sync(destination, Api(things(5)), options=Options(table="items"))
    sync(destination, Api(things(5)), connection="other")
    assert len(reset(destination, "c").keys) == 2
    assert [one.connection for one in standings(destination) if one.cursor] == ["other"]


def test_a_run_under_way_ends_and_writes_nothing_more(destination, table):
    sync(destination, Api(things(5)))

    def forget(number):
        if number == 3:
            own = Destination(destination.url, destination.schema)
            reset(own, "c", "things")
            own.close()

    with pytest.raises(Superseded):
        sync(destination, Api(things(45), before=forget))
    assert len(table.rows()) < 45
    assert standings(destination)[0].cursor is None


def test_epochs_go_on_so_that_no_run_from_before_is_taken_for_the_next(destination):
    sync(destination, Api(things(5)))
    reset(destination, "c", "things")
    sync(destination, Api(things(5)))
    assert standings(destination)[0].epoch == 3


def test_what_an_interrupted_snapshot_had_staged_is_dropped(destination):
    snapshot, options = stream(), Options(commit_bytes=1, children="labels")
    api = Api([thing | {"labels": [{"text": "old"}]} for thing in things(45)], before=broken_at(4))
    with pytest.raises(RejectedError):
        sync(destination, api, snapshot, options)
    reset(destination, "c", "things")
    assert [name for name in tables_in(destination) if "_stage_" in name] == []
    assert sync(destination, Api(things(45)), snapshot, options).new == 45
    assert Table(destination, "things__labels").rows() == []


def test_the_table_goes_too_if_that_is_asked_for(destination, table):
    sync(destination, Api(things(25)))
    done = reset(destination, "c", "things", drop_table=True)
    assert str(done) == "reset 1 partition(s) of c/things; dropped things"
    assert not [name for name in tables_in(destination) if name.endswith("things")]
    assert sync(destination, Api(things(3))).new == 3
    assert len(table.rows()) == 3


def test_a_table_with_rows_of_another_connection_is_kept(destination, table):
    sync(destination, Api(things(5)))
    sync(destination, Api(things(5)), connection="other")
    with pytest.raises(ConfigError, match="also has the rows of other"):
        reset(destination, "c", "things", drop_table=True)
    assert len(table.rows()) == 5
    assert all(one.cursor for one in standings(destination))


@pytest.mark.parametrize("asked", [("c", ""), ("c", "things", "a")])
def test_only_a_whole_table_is_dropped(destination, asked):
    with pytest.raises(ConfigError, match="one whole table"):
        reset(destination, *asked, drop_table=True)


def test_what_there_is_no_state_of_is_said_with_what_there_is(destination):
    sync(destination, Api(things(5)))
    with pytest.raises(ConfigError, match="no state of c/thing; there is of: c/things"):
        reset(destination, "c", "thing")


def test_the_accounts_of_runs_stay(destination, ledger):
    sync(destination, Api(things(5)))
    reset(destination, "c", "things", drop_table=True)
    assert len(ledger.rows()) == 1


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (119, "119 s"), (120, "2.0 min"), (7200, "2.0 h"), (172_800, "2.0 d")],
)
def test_times_are_short(seconds, text):
    assert lasting(seconds) == text


def test_columns_are_aligned_and_numbers_to_the_right():
    rows = [{"a_name": "x", "count": 1200}, {"a_name": "longer", "count": None}]
    assert aligned(rows).splitlines() == ["a name  count", "x       1,200", "longer      -"]


def test_long_texts_are_cut_and_absent_values_shown():
    assert len(shown("x" * 100)) == 60
    assert list(map(shown, (None, "", True))) == ["-", "-", "True"]


def test_plain_values_are_those_of_json():
    value = {"at": datetime(2026, 1, 1), "of": (1, [None])}  # noqa: DTZ001 - as SQLite gives it
    assert as_plain(value) == {"at": "2026-01-01T00:00:00+00:00", "of": [1, [None]]}
