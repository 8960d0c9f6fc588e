"""The one trigger: any connector sensor's condition, awaited in the triggerer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from airflow_connectors.core import ConnectorError, errors

if TYPE_CHECKING:
    from .sensors import ConnectorSensor


class ConditionTrigger(BaseTrigger):
    """Ask what a sensor asks, every `poke_interval` seconds, until it is satisfied. Holds no secrets."""

    def __init__(self, sensor: str, parameters: dict[str, Any], poke_interval: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Airflow's triggers carry no types
        self.sensor, self.parameters, self.poke_interval = sensor, parameters, poke_interval

    @classmethod
    def of(cls, sensor: ConnectorSensor[Any]) -> ConditionTrigger:
        kind = type(sensor)
        parameters = {name: getattr(sensor, name) for name in kind.parameters}
        return cls(f"{kind.__module__}.{kind.__qualname__}", parameters, sensor.poke_interval)

    def serialize(self) -> tuple[str, dict[str, Any]]:
        keys = ("sensor", "parameters", "poke_interval")
        return f"{__name__}.{type(self).__name__}", {key: getattr(self, key) for key in keys}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        module, _, name = self.sensor.rpartition(".")
        sensor = getattr(import_module(module), name)(task_id="condition", **self.parameters)
        try:
            yield TriggerEvent({"result": await self._met(sensor)})
        except ConnectorError as error:
            yield TriggerEvent({"error": str(error), "kind": type(error).__name__})

    async def _met(self, sensor: ConnectorSensor[Any]) -> Any:
        client = await sensor.hook.aclient()
        try:
            found = (await client.asend(sensor.request())).json
            while not sensor.is_met(found):
                await asyncio.sleep(self.poke_interval)
                found = (await client.asend(sensor.request())).json
        finally:
            await client.aclose()
        return sensor.result(found)


def raise_for_event(event: dict[str, Any]) -> None:
    """Raise the error a trigger met, as the kind it was."""
    if "error" in event:
        kind = getattr(errors, event["kind"], ConnectorError)
        raise kind(event["error"])
