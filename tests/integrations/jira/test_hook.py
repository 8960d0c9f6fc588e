from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from airflow_connectors.core import AuthError, RejectedError, Request, Response, Window, get
from airflow_connectors.integrations.jira import JiraHook
from airflow_connectors.integrations.jira.hook import (
    all_comments,
    listed_changes,
    raise_for_answer,
    shown_comments,
)

FEBRUARY = Window(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))
EVER = Window(None, datetime(2026, 3, 1, tzinfo=UTC))


def jql(window: Window) -> str:
    return JiraHook.issues.first(window).params["jql"]


def comment(issue: str, number: int) -> dict[str, object]:
    return {"id": f"{number}", "self": f"https://acme.test/rest/api/3/issue/{issue}/comment/{number}"}


def issue(number: str, *comments: dict[str, object], total: int) -> dict[str, object]:
    return {"id": number, "fields": {"comment": {"comments": list(comments), "total": total}}}


def answer(body: object, status: int = 200, **headers: str) -> Response:
    return Response(get("/search/jql"), status, headers, json.dumps(body).encode())


def test_a_window_is_asked_for_in_milliseconds_which_no_time_zone_can_shift():
    assert jql(FEBRUARY) == "updated <= 1772323200000 AND updated >= 1769904000000 ORDER BY updated ASC"


def test_a_first_read_is_bounded_too_because_jira_refuses_jql_without_a_restriction():
    assert jql(EVER) == "updated <= 1772323200000 ORDER BY updated ASC"


def test_comments_that_the_search_shows_cost_no_further_request():
    found = [issue("7", comment("7", 1), total=1)]
    assert not all_comments(found)
    assert shown_comments(found) == [{"issueId": "7", **comment("7", 1)}]


def test_an_issue_with_more_comments_than_shown_is_asked_for_all_of_them():
    found = [issue("7", comment("7", 1), total=21)]
    assert [request.path for request in all_comments(found)] == ["/issue/7/comment"]
    assert not shown_comments(found)


def test_an_issue_that_came_without_its_comments_is_asked_for_them():
    assert [request.path for request in all_comments([{"id": "7", "fields": {}}])] == ["/issue/7/comment"]


def test_a_change_carries_the_id_of_its_issue():
    body = {"issueChangeLogs": [{"issueId": "7", "changeHistories": [{"id": "70"}, {"id": "71"}]}]}
    assert listed_changes(body) == [{"issueId": "7", "id": "70"}, {"issueId": "7", "id": "71"}]


def test_the_fields_of_an_issue_become_columns():
    raw = {"id": "7", "key": "OPS-7", "fields": {"summary": "Broken", "customfield_10016": None}}
    page = JiraHook.issues.page(Request("GET", "/search/jql"), answer({"issues": [raw]}))
    assert page.records == [{"id": "7", "key": "OPS-7", "summary": "Broken", "customfield_10016": None}]


def test_the_worklog_feed_ends_where_it_says_although_it_names_a_next_page_even_there():
    feed, request = JiraHook.worklogs.pages, get("/worklog/updated")
    assert feed.next(request, answer({"until": 5, "lastPage": True}), 3) is None
    assert feed.next(request, answer({"until": 5, "lastPage": False}), 3).params == {"since": 5}


def test_a_refused_login_is_an_error_also_where_strangers_get_an_empty_list():
    refused = answer({"issues": []}, **{"x-seraph-loginreason": "AUTHENTICATED_FAILED"})
    with pytest.raises(AuthError, match=r"AUTHENTICATED_FAILED.*correct the connection"):
        raise_for_answer(refused)


def test_an_accepted_login_is_no_error():
    raise_for_answer(answer({"issues": []}, **{"x-seraph-loginreason": "OK"}))


def test_jql_that_jira_cannot_read_is_refused_with_its_words():
    with pytest.raises(RejectedError, match=r"400.*does not exist"):
        raise_for_answer(answer({"errorMessages": ["Field 'x' does not exist"]}, status=400))
