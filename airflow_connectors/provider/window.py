"""Which span of time a task reads: what is new since the last run, or the DAG run's data interval."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from airflow_connectors.core import ConfigError, Stream

if TYPE_CHECKING:
    from airflow.sdk import Context

STATE, DATA_INTERVAL = "state", "data_interval"
WINDOWS = (STATE, DATA_INTERVAL)
Bounds = tuple[datetime | None, datetime | None]


def check_window(window: str, *given: datetime | str | None) -> None:
    """Raise ConfigError for a window that is none, or that contradicts `since` and `until`."""
    if window not in WINDOWS:
        raise ConfigError(f"window={window!r} is none of {', '.join(WINDOWS)}")
    if window == DATA_INTERVAL and any(given):
        raise ConfigError("window='data_interval' has its own bounds: leave out since and until")


def check_windowed(stream: Stream) -> None:
    """Raise ConfigError for a stream that cannot be read by time."""
    if not stream.cursor:
        message = (
            f"{stream.name} has no cursor, so no data interval of it can be read: name the streams that have "
            "one in streams=[…], and sync the others in a task with window='state'"
        )
        raise ConfigError(message)


def data_interval(context: Context) -> Bounds:
    """The span that the DAG run stands for. Raises ConfigError where it stands for none."""
    since, until = context.get("data_interval_start"), context.get("data_interval_end")
    if since is None or until is None or since >= until:
        # https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/timetable.html
        message = (
            f"the DAG run's data interval is empty ({since} to {until}), so window='data_interval' reads "
            "nothing: schedule the DAG with CronDataIntervalTimetable, not with a cron text, which since "
            "Airflow 3 stands for a moment; or give since and until"
        )
        raise ConfigError(message)
    return since, until
