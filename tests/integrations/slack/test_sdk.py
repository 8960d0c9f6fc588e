"""The simulator takes from `slack_sdk` what Slack takes, and refuses in Slack's words."""

from __future__ import annotations

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError


@pytest.fixture
def client(workspace) -> WebClient:
    return WebClient(token=workspace.token, base_url=f"{workspace.url}/", retry_handlers=[])


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
