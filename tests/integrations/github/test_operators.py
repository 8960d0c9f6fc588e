from __future__ import annotations

import json
import sqlite3
from functools import partial
from typing import Any

import pytest

from airflow_connectors.core import AuthError, ConfigError, RejectedError, TransientError
from airflow_connectors.integrations.github import (
    GitHubAddCommentOperator,
    GitHubCreateIssueOperator,
    GitHubCreateReleaseOperator,
    GitHubDispatchWorkflowOperator,
    GitHubReadOperator,
    GitHubSyncOperator,
    GitHubUpdateIssueOperator,
)
from airflow_connectors.testing import Simulator
from tests.integrations.running import executed

HARVEST = "octo/harvest"


def create(**fields: Any) -> int:
    given = {"repository": HARVEST, "title": "Nightly load failed", **fields}
    return executed(GitHubCreateIssueOperator(task_id="create", **given))


def update(number: int, fields: dict[str, Any], **more: Any) -> str:
    given = {"repository": HARVEST, "number": number, "fields": fields, **more}
    return executed(GitHubUpdateIssueOperator(task_id="update", **given))


def comment(number: int, body: str, **more: Any) -> int:
    given = {"repository": HARVEST, "number": number, "body": body, **more}
    return executed(GitHubAddCommentOperator(task_id="comment", **given))


def dispatch(workflow: str, **more: Any) -> None:
    given = {"repository": HARVEST, "workflow": workflow, **more}
    executed(GitHubDispatchWorkflowOperator(task_id="dispatch", **given))


def release(tag: str, **more: Any) -> str:
    given = {"repository": HARVEST, "tag": tag, **more}
    return executed(GitHubCreateReleaseOperator(task_id="release", **given))


def read(stream: str, **more: Any) -> Any:
    given = {"stream": stream, "repositories": [HARVEST], **more}
    return executed(GitHubReadOperator(task_id="read", **given))


def issue(github: Simulator, number: int) -> Any:
    return next(found for found in github.world.records("issues", HARVEST) if found["number"] == number)


ACTIONS = [
    create,
    partial(update, 1, {"state": "closed"}),
    partial(comment, 1, "x"),
    partial(dispatch, "ci.yml"),
    partial(release, "v9"),
    partial(read, "labels"),
]


def test_an_issue_is_created_with_what_is_said_of_it(github):
    number = create(body="It broke 🔥", labels=["bug"], assignees=["ada"])
    made = issue(github, number)
    assert (made["title"], made["body"], made["state"]) == ("Nightly load failed", "It broke 🔥", "open")
    assert [label["name"] for label in made["labels"]] == ["bug"]
    assert [person["login"] for person in made["assignees"]] == ["ada"]


@pytest.mark.usefixtures("github")
def test_an_issue_without_title_is_refused_in_githubs_words():
    with pytest.raises(RejectedError, match=r"422.*Validation Failed.*missing_field"):
        create(title="")


@pytest.mark.usefixtures("github")
def test_an_assignee_who_is_nobody_is_refused():
    with pytest.raises(RejectedError, match=r"422.*assignees"):
        create(assignees=["nobody"])


def test_an_issue_is_not_created_twice_when_the_answer_is_lost(github):
    github.fail(502, times=2)
    with pytest.raises(TransientError):
        create()
    assert len(github.requests) == 1


def test_an_issue_is_closed(github):
    assert update(1, {"state": "closed"}) == "closed"
    assert issue(github, 1)["closed_at"]


@pytest.mark.usefixtures("github")
def test_a_state_that_there_is_not_is_refused():
    with pytest.raises(RejectedError, match=r"422.*state"):
        update(1, {"state": "done"})


@pytest.mark.usefixtures("github")
def test_an_issue_that_is_not_there_cannot_be_updated():
    with pytest.raises(RejectedError, match=r"404.*no such thing, or the credentials may not see it"):
        update(999, {"state": "closed"})


def test_a_comment_is_added_to_its_issue(github):
    before = issue(github, 2)["comments"]
    identity = comment(2, "Looking into it")
    assert github.world.find("comments", identity, HARVEST)["body"] == "Looking into it"
    assert issue(github, 2)["comments"] == before + 1


@pytest.mark.usefixtures("github")
def test_an_issue_that_is_not_there_takes_no_comment():
    with pytest.raises(RejectedError, match="404"):
        comment(999, "hello")


def test_a_workflow_is_started(github):
    dispatch("ci.yml", inputs={"full": "yes"})
    newest = github.world.records("workflow_runs", HARVEST)[-1]
    assert (newest["event"], newest["status"]) == ("workflow_dispatch", "queued")
    assert github.requests[-1].json == {"ref": "main", "inputs": {"full": "yes"}}


@pytest.mark.usefixtures("github")
@pytest.mark.parametrize(
    ("workflow", "ref", "said"),
    [("nightly.yml", "main", "trigger"), ("ci.yml", "v0", "No ref found"), ("nope.yml", "main", "404")],
)
def test_a_workflow_that_cannot_be_started_is_told(workflow, ref, said):
    with pytest.raises(RejectedError, match=said):
        dispatch(workflow, ref=ref)


def test_a_release_is_published(github):
    assert release("v9", title="Nine", notes="All new", prerelease=True) == (
        "https://github.com/octo/harvest/releases/tag/v9"
    )
    made = github.world.records("releases", HARVEST)[-1]
    assert (made["tag_name"], made["name"], made["body"], made["prerelease"]) == (
        "v9",
        "Nine",
        "All new",
        True,
    )


@pytest.mark.usefixtures("github")
def test_a_tag_is_released_once():
    release("v9")
    with pytest.raises(RejectedError, match=r"422.*already_exists"):
        release("v9")


@pytest.mark.usefixtures("github")
@pytest.mark.parametrize("act", ACTIONS)
def test_a_wrong_token_says_to_correct_the_connection(act):
    with pytest.raises(AuthError, match=r"401.*correct the connection"):
        act(github_conn_id="github_wrong")


def test_a_stream_is_read_into_xcom(github):
    assert [found["id"] for found in read("labels")] == [
        key for (key,) in github.world.keys("labels", HARVEST)
    ]


def test_a_stream_is_read_into_a_file_of_lines(github, tmp_path):
    target = tmp_path / "issues.jsonl"
    assert read("issues", output_path=f"file://{target}")["records"] == 23
    ids = sorted(json.loads(line)["id"] for line in target.read_text().splitlines())
    assert ids == sorted(key for (key,) in github.world.keys("issues", HARVEST))


def test_a_misspelt_stream_is_told_as_the_dag_is_parsed():
    with pytest.raises(ConfigError, match=r"no stream 'isues'; it has issues, "):
        GitHubReadOperator(task_id="read", stream="isues", repositories=[HARVEST])


@pytest.mark.parametrize("operator", [GitHubReadOperator, GitHubSyncOperator])
def test_what_is_no_repository_is_told_as_the_dag_is_parsed(operator):
    where = (
        {"destination": "warehouse", "schema": "github"}
        if operator is GitHubSyncOperator
        else {"stream": "issues"}
    )
    with pytest.raises(ConfigError, match="'octo' is not a repository"):
        operator(task_id="task", repositories=["octo"], **where)


def synced(file: Any, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Any:
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps({"conn_type": "sqlite", "host": str(file)}))
    given = {"repositories": [HARVEST, "octo/orbit"], "destination": "warehouse", "schema": "github", **more}
    return executed(GitHubSyncOperator(task_id="sync", **given))


def test_every_stream_lands_in_a_table_of_its_name(github, tmp_path, monkeypatch):
    summary = synced(tmp_path / "warehouse.db", monkeypatch)
    held = {name: len(github.world.records(name)) for name in github.hook.streams}
    assert {name: counts["new"] for name, counts in summary.items()} == held


def test_a_second_sync_writes_what_the_world_has_changed(github, tmp_path, monkeypatch):
    file = tmp_path / "warehouse.db"
    synced(file, monkeypatch, streams=["issues"])
    changed = github.world.update("issues", github.world.table("issues").keys[3], title="New title 🎈")
    summary = synced(file, monkeypatch, streams=["issues"])["issues"]
    assert (summary["new"], summary["changed"]) == (0, 1)
    with sqlite3.connect(file) as database:
        titles = database.execute(
            "SELECT title FROM github__issues WHERE id = ?", (changed["id"],)
        ).fetchall()
    assert titles == [("New title 🎈",)]
