"""Slack's Web API: what it does beyond the declared streams."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from airflow_connectors.core import Record, Stream, from_epoch
from airflow_connectors.testing.contents import contents, differences
from airflow_connectors.testing.draft import Draft
from airflow_connectors.testing.exchange import Answer, Asked, Refused
from airflow_connectors.testing.routes import Route
from airflow_connectors.testing.table import Table
from airflow_connectors.testing.world import Changes, World

from . import records
from .writing import Desk

HISTORY = ("/conversations.history", "/conversations.replies")
INSTANT = timedelta(microseconds=1)
RECENT = timedelta(days=6)  # what a reader that looks back a week still sees
REPLIES = 15  # the most in a page here, so that few make several; Slack gives up to 1,000
# What the simulator says by status, in Slack's words; all but limits and failures come as 200.
WORDS = {
    400: "invalid_json",
    401: "invalid_auth",
    404: "unknown_method",
    422: "invalid_cursor",
    429: "ratelimited",
}


class SlackWorld(World):
    """A workspace. The token's app is in the channels of `joined_channels` and not in the others."""

    integration = "slack"
    home = "https://slack.com/api"
    sizes = {"users": 15, "joined_channels": 3, "channels": 9, "messages": 80, "thread_replies": 40}
    lasting = frozenset({"users", "joined_channels", "channels", "thread_replies"})
    page_size = 100

    def prepare(self) -> None:
        self.desk = Desk(self)

    def partitions(self, stream: str) -> list[str | None]:
        """The joined channels; `channels` among the sizes is the stream of that name."""
        if not self.streams[stream].partition:
            return [None]
        return [str(channel["id"]) for channel in self.records("joined_channels")]

    def methods(self, stream: Stream) -> tuple[str, ...]:
        return ("GET", "POST")

    def users(self, draft: Draft) -> Record:
        return records.user(draft.number, draft.at)

    def joined_channels(self, draft: Draft) -> Record:
        return records.channel(f"C{draft.number:08d}", draft.number, draft.at)

    def channels(self, draft: Draft) -> Record:
        identity = f"C{draft.number:08d}"
        is_member = self.find("joined_channels", identity) is not None
        return {**records.channel(identity, draft.number, draft.at), "is_member": is_member, "num_members": 4}

    def messages(self, draft: Draft) -> Record:
        return records.message(f"{int(draft.at.timestamp())}.{draft.number:06d}", draft.random)

    def thread_replies(self, draft: Draft) -> Record:
        parent = self.some_parent(draft)
        seconds = int(max(from_epoch(parent["ts"]) + timedelta(minutes=draft.number), draft.at).timestamp())
        ts = f"{seconds}.{draft.number:06d}"
        thread = {"thread_ts": parent["ts"], "parent_user_id": parent["user"]}
        reply = records.message(ts, draft.random, **thread)
        self.count_reply(draft.partition, parent, reply)
        return reply

    def some_parent(self, draft: Draft) -> Record:
        """Any message for the prepared history, often the newest; a recent one for what is added."""
        table = self.table("messages", draft.partition)
        stamps = sorted(key[0] for key in table.keys)
        is_prepared = draft.at < self.end
        able = stamps if is_prepared else [ts for ts in stamps if is_recent(ts, stamps[-1])]
        return table.find(draft.random.choice([stamps[-1], draft.random.choice(able)])) or {}

    def count_reply(self, channel: str, parent: Record, reply: Record) -> None:
        """Let a message know that it was replied to. Its `ts` stays."""
        users = list(dict.fromkeys([*parent.get("reply_users", []), reply["user"]]))
        told = {
            "thread_ts": parent["ts"],
            "reply_count": parent.get("reply_count", 0) + 1,
            "reply_users": users,
            "reply_users_count": len(users),
            "latest_reply": max(parent.get("latest_reply", ""), reply["ts"]),
        }
        self.table("messages", channel).write(put=[{**parent, **told}])

    def table(self, stream: str, partition: str | None = None) -> Table:
        place = partition or self.partitions(stream)[0] or ""
        if place and (stream, place) not in self._tables:  # a channel that was joined later
            self._fill(self.streams[stream], place, 0)
        return super().table(stream, place)

    def add(self, stream: str, partition: str | None = None, **fields: Any) -> Record:
        record = super().add(stream, partition, **fields)
        if stream == "joined_channels" and self.find("channels", record["id"]):
            self.update("channels", record["id"], is_member=True)
        return record

    def reference(self, stream: Stream, record: Record) -> Record:
        return {"ts": record["thread_ts"]} if stream.name == "thread_replies" else record

    def move(self, stream: Stream, record: Record, moment: datetime) -> None:
        """Nothing: what changes keeps its `ts`."""

    def may_change(self, stream: Stream, record: Record) -> bool:
        places = self.partitions("messages")
        newest = max(key[0] for place in places for key in self.table("messages", place).keys)
        return is_recent(record["ts"], newest)

    def change(self, stream: Stream, record: Record) -> None:
        record |= {"text": f"{record['text']} ✎", "edited": {"user": record["user"], "ts": record["ts"]}}

    def mutate(self, share: float = 0.01) -> dict[str, Changes]:
        before = contents(self)
        super().mutate(share)
        for place in self.partitions("thread_replies"):
            self.drop_orphans(place or "")
        return differences(before, contents(self))

    def drop_orphans(self, place: str) -> None:
        """A thread goes with its first message."""
        parents, table = set(self.table("messages", place).keys), self.table("thread_replies", place)
        table.write(
            drop=[table.key(reply) for reply in table.records if (reply["thread_ts"],) not in parents]
        )

    def error(self, status: int, message: str = "", **more: Any) -> Answer:
        name = message if status == HTTPStatus.OK else WORDS.get(status, "internal_error")
        shown = status if status >= HTTPStatus.TOO_MANY_REQUESTS else HTTPStatus.OK
        return Answer.of({"ok": False, "error": name, **more}, shown)

    def unauthorized(self, asked: Asked) -> Answer:
        return self.error(401) if "authorization" in asked.headers else self.error(200, "not_authed")

    def admit(self, asked: Asked) -> None:
        if asked.path.endswith(HISTORY):
            self.desk.channel(asked.fields.get("channel"))

    def window(self, stream: Stream, asked: Asked) -> tuple[datetime | None, datetime | None]:
        for name in ("oldest", "latest"):
            if not str(asked.fields.get(name, "0")).replace(".", "", 1).isdecimal():
                raise Refused(200, f"invalid_ts_{name}")
        since, until = super().window(stream, asked)
        if str(asked.fields.get("inclusive", "")).lower() in ("true", "1"):
            return since, until
        return since and since + INSTANT, until and until - INSTANT

    def is_wanted(self, stream: Stream, asked: Asked) -> Callable[[Record], bool] | None:
        if stream.records != "channels":
            return None
        kinds = str(asked.fields.get("types", "public_channel")).split(",")
        without_archived = str(asked.fields.get("exclude_archived", "")).lower() in ("true", "1")

        def is_wanted(channel: Record) -> bool:
            kind = "private_channel" if channel["is_private"] else "public_channel"
            return kind in kinds and not (without_archived and channel["is_archived"])

        return is_wanted

    def envelope(self, stream: Stream, body: Any, asked: Asked) -> Any:
        following = body.get("response_metadata", {}).get("next_cursor", "")
        more = {"has_more": bool(following)} if stream.records == "messages" else {}
        return {"ok": True, **body, **more, "response_metadata": {"next_cursor": following}}

    def routes(self) -> Iterable[Route]:
        both = {"/auth.test": self.whoami, "/conversations.replies": self.replies}
        asked = (Route(method, path, answer) for path, answer in both.items() for method in ("GET", "POST"))
        return (*asked, *self.desk.routes())

    def whoami(self, asked: Asked) -> Record:
        return {
            "ok": True,
            "url": "https://acme.slack.com/",
            "team_id": records.TEAM,
            "user_id": records.user_id(0),
        }

    def replies(self, asked: Asked) -> Record:
        """A thread, oldest first, with its first message on the first page."""
        channel, ts = str(asked.fields["channel"]), asked.fields.get("ts")
        parent = self.find("messages", ts, channel)
        if not parent:
            raise Refused(200, "thread_not_found")
        below = [r for r in self.records("thread_replies", channel) if r["thread_ts"] == ts]
        thread = [parent, *sorted(below, key=lambda reply: str(reply["ts"]))]
        start = int(asked.fields.get("cursor") or 0)
        end = start + min(int(asked.fields.get("limit", 1000)), REPLIES)
        following = str(end) if end < len(thread) else ""
        told = {"response_metadata": {"next_cursor": following}} if following else {}
        return {"ok": True, "messages": thread[start:end], "has_more": bool(following), **told}


def is_recent(ts: str, newest: str) -> bool:
    return from_epoch(ts) > from_epoch(newest) - RECENT
