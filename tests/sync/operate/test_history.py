"""A run beside those before it: what is odd is said, and what is not, is not."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from airflow_connectors.sync import Destination, Options, Sync, Verdict
from airflow_connectors.sync.expectations import Anomalies
from airflow_connectors.sync.history import LEAST, MEASURES, MOST, comparable, outliers
from airflow_connectors.sync.ledger import Ledger
from tests.sync.api import OLDEST_FIRST, Api, moment, stream, thing

INCREMENTAL = stream(cursor=OLDEST_FIRST)
NOTHING = {"new": 0, "changed": 0, "unchanged": 0, "deleted": 0, "rejected": 0, "requests": 1}
QUIET = {**NOTHING, "seconds": 0.0, "waited": 0.0}

counts = st.integers(20, 100_000)
columns = st.sampled_from(["new", "changed", "deleted", "rejected", "requests"])
lengths = st.integers(LEAST, MOST)


def account(**values):
    return {**QUIET, **values}


def found(run, before):
    return [outlier.measure.name for outlier in outliers(run, before)]


@given(columns, st.integers(0, 100_000), lengths)
def test_equal_runs_are_never_odd(column, count, length):
    run = account(**{column: count})
    assert found(run, [run] * length) == []


@given(columns, counts, lengths)
def test_ten_times_as_much_is_odd(column, count, length):
    before = [account(**{column: count})] * length
    assert len(found(account(**{column: 10 * count}), before)) == 1


@given(st.integers(20, 10_000), st.lists(st.floats(0.9, 1.1), min_size=LEAST, max_size=MOST))
def test_ten_times_as_much_is_odd_among_runs_that_differ(count, noise):
    before = [account(requests=round(count * share)) for share in noise]
    assert found(account(requests=10 * count), before) == ["requests"]


@given(counts, st.floats(0, 0.05), lengths, st.booleans())
def test_slow_growth_and_decline_are_not_odd(count, pace, length, grows):
    step = pace if grows else -pace
    runs = [account(new=round(count * (1 + step) ** number)) for number in range(length + 1)]
    assert found(runs[-1], runs[:-1]) == []


@given(counts, lengths)
def test_nothing_new_where_there_always_was_is_odd(count, length):
    assert found(account(new=0), [account(new=count)] * length) == ["new rows"]


@given(columns.filter(lambda name: name not in ("new", "requests")), counts, lengths)
def test_fewer_changes_and_errors_are_not_odd(column, count, length):
    assert found(account(**{column: 0}), [account(**{column: count})] * length) == []


@given(columns, counts, st.integers(0, LEAST - 1))
def test_too_few_runs_tell_nothing(column, count, length):
    before = [account(**{column: count})] * length
    assert found(account(**{column: 100 * count}), before) == []


@given(counts, st.integers(2, 5))
def test_what_recurs_is_not_odd(count, weeks):
    before = ([account(new=10 * count)] + [account(new=count)] * 6) * weeks
    assert found(account(new=10 * count), before[:MOST]) == []


def test_one_odd_run_does_not_hide_the_next():
    before = [account(new=1000)] + [account(new=20)] * LEAST
    assert found(account(new=1000), before) == ["new rows"]


def test_slowness_is_told_apart_from_waiting():
    before = [account(requests=10, seconds=2.0)] * LEAST
    assert found(account(requests=10, seconds=32.0, waited=30.0), before) == ["seconds waited"]
    assert found(account(requests=10, seconds=32.0), before) == ["seconds per request"]


def test_an_outlier_says_what_was_usual():
    (outlier,) = outliers(account(requests=4200), [account(requests=41)] * 30)
    assert str(outlier) == "requests: 4,200, usually 41 (median of 30 runs)"


def test_every_measure_has_a_floor():
    assert all(measure.floor > 0 for measure in MEASURES)


def sync(destination, api, **options):
    return Sync(destination, "c", api.client).run(INCREMENTAL, options=Options(**options))


def quiet_runs(destination):
    """Runs that each bring one new record, and an API that then has fifty at once."""
    api = Api([thing(0)])
    for number in range(1, LEAST + 2):
        sync(destination, api)
        api.records.append(thing(number))
    api.records += [thing(number, updated_at=moment(60)) for number in range(100, 150)]
    return api


def test_an_odd_run_is_said_to_be_so_and_stays_complete(destination, ledger):
    summary = sync(destination, quiet_runs(destination))
    assert summary.verdict is Verdict.COMPLETE
    assert summary.reasons[0] == "unusual new rows: 51, usually 1 (median of 8 runs)"
    last = max(ledger.rows(), key=lambda row: row["started_at"])
    assert "unusual new rows" in last["reasons"]


def test_an_odd_run_can_be_made_to_fail(destination):
    summary = sync(destination, quiet_runs(destination), anomalies=Anomalies.FAIL)
    assert summary.verdict is Verdict.SUSPICIOUS


def test_an_odd_run_can_be_ignored(destination):
    assert sync(destination, quiet_runs(destination), anomalies=Anomalies.IGNORE).reasons == []


def test_only_runs_of_its_kind_are_compared(destination, ledger):
    api = Api([thing(number) for number in range(40)])
    for _ in range(LEAST + 1):
        sync(destination, api)
    assert sync(destination, api, full_refresh=True).reasons == []
    kinds = [row["kind"] for row in sorted(ledger.rows(), key=lambda row: row["started_at"])]
    assert kinds == ["first", *["incremental"] * LEAST, "full"]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_history_costs_one_query_that_takes_the_index(destination: Destination):
    api = Api([thing(0)])
    for _ in range(3):
        sync(destination, api)
    asked = []
    sa.event.listen(destination.engine, "before_cursor_execute", lambda *given: asked.append(given[2:4]))
    with destination.connect() as conn:
        asked.clear()
        alike = {"connection": "c", "stream": "things", "table_name": "things", "kind": "incremental"}
        runs = comparable(conn, Ledger(destination), "", alike)
        ((statement, values),) = [one for one in asked if one[0].startswith("SELECT")]
        plan = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert len(runs) == 2
    assert "USING INDEX" in plan[0][-1]
    assert "connection=? AND stream=?" in plan[0][-1]
    assert "TEMP B-TREE" not in str(plan)
