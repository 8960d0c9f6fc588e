"""Run a task as Airflow would, and hang up afterwards."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from airflow.sdk import PokeReturnValue
from airflow.sdk.exceptions import TaskDeferred

from airflow_connectors.provider import ConnectorOperator, ConnectorSensor
from airflow_connectors.provider.triggers import ConditionTrigger


def executed(task: ConnectorOperator[Any] | Any) -> Any:
    try:
        return task.execute({})
    finally:
        task.hook.close()


def poked(sensor: ConnectorSensor[Any]) -> PokeReturnValue:
    try:
        return sensor.poke({})
    finally:
        sensor.hook.close()


def deferred(sensor: ConnectorSensor[Any]) -> ConditionTrigger:
    """The trigger of a sensor that is not satisfied yet, as the triggerer rebuilds it."""
    with pytest.raises(TaskDeferred) as caught:
        executed(sensor)
    _, parameters = caught.value.trigger.serialize()
    return ConditionTrigger(**parameters)


def event_of(trigger: ConditionTrigger) -> dict[str, Any]:
    async def first() -> Any:
        return await anext(trigger.run())

    return asyncio.run(first()).payload
