"""The same over the S3 protocol, by a server that others wrote, through Airflow's own paths."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest
from airflow.sdk import ObjectStoragePath

from airflow_connectors.core import RejectedError
from airflow_connectors.sync import Superseded
from airflow_connectors.sync.errors import DestinationError
from tests.servers import free_port
from tests.sync.api import Api, broken_at, thing, things

from .conftest import SNAPSHOT, Lake

BUCKET = "lake"


@pytest.fixture(scope="session")
def s3_url() -> Iterator[str]:
    """A server of the S3 protocol with a bucket."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(url, server)
            httpx.put(f"{url}/{BUCKET}").raise_for_status()
            yield url
        finally:
            server.terminate()


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while server.poll() is None and time.monotonic() < until:
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the S3 server does not answer")


@pytest.fixture(params=["parquet", "jsonl.gz"])
def lake(s3_url, monkeypatch, request) -> Lake:
    monkeypatch.setenv("AIRFLOW_CONN_LAKE", connection(s3_url))
    folder = f"{request.node.name}".replace("[", "-").replace("]", "")
    return Lake(ObjectStoragePath(f"s3://lake@{BUCKET}/{folder}/with space"), request.param)


def connection(url: str) -> str:
    extra = {"endpoint_url": url, "region_name": "us-east-1"}
    return json.dumps({"conn_type": "aws", "login": "synthetic", "password": "synthetic", "extra": extra})


def test_incremental_runs_go_on(lake):
    api = Api(things(25))
    lake.sync(api)
    api.records += things(45)[25:]
    assert lake.sync(api).new == 20
    assert Counter(lake.versions()) == Counter(range(45))


def test_an_interrupted_run_goes_on_at_its_page(lake):
    api = Api(things(45), before=broken_at(4))
    with pytest.raises(RejectedError):
        lake.sync(api)
    api.before = lambda _number: None
    assert lake.sync(api).requests == 2
    assert Counter(lake.versions()) == Counter(range(45))


def test_a_snapshot_replaces_what_was_there(lake):
    lake.sync(Api(things(15)), SNAPSHOT)
    lake.sync(Api([thing(n, name="next") for n in range(5, 20)]), SNAPSHOT)
    assert {key: row["name"] for key, row in lake.by_id().items()} == dict.fromkeys(range(5, 20), "next")


def test_a_run_that_another_has_overtaken_lists_nothing_more(lake):
    api, other = Api(things(45)), Api(things(45))
    api.before = lambda number: lake.sync(other) and None if number == 3 else None
    with pytest.raises(Superseded):
        lake.sync(api)
    assert Counter(lake.versions()) == Counter(range(45))


def test_a_bucket_that_is_not_there_is_told_before_anything_is_read(s3_url, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_LAKE", connection(s3_url))
    api = Api(things(5))
    with pytest.raises(DestinationError, match=r"s3://lake@nowhere/x/.*could not write it"):
        Lake(ObjectStoragePath("s3://lake@nowhere/x"), "jsonl").sync(api)
    assert api.asked == []


@pytest.mark.parametrize("lake", ["parquet"], indirect=True)
def test_arrows_dataset_reads_from_the_store(lake):
    lake.sync(Api(things(25)))
    assert lake.table().dataset().count_rows() == 25
