"""Slack's Web API: https://docs.slack.dev/apis/web-api/"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow_connectors.core import (
    AuthError,
    BearerToken,
    ConnectorError,
    Cursor,
    Follow,
    NextToken,
    Order,
    Param,
    Partition,
    RateLimit,
    RateLimited,
    Record,
    RejectedError,
    Request,
    Response,
    Stream,
    TransientError,
    epoch,
    from_epoch,
    get,
    raise_for_status,
    refusal,
)
from airflow_connectors.provider import ConnectorHook, Form, Settings, origin, secret, text

if TYPE_CHECKING:
    import httpx

# Slack recommends 200 for lists of users and channels, and allows 999 messages:
# https://docs.slack.dev/reference/methods/users.conversations and …/conversations.history
LISTS = NextToken("response_metadata.next_cursor", "cursor", size=("limit", 200))
MESSAGES = NextToken("response_metadata.next_cursor", "cursor", size=("limit", 999))
ALL_CHANNELS = {"types": "public_channel,private_channel", "exclude_archived": "false"}
# By default those the token's user is in: elsewhere a bot gets `not_in_channel`.
CHANNEL = Partition("channel", option="channels", pattern=r"[CDG][A-Z0-9]+", stream="joined_channels")

# https://docs.slack.dev/reference/methods/auth.test lists those that every method can answer.
LOGIN = ("not_authed", "invalid_auth", "account_inactive", "token_expired", "token_revoked")
SCOPES = ("missing_scope", "no_permission", "not_allowed_token_type")
PASSING = ("internal_error", "fatal_error", "request_timeout", "service_unavailable", "team_added_to_org")
KINDS: dict[str, type[ConnectorError]] = {
    **dict.fromkeys(("ratelimited", "rate_limited"), RateLimited),
    **dict.fromkeys((*LOGIN, *SCOPES), AuthError),
    **dict.fromkeys(PASSING, TransientError),
}


def raise_for_answer(response: Response) -> None:
    """`raise_for_status`, and the error that hides in a 200: `{"ok": false, "error": ...}`."""
    raise_for_status(response)
    # An upload is answered by plain text.
    body = response.json if "json" in response.headers.get("content-type", "") else None
    if not isinstance(body, dict) or body.get("ok", True):
        return
    name = str(body.get("error"))
    kind = KINDS.get(name, RejectedError)
    scopes = f"needed {body['needed']}, provided {body.get('provided')}" if "needed" in body else ""
    advice = "correct the token of the connection, or its app's scopes" if kind is AuthError else ""
    raise refusal(kind, response, name, scopes, advice)


def history(**declared: Any) -> Stream:
    """A channel's messages, or what they lead to. A message keeps its `ts` when it is edited."""
    return Stream(
        path="/conversations.history",
        primary_key=("_channel", "ts"),
        params={"channel": "{channel}", "inclusive": "true"},
        records="messages",
        pages=MESSAGES,
        partition=CHANNEL,
        cursor=Cursor(
            field="ts",
            since=Param("oldest", epoch),
            until=Param("latest", epoch),
            order=Order.NEWEST_FIRST,
            lookback=timedelta(days=7),
            parse=from_epoch,
        ),
        **declared,
    )


def threads(messages: list[Record]) -> Iterator[Request]:
    parents = (message for message in messages if message.get("reply_count"))
    return (get("/conversations.replies", channel="{channel}", ts=parent["ts"]) for parent in parents)


def replies(body: Any) -> list[Record]:
    """A thread without its parent, which `messages` has and which alone is left when all are deleted."""
    return [
        message for message in body["messages"] if message.get("thread_ts", message["ts"]) != message["ts"]
    ]


class SlackHook(ConnectorHook):
    """Read from and post to a Slack workspace. A connection of Airflow's own type `slack` serves as well."""

    name = "slack"
    hook_name = "Slack"
    form = Form(
        host=text("API URL", "https://slack.com/api", default="https://slack.com/api"),
        password=secret("Bot or user token", help="Starts with xoxb- or xoxp-"),
    )
    hosts = ("files.slack.com",)
    limit = RateLimit(requests=50, seconds=60)  # tier 3, that of the methods which read messages
    check = staticmethod(raise_for_answer)
    ping = get("/auth.test")

    users = Stream(path="/users.list", records="members", pages=LISTS)
    channels = Stream(path="/conversations.list", params=ALL_CHANNELS, records="channels", pages=LISTS)
    joined_channels = Stream(
        path="/users.conversations", params=ALL_CHANNELS, records="channels", pages=LISTS
    )
    messages = history()
    thread_replies = history(follow=Follow(threads, records=replies, pages=MESSAGES))

    def base_url(self, settings: Settings) -> str:
        return origin(settings.host)

    def auth(self, settings: Settings) -> httpx.Auth:
        return BearerToken(settings.password)
