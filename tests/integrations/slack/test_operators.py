from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from airflow_connectors.core import AuthError, ConfigError, RejectedError, TransientError
from airflow_connectors.integrations.slack import (
    SlackPostMessageOperator,
    SlackReadOperator,
    SlackUpdateMessageOperator,
    SlackUploadFileOperator,
)
from airflow_connectors.testing import Simulator
from tests.integrations.running import executed

CHANNEL = "C00000001"
BLOCKS = [{"type": "divider"}]


def post(text: str = "Loaded 12 tables", **fields: Any) -> str:
    return executed(SlackPostMessageOperator(task_id="post", **{"channel": CHANNEL, "text": text, **fields}))


def update(ts: str, text: str = "Loaded 13 tables", **fields: Any) -> str:
    return executed(SlackUpdateMessageOperator(task_id="update", channel=CHANNEL, ts=ts, text=text, **fields))


def upload(**fields: Any) -> str:
    given = {"channel": CHANNEL, "filename": "report.csv", "content": "größe\n1\n", **fields}
    return executed(SlackUploadFileOperator(task_id="upload", **given))


ACTIONS = [post, partial(update, "1.000001"), upload]


def stored(workspace: Simulator, ts: str) -> Any:
    return workspace.world.find("messages", ts, CHANNEL)


def test_a_message_is_posted(workspace):
    assert stored(workspace, post())["text"] == "Loaded 12 tables"


def test_a_message_may_carry_blocks(workspace):
    assert stored(workspace, post(blocks=BLOCKS))["blocks"] == BLOCKS


def test_a_channel_may_be_named(workspace):
    assert stored(workspace, post(channel="#kanal-1"))


def test_a_reply_goes_into_its_thread(workspace):
    parent = post()
    reply = post("Rows look odd", thread_ts=parent)
    assert stored(workspace, parent)["latest_reply"] == reply


def test_what_is_not_said_is_not_sent(workspace):
    post()
    assert workspace.requests[-1].json == {"channel": CHANNEL, "text": "Loaded 12 tables"}


@pytest.mark.parametrize(
    ("channel", "error"), [("C00000009", "not_in_channel"), ("C99", "channel_not_found")]
)
@pytest.mark.usefixtures("workspace")
def test_a_channel_that_cannot_be_posted_to_is_told_in_slacks_words(channel, error):
    with pytest.raises(RejectedError, match=f"POST /chat.postMessage: {error}"):
        post(channel=channel)


def test_a_message_is_not_posted_twice_when_the_answer_is_lost(workspace):
    workspace.fail(503, times=2)
    with pytest.raises(TransientError):
        post()
    assert len(workspace.requests) == 1


def test_a_message_is_posted_after_a_limit_has_passed(workspace):
    workspace.fail(429, headers={"retry-after": "0"})
    assert stored(workspace, post())


def test_a_message_is_updated(workspace):
    ts = post()
    assert update(ts) == ts
    assert stored(workspace, ts)["text"] == "Loaded 13 tables"


def test_a_message_of_someone_else_cannot_be_updated(workspace):
    theirs = workspace.world.records("messages", CHANNEL)[0]["ts"]
    with pytest.raises(RejectedError, match="cant_update_message"):
        update(theirs)


@pytest.mark.usefixtures("workspace")
def test_a_message_that_is_not_there_cannot_be_updated():
    with pytest.raises(RejectedError, match="message_not_found"):
        update("1.000001")


def test_text_is_uploaded_and_shared(workspace):
    file = upload(comment="The report")
    shared = workspace.world.records("messages", CHANNEL)[-1]
    assert workspace.world.desk.uploads[file].content == "größe\n1\n".encode()
    assert (shared["text"], shared["files"]) == ("The report", [{"id": file, "title": "report.csv"}])


def test_a_file_is_uploaded(workspace, tmp_path: Path):
    (tmp_path / "report.parquet").write_bytes(b"PAR1\x00\xff")
    file = upload(content="", path=f"file://{tmp_path}/report.parquet", filename="report.parquet")
    assert workspace.world.desk.uploads[file].content == b"PAR1\x00\xff"


def test_a_file_may_answer_in_a_thread(workspace):
    parent = post()
    upload(thread_ts=parent)
    assert stored(workspace, parent)["reply_count"] == 1


def test_the_bytes_are_sent_without_credentials(workspace):
    upload()
    sent = next(asked for asked in workspace.requests if asked.path.startswith("/upload/"))
    assert "authorization" not in sent.headers


@pytest.mark.parametrize("wrong", [{"content": "", "path": ""}, {"content": "a", "path": "b"}])
def test_a_file_is_either_text_or_a_path(wrong):
    with pytest.raises(ConfigError, match="either content or path"):
        SlackUploadFileOperator(task_id="upload", channel=CHANNEL, filename="a", **wrong)


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("act", ACTIONS)
def test_a_wrong_token_says_to_correct_the_connection(act):
    with pytest.raises(AuthError, match="invalid_auth, correct the token of the connection"):
        act(slack_conn_id="slack_wrong")


def test_a_stream_is_read_of_the_channels_named(workspace):
    read = SlackReadOperator(task_id="read", stream="messages", channels=[CHANNEL])
    assert len(executed(read)) == len(workspace.world.records("messages", CHANNEL))


def test_a_channel_by_name_fails_as_the_dag_is_parsed():
    with pytest.raises(ConfigError, match="channels: '#general' is not a channel"):
        SlackReadOperator(task_id="read", stream="messages", channels=["#general"])
