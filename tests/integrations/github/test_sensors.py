from __future__ import annotations

from typing import Any

import pytest

from airflow_connectors.core import AuthError, RejectedError
from airflow_connectors.integrations.github import GitHubPullRequestMergedSensor, GitHubWorkflowRunSensor
from airflow_connectors.provider.triggers import ConditionTrigger, raise_for_event
from airflow_connectors.testing import Simulator
from tests.integrations.running import deferred, event_of, poked

HARVEST = "octo/harvest"
UNFINISHED = {"status": "in_progress", "conclusion": None}
OPEN = {"state": "open", "closed_at": None, "merged_at": None}


@pytest.fixture
def run(github: Simulator) -> Any:
    return github.world.add("workflow_runs", HARVEST, **UNFINISHED)


@pytest.fixture
def pull(github: Simulator) -> Any:
    first = github.world.records("pull_requests", HARVEST)[0]
    return github.world.update("pull_requests", first["id"], HARVEST, **OPEN)


def of_run(run: Any, **more: Any) -> GitHubWorkflowRunSensor:
    return GitHubWorkflowRunSensor(task_id="wait", repository=HARVEST, run_id=run["id"], **more)


def of_pull(pull: Any, **more: Any) -> GitHubPullRequestMergedSensor:
    return GitHubPullRequestMergedSensor(task_id="wait", repository=HARVEST, number=pull["number"], **more)


def finish(github: Simulator, run: Any, conclusion: str = "success") -> None:
    github.world.update("workflow_runs", run["id"], HARVEST, status="completed", conclusion=conclusion)


def close(github: Simulator, pull: Any, merged_at: str | None) -> None:
    github.world.update("pull_requests", pull["id"], HARVEST, state="closed", merged_at=merged_at)


def test_a_run_is_waited_for(github, run):
    assert not poked(of_run(run)).is_done
    finish(github, run)
    outcome = poked(of_run(run))
    assert (outcome.is_done, outcome.xcom_value) == (True, run["html_url"])


def test_a_run_that_failed_ends_the_wait(github, run):
    finish(github, run, "failure")
    with pytest.raises(RejectedError, match=r"ended in failure: https://github.com/octo/harvest"):
        poked(of_run(run))


def test_another_conclusion_may_be_what_is_wanted(github, run):
    finish(github, run, "failure")
    assert poked(of_run(run, conclusion="failure")).is_done


def test_a_run_is_awaited_in_the_triggerer(github, run):
    trigger = deferred(of_run(run, deferrable=True))
    finish(github, run)
    assert event_of(trigger) == {"result": run["html_url"]}


def test_the_triggerer_asks_until_the_run_has_finished(github, run):
    trigger = deferred(of_run(run, deferrable=True, poke_interval=0))
    github.before(3, lambda: finish(github, run))
    assert event_of(trigger) == {"result": run["html_url"]}
    assert len(github.requests) == 4


def test_a_run_that_failed_is_told_by_the_triggerer_as_the_error_it_is(github, run):
    trigger = deferred(of_run(run, deferrable=True))
    finish(github, run, "cancelled")
    with pytest.raises(RejectedError, match="ended in cancelled"):
        raise_for_event(event_of(trigger))


def test_a_merge_is_waited_for(github, pull):
    assert not poked(of_pull(pull)).is_done
    close(github, pull, merged_at="2026-01-05T10:00:00Z")
    assert poked(of_pull(pull)).xcom_value == pull["merge_commit_sha"]


def test_a_pull_request_closed_without_a_merge_ends_the_wait(github, pull):
    close(github, pull, merged_at=None)
    with pytest.raises(RejectedError, match="closed without a merge"):
        poked(of_pull(pull))


def test_a_merge_is_awaited_in_the_triggerer(github, pull):
    trigger = deferred(of_pull(pull, deferrable=True))
    close(github, pull, merged_at="2026-01-05T10:00:00Z")
    assert event_of(trigger) == {"result": pull["merge_commit_sha"]}


@pytest.mark.usefixtures("github")
@pytest.mark.parametrize("sensor", [of_run({"id": 1}), of_pull({"number": 999})])
def test_what_is_not_there_ends_the_wait(sensor):
    with pytest.raises(RejectedError, match=r"404.*no such thing"):
        poked(sensor)


@pytest.mark.usefixtures("github")
@pytest.mark.parametrize("kind", [of_run, of_pull])
def test_a_wrong_token_ends_the_wait_here_and_in_the_triggerer(kind):
    waiting = kind({"id": 1, "number": 1}, github_conn_id="github_wrong")
    with pytest.raises(AuthError, match="correct the connection"):
        poked(waiting)
    with pytest.raises(AuthError, match="correct the connection"):
        raise_for_event(event_of(ConditionTrigger.of(waiting)))
