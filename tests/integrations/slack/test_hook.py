from __future__ import annotations

import json

import pytest

from airflow_connectors.core import (
    AuthError,
    ConfigError,
    ConnectorError,
    RateLimited,
    RejectedError,
    Response,
    TransientError,
    Window,
    from_iso,
    get,
)
from airflow_connectors.integrations.slack import SlackHook
from airflow_connectors.integrations.slack.hook import raise_for_answer, replies, threads

JSON = {"content-type": "application/json; charset=utf-8"}
FEBRUARY = Window(from_iso("2026-02-01T00:00:00Z"), from_iso("2026-03-01T00:00:00.000001Z"))


def answer(body: object, status: int = 200, **headers: str) -> Response:
    return Response(get("/users.list"), status, {**JSON, **headers}, json.dumps(body).encode())


def refusal(error: str, **more: str) -> Response:
    return answer({"ok": False, "error": error, **more})


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("ratelimited", RateLimited),
        ("rate_limited", RateLimited),
        ("invalid_auth", AuthError),
        ("token_revoked", AuthError),
        ("token_expired", AuthError),
        ("account_inactive", AuthError),
        ("internal_error", TransientError),
        ("channel_not_found", RejectedError),
        ("an_error_of_tomorrow", RejectedError),
    ],
)
def test_an_error_in_a_200_is_raised_by_its_name(error: str, kind: type[ConnectorError]):
    with pytest.raises(ConnectorError, match=f"GET /users.list: {error}") as caught:
        raise_for_answer(refusal(error))
    assert type(caught.value) is kind


def test_a_missing_scope_is_told_with_those_there_are():
    with pytest.raises(AuthError, match="missing_scope, needed groups:read, provided users:read"):
        raise_for_answer(refusal("missing_scope", needed="groups:read", provided="users:read"))


def test_a_limit_in_a_200_keeps_the_wait_that_slack_asks_for():
    with pytest.raises(RateLimited) as caught:
        raise_for_answer(answer({"ok": False, "error": "ratelimited"}, **{"retry-after": "30"}))
    assert caught.value.retry_after == 30


def test_a_429_is_a_limit_too():
    with pytest.raises(RateLimited):
        raise_for_answer(answer({"ok": False, "error": "ratelimited"}, status=429))


def test_an_upload_is_answered_by_text_and_is_no_error():
    raise_for_answer(Response(get("/upload"), 200, {"content-type": "text/plain"}, b"OK - 12"))


def test_moments_are_asked_for_with_microseconds_and_inclusively():
    params = SlackHook.messages.first(FEBRUARY, "C0000001").params
    assert (params["oldest"], params["latest"]) == ("1769904000.000000", "1772323200.000001")
    assert (params["channel"], params["inclusive"]) == ("C0000001", "true")


def test_a_channel_is_named_by_its_id():
    with pytest.raises(ConfigError, match="channels: '#general' is not a channel"):
        SlackHook.messages.first(FEBRUARY, "#general")


def test_only_messages_with_replies_are_followed():
    messages = [{"ts": "1.000001", "reply_count": 2}, {"ts": "2.000001"}]
    assert [request.params["ts"] for request in threads(messages)] == ["1.000001"]


def test_a_thread_is_read_without_its_first_message():
    parent, reply = {"ts": "1.1", "thread_ts": "1.1"}, {"ts": "1.2", "thread_ts": "1.1"}
    assert replies({"messages": [parent, reply]}) == [reply]


def test_a_thread_whose_replies_were_all_deleted_has_none():
    assert replies({"messages": [{"ts": "1.1"}]}) == []
