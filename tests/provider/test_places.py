"""Which partitions a hook reads: those that are named, those that a parent lists, and places within them."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from airflow_connectors.core import (
    ConfigError,
    Cursor,
    DataError,
    PageNumber,
    Param,
    Partition,
    RejectedError,
    Stream,
    Written,
)
from airflow_connectors.provider import ConnectorHook, Form, SyncOperator, text
from airflow_connectors.sync import Destination, Options, Sync, Verdict
from tests.sync.conftest import Table

WORKSPACE = Partition("workspace", option="workspaces", stream="workspaces")
PROJECT = Partition("project", option="projects", stream="projects", within=WORKSPACE)
TASK = Partition("task", option="tasks", stream="tasks", within=PROJECT)
PAGES = PageNumber("page", ("size", 100))


class WorkHook(ConnectorHook):
    """Workspaces have projects, which have tasks, which have notes."""

    name = "work"
    hook_name = "Work"
    form = Form(host=text("Host", "api.invalid"), clock=text("Zone", "UTC", default="UTC"))

    workspaces = Stream(path="/workspaces", pages=PAGES)
    projects = Stream(
        path="/{workspace}/projects", partition=WORKSPACE, primary_key=("_workspace", "id"), pages=PAGES
    )
    tasks = Stream(
        path="/{workspace}/{project}/tasks",
        partition=PROJECT,
        primary_key=("_workspace", "_project", "id"),
        empty_on=(404,),
    )
    notes = Stream(
        path="/{workspace}/{project}/{task}/notes",
        partition=TASK,
        primary_key=("_workspace", "_project", "_task", "id"),
    )
    times = Stream(
        path="/times",
        cursor=Cursor(field="at", since=Param("since", Written("%Y-%m-%d %H:%M")), zone=None),
    )

    def base_url(self, settings):
        return "https://api.invalid"

    def zone(self, settings):
        return ZoneInfo(settings.clock)


class WorkSyncOperator(SyncOperator[WorkHook]):
    """Sync streams of Work."""

    projects: Any = None
    work_conn_id: str = "work_default"


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    monkeypatch.setenv("AIRFLOW_CONN_WORK_DEFAULT", json.dumps({"conn_type": "work_api", "host": "x"}))
    return []


@pytest.fixture
def hook(asked) -> Callable[..., WorkHook]:
    """A hook to a service that answers each path with the ids that are given for it."""

    def make(**found: list[Any]) -> WorkHook:
        def answer(request: httpx.Request) -> httpx.Response:
            path = request.url.path.strip("/")
            asked.append(path)
            ids = found.get(path, [])
            page = int(request.url.params.get("page", 1))
            body = [{"id": number} for number in ids[(page - 1) * 100 : page * 100]]
            return httpx.Response(200, json=body) if path in found else httpx.Response(404, text="gone")

        made = WorkHook()
        made.client._settings["transport"] = httpx.MockTransport(answer)
        return made

    return make


WORLD = {
    "workspaces": ["acme", "umbra"],
    "acme/projects": [1, 2],
    "umbra/projects": [1],
    "acme/1/tasks": [10, 11],
    "acme/2/tasks": [10],
    "umbra/1/tasks": [],
    "acme/1/10/notes": ["n"],
}


def places(hook, stream, **options):
    return list(hook.partitions(hook.stream(stream), options))


def test_a_parent_with_partitions_of_its_own_lists_places_within_them(hook):
    assert places(hook(**WORLD), "tasks") == [("acme", "1"), ("acme", "2"), ("umbra", "1")]


def test_three_levels(hook):
    assert places(hook(**WORLD), "notes") == [
        ("acme", "1", "10"),
        ("acme", "1", "11"),
        ("acme", "2", "10"),
    ]


def test_the_options_of_a_parent_are_passed_on_to_it(hook, asked):
    assert places(hook(**WORLD), "tasks", workspaces=["umbra"]) == [("umbra", "1")]
    assert asked == ["umbra/projects"]


def test_places_that_are_named_whole_need_no_listing(hook, asked):
    named = places(hook(**WORLD), "tasks", projects=["acme/1", ("umbra", "1")])
    assert (named, asked) == ([("acme", "1"), ("umbra", "1")], [])


def test_an_innermost_value_alone_is_looked_for_everywhere(hook):
    assert places(hook(**WORLD), "tasks", projects="1") == [("acme", "1"), ("umbra", "1")]


def test_an_innermost_value_that_is_nowhere_is_named(hook):
    with pytest.raises(ConfigError, match="projects lists no 3, 4"):
        places(hook(**WORLD), "tasks", projects=["4", "1", "3"])


def test_a_parent_whose_record_names_no_place_is_named(hook):
    with pytest.raises(DataError, match="workspaces: a record has no 'id', which names its workspace"):
        places(hook(workspaces=[None]), "projects")


def test_a_stream_reads_every_place(hook):
    found = [(r["_workspace"], r["_project"], r["id"]) for r in hook(**WORLD).read("tasks")]
    assert found == [("acme", "1", 10), ("acme", "1", 11), ("acme", "2", 10)]


def test_a_dag_may_name_places_whole():
    WorkSyncOperator(task_id="t", destination="d", schema="s", streams=["tasks"], projects=["acme/1"])
    with pytest.raises(ConfigError, match="must name workspace, project"):
        WorkSyncOperator(task_id="t", destination="d", schema="s", streams=["tasks"], projects=["a/b/c"])


def test_a_hundred_thousand_places_are_not_held(hook):
    made = hook(**{"workspaces": ["acme"], "acme/projects": range(100_000)})
    listed = made.partitions(made.stream("tasks"), {})
    next(listed)
    tracemalloc.start()
    seen = sum(1 for _ in listed)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (seen, peak < 2_000_000) == (99_999, True)


def test_the_parent_is_listed_no_further_than_places_are_taken(hook, asked):
    made = hook(**{"workspaces": ["acme"], "acme/projects": range(1_000)})
    assert len(list(islice(made.partitions(made.stream("tasks"), {}), 150))) == 150
    assert asked.count("acme/projects") == 2


# Into a database: a state for each innermost place, by a name that people can read.


@pytest.fixture
def destination(tmp_path):
    place = Destination(f"sqlite:///{tmp_path}/warehouse.db", "main")
    yield place
    place.close()


def sync(hook, destination, stream="tasks", **options):
    declared = hook.stream(stream)
    partitions = hook.partitions(declared, {})
    return Sync(destination, "work_default", hook.client).run(declared, partitions, Options(**options))


def test_states_are_per_innermost_place(hook, destination):
    sync(hook(**WORLD), destination)
    found = [row["partition"] for row in Table(destination, "_sync_state").rows()]
    assert sorted(found) == ["acme/1", "acme/2", "umbra/1"]


def test_rows_carry_every_level(hook, destination):
    assert sync(hook(**WORLD), destination).new == 3
    rows = Table(destination, "tasks").rows()
    assert sorted((row["_workspace"], row["_project"], row["id"]) for row in rows) == [
        ("acme", "1", 10),
        ("acme", "1", 11),
        ("acme", "2", 10),
    ]


def test_what_is_gone_from_one_place_stays_in_the_others(hook, destination):
    sync(hook(**WORLD), destination)
    assert sync(hook(**{**WORLD, "acme/1/tasks": [11]}), destination).deleted == 1
    gone = Table(destination, "tasks").rows("_deleted_at IS NOT NULL")
    assert [(row["_workspace"], row["_project"], row["id"]) for row in gone] == [("acme", "1", 10)]


def test_an_unchanged_place_is_not_written_again(hook, destination):
    sync(hook(**WORLD), destination)
    summary = sync(hook(**WORLD), destination)
    assert (summary.new, summary.changed, summary.unchanged) == (0, 0, 3)


def test_a_parent_that_was_deleted_meanwhile_is_a_declared_case(hook, destination):
    gone = {path: ids for path, ids in WORLD.items() if path != "acme/2/tasks"}
    summary = sync(hook(**gone), destination)
    assert (summary.verdict, summary.new) == (Verdict.COMPLETE, 2)


def test_a_parent_that_was_deleted_meanwhile_is_an_error_where_that_is_not_declared(hook, destination):
    with pytest.raises(RejectedError, match="404"):
        sync(hook(**WORLD), destination, "notes")


def test_a_deleted_parent_with_many_rows_is_not_believed_at_once(hook, destination):
    sync(hook(**{**WORLD, "acme/1/tasks": range(50)}), destination)
    gone = {path: ids for path, ids in WORLD.items() if path != "acme/1/tasks"}
    assert sync(hook(**gone), destination).verdict is Verdict.SUSPICIOUS
    assert sync(hook(**gone), destination, allow_shrink=True).deleted == 50


# The account's clock.


def test_a_bound_without_a_zone_is_written_on_the_clock_of_the_connection(monkeypatch, hook):
    clock = {"conn_type": "work_api", "host": "x", "extra": {"clock": "America/New_York"}}
    made = hook()
    monkeypatch.setenv("AIRFLOW_CONN_WORK_DEFAULT", json.dumps(clock))
    stream = made.located(made.stream("times"))
    assert stream.cursor.zone == ZoneInfo("America/New_York")
    assert made.located(made.stream("tasks")) is made.stream("tasks")
