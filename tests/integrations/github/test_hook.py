from __future__ import annotations

import pytest

from airflow_connectors.core import ConfigError
from airflow_connectors.integrations.github import GitHubHook
from airflow_connectors.testing.suite import IntegrationSuite

from .conftest import SIZES

STREAMS = list(GitHubHook.streams)


class TestGitHub(IntegrationSuite):
    hook_class = GitHubHook
    sizes = {**SIZES, "pull_requests": 11}


@pytest.fixture
def hook(github):  # noqa: ARG001 - it makes the connection
    hook = GitHubHook()
    yield hook
    hook.close()


def test_each_record_names_its_repository(hook):
    found = hook.read("labels", repositories=["octo/harvest", "octo/orbit"])
    assert {record["_repository"] for record in found} == {"octo/harvest", "octo/orbit"}


def test_closed_issues_are_read_too(hook):
    states = {record["state"] for record in hook.read("issues", repositories=["octo/orbit"])}
    assert states == {"open", "closed"}


@pytest.mark.parametrize("stream", STREAMS)
def test_every_stream_is_read_for_named_repositories_only(hook, stream):
    with pytest.raises(ConfigError, match=r"name them in repositories=\[\.\.\.\]"):
        list(hook.read(stream))


@pytest.mark.parametrize("name", ["octo", "octo/harvest/pulls", "../user", "octo/a?b", ""])
def test_what_is_no_repository_never_gets_into_a_url(hook, github, name):
    with pytest.raises(ConfigError, match="repositories"):
        list(hook.read("issues", repositories=[name]))
    assert not github.requests


def test_a_repository_without_commits_has_none(hook, github):
    github.fail(409, body=b'{"message":"Git Repository is empty."}')
    assert list(hook.read("commits", repositories=["octo/orbit"])) == []


def test_the_contributors_of_an_empty_repository_are_nobody(hook, github):
    github.fail(204, body=b"")
    assert list(hook.read("contributors", repositories=["octo/orbit"])) == []


def test_a_limit_that_github_hides_in_a_403_is_waited_out(hook, github):
    github.fail(403, headers={"retry-after": "1"}, body=b'{"message":"secondary rate limit"}')
    assert list(hook.read("labels", repositories=["octo/orbit"]))
    assert hook.client.usage.waited == 1
