"""What a DAG can do on GitHub."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow_connectors.provider import ConnectorOperator, ReadOperator, SyncOperator

from .hook import GitHubHook

if TYPE_CHECKING:
    from airflow.sdk import Context


class GitHubSyncOperator(SyncOperator[GitHubHook]):
    """Sync streams of repositories into SQL."""

    repositories: Sequence[str]
    github_conn_id: str = "github_default"


class GitHubReadOperator(ReadOperator[GitHubHook]):
    """Read one stream of repositories to files or XCom."""

    repositories: Sequence[str]
    github_conn_id: str = "github_default"


class GitHubCreateIssueOperator(ConnectorOperator[GitHubHook]):
    """Create an issue and return its number."""

    repository: str
    title: str
    body: str = ""
    labels: Sequence[str] = ()
    assignees: Sequence[str] = ()
    github_conn_id: str = "github_default"

    def execute(self, context: Context) -> int:
        fields = {
            "title": self.title,
            "body": self.body,
            "labels": list(self.labels),
            "assignees": list(self.assignees),
        }
        issue = self.hook.post(f"/repos/{self.repository}/issues", fields)
        return int(issue["number"])


class GitHubUpdateIssueOperator(ConnectorOperator[GitHubHook]):
    """Change fields of an issue, such as `{"state": "closed"}`, and return its new state."""

    repository: str
    number: int
    fields: dict[str, Any]
    github_conn_id: str = "github_default"

    def execute(self, context: Context) -> str:
        issue = self.hook.patch(f"/repos/{self.repository}/issues/{self.number}", self.fields)
        return str(issue["state"])


class GitHubAddCommentOperator(ConnectorOperator[GitHubHook]):
    """Comment on an issue or pull request and return the comment's id."""

    repository: str
    number: int
    body: str
    github_conn_id: str = "github_default"

    def execute(self, context: Context) -> int:
        path = f"/repos/{self.repository}/issues/{self.number}/comments"
        return int(self.hook.post(path, {"body": self.body})["id"])


class GitHubDispatchWorkflowOperator(ConnectorOperator[GitHubHook]):
    """Start a workflow that listens to `workflow_dispatch`, named by its file or id."""

    repository: str
    workflow: str
    ref: str = "main"
    inputs: dict[str, Any] | None = None
    github_conn_id: str = "github_default"

    def execute(self, context: Context) -> None:
        path = f"/repos/{self.repository}/actions/workflows/{self.workflow}/dispatches"
        self.hook.post(path, {"ref": self.ref, "inputs": self.inputs or {}})


class GitHubCreateReleaseOperator(ConnectorOperator[GitHubHook]):
    """Publish a release of a tag and return its URL."""

    repository: str
    tag: str
    title: str = ""
    notes: str = ""
    draft: bool = False
    prerelease: bool = False
    github_conn_id: str = "github_default"

    def execute(self, context: Context) -> str:
        fields = {"tag_name": self.tag, "name": self.title or self.tag, "body": self.notes}
        flags = {"draft": self.draft, "prerelease": self.prerelease}
        release = self.hook.post(f"/repos/{self.repository}/releases", {**fields, **flags})
        return str(release["html_url"])
