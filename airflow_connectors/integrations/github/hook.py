"""GitHub over REST: https://docs.github.com/en/rest"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow_connectors.core import (
    BearerToken,
    Cursor,
    LinkHeader,
    Order,
    Param,
    Partition,
    RateLimit,
    Stream,
    get,
)
from airflow_connectors.provider import ConnectorHook, Form, Settings, origin, secret, text

if TYPE_CHECKING:
    import httpx

REPOSITORY = Partition("repository", option="repositories", pattern=r"[\w.-]+/[\w.-]+")


def listed(path: str, **declared: Any) -> Stream:
    """A list that each repository has, in pages that `Link` headers connect."""
    pages = LinkHeader(size=("per_page", 100))
    return Stream(path=f"/repos/{{repository}}{path}", partition=REPOSITORY, pages=pages, **declared)


def by_update(path: str, **params: str) -> Stream:
    """A list that can be asked for what was updated since."""
    cursor = Cursor(field="updated_at", since=Param("since"), order=Order.OLDEST_FIRST)
    return listed(path, params={**params, "sort": "updated", "direction": "asc"}, cursor=cursor)


class GitHubHook(ConnectorHook):
    """Read from and write to repositories on GitHub, or on a GitHub Enterprise server."""

    name = "github"
    hook_name = "GitHub"
    form = Form(
        host=text("API URL", "https://api.github.com", default="https://api.github.com"),
        password=secret("Personal access token", required=False, help="Without one, 60 requests an hour"),
    )
    headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
    limit = RateLimit(requests=5000, seconds=3600)
    ping = get("/rate_limit")

    issues = by_update("/issues", state="all")
    comments = by_update("/issues/comments")
    pull_requests = listed(
        "/pulls",
        params={"state": "all", "sort": "updated", "direction": "desc"},
        cursor=Cursor(field="updated_at", order=Order.NEWEST_FIRST),
    )
    commits = listed(
        "/commits",
        primary_key=("_repository", "sha"),
        # A commit keeps its date until it is pushed, so a branch merged late brings old dates.
        cursor=Cursor(field="commit.committer.date", since=Param("since"), lookback=timedelta(days=7)),
        empty_on=(409,),  # a repository without commits
    )
    workflow_runs = listed(
        "/actions/runs",
        records="workflow_runs",
        total="total_count",
        # Not by `created`: with a filter GitHub returns 1,000 runs at most. A run goes on changing.
        cursor=Cursor(field="created_at", order=Order.NEWEST_FIRST, lookback=timedelta(days=3)),
    )
    events = listed(
        "/events",
        # Events arrive up to six hours late: https://docs.github.com/en/rest/activity/events
        cursor=Cursor(
            field="created_at", order=Order.NEWEST_FIRST, lookback=timedelta(hours=6), retention=300
        ),
    )
    releases = listed("/releases")
    labels = listed("/labels")
    milestones = listed("/milestones", params={"state": "all"})
    contributors = listed("/contributors", primary_key=("_repository", "id"))

    def base_url(self, settings: Settings) -> str:
        return origin(settings.host)

    def auth(self, settings: Settings) -> httpx.Auth | None:
        return BearerToken(settings.password) if settings.password else None
