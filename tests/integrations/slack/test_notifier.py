from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import DAG

from airflow_connectors.core import AuthError
from airflow_connectors.integrations.slack import SlackNotifier

CHANNEL = "C00000001"
TASK = {"ti": SimpleNamespace(task_id="load"), "run_id": "manual__1"}
RUN = {"reason": "task_failure", "run_id": "manual__1"}


def context(**more: Any) -> Any:
    return {"dag": DAG("nightly", schedule=None), **more}


def told(workspace) -> str:
    return workspace.world.records("messages", CHANNEL)[-1]["text"]


def test_a_failed_task_is_told(workspace):
    SlackNotifier(channel=CHANNEL)(context(**TASK))
    assert told(workspace) == "`nightly`, task `load` failed, run `manual__1`"


def test_a_failed_dag_is_told(workspace):
    SlackNotifier(channel=CHANNEL)(context(**RUN))
    assert told(workspace) == "`nightly` failed (task_failure), run `manual__1`"


def test_the_text_is_a_template(workspace):
    SlackNotifier(channel=CHANNEL, text="{{ dag.dag_id }} is done")(context())
    assert told(workspace) == "nightly is done"


def test_it_can_be_awaited_as_deadlines_do(workspace):
    async def notify() -> None:
        await SlackNotifier(channel=CHANNEL, text="late", context=context())

    asyncio.run(notify())
    assert told(workspace) == "late"


@pytest.mark.usefixtures("workspace")
def test_a_wrong_token_is_told_in_the_log():
    with pytest.raises(AuthError, match="invalid_auth"):
        SlackNotifier(channel=CHANNEL, slack_conn_id="slack_wrong")(context(**TASK))
