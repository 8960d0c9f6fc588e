"""A message to Slack when a task or DAG fails, succeeds or retries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseNotifier

from airflow_connectors.core import post

from .hook import SlackHook
from .operators import given

if TYPE_CHECKING:
    from airflow.sdk import Context

FAILED = "Task `{{ ti.task_id }}` of DAG `{{ dag.dag_id }}` failed in run `{{ run_id }}`: {{ exception }}"


class SlackNotifier(BaseNotifier):
    """Post `text` to a channel: `on_failure_callback=SlackNotifier(channel="#data-alerts")`."""

    template_fields: Sequence[str] = ("channel", "text", "blocks", "slack_conn_id")

    def __init__(
        self,
        *,
        channel: str,
        text: str = FAILED,
        blocks: Sequence[dict[str, Any]] = (),
        slack_conn_id: str = "slack_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.channel, self.text, self.blocks, self.slack_conn_id = channel, text, blocks, slack_conn_id

    def message(self) -> dict[str, Any]:
        return given(channel=self.channel, text=self.text, blocks=self.blocks)

    def notify(self, context: Context) -> None:
        SlackHook(self.slack_conn_id).post("/chat.postMessage", self.message())

    async def async_notify(self, context: Context) -> None:
        client = await SlackHook(self.slack_conn_id).aclient()
        await client.asend(post("/chat.postMessage", self.message()))
        await client.aclose()
