from __future__ import annotations

from typing import Any

import pytest

from airflow_connectors.core import AuthError, RejectedError
from airflow_connectors.integrations.slack import SlackSyncOperator
from tests.integrations.running import executed
from tests.integrations.warehouse import Warehouse, warehouse_in


@pytest.fixture
def warehouse(tmp_path, monkeypatch) -> Warehouse:
    return warehouse_in(tmp_path, "slack", monkeypatch)


def sync(**fields: Any) -> Any:
    given = {"destination": "warehouse", "schema": "slack", **fields}
    return executed(SlackSyncOperator(task_id="sync", **given))


FEEDS = ("messages", "thread_replies")


def test_all_joined_channels_are_synced(workspace, warehouse):
    assert {summary["verdict"] for summary in sync().values()} == {"complete"}
    synced = [warehouse.ids(stream, "_channel", "ts") for stream in FEEDS]
    assert synced == [set(workspace.world.keys(stream)) for stream in FEEDS]


def test_only_the_channels_named_are_synced(workspace, warehouse):
    sync(streams=["messages"], channels=["C00000002"])
    assert warehouse.ids("messages", "_channel", "ts") == set(workspace.world.keys("messages", "C00000002"))


def test_another_run_brings_what_has_been_said_meanwhile(workspace, warehouse):
    sync(streams=FEEDS)
    workspace.world.mutate(0.1)
    sync(streams=FEEDS)
    missing = [
        set(workspace.world.keys(stream)) - warehouse.ids(stream, "_channel", "ts") for stream in FEEDS
    ]
    assert missing == [set(), set()]


@pytest.mark.usefixtures("warehouse")
def test_an_edit_within_the_week_is_found(workspace):
    sync(streams=["messages"])
    newest = workspace.world.records("messages", "C00000001")[-1]
    workspace.world.update("messages", newest["ts"], "C00000001", text="edited")
    assert sync(streams=["messages"])["messages"]["changed"] == 1


@pytest.mark.usefixtures("workspace", "warehouse")
def test_a_wrong_token_syncs_nothing():
    with pytest.raises(AuthError, match="invalid_auth"):
        sync(slack_conn_id="slack_wrong")


@pytest.mark.usefixtures("workspace", "warehouse")
def test_a_channel_that_the_app_is_not_in_is_told():
    with pytest.raises(RejectedError, match="not_in_channel"):
        sync(streams=["messages"], channels=["C00000009"])
