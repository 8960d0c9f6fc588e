from __future__ import annotations

import pytest

from airflow_connectors.core import ConfigError
from airflow_connectors.integrations.noaa import (
    NoaaGetForecastOperator,
    NoaaReadOperator,
    NoaaSyncOperator,
)

POINT = "39.5,-97"


def run(task):
    found = task.execute({})
    task.hook.close()
    return found


@pytest.mark.parametrize(("hourly", "stream"), [(False, "forecasts"), (True, "hourly_forecasts")])
@pytest.mark.usefixtures("simulator")
def test_a_forecast_is_returned_period_by_period(world, hourly, stream):
    task = NoaaGetForecastOperator(task_id="forecast", point=POINT, hourly=hourly)
    found = [period["startTime"] for period in run(task)]
    assert found == [period["startTime"] for period in world.records(stream, POINT)]


@pytest.mark.usefixtures("simulator")
def test_a_stream_is_read_to_xcom(world):
    task = NoaaReadOperator(task_id="read", stream="stations", states=["OK"])
    assert len(run(task)) == len(world.records("stations", "OK"))


def test_syncing_observations_without_stations_fails_as_the_dag_is_parsed():
    with pytest.raises(ConfigError, match=r"name them in stations=\[…\]"):
        NoaaSyncOperator(task_id="sync", streams=["observations"], destination="warehouse", schema="noaa")


def test_syncing_alerts_needs_no_places():
    task = NoaaSyncOperator(task_id="sync", streams=["alerts"], destination="warehouse", schema="noaa")
    assert task.stream_names() == ["alerts"]
