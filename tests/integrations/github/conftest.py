"""A simulated GitHub of few records, and connections to it: the right one, and one with a wrong token."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from airflow_connectors.integrations.github import GitHubHook
from airflow_connectors.testing import Simulator
from airflow_connectors.testing.worlds.github import GitHubWorld

SIZES = {"issues": 23, "comments": 12, "pull_requests": 4, "commits": 14, "workflow_runs": 12}


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    with Simulator(GitHubHook, GitHubWorld(**SIZES), page_size=5) as simulator:
        connection = simulator.connection()
        monkeypatch.setenv("AIRFLOW_CONN_GITHUB_DEFAULT", connection)
        wrong = {**json.loads(connection), "password": "ghp_wrong"}
        monkeypatch.setenv("AIRFLOW_CONN_GITHUB_WRONG", json.dumps(wrong))
        yield simulator
