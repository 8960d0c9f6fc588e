"""What no manifest lists can be deleted, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from airflow_connectors.core import RejectedError
from airflow_connectors.sync.files import prune
from tests.sync.api import Api, broken_at, thing, things

from .conftest import INCREMENTAL, SNAPSHOT, Lake

NOW = timedelta(0)


@pytest.fixture
def lake(tmp_path):
    lake = Lake(tmp_path, "jsonl")
    lake.sync(Api(things(25)), SNAPSHOT)
    lake.sync(Api([thing(number, name="next") for number in range(25)]), SNAPSHOT)
    return lake


def test_a_generation_that_was_replaced_is_deleted(lake):
    assert prune(lake.table(), NOW) == 3 + 1  # files and their manifest
    assert len(lake.names()) == len(lake.table().files) == 3
    assert {record["name"] for record in lake.table().records()} == {"next"}


def test_what_is_younger_stays(lake):
    assert prune(lake.table()) == 0
    assert len(lake.names()) == 6


def test_other_connections_and_tables_are_left_alone(lake):
    (lake.root / "things" / "other").mkdir()
    (lake.root / "things" / "other" / "file.jsonl").write_text("{}")
    prune(lake.table(), NOW)
    assert "file.jsonl" in lake.names()


def test_after_it_runs_go_on(lake):
    with pytest.raises(RejectedError):
        lake.sync(Api(things(25), before=broken_at(3)), SNAPSHOT)
    prune(lake.table(), timedelta(hours=1))
    lake.sync(Api(things(25)), SNAPSHOT)
    prune(lake.table(), NOW)
    assert sorted(lake.versions()) == list(range(25))
    lake.sync(Api(things(30)), INCREMENTAL)
    assert sorted(lake.by_id()) == list(range(30))
