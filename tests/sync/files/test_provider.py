"""How a task gets from a destination's URL to files."""

from __future__ import annotations

import json

import pytest

from airflow_connectors.core import ConfigError
from airflow_connectors.integrations.github import GitHubHook
from airflow_connectors.provider.files import check_format, file_sync, is_path, path_of
from airflow_connectors.sync.errors import DestinationError
from airflow_connectors.sync.files import Manifested
from airflow_connectors.testing import Simulator
from airflow_connectors.testing.worlds.github import GitHubWorld

REPOSITORY = "acme/rocket"


@pytest.fixture
def github(monkeypatch):
    with Simulator(GitHubHook, GitHubWorld(repositories=(REPOSITORY,), issues=40), page_size=10) as simulator:
        monkeypatch.setenv("AIRFLOW_CONN_GITHUB_DEFAULT", simulator.connection())
        yield simulator


def test_a_hooks_streams_land_in_files(github, tmp_path):
    hook = GitHubHook()
    stream = hook.stream("issues")
    sync = file_sync(f"file://{tmp_path}", "github", "parquet", hook)
    summary = sync.run(stream, hook.partitions(stream, {"repositories": [REPOSITORY]}))
    hook.close()
    found = Manifested(path_of(f"file://{tmp_path}", "github"), "github_default", "issues")
    assert summary.new == 40
    assert {record["id"] for record in found.latest()} == {
        record["id"] for record in github.world.records("issues")
    }


def test_paths_and_connections_are_told_apart():
    assert [is_path(text) for text in ("s3://bucket/x", "file:///data", "warehouse")] == [True, True, False]


@pytest.mark.parametrize("scheme", ["gs", "nowhere"])
def test_a_path_whose_provider_is_missing_is_told(scheme):
    with pytest.raises(DestinationError, match=f"install the provider of {scheme}://"):
        path_of(f"{scheme}://bucket", "github")


def test_a_connection_in_the_path_is_used(monkeypatch):
    extra = {"endpoint_url": "http://127.0.0.1:1", "region_name": "us-east-1"}
    monkeypatch.setenv("AIRFLOW_CONN_POND", json.dumps({"conn_type": "aws", "extra": extra}))
    path = path_of("s3://pond@bucket/prefix", "github")
    assert (path.conn_id, str(path)) == ("pond", "s3://pond@bucket/prefix/github")


def test_a_format_that_is_none_is_refused():
    with pytest.raises(ConfigError, match="is none of parquet"):
        check_format("csv")
