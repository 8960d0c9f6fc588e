"""Gate three: a server that others wrote is read to the end, and nothing is missing or doubled."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from airflow_connectors.provider import ConnectorHook

from .clients import LOGIN, READERS
from .paging import with_pages_of
from .servers import ADMIN, Backlot, backlot
from .vendors import GITHUB, JIRA, SLACK, Vendor

MOUNTS = {GITHUB: "/github", JIRA: "/atlassian", SLACK: "/slack/api"}
REPOSITORIES = ["acme/pipeline", "acme/docs-site"]
# What each stream must hold, by the server's own database, and the field that says so.
HELD = [
    (GITHUB, "issues", "number", "SELECT number FROM github_items WHERE kind IN ('issue', 'pull_request')"),
    (GITHUB, "pull_requests", "number", "SELECT number FROM github_items WHERE kind = 'pull_request'"),
    (JIRA, "issues", "key", "SELECT key FROM jira_issues"),
    (JIRA, "projects", "key", "SELECT key FROM jira_projects"),
    (SLACK, "channels", "name", "SELECT channel FROM slack_channels"),
    (SLACK, "messages", "ts", "SELECT ts FROM slack_messages WHERE thread_seq = 0"),
    (SLACK, "thread_replies", "ts", "SELECT ts FROM slack_messages WHERE thread_seq > 0"),
]
READ = [
    *((GITHUB, stream) for stream in ("issues", "pull_requests")),
    *((JIRA, stream) for stream in ("issues", "comments")),
    *((SLACK, stream) for stream in ("users", "channels", "messages", "thread_replies")),
]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backlot]:
    with backlot(tmp_path_factory.mktemp("backlot")) as running:
        yield running


@pytest.fixture
def hook(server: Backlot, connect, watched) -> Callable[[Vendor], ConnectorHook]:
    """A hook on the server, with pages so small that there are several."""

    def hook(vendor: Vendor) -> ConnectorHook:
        mount = MOUNTS[vendor]
        connect(vendor, server.url + mount, login=LOGIN, password=ADMIN)
        return watched(vendor, with_pages_of(2, vendor.hook_class)(), mount)

    return hook


def partitions(hook: ConnectorHook, stream: str) -> list[str | None]:
    """Which partitions of a stream the server has."""
    partition = hook.streams[stream].partition
    if not partition:
        return [None]
    return REPOSITORIES if hook.name == "github" else [channel["id"] for channel in hook.read("channels")]


def read(hook: ConnectorHook, stream: str) -> list[dict[str, object]]:
    partition = hook.streams[stream].partition
    options = {partition.option: partitions(hook, stream)} if partition else {}
    return list(hook.read(stream, **options))


@pytest.mark.parametrize(("vendor", "stream"), READ, ids=lambda value: getattr(value, "name", value))
def test_the_hook_and_the_vendors_client_read_the_same(vendor, stream, server, hook, tally):
    connected, url = hook(vendor), server.url + MOUNTS[vendor]
    key = connected.streams[stream].key[-1]
    ours = sorted(record[key] for record in read(connected, stream))
    reader = READERS[vendor.name][stream]
    theirs = sorted(key for place in partitions(connected, stream) for key in reader(url, ADMIN, place))
    tally.saw(vendor.name, stream)
    tally.servers.add(("backlot", vendor.name))
    tally.mismatches += ours != theirs
    assert ours == theirs
    assert len(ours) > 2


@pytest.mark.parametrize(("vendor", "stream", "field", "query"), HELD, ids=str)
def test_the_hook_reads_what_the_servers_database_holds(vendor, stream, field, query, server, hook, tally):
    held = sorted(value for (value,) in server.holds(query))
    ours = sorted(record[field] for record in read(hook(vendor), stream))
    tally.saw(vendor.name, stream)
    tally.servers.add(("backlot", vendor.name))
    tally.mismatches += ours != held
    assert ours == held
