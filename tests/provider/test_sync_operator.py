"""SyncOperator and ReadOperator against a simulated GitHub, as a task would run them."""

from __future__ import annotations

import json
import sqlite3
import time
from types import SimpleNamespace

import pytest
from airflow.sdk import Asset
from airflow.sdk.exceptions import AirflowFailException, TaskDeferred

from airflow_connectors.core import ConfigError, DataError
from airflow_connectors.integrations.github import GitHubHook, GitHubReadOperator, GitHubSyncOperator
from airflow_connectors.sync import IncompleteSync, Stopped
from airflow_connectors.testing import Simulator
from airflow_connectors.testing.worlds.github import GitHubWorld

REPOSITORY = "acme/rocket"


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


def count(file, table: str) -> int:
    warehouse = sqlite3.connect(file)
    ((found,),) = warehouse.execute(f"SELECT count(*) FROM github__{table}")  # noqa: S608 - the test's own
    warehouse.close()
    return found


def sync(**fields) -> GitHubSyncOperator:
    given = {"streams": ["issues", "labels"], "repositories": [REPOSITORY], **fields}
    return GitHubSyncOperator(task_id="sync", destination="warehouse", schema="github", **given)


def read(**fields) -> GitHubReadOperator:
    return GitHubReadOperator(task_id="read", stream="issues", repositories=[REPOSITORY], **fields)


def executed(task, context=None):
    try:
        return task.execute(context or {})
    finally:
        task.hook.close()


@pytest.mark.usefixtures("warehouse")
def test_it_returns_an_account_of_each_stream_that_json_can_hold(github):
    result = executed(sync())
    assert result["issues"]["new"] == 40
    assert result["labels"]["new"] == len(github.world.records("labels"))
    assert json.loads(json.dumps(result)) == result


@pytest.mark.usefixtures("github", "warehouse")
def test_an_assets_event_carries_the_account():
    asset, event = Asset("x://github"), SimpleNamespace(extra={})
    executed(sync(outlets=[asset]), {"outlet_events": {asset: event}})
    assert event.extra["issues"]["verdict"] == "complete"


def shrunk(github):
    """A world whose labels have all but gone, after a first sync."""
    executed(sync())
    keys = [record["id"] for record in github.world.records("labels")]
    extra = [github.world.add("labels", REPOSITORY)["id"] for _ in range(30)]
    executed(sync())
    for key in [*keys, *extra][1:]:
        github.world.delete("labels", key, REPOSITORY)


@pytest.mark.usefixtures("warehouse")
def test_a_verdict_that_is_not_complete_fails_the_task(github):
    shrunk(github)
    with pytest.raises(IncompleteSync, match=r"labels: suspicious: .* shrank"):
        executed(sync())


@pytest.mark.usefixtures("warehouse")
def test_it_is_not_retried_because_the_next_attempt_would_look_complete(github):
    shrunk(github)
    with pytest.raises(AirflowFailException):
        executed(sync())


@pytest.mark.usefixtures("warehouse")
def test_a_doubt_is_not_forgotten_when_a_later_stream_fails_or_has_to_wait(github):
    shrunk(github)
    github.fail(429, headers={"retry-after": "1200"}, path="issues")
    with pytest.raises(IncompleteSync, match=r"labels: suspicious"):
        executed(sync(streams=["labels", "issues"]))


@pytest.mark.usefixtures("warehouse")
def test_an_accepted_verdict_does_not(github):
    shrunk(github)
    assert executed(sync(accept_verdicts=["suspicious"]))["labels"]["verdict"] == "suspicious"


def test_a_long_pause_defers_the_task_which_goes_on_where_it_was(github, warehouse):
    github.fail(429, headers={"retry-after": "1200"}, path="labels")
    task = sync()
    with pytest.raises(TaskDeferred) as deferred:
        executed(task)
    assert deferred.value.trigger.serialize()[1]["moment"] is not None
    assert count(warehouse, "issues") == 40
    before = len(github.requests)
    result = sync().resume({})
    assert (result["issues"]["new"], result["labels"]["verdict"]) == (0, "complete")
    assert len(github.requests) - before < 5


@pytest.mark.usefixtures("github")
def test_small_streams_are_read_into_xcom():
    assert len(executed(read())) == 40


def test_large_streams_need_a_file(monkeypatch):
    with Simulator(GitHubHook, GitHubWorld(repositories=(REPOSITORY,), issues=800)) as large:
        monkeypatch.setenv("AIRFLOW_CONN_GITHUB_DEFAULT", large.connection())
        with pytest.raises(ConfigError, match=r"more than 1 MiB.*output_path"):
            executed(read())


@pytest.mark.usefixtures("github")
def test_records_are_written_as_json_lines(tmp_path):
    result = executed(read(output_path=f"file://{tmp_path}/issues.jsonl"))
    lines = (tmp_path / "issues.jsonl").read_text().splitlines()
    assert result == {"path": f"file://{tmp_path}/issues.jsonl", "records": 40}
    assert [json.loads(line)["_repository"] for line in lines] == [REPOSITORY] * 40


def test_a_file_appears_when_it_is_complete_or_not_at_all(github, tmp_path):
    github.before(2, lambda: github.fail(200, body=b"<html>"))
    with pytest.raises(DataError):
        executed(read(output_path=f"file://{tmp_path}/issues.jsonl"))
    assert not (tmp_path / "issues.jsonl").exists()


def test_a_killed_task_commits_what_it_has_and_the_next_one_goes_on(github, warehouse):
    task = sync(streams=["issues"], concurrency=1)

    def kill():
        task.on_kill()
        time.sleep(0.5)

    github.before(3, kill)
    with pytest.raises(Stopped):
        executed(task)
    assert 0 < count(warehouse, "issues") < 40
    github.requests.clear()
    executed(sync(streams=["issues"]))
    assert count(warehouse, "issues") == 40
    assert len(github.requests) < 4
