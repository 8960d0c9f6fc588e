"""Places within places: told apart by all of their values, named by one text, carried by their records."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_connectors.core import ConfigError, Follow, Partition, Response, Stream, Window, get, read
from airflow_connectors.core.partitions import title

WORKSPACE = Partition("workspace", option="workspaces", stream="workspaces")
PROJECT = Partition("project", option="projects", stream="projects", within=WORKSPACE)
TASKS = Stream(
    path="/{workspace}/projects/{project}/tasks",
    name="tasks",
    params={"in": "{workspace}"},
    partition=PROJECT,
    primary_key=("_workspace", "_project", "id"),
)
WINDOW = Window(None, datetime(2026, 11, 21, tzinfo=UTC))


def answer(request):
    return Response(request, 200, {}, b'[{"id": 1}]')


def test_the_braces_of_every_level_are_filled_and_quoted():
    request = TASKS.first(WINDOW, ("acme", "a b"))
    assert (request.path, request.params) == ("/acme/projects/a%20b/tasks", {"in": "acme"})


def test_records_carry_a_column_for_each_level():
    (page,) = read(TASKS, answer, WINDOW, ("acme", "rocket"))
    assert page.records == [{"id": 1, "_workspace": "acme", "_project": "rocket"}]


def test_what_references_lead_to_lies_in_the_same_place():
    asked = []

    def send(request):
        asked.append(request.path)
        return answer(request)

    follow = Follow(lambda heads: [get("/{workspace}/{project}/task", ids=str(heads[0]["id"]))])
    stream = Stream(path="/{workspace}/refs", name="tasks", partition=PROJECT, follow=follow)
    (page,) = read(stream, send, WINDOW, ("acme", "rocket"))
    assert asked == ["/acme/refs", "/acme/rocket/task"]
    assert page.records[0]["_project"] == "rocket"


@pytest.mark.parametrize(
    "place", ["rocket", ("rocket",), ("a", "b", "c"), ("acme", "../x"), ("acme", ""), None, 7]
)
def test_a_place_that_does_not_name_every_level_is_refused(place):
    with pytest.raises(ConfigError, match="projects"):
        TASKS.first(WINDOW, place)


def test_a_place_has_a_readable_name():
    assert [title(place) for place in (None, "acme", ("acme", "rocket"))] == ["", "acme", "acme/rocket"]


@pytest.mark.parametrize("given", ["acme/rocket", ["acme", "rocket"], ("acme", "rocket")])
def test_a_place_is_named_as_the_state_shows_it_or_by_its_values(given):
    assert PROJECT.place(given) == ("acme", "rocket")


def test_an_inner_place_may_be_named_by_its_innermost_value_alone():
    assert PROJECT.place("rocket") == "rocket"


VALUES = st.text(st.sampled_from("a/%2F5 ü"), min_size=1, max_size=6).filter(lambda text: ".." not in text)
WIDE = Partition("b", option="bs", pattern=".+", within=Partition("a", option="as", pattern=".+"))


@given(st.tuples(VALUES, VALUES))
def test_a_name_leads_back_to_its_place_and_to_no_other(place):
    assert WIDE.place(title(place)) == place
