from __future__ import annotations

from airflow_connectors.integrations.github import GitHubHook
from airflow_connectors.testing.suite import IntegrationSuite


class TestGitHub(IntegrationSuite):
    hook_class = GitHubHook
    sizes = {"issues": 23, "comments": 12, "pull_requests": 11, "commits": 14, "workflow_runs": 12}
