"""
How the vendors' own clients read each stream: one function a stream, from a server and a partition to ids.

`Reader`s are shared with every test that asks a vendor's client for a second opinion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from github import Auth, Github
from github.Repository import Repository

Reader = Callable[[str, str, str | None], list[Any]]


def pygithub(listed: Callable[[Repository], Iterable[Any]], key: str = "id") -> Reader:
    def read(url: str, token: str, partition: str | None) -> list[Any]:
        with Github(auth=Auth.Token(token), base_url=url, per_page=2, retry=None, lazy=True) as client:
            return [getattr(found, key) for found in listed(client.get_repo(str(partition)))]

    return read


READERS: dict[str, dict[str, Reader]] = {
    "github": {
        "issues": pygithub(lambda repository: repository.get_issues(state="all")),
        "comments": pygithub(lambda repository: repository.get_issues_comments()),
        "pull_requests": pygithub(lambda repository: repository.get_pulls(state="all")),
        "commits": pygithub(lambda repository: repository.get_commits(), "sha"),
        "workflow_runs": pygithub(lambda repository: repository.get_workflow_runs()),
        "events": pygithub(lambda repository: repository.get_events()),
        "releases": pygithub(lambda repository: repository.get_releases()),
        "labels": pygithub(lambda repository: repository.get_labels(), "id"),
        "milestones": pygithub(lambda repository: repository.get_milestones(state="all")),
        "contributors": pygithub(lambda repository: repository.get_contributors()),
    },
}
