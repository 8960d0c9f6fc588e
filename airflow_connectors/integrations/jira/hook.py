"""Jira Cloud over REST, version 3: https://developer.atlassian.com/cloud/jira/platform/rest/v3/"""

from __future__ import annotations

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
    refusal,
)
from airflow_connectors.core.cursor import Bound
from airflow_connectors.provider import ConnectorHook, Form, Settings, origin, secret, text

if TYPE_CHECKING:
    import httpx


def updated(operator: str) -> Bound:
    """A bound on `updated`, put in front of the JQL that a request has."""

    # A date would be read in the time zone of the account that asks; milliseconds since 1970 are not.
    # https://support.atlassian.com/jira-software-cloud/docs/jql-fields/#Updated
    def bound(request: Request, moment: datetime) -> Request:
        jql = request.params["jql"]
        joint = " " if jql.startswith("ORDER BY") else " AND "
        return request.with_params(jql=f"updated {operator} {epoch_ms(moment)}{joint}{jql}")

    return bound


def search(fields: str, **declared: Any) -> Stream:
    """Issues in the order of their last update, or what they lead to."""
    return Stream(
        path="/search/jql",
        params={"jql": "ORDER BY updated ASC", "fields": fields},
        records="issues",
        pages=NextToken("nextPageToken", "nextPageToken", size=("maxResults", 100)),
        cursor=Cursor(
            field="fields.updated",
            since=updated(">="),
            until=updated("<="),  # Jira refuses JQL without any restriction
            order=Order.OLDEST_FIRST,
            lookback=timedelta(minutes=2),  # the search may not show recent updates at once
        ),
        **declared,
    )


def worklog_feed(path: str, **declared: Any) -> Stream:
    """Ids of worklogs, oldest change first. The feed leaves out the minute before the request."""
    return Stream(
        path=path,
        records="values",
        # Not by `nextPage`, which names the site even where its gateway was asked.
        pages=NextToken("until", "since", last="lastPage"),
        cursor=Cursor(
            field="updatedTime",
            since=Param("since", epoch_ms),
            order=Order.OLDEST_FIRST,
            lag=timedelta(minutes=1),
            lookback=timedelta(seconds=1),  # `since` is exclusive
            parse=from_epoch_ms,
        ),
        **declared,
    )


def is_cut(issue: Record) -> bool:
    """Whether the search left comments out: it shows 20 of an issue at most."""
    shown = issue["fields"].get("comment")
    return shown is None or bool(shown["total"] > len(shown["comments"]))


def shown_comments(issues: list[Record]) -> list[Record]:
    whole = (issue["fields"]["comment"] for issue in issues if not is_cut(issue))
    return [comment for shown in whole for comment in listed_comments(shown)]


def all_comments(issues: list[Record]) -> list[Request]:
    return [get(f"/issue/{issue['id']}/comment", orderBy="created") for issue in issues if is_cut(issue)]


def listed_comments(body: Any) -> list[Record]:
    """Comments with the id of their issue, which only their own URL tells."""
    return [
        {"issueId": comment["self"].partition("/issue/")[2].partition("/")[0], **comment}
        for comment in body["comments"]
    ]


def all_changes(issues: list[Record]) -> list[Request]:
    body = {"issueIdsOrKeys": [issue["id"] for issue in issues]}
    return [post("/changelog/bulkfetch", body, idempotent=True)]


def listed_changes(body: Any) -> list[Record]:
    logs = body["issueChangeLogs"]
    return [{"issueId": log["issueId"], **change} for log in logs for change in log["changeHistories"]]


def all_worklogs(references: list[Record]) -> list[Request]:
    body = {"ids": [reference["worklogId"] for reference in references]}
    return [post("/worklog/list", body, idempotent=True)]


def raise_for_answer(response: Response) -> None:
    """`raise_for_status`, and AuthError where Jira refused the login but answers as to a stranger."""
    raise_for_status(response)
    # What strangers may ask, such as the search, answers 200 and shows them nothing:
    # https://support.atlassian.com/jira/kb/jira-cloud-jql-search-rest-api-returns-200-ok-without-api-token/
    reason = response.headers.get("x-seraph-loginreason", "")
    if "FAILED" in reason or "DENIED" in reason:
        raise refusal(AuthError, response, f"Jira refused the login ({reason})", "correct the connection")


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
            all_comments,
            records=listed_comments,
            pages=Offset("startAt", ("maxResults", 100), total="total"),
            given=shown_comments,
        ),
    )
    changelogs = search(
        "updated",
        follow=Follow(
            all_changes,
            records=listed_changes,
            pages=NextToken("nextPageToken", "nextPageToken", size=("maxResults", 1000), in_body=True),
        ),
    )
    worklogs = worklog_feed("/worklog/updated", follow=Follow(all_worklogs))
    deleted_worklogs = worklog_feed("/worklog/deleted", primary_key="worklogId")
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
