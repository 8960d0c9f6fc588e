from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from airflow_connectors.core import AuthError, RejectedError, TransientError
from airflow_connectors.integrations.jira import (
    JiraAddCommentOperator,
    JiraCreateIssueOperator,
    JiraReadOperator,
    JiraTransitionIssueOperator,
)
from airflow_connectors.integrations.jira.operators import document
from airflow_connectors.testing import Simulator
from tests.integrations.running import executed


def create(**fields: Any) -> str:
    given = {"project": "OPS1", "summary": "Nightly load failed", **fields}
    return executed(JiraCreateIssueOperator(task_id="create", **given))


def move(issue: str, transition: str, **fields: Any) -> None:
    executed(JiraTransitionIssueOperator(task_id="move", issue=issue, transition=transition, **fields))


def comment(issue: str, body: str, **fields: Any) -> str:
    return executed(JiraAddCommentOperator(task_id="comment", issue=issue, body=body, **fields))


ACTIONS = [create, partial(move, "OPS1-1", "Done"), partial(comment, "OPS1-1", "x")]


def stored(site: Simulator, key: str) -> Any:
    return next(issue["fields"] for issue in site.world.records("issues") if issue["key"] == key)


def test_an_issue_is_created_with_what_is_said_of_it(site):
    key = create(issue_type="Bug", description="It broke.\n\nAgain.", fields={"labels": ["etl"]})
    issue = stored(site, key)
    assert (issue["summary"], issue["issuetype"]["name"], issue["labels"]) == (
        "Nightly load failed",
        "Bug",
        ["etl"],
    )
    assert issue["description"] == document("It broke.\n\nAgain.")


def test_an_issue_without_description_sends_none(site):
    create()
    assert "description" not in site.requests[-1].json["fields"]


@pytest.mark.usefixtures("site")
def test_a_project_that_is_not_there_is_told():
    with pytest.raises(RejectedError, match=r"400.*valid project is required"):
        create(project="NOPE")


def test_an_issue_is_not_created_twice_when_the_answer_is_lost(site):
    site.fail(503, times=2, path="/issue")
    with pytest.raises(TransientError):
        create()
    assert sum(asked.path.endswith("/issue") for asked in site.requests) == 1


def test_an_issue_moves_by_the_name_of_the_transition(site):
    key = create()
    move(key, "In Progress")
    move(key, "Done", fields={"resolution": {"name": "Fixed"}})
    assert stored(site, key)["status"]["name"] == "Done"
    assert stored(site, key)["resolution"] == {"name": "Fixed"}


@pytest.mark.usefixtures("site")
def test_a_transition_that_the_workflow_does_not_allow_is_told_with_those_it_does():
    key = create()
    with pytest.raises(
        RejectedError, match=f"{key} has no transition 'Done' from its status; it has In Progress"
    ):
        move(key, "Done")


@pytest.mark.usefixtures("site")
def test_an_issue_that_is_not_there_cannot_move():
    with pytest.raises(RejectedError, match=r"404.*no such thing, or the credentials may not see it"):
        move("OPS1-999", "Done")


def test_a_comment_is_added_line_by_line(site):
    key = create()
    identity = comment(key, "first\nsecond")
    assert site.world.find("comments", identity)["body"] == document("first\nsecond")


@pytest.mark.usefixtures("site")
def test_an_issue_that_is_not_there_takes_no_comment():
    with pytest.raises(RejectedError, match="404"):
        comment("OPS1-999", "hello")


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("act", ACTIONS)
def test_a_wrong_token_says_to_correct_the_connection(act):
    with pytest.raises(AuthError, match=r"401.*correct the connection"):
        act(jira_conn_id="jira_wrong")


@pytest.mark.usefixtures("site")
def test_a_stream_is_read_into_xcom():
    found = executed(JiraReadOperator(task_id="read", stream="projects"))
    assert [project["key"] for project in found] == ["OPS1", "OPS2", "OPS3"]


def test_empty_lines_are_empty_paragraphs_because_a_text_may_not_be_empty():
    assert document("a\n\nb")["content"][1] == {"type": "paragraph", "content": []}
