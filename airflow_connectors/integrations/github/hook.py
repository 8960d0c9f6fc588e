"""GitHub over REST: https://docs.github.com/en/rest"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

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
PAGES = LinkHeader(size=("per_page", 100))
OLDEST_FIRST = {"sort": "updated", "direction": "asc"}
EMPTY_REPOSITORY = (409,)


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

    issues = Stream(
        path="/repos/{repository}/issues",
        params={"state": "all", **OLDEST_FIRST},
        partition=REPOSITORY,
        pages=PAGES,
        cursor=Cursor(field="updated_at", since=Param("since"), order=Order.OLDEST_FIRST),
    )
    comments = Stream(
        path="/repos/{repository}/issues/comments",
        params=OLDEST_FIRST,
        partition=REPOSITORY,
        pages=PAGES,
        cursor=Cursor(field="updated_at", since=Param("since"), order=Order.OLDEST_FIRST),
    )
    pull_requests = Stream(
        path="/repos/{repository}/pulls",
        params={"state": "all", "sort": "updated", "direction": "desc"},
        partition=REPOSITORY,
        pages=PAGES,
        cursor=Cursor(field="updated_at", order=Order.NEWEST_FIRST),
    )
    commits = Stream(
        path="/repos/{repository}/commits",
        primary_key=("_repository", "sha"),
        partition=REPOSITORY,
        pages=PAGES,
        # A commit keeps its date until it is pushed, so a branch merged late brings old dates.
        cursor=Cursor(field="commit.committer.date", since=Param("since"), lookback=timedelta(days=7)),
        empty_on=EMPTY_REPOSITORY,
    )
    workflow_runs = Stream(
        path="/repos/{repository}/actions/runs",
        records="workflow_runs",
        total="total_count",
        partition=REPOSITORY,
        pages=PAGES,
        # Not by `created`: with a filter GitHub returns 1,000 runs at most. A run goes on changing.
        cursor=Cursor(field="created_at", order=Order.NEWEST_FIRST, lookback=timedelta(days=3)),
    )
    events = Stream(
        path="/repos/{repository}/events",
        partition=REPOSITORY,
        pages=PAGES,
        cursor=Cursor(field="created_at", order=Order.NEWEST_FIRST, retention=300),
    )
    releases = Stream(path="/repos/{repository}/releases", partition=REPOSITORY, pages=PAGES)
    labels = Stream(path="/repos/{repository}/labels", partition=REPOSITORY, pages=PAGES)
    milestones = Stream(
        path="/repos/{repository}/milestones", params={"state": "all"}, partition=REPOSITORY, pages=PAGES
    )
    contributors = Stream(
        path="/repos/{repository}/contributors",
        primary_key=("_repository", "id"),
        partition=REPOSITORY,
        pages=PAGES,
    )

    def base_url(self, settings: Settings) -> str:
        return origin(settings.host)

    def auth(self, settings: Settings) -> httpx.Auth | None:
        return BearerToken(settings.password) if settings.password else None
