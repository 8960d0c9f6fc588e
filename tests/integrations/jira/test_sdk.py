"""The simulator refuses to the client `jira` what it does not understand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jira import JIRA
from jira.exceptions import JIRAError


@pytest.fixture
def client(site) -> Iterator[JIRA]:
    login = ("you@acme.com", site.token)
    client = JIRA(server=site.url, basic_auth=login, options={"rest_api_version": "3"}, max_retries=0)
    yield client
    client.close()


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
