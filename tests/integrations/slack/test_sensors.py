from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from airflow_connectors.core import AuthError, RejectedError, from_epoch
from airflow_connectors.integrations.slack import SlackMessageSensor
from airflow_connectors.provider.triggers import ConditionTrigger, raise_for_event
from airflow_connectors.testing import Simulator
from tests.integrations.running import deferred, event_of, poked

CHANNEL = "C00000001"
LONG_AGO = "2020-01-01T00:00:00+00:00"


def sensor(pattern: str, **fields: Any) -> SlackMessageSensor:
    given = {"channel": CHANNEL, "since": LONG_AGO, **fields}
    return SlackMessageSensor(task_id="wait", pattern=pattern, **given)


def say(workspace: Simulator, text: str) -> Any:
    return workspace.world.add("messages", CHANNEL, text=text)


def test_a_matching_message_ends_the_wait_and_is_told(workspace):
    said = say(workspace, "Release 2.1 approved by Ada")
    outcome = poked(sensor(r"\bapproved by (\w+)"))
    assert outcome.is_done
    assert outcome.xcom_value == {name: said[name] for name in ("ts", "user", "text")}


def test_of_several_the_first_is_told(workspace):
    first, _ = say(workspace, "approved"), say(workspace, "approved again")
    assert poked(sensor("approved")).xcom_value["ts"] == first["ts"]


def test_other_messages_are_waited_out(workspace):
    say(workspace, "Release 2.1 refused")
    assert not poked(sensor("approved")).is_done


def test_what_was_said_before_the_moment_does_not_count(workspace):
    said = say(workspace, "approved")
    later = datetime.fromtimestamp(from_epoch(said["ts"]).timestamp() + 1, UTC)
    assert not poked(sensor("approved", since=str(later))).is_done


def test_the_same_condition_is_awaited_in_the_triggerer(workspace):
    trigger = deferred(sensor("approved", deferrable=True))
    said = say(workspace, "approved")
    assert event_of(trigger)["result"]["ts"] == said["ts"]


def test_by_default_it_counts_from_when_the_run_was_due():
    assert SlackMessageSensor(task_id="wait", channel=CHANNEL, pattern="x").since == "{{ dag_run.run_after }}"


@pytest.mark.usefixtures("workspace")
def test_a_channel_that_the_app_is_not_in_ends_the_wait():
    with pytest.raises(RejectedError, match="not_in_channel"):
        poked(sensor("x", channel="C00000009"))


@pytest.mark.usefixtures("workspace")
def test_a_wrong_token_ends_the_wait_here_and_in_the_triggerer():
    waiting = sensor("x", slack_conn_id="slack_wrong")
    with pytest.raises(AuthError, match="invalid_auth"):
        poked(waiting)
    with pytest.raises(AuthError, match="invalid_auth"):
        raise_for_event(event_of(ConditionTrigger.of(waiting)))
