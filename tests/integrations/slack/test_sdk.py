"""The simulator is held against `slack_sdk`: what that reads of it is what we read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from airflow_connectors.integrations.slack import SlackHook

TYPES = "public_channel,private_channel"


@pytest.fixture
def client(workspace) -> WebClient:
    return WebClient(token=workspace.token, base_url=f"{workspace.url}/", retry_handlers=[])


def keys(stream: str, *names: str) -> list[Any]:
    hook = SlackHook()
    found = sorted(tuple(record[name] for name in names) for record in hook.read(stream))
    hook.close()
    return found


def listed(pages: Iterable[Any], name: str) -> list[Any]:
    return [found for page in pages for found in page[name]]


def test_it_finds_the_users_that_we_read(client):
    found = listed(client.users_list(limit=4), "members")
    assert sorted((user["id"],) for user in found) == keys("users", "id")


def test_it_finds_the_channels_that_we_read(client):
    found = listed(client.conversations_list(limit=4, types=TYPES), "channels")
    assert sorted((channel["id"],) for channel in found) == keys("channels", "id")


def test_it_finds_the_joined_channels_that_we_read(client):
    found = listed(client.users_conversations(limit=2, types=TYPES), "channels")
    assert sorted((channel["id"],) for channel in found) == keys("joined_channels", "id")


def test_it_finds_the_messages_and_replies_that_we_read(client):
    channels = [channel["id"] for channel in listed(client.users_conversations(types=TYPES), "channels")]
    messages = [
        (c, m) for c in channels for m in listed(client.conversations_history(channel=c, limit=4), "messages")
    ]
    replies = [
        (c, reply["ts"])
        for c, parent in messages
        if parent.get("reply_count")
        for reply in listed(client.conversations_replies(channel=c, ts=parent["ts"], limit=4), "messages")
        if reply["ts"] != parent["ts"]
    ]
    assert sorted((c, message["ts"]) for c, message in messages) == keys("messages", "_channel", "ts")
    assert sorted(replies) == keys("thread_replies", "_channel", "ts")


def test_it_can_post_and_upload(client, workspace):
    ts = client.chat_postMessage(channel="C00000001", text="hello")["ts"]
    file = client.files_upload_v2(filename="a.txt", content="abc", channel="C00000001")["files"][0]["id"]
    assert workspace.world.find("messages", ts, "C00000001")["text"] == "hello"
    assert workspace.world.desk.uploads[file].content == b"abc"


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("conversations.history", {"channel": "C99"}, "channel_not_found"),
        ("conversations.history", {"channel": "C00000009"}, "not_in_channel"),
        ("conversations.history", {"channel": "C00000001", "oldest": "monday"}, "invalid_ts_oldest"),
        ("conversations.history", {"channel": "C00000001", "cursor": "nonsense"}, "invalid_cursor"),
        ("conversations.replies", {"channel": "C00000001", "ts": "1.1"}, "thread_not_found"),
        ("chat.postMessage", {"channel": "C00000001"}, "no_text"),
        ("no.such.method", {}, "unknown_method"),
    ],
)
def test_mistakes_are_answered_in_slacks_words_with_200(client, method, arguments, error):
    with pytest.raises(SlackApiError) as caught:
        client.api_call(method, params=arguments)
    assert (caught.value.response["error"], caught.value.response.status_code) == (error, 200)


def test_a_wrong_token_is_answered_in_slacks_words(workspace):
    with pytest.raises(SlackApiError, match="invalid_auth"):
        WebClient(token="xoxb-wrong", base_url=f"{workspace.url}/").auth_test()
