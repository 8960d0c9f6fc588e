from __future__ import annotations

from airflow_connectors.integrations.jira import JiraHook
from airflow_connectors.testing.suite import IntegrationSuite


class TestJira(IntegrationSuite):
    hook_class = JiraHook
    sizes = {"issues": 24, "comments": 100, "worklogs": 24, "changelogs": 60, "projects": 12}
