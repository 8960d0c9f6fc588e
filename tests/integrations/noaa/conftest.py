from __future__ import annotations

from collections.abc import Iterator

import pytest

from airflow_connectors.integrations.noaa import NoaaHook
from airflow_connectors.testing import Simulator
from airflow_connectors.testing.worlds.noaa import NoaaWorld


@pytest.fixture
def world() -> NoaaWorld:
    return NoaaWorld(points=("39.5,-97", "39.7456,-97.0892"))


@pytest.fixture
def simulator(world: NoaaWorld, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    with Simulator(NoaaHook, world, page_size=7) as running:
        monkeypatch.setenv("AIRFLOW_CONN_NOAA_DEFAULT", running.connection())
        yield running


@pytest.fixture
def hook(simulator: Simulator) -> Iterator[NoaaHook]:
    hook = NoaaHook(simulator.hook.default_conn_name)
    yield hook
    hook.close()
