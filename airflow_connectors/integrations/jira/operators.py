"""What a DAG can do on Jira."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_connectors.core import Record, RejectedError
from airflow_connectors.provider import ConnectorOperator, ReadOperator, SyncOperator

from .hook import JiraHook

if TYPE_CHECKING:
    from airflow.sdk import Context


class JiraSyncOperator(SyncOperator[JiraHook]):
    """Sync streams of a site into SQL."""

    jira_conn_id: str = "jira_default"


class JiraReadOperator(ReadOperator[JiraHook]):
    """Read one stream of a site to files or XCom."""

    jira_conn_id: str = "jira_default"


def document(text: str) -> Record:
    """
    Plain text in Atlassian's document format, one paragraph a line.

    https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
    """
    paragraphs = [[{"type": "text", "text": line}] if line else [] for line in text.splitlines()]
    content = [{"type": "paragraph", "content": paragraph} for paragraph in paragraphs]
    return {"type": "doc", "version": 1, "content": content}


class JiraCreateIssueOperator(ConnectorOperator[JiraHook]):
    """Create an issue and return its key. `fields` are any others: `{"priority": {"name": "High"}}`."""

    project: str
    summary: str
    issue_type: str = "Task"
    description: str = ""
    fields: dict[str, Any] | None = None
    jira_conn_id: str = "jira_default"

    def execute(self, context: Context) -> str:
        fields = {
            "project": {"key": self.project},
            "summary": self.summary,
            "issuetype": {"name": self.issue_type},
        }
        described = {"description": document(self.description)} if self.description else {}
        issue = self.hook.post("/issue", {"fields": {**fields, **described, **(self.fields or {})}})
        return str(issue["key"])


class JiraTransitionIssueOperator(ConnectorOperator[JiraHook]):
    """Move an issue through the transition of that name, as its workflow allows from where it stands."""

    issue: str
    transition: str
    fields: dict[str, Any] | None = None
    jira_conn_id: str = "jira_default"

    def execute(self, context: Context) -> None:
        screen = {"fields": self.fields} if self.fields else {}
        body = {"transition": {"id": self.transition_id()}, **screen}
        self.hook.post(f"/issue/{self.issue}/transitions", body)

    def transition_id(self) -> str:
        found = self.hook.get(f"/issue/{self.issue}/transitions")["transitions"]
        ids = {str(transition["name"]): str(transition["id"]) for transition in found}
        if self.transition not in ids:
            allowed = ", ".join(ids) or "none: the account may lack the permission to transition issues"
            raise RejectedError(
                f"{self.issue} has no transition {self.transition!r} from its status; it has {allowed}"
            )
        return ids[self.transition]


class JiraAddCommentOperator(ConnectorOperator[JiraHook]):
    """Comment on an issue and return the comment's id."""

    issue: str
    body: str
    jira_conn_id: str = "jira_default"

    def execute(self, context: Context) -> str:
        comment = self.hook.post(f"/issue/{self.issue}/comment", {"body": document(self.body)})
        return str(comment["id"])
