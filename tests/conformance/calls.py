"""Every operator and sensor, called with little and with all it can be told, to judge what it asks."""

from __future__ import annotations

from typing import Any

from airflow_connectors.integrations import github, jira, noaa, slack

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
    "jira": {
        jira.JiraCreateIssueOperator: [
            {"project": "OPS", "summary": "Nightly load failed"},
            {
                "project": "OPS",
                "summary": "s",
                "issue_type": "Bug",
                "description": "first\n\nthird",
                "fields": {"labels": ["etl"]},
            },
        ],
        jira.JiraTransitionIssueOperator: [
            {"issue": "OPS-1", "transition": "Done"},
            {"issue": "OPS-1", "transition": "Done", "fields": {"resolution": {"name": "Fixed"}}},
        ],
        jira.JiraAddCommentOperator: [{"issue": "OPS-1", "body": "Done"}],
        jira.JiraIssueStatusSensor: [{"issue": "OPS-1"}],
    },
    "noaa": {
        noaa.NoaaGetForecastOperator: [{"point": "39.7456,-97.0892"}, {"point": "40,-97.1", "hourly": True}],
        noaa.NoaaAlertActiveSensor: [
            {"area": "TX"},
            {"area": "GM", "events": ["Gale Warning", "Storm Warning"], "severities": ["Severe", "Extreme"]},
        ],
    },
    "slack": {
        slack.SlackPostMessageOperator: [
            {"channel": "C1", "text": "Loaded"},
            {"channel": "C1", "text": "t", "blocks": [{"type": "divider"}], "thread_ts": "1769860800.000100"},
        ],
        slack.SlackUpdateMessageOperator: [
            {"channel": "C1", "ts": "1769860800.000100", "text": "t"},
            {"channel": "C1", "ts": "1769860800.000100", "text": "t", "blocks": [{"type": "divider"}]},
        ],
        slack.SlackUploadFileOperator: [
            {"channel": "C1", "filename": "rows.csv", "content": "a,b"},
            {
                "channel": "C1",
                "filename": "rows.csv",
                "content": "a,b",
                "comment": "c",
                "thread_ts": "1769860800.000100",
            },
        ],
        slack.SlackMessageSensor: [{"channel": "C1", "pattern": "done", "since": "2026-01-31T12:00:00Z"}],
    },
}
