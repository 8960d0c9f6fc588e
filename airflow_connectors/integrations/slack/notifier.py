"""A message to Slack from the callback of a task or DAG."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseNotifier

from airflow_connectors.core import Request, post

from .hook import SlackHook
from .operators import given

if TYPE_CHECKING:
    from airflow.sdk import Context

# A DAG's callback gets a reason, a task's gets the task. Not the exception, which may quote a secret.
FAILED = (
    "`{{ dag.dag_id }}`{% if reason is defined %} failed ({{ reason }})"
    "{% else %}, task `{{ ti.task_id }}` failed{% endif %}, run `{{ run_id }}`"
)


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

    def request(self) -> Request:
        return post("/chat.postMessage", given(channel=self.channel, text=self.text, blocks=self.blocks))

    def notify(self, context: Context) -> None:
        with SlackHook(self.slack_conn_id).client as client:
            client.send(self.request())

    async def async_notify(self, context: Context) -> None:
        async with aclosing(await SlackHook(self.slack_conn_id).aclient()) as client:
            await client.asend(self.request())
