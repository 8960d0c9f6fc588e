from __future__ import annotations

from typing import Any

import pytest

from airflow_connectors.core import AuthError, RejectedError
from airflow_connectors.integrations.jira import JiraIssueStatusSensor
from airflow_connectors.provider.triggers import ConditionTrigger, raise_for_event
from airflow_connectors.testing import Simulator
from tests.integrations.running import deferred, event_of, poked


def sensor(issue: str, **fields: Any) -> JiraIssueStatusSensor:
    return JiraIssueStatusSensor(task_id="wait", issue=issue, **fields)


def an_issue_in(site: Simulator, status: str) -> Any:
    return next(i for i in site.world.records("issues") if i["fields"]["status"]["name"] == status)


def test_the_wait_ends_when_the_status_is_reached(site):
    issue = an_issue_in(site, "Done")
    outcome = poked(sensor(issue["key"]))
    assert (outcome.is_done, outcome.xcom_value) == (True, issue["fields"]["updated"])


def test_another_status_is_waited_out(site):
    issue = an_issue_in(site, "In Progress")
    assert not poked(sensor(issue["key"])).is_done


def test_the_same_condition_is_awaited_in_the_triggerer(site):
    issue = an_issue_in(site, "In Progress")
    trigger = deferred(sensor(issue["key"], deferrable=True))
    site.world.update("issues", issue["id"], fields={**issue["fields"], "status": {"name": "Done"}})
    assert event_of(trigger)["result"]


@pytest.mark.usefixtures("site")
def test_an_issue_that_is_not_there_ends_the_wait():
    with pytest.raises(RejectedError, match="404"):
        poked(sensor("OPS1-999"))


@pytest.mark.usefixtures("site")
def test_a_wrong_token_ends_the_wait_here_and_in_the_triggerer():
    waiting = sensor("OPS1-1", jira_conn_id="jira_wrong")
    with pytest.raises(AuthError, match="correct the connection"):
        poked(waiting)
    with pytest.raises(AuthError, match="correct the connection"):
        raise_for_event(event_of(ConditionTrigger.of(waiting)))
