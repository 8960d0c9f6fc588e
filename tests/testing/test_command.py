"""The simulator as a process of its own."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

COMMAND = [sys.executable, "-m", "airflow_connectors.testing.command", "simulate"]
Running = tuple[subprocess.Popen[str], dict[str, dict[str, str]]]


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    chosen = [
        "github",
        "noaa",
        "--seed",
        "3",
        "--set",
        "github.issues=12",
        "--set",
        "github.repositories=a/b",
    ]
    with subprocess.Popen([*COMMAND, *chosen], stdout=subprocess.PIPE, text=True) as process:
        yield process, dict(variable(process.stdout.readline()) for _ in range(2))
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def variable(line: str) -> tuple[str, dict[str, str]]:
    """A name and its connection, as a shell would understand the line."""
    name, _, text = shlex.split(line)[1].partition("=")
    return name, json.loads(text)


@pytest.fixture
def url(running: Running) -> str:
    return running[1]["AIRFLOW_CONN_GITHUB_DEFAULT"]["host"]


@pytest.fixture
def github(running: Running) -> Iterator[httpx.Client]:
    connection = running[1]["AIRFLOW_CONN_GITHUB_DEFAULT"]
    headers = {"authorization": f"Bearer {connection['password']}"}
    with httpx.Client(base_url=connection["host"], headers=headers) as client:
        yield client


def issues(github: httpx.Client) -> list[dict[str, str]]:
    return github.get("/repos/a/b/issues", params={"state": "all"}).json()


def test_it_prints_a_connection_for_each_integration(running):
    connections = running[1]
    assert {name: found["conn_type"] for name, found in connections.items()} == {
        "AIRFLOW_CONN_GITHUB_DEFAULT": "github_api",
        "AIRFLOW_CONN_NOAA_DEFAULT": "noaa_api",
    }


def test_each_has_a_path_of_its_own_on_one_port(running):
    github, noaa = (found["host"] for found in running[1].values())
    assert github.removesuffix("/github") == noaa.removesuffix("/noaa")


def test_options_reach_the_world_and_links_keep_the_path(github, url):
    found = issues(github)
    assert len(found) >= 12
    assert found[0]["url"].startswith(f"{url}/repos/a/b/issues/")


def test_links_to_further_pages_keep_the_path(github, url):
    answer = github.get("/repos/a/b/issues", params={"state": "all", "per_page": 5})
    assert answer.links["next"]["url"].startswith(f"{url}/repos/a/b/issues?")


def test_its_world_changes_on_request(github):
    before = issues(github)
    changes = github.post("/_simulator/mutate", params={"share": 0.5}).json()
    assert changes["issues"]["updated"] == len(before) // 2
    assert issues(github) != before


def test_it_fails_on_request(github):
    github.post("/_simulator/fail", json={"status": 429, "headers": {"retry-after": "7"}})
    answers = [github.get("/user") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [429, 200]
    assert answers[0].headers["retry-after"] == "7"


def test_it_tells_how_much_it_was_asked(github):
    before = github.get("/_simulator/requests").json()["count"]
    issues(github)
    assert github.get("/_simulator/requests").json()["count"] == before + 1


@pytest.mark.parametrize(("action", "status"), [("nothing", 404), ("mutate?share=x", 400), ("fail", 400)])
def test_a_request_that_makes_no_sense_is_told(github, action, status):
    assert github.post(f"/_simulator/{action}").status_code == status


def test_an_integration_that_does_not_exist_ends_it():
    done = subprocess.run([*COMMAND, "nowhere"], capture_output=True, text=True, check=False)
    assert done.returncode
    assert "nowhere" in done.stderr
