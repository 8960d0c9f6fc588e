from __future__ import annotations

from typing import Any

import pytest

from airflow_connectors.core import AuthError
from airflow_connectors.integrations.jira import JiraSyncOperator
from tests.integrations.running import executed
from tests.integrations.warehouse import Warehouse, warehouse_in


@pytest.fixture
def warehouse(tmp_path, monkeypatch) -> Warehouse:
    return warehouse_in(tmp_path, "jira", monkeypatch)


def sync(**fields: Any) -> Any:
    given = {"destination": "warehouse", "schema": "jira", **fields}
    return executed(JiraSyncOperator(task_id="sync", **given))


FEEDS = ("issues", "comments", "changelogs", "worklogs")


def test_everything_is_synced(site, warehouse):
    assert {summary["verdict"] for summary in sync().values()} == {"complete"}
    assert [warehouse.ids(stream, "id") for stream in FEEDS] == [
        set(site.world.keys(stream)) for stream in FEEDS
    ]


def test_another_run_brings_what_has_changed_meanwhile(site, warehouse):
    sync(streams=FEEDS)
    site.world.mutate(0.1)
    sync(streams=FEEDS)
    missing = [set(site.world.keys(stream)) - warehouse.ids(stream, "id") for stream in FEEDS]
    assert missing == [set()] * len(FEEDS)


def test_a_new_comment_on_an_old_issue_is_found(site, warehouse):
    sync(streams=["comments"])
    oldest = site.world.records("issues")[0]
    added = site.world.add("comments", issueId=oldest["id"])
    assert sync(streams=["comments"])["comments"]["new"] == 1
    assert (added["id"],) in warehouse.ids("comments", "id")


def test_a_full_refresh_finds_deleted_issues(site, warehouse):
    sync(streams=["issues"])
    gone = site.world.records("issues")[0]["id"]
    site.world.delete("issues", gone)
    assert sync(streams=["issues"], full_refresh=True)["issues"]["deleted"] == 1
    assert (gone,) not in warehouse.ids("issues", "id")


@pytest.mark.usefixtures("site", "warehouse")
def test_a_wrong_token_syncs_nothing():
    with pytest.raises(AuthError, match="correct the connection"):
        sync(jira_conn_id="jira_wrong")
