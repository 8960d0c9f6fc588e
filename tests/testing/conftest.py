"""A simulated GitHub, our hook and PyGithub connected to it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from github import Auth, Github

from airflow_connectors.integrations.github import GitHubHook
from airflow_connectors.testing import Simulator
from airflow_connectors.testing.worlds.github import GitHubWorld

SIZES = {"issues": 45, "comments": 24, "pull_requests": 8, "commits": 26, "workflow_runs": 22, "events": 25}


@pytest.fixture
def github() -> Iterator[Simulator]:
    with Simulator(GitHubHook, GitHubWorld(**SIZES)) as simulator:
        yield simulator


@pytest.fixture
def hook(github: Simulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHubHook]:
    monkeypatch.setenv("AIRFLOW_CONN_GITHUB_DEFAULT", github.connection())
    hook = GitHubHook()
    yield hook
    hook.close()


@pytest.fixture
def http(github: Simulator) -> Iterator[httpx.Client]:
    """A client of nobody's making, to look at what goes over the wire."""
    headers = {"authorization": f"Bearer {github.token}"}
    with httpx.Client(base_url=github.url, headers=headers) as client:
        yield client


@pytest.fixture
def pygithub(github: Simulator) -> Iterator[Github]:
    with connected(github, per_page=10) as client:
        yield client


def connected(github: Simulator, *, token: str = "", per_page: int = 30) -> Github:
    """PyGithub without the pauses it makes for the sake of the real service."""
    return Github(
        auth=Auth.Token(token or github.token),
        base_url=github.url,
        per_page=per_page,
        retry=None,
        seconds_between_requests=0,
        seconds_between_writes=0,
    )
