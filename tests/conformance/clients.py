"""
How the vendors' own clients read each stream: from a base URL, a token and a partition to primary keys.

They are shared by every test that asks a vendor's client for a second opinion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import Any

from github import Auth, Github
from github.Repository import Repository
from jira import JIRA
from slack_sdk import WebClient

Reader = Callable[[str, str, str | None], list[Any]]
LOGIN = "you@acme.com"
PAGE = 2
AT_ONCE: dict[str, Any] = {"seconds_between_requests": None}


def pygithub(listed: Callable[[Repository], Iterable[Any]], key: str = "id") -> Reader:
    def read(url: str, token: str, partition: str | None) -> list[Any]:
        login = Auth.Token(token)
        with Github(auth=login, base_url=url, per_page=PAGE, retry=None, lazy=True, **AT_ONCE) as client:
            return [getattr(found, key) for found in listed(client.get_repo(str(partition)))]

    return read


def jira(listed: Callable[[JIRA], Iterable[Any]]) -> Reader:
    version = {"rest_api_version": "3"}

    def read(url: str, token: str, _partition: str | None) -> list[Any]:
        with closing(JIRA(server=url, basic_auth=(LOGIN, token), options=version, max_retries=0)) as client:
            return [found.id for found in listed(client)]

    return read


def slack(listed: Callable[[WebClient, str], Iterable[Any]]) -> Reader:
    def read(url: str, token: str, partition: str | None) -> list[Any]:
        return list(listed(WebClient(token=token, base_url=f"{url}/"), str(partition)))

    return read


def jira_issues(client: JIRA) -> Iterable[Any]:
    found: Iterable[Any] = client.enhanced_search_issues("updated >= 0 ORDER BY updated ASC", maxResults=0)
    return found


def jira_comments(client: JIRA) -> Iterator[Any]:
    for issue in jira_issues(client):
        start = 0
        while page := client.comments(issue.key, start_at=start):
            yield from page
            start += len(page)


def jira_worklogs(client: JIRA) -> Iterator[Any]:
    for issue in jira_issues(client):
        yield from client.worklogs(issue.id)


def slack_messages(client: WebClient, channel: str) -> Iterator[dict[str, Any]]:
    for page in client.conversations_history(channel=channel, limit=PAGE):
        yield from page["messages"]


def slack_replies(client: WebClient, channel: str) -> Iterator[str]:
    for parent in slack_messages(client, channel):
        if parent.get("reply_count"):
            for page in client.conversations_replies(channel=channel, ts=parent["ts"], limit=PAGE):
                yield from (reply["ts"] for reply in page["messages"] if reply["ts"] != parent["ts"])


def slack_listed(method: str, listed: str, **asked: Any) -> Reader:
    def ids(client: WebClient, _channel: str) -> Iterator[str]:
        for page in getattr(client, method)(limit=PAGE, **asked):
            yield from (found["id"] for found in page[listed])

    return slack(ids)


READERS: dict[str, dict[str, Reader]] = {
    "github": {
        "issues": pygithub(lambda repository: repository.get_issues(state="all")),
        "comments": pygithub(lambda repository: repository.get_issues_comments()),
        "pull_requests": pygithub(lambda repository: repository.get_pulls(state="all")),
        "commits": pygithub(lambda repository: repository.get_commits(), "sha"),
        "workflow_runs": pygithub(lambda repository: repository.get_workflow_runs()),
        "events": pygithub(lambda repository: repository.get_events()),
        "releases": pygithub(lambda repository: repository.get_releases()),
        "labels": pygithub(lambda repository: repository.get_labels()),
        "milestones": pygithub(lambda repository: repository.get_milestones(state="all")),
        "contributors": pygithub(lambda repository: repository.get_contributors()),
    },
    "jira": {
        "issues": jira(jira_issues),
        "comments": jira(jira_comments),
        "worklogs": jira(jira_worklogs),
        "projects": jira(lambda client: client.projects()),
    },
    "slack": {
        "users": slack_listed("users_list", "members"),
        "channels": slack_listed("conversations_list", "channels", types="public_channel,private_channel"),
        "joined_channels": slack_listed(
            "users_conversations", "channels", types="public_channel,private_channel"
        ),
        "messages": slack(lambda client, channel: (m["ts"] for m in slack_messages(client, channel))),
        "thread_replies": slack(slack_replies),
    },
}
