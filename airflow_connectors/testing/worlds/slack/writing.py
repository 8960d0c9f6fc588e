"""What can be written: messages, threads and files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from airflow_connectors.core import Record, epoch
from airflow_connectors.testing.exchange import Answer, Asked, Refused
from airflow_connectors.testing.routes import Route

from . import records

if TYPE_CHECKING:
    from .world import SlackWorld

APP = records.user_id(0)


@dataclass
class Upload:
    """A file under way."""

    name: str
    length: int
    content: bytes | None = None


@dataclass
class Desk:
    """Takes messages and files on behalf of the token's app."""

    world: SlackWorld
    uploads: dict[str, Upload] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/chat.postMessage", self.post),
            Route("POST", "/chat.update", self.update),
            Route("POST", "/files.getUploadURLExternal", self.start_upload),
            Route("GET", "/files.getUploadURLExternal", self.start_upload),
            Route("POST", "/upload/v1/{file}", self.upload, is_open=True),
            Route("POST", "/files.completeUploadExternal", self.complete_upload),
        ]

    def post(self, asked: Asked) -> Record:
        channel = self.channel(asked.fields.get("channel"))
        if not asked.fields.get("text") and not asked.fields.get("blocks"):
            raise Refused(200, "no_text")
        told = {name: asked.fields[name] for name in ("text", "blocks", "thread_ts") if name in asked.fields}
        message = self.written(channel, **told)
        return {"ok": True, "channel": channel, "ts": message["ts"], "message": message}

    def written(self, channel: str, *, text: str = "", **told: Any) -> Record:
        ts = epoch(self.world.clock())
        sender = {"user": APP, "bot_id": "B0SIMULATED", "text": text}
        message = records.message(ts, self.world.random, **sender, **told)
        if parent := told.get("thread_ts"):
            self.world.table("thread_replies", channel).write(put=[message])
            self.world.count_reply(channel, self.message(channel, parent), message)
        else:
            self.world.table("messages", channel).write(put=[message])
        return message

    def update(self, asked: Asked) -> Record:
        channel = self.channel(asked.fields.get("channel"))
        message = self.message(channel, asked.fields.get("ts"))
        if message["user"] != APP:
            raise Refused(200, "cant_update_message")
        told: Record = {name: asked.fields[name] for name in ("text", "blocks") if name in asked.fields}
        edited = {"user": APP, "ts": epoch(self.world.clock())}
        self.world.table("messages", channel).write(put=[{**message, **told, "edited": edited}])
        return {"ok": True, "channel": channel, "ts": message["ts"], "text": told.get("text", "")}

    def channel(self, named: Any) -> str:
        """The id of a channel that the app is in, by id or name. Raises Refused as Slack does."""
        wanted = str(named or "").removeprefix("#")
        for channel in self.world.records("channels"):
            if wanted in (channel["id"], channel["name"]):
                if not channel["is_member"]:
                    raise Refused(200, "not_in_channel")
                return str(channel["id"])
        raise Refused(200, "channel_not_found")

    def message(self, channel: str, ts: Any) -> Record:
        found = self.world.find("messages", str(ts), channel)
        if not found:
            raise Refused(200, "message_not_found")
        return found

    def start_upload(self, asked: Asked) -> Record:
        name, length = asked.fields.get("filename"), str(asked.fields.get("length", ""))
        if not name or not length.isdecimal() or not int(length):
            raise Refused(200, "invalid_arguments")
        identity = f"F{len(self.uploads) + 1:08d}"
        self.uploads[identity] = Upload(str(name), int(length))
        return {"ok": True, "upload_url": f"{self.world.url}/upload/v1/{identity}", "file_id": identity}

    def upload(self, asked: Asked, file: str) -> Answer:
        """Take the bytes. The URL is the permission: credentials sent along would be given away."""
        text = {"content-type": "text/plain; charset=utf-8"}
        if "authorization" in asked.headers or file not in self.uploads:
            return Answer(403, b"Forbidden", text)
        if len(asked.body) != self.uploads[file].length:
            return Answer(400, b"Length differs", text)
        self.uploads[file].content = asked.body
        return Answer(200, f"OK - {len(asked.body)}".encode(), text)

    def complete_upload(self, asked: Asked) -> Record:
        files = asked.fields.get("files")
        listed = msgspec.json.decode(files) if isinstance(files, str) else files
        if not listed or any(self.is_missing(file["id"]) for file in listed):
            raise Refused(200, "file_not_found")
        if channel := asked.fields.get("channel_id"):
            thread = {"thread_ts": asked.fields["thread_ts"]} if asked.fields.get("thread_ts") else {}
            text = asked.fields.get("initial_comment", "")
            self.written(self.channel(channel), text=text, files=listed, **thread)
        return {"ok": True, "files": listed}

    def is_missing(self, file: str) -> bool:
        return file not in self.uploads or self.uploads[file].content is None
