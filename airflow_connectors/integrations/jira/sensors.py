"""What a DAG can wait for on Jira."""

from __future__ import annotations

from typing import Any

from airflow_connectors.core import Request, get
from airflow_connectors.provider import ConnectorSensor

from .hook import JiraHook


class JiraIssueStatusSensor(ConnectorSensor[JiraHook]):
    """Wait until an issue has a status, named as Jira shows it; return when it was last updated."""

    issue: str
    status: str = "Done"
    jira_conn_id: str = "jira_default"

    def request(self) -> Request:
        return get(f"/issue/{self.issue}", fields="status,updated")

    def is_met(self, found: Any) -> bool:
        return bool(found["fields"]["status"]["name"] == self.status)

    def result(self, found: Any) -> str:
        return str(found["fields"]["updated"])
