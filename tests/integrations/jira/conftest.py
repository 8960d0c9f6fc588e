"""A simulated site of few records, and connections to it: the right one, and one with a wrong token."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from airflow_connectors.integrations.jira import JiraHook
from airflow_connectors.testing import Simulator
from airflow_connectors.testing.worlds.jira import JiraWorld

SIZES = {"issues": 12, "comments": 100, "worklogs": 12, "changelogs": 40}


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    with Simulator(JiraHook, JiraWorld(**SIZES), page_size=5) as simulator:
        connection = simulator.connection()
        monkeypatch.setenv("AIRFLOW_CONN_JIRA_DEFAULT", connection)
        wrong = {**json.loads(connection), "password": "wrong-token"}
        monkeypatch.setenv("AIRFLOW_CONN_JIRA_WRONG", json.dumps(wrong))
        yield simulator
