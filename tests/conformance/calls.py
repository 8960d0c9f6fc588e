"""Every operator and sensor, called with little and with all it can be told, to judge what it asks."""

from __future__ import annotations

from typing import Any

from airflow_connectors.integrations import github

Calls = dict[type[Any], list[dict[str, Any]]]

REPOSITORY = {"repository": "octo/demo"}

CALLS: dict[str, Calls] = {
    "github": {
        github.GitHubCreateIssueOperator: [
            {**REPOSITORY, "title": "Nightly load failed"},
            {**REPOSITORY, "title": "t", "body": "b", "labels": ["bug"], "assignees": ["ada"]},
        ],
        github.GitHubUpdateIssueOperator: [{**REPOSITORY, "number": 1, "fields": {"state": "closed"}}],
        github.GitHubAddCommentOperator: [{**REPOSITORY, "number": 1, "body": "Done"}],
        github.GitHubDispatchWorkflowOperator: [
            {**REPOSITORY, "workflow": "ci.yml"},
            {**REPOSITORY, "workflow": "ci.yml", "ref": "v2", "inputs": {"full": "yes"}},
        ],
        github.GitHubCreateReleaseOperator: [
            {**REPOSITORY, "tag": "v2"},
            {**REPOSITORY, "tag": "v2", "title": "Two", "notes": "n", "draft": True, "prerelease": True},
        ],
        github.GitHubWorkflowRunSensor: [{**REPOSITORY, "run_id": 1}],
        github.GitHubPullRequestMergedSensor: [{**REPOSITORY, "number": 1}],
    },
}
