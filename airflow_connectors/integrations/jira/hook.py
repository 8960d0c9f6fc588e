"""Jira Cloud over REST, version 3: https://developer.atlassian.com/cloud/jira/platform/rest/v3/"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow_connectors.core import (
    AuthError,
    BasicAuth,
    Cursor,
    Follow,
    NextToken,
    Offset,
    Order,
    Param,
    Record,
    Request,
    Response,
    Stream,
    epoch_ms,
    from_epoch_ms,
    get,
    post,
    raise_for_status,
)
from airflow_connectors.provider import ConnectorHook, Form, Settings, origin, secret, text

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True)
class UpdatedClause:
    """
    A bound on `updated`, put in front of the JQL that a request has.

    Milliseconds since 1970 are the one way to name a moment: JQL reads every date in the time zone of the
    account that asks. https://support.atlassian.com/jira-software-cloud/docs/jql-fields/#Updated
    """

    operator: str

    def __call__(self, request: Request, moment: datetime) -> Request:
        jql = request.params["jql"]
        joint = " " if jql.startswith("ORDER BY") else " AND "
        return request.with_params(jql=f"updated {self.operator} {epoch_ms(moment)}{joint}{jql}")


UPDATED = Cursor(
    field="fields.updated",
    since=UpdatedClause(">="),
    until=UpdatedClause("<="),  # also bounds a first read: Jira refuses JQL without a restriction
    order=Order.OLDEST_FIRST,
    # "Recent updates might not be immediately visible"; Atlassian names no figure.
    lag=timedelta(minutes=2),
)
WORKLOG_FEED = Cursor(
    field="updatedTime",
    since=Param("since", epoch_ms),
    order=Order.OLDEST_FIRST,
    lag=timedelta(minutes=1),  # the feed leaves out the minute before the request
    lookback=timedelta(seconds=1),  # and lists what was updated *after* `since`
    parse=from_epoch_ms,
)
# Not `nextPage`: it comes on the last page too, and names the site even where a gateway was asked.
WORKLOG_PAGES = NextToken("until", "since", last="lastPage")


def search(fields: str, **declared: Any) -> Stream:
    """Issues in the order of their last update, which adding or editing what belongs to them counts as."""
    return Stream(
        path="/search/jql",
        params={"jql": "ORDER BY updated ASC", "fields": fields},
        records="issues",
        pages=NextToken("nextPageToken", "nextPageToken", size=("maxResults", 100)),
        cursor=UPDATED,
        **declared,
    )


def embedded_comments(issues: list[Record]) -> list[Record]:
    return [
        comment for issue in issues if not is_cut(issue) for comment in issue["fields"]["comment"]["comments"]
    ]


def is_cut(issue: Record) -> bool:
    """Whether the search left comments out: it returns 20 of an issue at most."""
    listed = issue["fields"]["comment"]
    return bool(listed["total"] > len(listed["comments"]))


def remaining_comments(issues: list[Record]) -> Iterator[Request]:
    return (get(f"/issue/{issue['id']}/comment", orderBy="created") for issue in issues if is_cut(issue))


def worklogs_by_id(references: list[Record]) -> list[Request]:
    ids = [reference["worklogId"] for reference in references]
    return [post("/worklog/list", {"ids": ids}, idempotent=True)]


def changelogs_by_issue(issues: list[Record]) -> list[Request]:
    ids = [issue["id"] for issue in issues]
    return [post("/changelog/bulkfetch", {"issueIdsOrKeys": ids}, idempotent=True)]


def changes(body: Any) -> list[Record]:
    return [
        {"issueId": log["issueId"], **change}
        for log in body["issueChangeLogs"]
        for change in log["changeHistories"]
    ]


def raise_for_answer(response: Response) -> None:
    """`raise_for_status`, and AuthError where Jira refused the credentials but answered as to a stranger."""
    raise_for_status(response)
    # https://developer.atlassian.com/cloud/jira/platform/basic-auth-for-rest-apis/ names the header; what
    # may be read anonymously, such as the search, then answers 200 with what strangers may see: nothing.
    reason = response.headers.get("x-seraph-loginreason", "")
    if "FAILED" in reason or "DENIED" in reason:
        raise AuthError(f"{response.request}: Jira refused the login ({reason}): correct the connection")


class JiraHook(ConnectorHook):
    """Read from and write to a Jira Cloud site. A connection of Airflow's own type `jira` serves as well."""

    name = "jira"
    hook_name = "Jira"
    form = Form(
        host=text("Site", "acme.atlassian.net", required=True),
        login=text("E-mail", "you@acme.com", required=True),
        password=secret("API token"),
    )
    ping = get("/myself")
    check = staticmethod(raise_for_answer)

    issues = search("*all,-comment,-worklog", lift="fields")
    comments = search(
        "comment,updated",
        follow=Follow(
            remaining_comments,
            records="comments",
            pages=Offset("startAt", ("maxResults", 100), total="total"),
            given=embedded_comments,
        ),
    )
    changelogs = search(
        "updated",
        follow=Follow(
            changelogs_by_issue,
            records=changes,
            pages=NextToken("nextPageToken", "nextPageToken", size=("maxResults", 1000), in_body=True),
        ),
    )
    worklogs = Stream(
        path="/worklog/updated",
        records="values",
        pages=WORKLOG_PAGES,
        cursor=WORKLOG_FEED,
        follow=Follow(worklogs_by_id),
    )
    deleted_worklogs = Stream(
        path="/worklog/deleted",
        primary_key="worklogId",
        records="values",
        pages=WORKLOG_PAGES,
        cursor=WORKLOG_FEED,
    )
    projects = Stream(
        path="/project/search",
        params={"expand": "description,lead,url"},
        records="values",
        pages=Offset("startAt", ("maxResults", 50), total="total"),
        total="total",
    )
    users = Stream(
        path="/users/search", primary_key="accountId", pages=Offset("startAt", ("maxResults", 200))
    )

    def base_url(self, settings: Settings) -> str:
        return f"{origin(settings.host)}/rest/api/3"

    def auth(self, settings: Settings) -> httpx.Auth:
        return BasicAuth(settings.login, settings.password)
