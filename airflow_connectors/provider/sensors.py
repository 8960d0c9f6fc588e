"""A sensor asks and judges; the same two methods serve poke, reschedule and deferral."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseSensorOperator, PokeReturnValue, conf

from airflow_connectors.core import Request

from .declared import Declared, H

if TYPE_CHECKING:
    from airflow.sdk import Context


class ConnectorSensor(Declared[H], BaseSensorOperator):
    """Wait until what `request` asks for makes `is_met` true, then return `result` as XCom."""

    if TYPE_CHECKING:  # Airflow's own sensor parameters, for editors and type checkers
        poke_interval: float = 60
        timeout: float = 7 * 24 * 3600
        soft_fail: bool = False
        mode: str = "poke"

    deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False)

    def request(self) -> Request:
        """What to ask."""
        raise NotImplementedError

    def is_met(self, found: Any) -> bool:
        """Judge the decoded answer. Raise RejectedError where waiting has become pointless."""
        raise NotImplementedError

    def result(self, found: Any) -> Any:
        """What downstream tasks get to know of the answer that ended the wait."""
        return None

    def poke(self, context: Context) -> PokeReturnValue:
        found = self.hook.request(self.request()).json
        is_done = self.is_met(found)
        return PokeReturnValue(is_done=is_done, xcom_value=self.result(found) if is_done else None)

    def execute(self, context: Context) -> Any:
        if not self.deferrable:
            return super().execute(context)
        if (outcome := self.poke(context)).is_done:
            return outcome.xcom_value
        from .triggers import ConditionTrigger  # noqa: PLC0415 - not needed to parse a DAG

        trigger = ConditionTrigger.of(self)
        return self.defer(trigger=trigger, method_name="resume", timeout=timedelta(seconds=self.timeout))

    def resume(self, context: Context, event: dict[str, Any]) -> Any:
        """Take the trigger's answer: the result, or the error it met."""
        from .triggers import raise_for_event  # noqa: PLC0415 - not needed to parse a DAG

        raise_for_event(event)
        return event["result"]
