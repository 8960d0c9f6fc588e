"""The simulator is held against the client `jira`: what that reads of it is what we read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jira import JIRA
from jira.exceptions import JIRAError

from airflow_connectors.integrations.jira import JiraHook


@pytest.fixture
def client(site) -> Iterator[JIRA]:
    login = ("you@acme.com", site.token)
    client = JIRA(server=site.url, basic_auth=login, options={"rest_api_version": "3"}, max_retries=0)
    yield client
    client.close()


def ids(stream: str, key: str = "id") -> list[str]:
    hook = JiraHook()
    found = sorted(record[key] for record in hook.read(stream))
    hook.close()
    return found


def test_it_finds_the_issues_that_we_read(client):
    found = client.enhanced_search_issues("updated >= 0 ORDER BY updated ASC", maxResults=0)
    assert sorted(issue.id for issue in found) == ids("issues")


def test_it_finds_the_projects_that_we_read(client):
    assert sorted(project.id for project in client.projects()) == ids("projects")


def test_it_finds_the_users_that_we_read(client):
    found = (client.search_users(query=vowel, maxResults=100, includeInactive=True) for vowel in "aeiou")
    assert sorted({user.accountId for users in found for user in users}) == ids("users", "accountId")


def test_it_finds_the_comments_that_we_read(client, site):
    issues = [issue["id"] for issue in site.world.records("issues")]
    found = [comment.id for issue in issues for comment in every_comment(client, issue)]
    assert sorted(found) == ids("comments")


def every_comment(client: JIRA, issue: str) -> Iterator[object]:
    start = 0
    while page := client.comments(issue, start_at=start):
        yield from page
        start += len(page)


def test_it_finds_the_worklogs_that_we_read(client, site):
    issues = [issue["id"] for issue in site.world.records("issues")]
    assert sorted(log.id for issue in issues for log in client.worklogs(issue)) == ids("worklogs")


@pytest.mark.parametrize(
    "jql",
    ["ORDER BY updated ASC", "assignee = currentUser()", "updated >= '2026-01-01'", "project in (OPS1)"],
)
def test_jql_that_the_simulator_does_not_understand_is_refused_and_not_guessed(client, jql):
    with pytest.raises(JIRAError, match="400"):
        client.enhanced_search_issues(jql, maxResults=0)


def test_a_project_narrows_a_search(client):
    found = client.enhanced_search_issues("project = OPS2 ORDER BY updated ASC", maxResults=0)
    assert {issue.fields.project.key for issue in found} == {"OPS2"}
