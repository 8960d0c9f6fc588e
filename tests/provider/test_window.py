"""SyncOperator's window, expectations and anomalies, as a DAG states them and as a task runs them."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from airflow.sdk import DAG, CronDataIntervalTimetable
from airflow.serialization.serialized_objects import DagSerialization

from airflow_connectors.core import ConfigError
from airflow_connectors.integrations.github import GitHubHook, GitHubSyncOperator
from airflow_connectors.provider.window import data_interval
from airflow_connectors.sync import IncompleteSync
from airflow_connectors.sync.expectations import Expect
from airflow_connectors.testing import Simulator
from airflow_connectors.testing.worlds.github import GitHubWorld

REPOSITORY = "acme/rocket"
START = datetime(2020, 1, 1, tzinfo=UTC)
INTERVAL = {"data_interval_start": START, "data_interval_end": START + timedelta(days=3650)}


@pytest.fixture
def github(monkeypatch):
    with Simulator(GitHubHook, GitHubWorld(repositories=(REPOSITORY,), issues=40), page_size=10) as simulator:
        monkeypatch.setenv("AIRFLOW_CONN_GITHUB_DEFAULT", simulator.connection())
        yield simulator


@pytest.fixture
def warehouse(monkeypatch, tmp_path):
    file = tmp_path / "warehouse.db"
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps({"conn_type": "sqlite", "host": str(file)}))
    return file


def select(file, what: str):
    conn = sqlite3.connect(file)
    found = conn.execute(what).fetchall()
    conn.close()
    return found


def sync(**fields) -> GitHubSyncOperator:
    given = {"streams": ["issues"], "repositories": [REPOSITORY], **fields}
    return GitHubSyncOperator(task_id="sync", destination="warehouse", schema="github", **given)


def executed(task, context=None):
    try:
        return task.execute(context or {})
    finally:
        task.hook.close()


@pytest.mark.usefixtures("github")
def test_the_data_interval_is_read_and_the_live_state_stays(warehouse):
    executed(sync())
    state = select(warehouse, "SELECT * FROM github___sync_state")
    executed(sync(window="data_interval"), INTERVAL)
    assert select(warehouse, "SELECT * FROM github___sync_state") == state
    assert select(warehouse, "SELECT kind FROM github___sync_runs ORDER BY started_at") == [
        ("first",),
        ("backfill",),
    ]


@pytest.mark.usefixtures("warehouse")
def test_the_interval_is_what_the_service_is_asked_for(github):
    executed(sync(window="data_interval"), INTERVAL)
    assert github.requests[0].params["since"] == "2020-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "context",
    [{}, {"data_interval_start": None, "data_interval_end": None}, dict.fromkeys(INTERVAL, START)],
    ids=["absent", "none", "empty"],
)
def test_a_run_without_an_interval_says_how_to_get_one(context):
    with pytest.raises(ConfigError, match="CronDataIntervalTimetable"):
        data_interval(context)


def test_a_cron_text_gives_no_interval_and_its_timetable_does():
    """What the message says holds in the Airflow that is installed."""
    for schedule, is_empty in (
        ("@daily", True),
        (CronDataIntervalTimetable("@daily", timezone="UTC"), False),
    ):
        dag = DAG("d", schedule=schedule, start_date=START)
        timetable = DagSerialization.from_dict(DagSerialization.to_dict(dag)).timetable
        interval = timetable.infer_manual_data_interval(run_after=START)
        assert (interval.start == interval.end) is is_empty


@pytest.mark.parametrize("given", [{"since": "2026-01-01"}, {"until": "2026-01-01"}])
def test_two_windows_are_one_too_many(given):
    with pytest.raises(ConfigError, match="its own bounds"):
        sync(window="data_interval", **given)


def test_an_unknown_window_is_refused_as_the_dag_is_parsed():
    with pytest.raises(ConfigError, match="none of state, data_interval"):
        sync(window="interval")


def test_a_stream_without_a_cursor_has_no_interval():
    with pytest.raises(ConfigError, match=r"labels has no cursor"):
        sync(streams=["labels"], window="data_interval")


@pytest.mark.usefixtures("github", "warehouse")
def test_what_is_not_as_expected_fails_the_task():
    with pytest.raises(IncompleteSync, match="min_rows=50"):
        executed(sync(expect=Expect(min_rows=50)))


@pytest.mark.usefixtures("github", "warehouse")
def test_each_stream_has_its_own_expectations():
    task = sync(streams=["issues", "labels"], expect={"labels": Expect(min_rows=1)})
    assert executed(task)["issues"]["verdict"] == "complete"


def test_expectations_of_other_streams_are_refused_as_the_dag_is_parsed():
    with pytest.raises(ConfigError, match="expect names labels"):
        sync(expect={"labels": Expect(min_rows=1)})


def test_unknown_anomalies_are_refused_as_the_dag_is_parsed():
    with pytest.raises(ConfigError, match="none of warn, fail, ignore"):
        sync(anomalies="panic")
