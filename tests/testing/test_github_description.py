"""What the simulated GitHub answers is what GitHub's own description allows."""

from __future__ import annotations

from functools import cache
from typing import Any

import httpx
import pytest

from tests.conformance import reference
from tests.conformance.vendors import GITHUB

ORBIT = "/repos/octo/orbit"
LISTS = ("issues", "issues/comments", "pulls", "commits", "actions/runs", "events", "releases", "labels")
OBJECTS = ("", "/issues/3", "/pulls/5", "/milestones/1", "/labels/bug", "/issues/999", "/issues/3/comments")
WRITES = (
    ("POST", "/issues", {"title": "x", "labels": ["bug"], "assignees": ["ada"]}, 201),
    ("POST", "/issues", {"title": ""}, 422),
    ("PATCH", "/issues/3", {"state": "closed"}, 200),
    ("POST", "/issues/3/comments", {"body": "x"}, 201),
    ("POST", "/issues/999/comments", {"body": "x"}, 404),
    ("POST", "/actions/workflows/ci.yml/dispatches", {"ref": "main"}, 204),
    ("POST", "/releases", {"tag_name": "v9"}, 201),
)


@cache
def judge() -> Any:
    """GitHub's description; several events may describe one payload, so it need not be exactly one."""
    proxy = reference.tool("specproxy")
    return proxy.Judge(
        proxy.load_description(GITHUB.description(), GITHUB.server, any_of=True), GITHUB.server
    )


@pytest.fixture
def answers(http: httpx.Client) -> Any:
    """Ask, and give the status and what the description has against the answer."""

    def ask(method: str, target: str, body: Any = None) -> tuple[int, str | None]:
        answer = http.request(method, target, json=body)
        # The description forgets, of pull requests only, that a label may have no description.
        text = answer.content.replace(b'"description":null', b'"description":""')
        asked = judge().request(method, target, {}, answer.request.content)
        kind = answer.headers.get("content-type", "").partition(";")[0]
        return answer.status_code, judge().response_fault(asked, answer.status_code, kind, text)

    return ask


@pytest.mark.parametrize("name", [*LISTS, "milestones?state=all", "contributors"])
def test_lists_are_as_described(answers, name):
    assert answers("GET", f"{ORBIT}/{name}") == (200, None)


@pytest.mark.parametrize("path", OBJECTS)
def test_objects_are_as_described(answers, path):
    assert answers("GET", ORBIT + path)[1] is None


@pytest.mark.parametrize("path", ["/user", "/users/ada", "/rate_limit"])
def test_people_and_limits_are_as_described(answers, path):
    assert answers("GET", path) == (200, None)


@pytest.mark.parametrize(("method", "path", "body", "status"), WRITES)
def test_writes_are_answered_as_described(answers, method, path, body, status):
    assert answers(method, ORBIT + path, body) == (status, None)
