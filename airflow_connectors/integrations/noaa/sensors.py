"""What a DAG can wait for in the weather."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow_connectors.core import Request, get
from airflow_connectors.provider import ConnectorSensor

from .hook import NoaaHook


class NoaaAlertActiveSensor(ConnectorSensor[NoaaHook]):
    """
    Wait until an alert is active in a state or marine area, and return its id, event and headline.

    `events` (`Tornado Warning`) and `severities` (`Extreme`, `Severe`, `Moderate`, `Minor`, `Unknown`)
    say which alerts count: all, by default. Tests and exercises never do.
    """

    area: str
    events: Sequence[str] = ()
    severities: Sequence[str] = ()
    noaa_conn_id: str = "noaa_default"

    def request(self) -> Request:
        filters = {"event": ",".join(self.events), "severity": ",".join(self.severities)}
        given = {name: text for name, text in filters.items() if text}
        return get("/alerts/active", area=self.area, status="actual", **given)

    def is_met(self, found: Any) -> bool:
        return bool(found["features"])

    def result(self, found: Any) -> list[dict[str, Any]]:
        alerts = [feature["properties"] for feature in found["features"]]
        return [{name: alert[name] for name in ("id", "event", "headline")} for alert in alerts]
