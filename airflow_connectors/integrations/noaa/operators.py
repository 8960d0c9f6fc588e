"""What a DAG can do with the National Weather Service's data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from airflow_connectors.core import Record
from airflow_connectors.provider import ConnectorOperator, ReadOperator, SyncOperator

from .hook import NoaaHook

if TYPE_CHECKING:
    from airflow.sdk import Context


class NoaaSyncOperator(SyncOperator[NoaaHook]):
    """Sync alerts, the stations of states, observations of stations and forecasts of points into SQL."""

    states: Sequence[str] = ()
    stations: Sequence[str] = ()
    points: Sequence[str] = ()
    noaa_conn_id: str = "noaa_default"


class NoaaReadOperator(ReadOperator[NoaaHook]):
    """Read one stream to files or XCom."""

    states: Sequence[str] = ()
    stations: Sequence[str] = ()
    points: Sequence[str] = ()
    noaa_conn_id: str = "noaa_default"


class NoaaGetForecastOperator(ConnectorOperator[NoaaHook]):
    """Return the periods of the forecast for a point, such as `39.7456,-97.0892`: half days, or hours."""

    point: str
    hourly: bool = False
    noaa_conn_id: str = "noaa_default"

    def execute(self, context: Context) -> list[Record]:
        stream = "hourly_forecasts" if self.hourly else "forecasts"
        return list(self.hook.read(stream, points=[self.point]))
