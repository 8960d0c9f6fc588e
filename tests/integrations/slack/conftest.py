"""A simulated workspace of few records, and connections to it: the right one, and one with a wrong token."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from airflow_connectors.integrations.slack import SlackHook
from airflow_connectors.testing import Simulator
from airflow_connectors.testing.worlds.slack import SlackWorld

SIZES = {"messages": 20, "thread_replies": 40}


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    with Simulator(SlackHook, SlackWorld(**SIZES), page_size=5) as simulator:
        connection = simulator.connection()
        monkeypatch.setenv("AIRFLOW_CONN_SLACK_DEFAULT", connection)
        wrong = {**json.loads(connection), "password": "xoxb-wrong"}
        monkeypatch.setenv("AIRFLOW_CONN_SLACK_WRONG", json.dumps(wrong))
        yield simulator
