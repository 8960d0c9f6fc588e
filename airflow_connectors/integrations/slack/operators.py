"""What a DAG can do on Slack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow_connectors.core import ConfigError, Record, Request
from airflow_connectors.provider import ConnectorOperator, ReadOperator, SyncOperator

from .hook import SlackHook

if TYPE_CHECKING:
    from airflow.sdk import Context


class SlackSyncOperator(SyncOperator[SlackHook]):
    """Sync streams of a workspace into SQL: of `channels` by id, or of all that the token's user is in."""

    channels: Sequence[str] = ()
    slack_conn_id: str = "slack_default"


class SlackReadOperator(ReadOperator[SlackHook]):
    """Read one stream of a workspace to files or XCom."""

    channels: Sequence[str] = ()
    slack_conn_id: str = "slack_default"


def given(**arguments: Any) -> Record:
    """The arguments that say something: Slack takes an empty one as a wish to clear."""
    return {name: value for name, value in arguments.items() if value}


class SlackPostMessageOperator(ConnectorOperator[SlackHook]):
    """Post a message, in a thread if `thread_ts` names its parent, and return the message's `ts`."""

    channel: str
    text: str
    blocks: Sequence[dict[str, Any]] = ()
    thread_ts: str = ""
    slack_conn_id: str = "slack_default"

    def execute(self, context: Context) -> str:
        message = given(channel=self.channel, text=self.text, blocks=self.blocks, thread_ts=self.thread_ts)
        return str(self.hook.post("/chat.postMessage", message)["ts"])


class SlackUpdateMessageOperator(ConnectorOperator[SlackHook]):
    """Replace the text of a message that this token's app has posted, and return its `ts`."""

    channel: str
    ts: str
    text: str
    blocks: Sequence[dict[str, Any]] = ()
    slack_conn_id: str = "slack_default"

    def execute(self, context: Context) -> str:
        message = given(channel=self.channel, ts=self.ts, text=self.text, blocks=self.blocks)
        return str(self.hook.post("/chat.update", message)["ts"])


class SlackUploadFileOperator(ConnectorOperator[SlackHook]):
    """
    Upload `content`, or the file at `path`, share it in a channel and return the file's id.

    `path` is a local path or any URL that Airflow's ObjectStoragePath knows; `channel` is an id.
    """

    channel: str
    filename: str
    content: str = ""
    path: str = ""
    comment: str = ""
    thread_ts: str = ""
    slack_conn_id: str = "slack_default"

    def validate(self) -> None:
        if bool(self.content) == bool(self.path):
            raise ConfigError("SlackUploadFileOperator takes either content or path")

    def execute(self, context: Context) -> str:
        data = self.read()
        place = {"filename": self.filename, "length": len(data)}
        target = self.hook.request(
            Request("POST", "/files.getUploadURLExternal", form=place, idempotent=True)
        ).json
        # The URL itself is the permission: https://docs.slack.dev/messaging/working-with-files/#upload
        self.hook.request(Request("POST", target["upload_url"], content=data, anonymous=True))
        files = [{"id": target["file_id"], "title": self.filename}]
        shared = given(channel_id=self.channel, initial_comment=self.comment, thread_ts=self.thread_ts)
        self.hook.post("/files.completeUploadExternal", {"files": files, **shared})
        return str(target["file_id"])

    def read(self) -> bytes:
        if self.content:
            return self.content.encode()
        from airflow.sdk import ObjectStoragePath  # noqa: PLC0415 - not needed to parse a DAG

        return ObjectStoragePath(self.path).read_bytes()
