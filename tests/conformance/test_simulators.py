"""Gate four: our simulators, which the vendors' clients must read to the end, and so must we, legally."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from airflow_connectors.testing import Simulator
from airflow_connectors.testing.worlds import world_of

from .clients import READERS
from .vendors import VENDORS, Vendor

STREAMS = [(vendor, stream) for vendor in VENDORS for stream in vendor.hook_class.streams]
PAGE = 5
# Enough for several pages each, and quickly read.
SIZES = {
    "github": {"issues": 25, "comments": 12, "pull_requests": 5, "commits": 14, "workflow_runs": 12},
    "jira": {"issues": 14, "comments": 60, "worklogs": 12, "changelogs": 20},
    "noaa": {"stations": 12, "alerts": 24, "observations": 24},
    "slack": {"messages": 24, "thread_replies": 20},
}


@pytest.fixture(scope="session")
def simulators() -> Iterator[dict[str, Simulator]]:
    running = {
        vendor.name: Simulator(vendor.hook_class, world_of(vendor.name)(**SIZES[vendor.name]), page_size=PAGE)
        for vendor in VENDORS
    }
    for simulator in running.values():
        simulator.__enter__()
    yield running
    for simulator in running.values():
        simulator.__exit__()


def identities(simulator: Simulator, stream: str) -> list[object]:
    return sorted(key[-1] for key in simulator.world.keys(stream))


@pytest.mark.parametrize(
    ("vendor", "stream"),
    [(vendor, stream) for vendor, stream in STREAMS if stream in READERS.get(vendor.name, {})],
    ids=lambda value: getattr(value, "name", value),
)
def test_the_vendors_client_reads_what_the_world_holds(vendor: Vendor, stream, simulators, tally):
    simulator = simulators[vendor.name]
    reader = READERS[vendor.name][stream]
    places = simulator.world.partitions(stream)
    theirs = sorted(key for place in places for key in reader(simulator.url, simulator.token, place))
    held = identities(simulator, stream)
    tally.servers.add(("simulator", vendor.name))
    tally.mismatches += theirs != held
    assert theirs == held


@pytest.mark.parametrize(("vendor", "stream"), STREAMS, ids=lambda value: getattr(value, "name", value))
def test_we_read_what_the_world_holds_asking_only_what_is_allowed(
    vendor: Vendor, stream, simulators, monkeypatch, watched, tally
):
    simulator = simulators[vendor.name]
    hook_class = vendor.hook_class
    variable = f"AIRFLOW_CONN_{hook_class.default_conn_name.upper()}"
    monkeypatch.setenv(variable, simulator.connection())
    hook = watched(vendor, hook_class(), mount="")
    partition = hook_class.streams[stream].partition
    options = {partition.option: simulator.world.partitions(stream)} if partition else {}
    key = hook_class.streams[stream].key[-1]
    ours = sorted(record[key] for record in hook.read(stream, **options))
    held = identities(simulator, stream)
    tally.saw(vendor.name, stream)
    tally.mismatches += ours != held
    assert ours == held
