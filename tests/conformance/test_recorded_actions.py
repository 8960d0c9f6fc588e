"""Gate one for operators and sensors: they understand what the vendors really answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from airflow_connectors.core import RejectedError
from airflow_connectors.integrations import github, jira, slack

from . import reference
from .recorded import Exchange, exchanges_in
from .replaying import replayed
from .vendors import GITHUB, JIRA, SLACK, Vendor

REPOSITORY = "/repos/(?P<repository>[^/]+/[^/]+)"
ISSUE = r"/issue/(?P<issue>[A-Z]+-\d+)"
SUMMARY = {"project": "OPS", "summary": "s"}
MESSAGE = {"channel": "C1", "text": "t"}
# What each does, the recorded request it is answered by, and the parameters that this does not give.
ACTIONS: list[tuple[Vendor, type[Any], str, str, dict[str, Any]]] = [
    (GITHUB, github.GitHubCreateIssueOperator, "post", f"{REPOSITORY}/issues", {"title": "t"}),
    (
        GITHUB,
        github.GitHubUpdateIssueOperator,
        "patch",
        rf"{REPOSITORY}/issues/(?P<number>\d+)",
        {"fields": {"state": "closed"}},
    ),
    (
        GITHUB,
        github.GitHubAddCommentOperator,
        "post",
        rf"{REPOSITORY}/issues/(?P<number>\d+)/comments",
        {"body": "b"},
    ),
    (GITHUB, github.GitHubCreateReleaseOperator, "post", f"{REPOSITORY}/releases", {"tag": "v1"}),
    (
        GITHUB,
        github.GitHubDispatchWorkflowOperator,
        "post",
        f"{REPOSITORY}/actions/workflows/(?P<workflow>[^/]+)/dispatches",
        {},
    ),
    (GITHUB, github.GitHubWorkflowRunSensor, "get", rf"{REPOSITORY}/actions/runs/(?P<run_id>\d+)", {}),
    (GITHUB, github.GitHubPullRequestMergedSensor, "get", rf"{REPOSITORY}/pulls/(?P<number>\d+)", {}),
    (JIRA, jira.JiraCreateIssueOperator, "post", "/issue", SUMMARY),
    (JIRA, jira.JiraAddCommentOperator, "post", f"{ISSUE}/comment", {"body": "b"}),
    (JIRA, jira.JiraIssueStatusSensor, "get", ISSUE, {}),
    (SLACK, slack.SlackPostMessageOperator, "post", r"/chat\.postMessage", MESSAGE),
    (SLACK, slack.SlackUpdateMessageOperator, "post", r"/chat\.update", {**MESSAGE, "ts": "1.2"}),
    (
        SLACK,
        slack.SlackMessageSensor,
        "get",
        r"/conversations\.history",
        {"channel": "C1", "pattern": ".", "since": "2020-01-01T00:00:00Z"},
    ),
]


def found() -> Iterator[Any]:
    for vendor, action, method, path, given in ACTIONS:
        for exchange in exchanges_in(reference.folder() / "recordings" / vendor.name):
            match = re.fullmatch(vendor.recorded_under + path, exchange.path)
            if match and exchange.method == method:
                parameters = {k: v for k, v in match.groupdict().items() if k != "gateway"}
                prefix = match.groupdict().get("gateway") or vendor.mount
                name = f"{action.__name__} from {exchange.file.name} {exchange.number}"
                yield pytest.param(vendor, action, exchange, prefix, {**parameters, **given}, id=name)


def outcome(task: Any, exchange: Exchange) -> Any:
    """The result of a task, or why a sensor gave up: what was recorded need not have ended well."""
    if not hasattr(task, "poke"):
        return task.execute({})
    if hasattr(task, "status"):
        task.status = exchange.recorded["response"]["fields"]["status"]["name"]
    try:
        return task.poke({}).xcom_value
    except RejectedError as error:
        if error.status:
            raise
        return str(error)


@pytest.mark.parametrize(("vendor", "action", "exchange", "prefix", "parameters"), list(found()))
def test_a_real_answer_is_understood(
    vendor, action, exchange, prefix, parameters, tmp_path, connect, watched, tally
):
    with replayed(exchange, prefix, tmp_path / vendor.name) as url:
        connect(vendor, url + vendor.mount)
        task = action(task_id="recorded", **parameters)
        watched(vendor, task.hook)
        result = outcome(task, exchange)
    tally.integrations.add(vendor.name)
    tally.recordings.add((exchange.file.name, action.__name__, exchange.number))
    assert result or action is github.GitHubDispatchWorkflowOperator
