"""What a DAG can wait for on Slack."""

from __future__ import annotations

import re
from typing import Any

from airflow_connectors.core import Record, Request, epoch, from_iso, get
from airflow_connectors.provider import ConnectorSensor

from .hook import SlackHook


class SlackMessageSensor(ConnectorSensor[SlackHook]):
    """
    Wait for a message in a channel whose text matches a regular expression; return its `ts`, user and text.

    `since` is an ISO date; by default only messages count that came after the DAG run was due. Of those,
    the newest 999 are looked at, and replies in threads are not.
    """

    channel: str
    pattern: str
    since: str = "{{ dag_run.run_after }}"
    slack_conn_id: str = "slack_default"

    def request(self) -> Request:
        oldest = epoch(from_iso(self.since))
        return get("/conversations.history", channel=self.channel, oldest=oldest, limit=999)

    def is_met(self, found: Any) -> bool:
        return bool(self.matches(found))

    def result(self, found: Any) -> Record:
        earliest = self.matches(found)[-1]
        return {name: earliest.get(name) for name in ("ts", "user", "text")}

    def matches(self, found: Any) -> list[Record]:
        """Newest first, as Slack lists them."""
        return [m for m in found["messages"] if re.search(self.pattern, m.get("text") or "")]
