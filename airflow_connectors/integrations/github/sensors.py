"""What a DAG can wait for on GitHub."""

from __future__ import annotations

from typing import Any

from airflow_connectors.core import RejectedError, Request, get
from airflow_connectors.provider import ConnectorSensor

from .hook import GitHubHook


class GitHubWorkflowRunSensor(ConnectorSensor[GitHubHook]):
    """Wait until a workflow run has finished; fail at once if it did not end in `conclusion`."""

    repository: str
    run_id: int
    conclusion: str = "success"
    github_conn_id: str = "github_default"

    def request(self) -> Request:
        return get(f"/repos/{self.repository}/actions/runs/{self.run_id}")

    def is_met(self, found: Any) -> bool:
        if found["status"] == "completed" and found["conclusion"] != self.conclusion:
            raise RejectedError(
                f"workflow run {self.run_id} ended in {found['conclusion']}: {found['html_url']}"
            )
        return bool(found["status"] == "completed")

    def result(self, found: Any) -> str:
        return str(found["html_url"])


class GitHubPullRequestMergedSensor(ConnectorSensor[GitHubHook]):
    """Wait until a pull request is merged and return the merge commit; fail at once if it is closed."""

    repository: str
    number: int
    github_conn_id: str = "github_default"

    def request(self) -> Request:
        return get(f"/repos/{self.repository}/pulls/{self.number}")

    def is_met(self, found: Any) -> bool:
        if found["state"] == "closed" and not found["merged"]:
            raise RejectedError(f"pull request {self.number} was closed without a merge: {found['html_url']}")
        return bool(found["merged"])

    def result(self, found: Any) -> str:
        return str(found["merge_commit_sha"])
