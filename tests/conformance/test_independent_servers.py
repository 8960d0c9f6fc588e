"""Gate three: a server that others wrote is read to the end, and nothing is missing or doubled."""

from __future__ import annotations

import pytest

from airflow_connectors.core import Record
from airflow_connectors.provider import ConnectorHook

from .clients import READERS
from .paging import with_pages_of
from .servers import ADMIN, Backlot, backlot
from .vendors import GITHUB, Vendor

SERVED = [
    (GITHUB, "/github", "issues", "acme/pipeline"),
    (GITHUB, "/github", "issues", "acme/docs-site"),
    (GITHUB, "/github", "pull_requests", "acme/pipeline"),
]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory):
    with backlot(tmp_path_factory.mktemp("backlot")) as running:
        yield running


@pytest.fixture
def hook(server: Backlot, connect, watched):
    """A hook on the server, with pages so small that there are several."""

    def hook(vendor: Vendor, mount: str) -> ConnectorHook:
        connect(vendor, server.url + mount, password=ADMIN)
        return watched(vendor, with_pages_of(2, vendor.hook_class)(), mount)

    return hook


def identities(vendor: Vendor, stream: str, records: list[Record]) -> list[object]:
    key = vendor.hook_class.streams[stream].key[-1]
    return sorted(record[key] for record in records)


@pytest.mark.parametrize(("vendor", "mount", "stream", "partition"), SERVED)
def test_the_hook_and_the_vendors_client_read_the_same(vendor, mount, stream, partition, server, hook, tally):
    option = vendor.hook_class.streams[stream].partition.option
    ours = identities(vendor, stream, list(hook(vendor, mount).read(stream, **{option: partition})))
    theirs = sorted(READERS[vendor.name][stream](server.url + mount, ADMIN, partition))
    tally.saw(vendor.name, stream)
    tally.servers.add(("backlot", vendor.name))
    tally.mismatches += ours != theirs
    assert ours == theirs
    assert len(ours) > 2


def test_github_issues_are_those_in_the_servers_database(server, hook, tally):
    query = "SELECT repo, number FROM github_items WHERE kind IN ('issue', 'pull_request')"
    numbers = set(server.holds(query))
    read = hook(GITHUB, "/github").read("issues", repositories=["acme/pipeline", "acme/docs-site"])
    ours = {(issue["_repository"].removeprefix("acme/"), issue["number"]) for issue in read}
    tally.mismatches += ours != numbers
    assert ours == numbers
