from __future__ import annotations

from datetime import UTC, datetime

import pytest

from airflow_connectors.integrations.noaa import NoaaAlertActiveSensor
from airflow_connectors.testing.worlds.noaa import records

pytestmark = pytest.mark.usefixtures("simulator")


def issue(world, number, state="TX"):
    """An alert, sent now."""
    made = records.alert(world.url, number, state, datetime.now(UTC))
    return world.add("alerts", **made)["properties"]


def poke(**parameters):
    sensor = NoaaAlertActiveSensor(task_id="wait", area="TX", **parameters)
    outcome = sensor.poke({})
    sensor.hook.close()
    return outcome.is_done, outcome.xcom_value


def test_it_waits_while_no_alert_is_active(world):
    issue(world, 101, state="OK")
    assert poke() == (False, None)


def test_it_returns_what_the_alert_is(world):
    alert = issue(world, 101)
    shown = {name: alert[name] for name in ("id", "event", "headline")}
    assert poke() == (True, [shown])


def test_tests_and_cancelled_alerts_do_not_count(world):
    assert issue(world, 100)["status"] == "Test"
    assert issue(world, 103)["messageType"] == "Cancel"
    assert poke() == (False, None)


@pytest.mark.parametrize(
    ("filters", "is_met"),
    [
        ({"events": ["Severe Thunderstorm Watch"]}, True),
        ({"events": ["Tornado Warning", "Severe Thunderstorm Watch"]}, True),
        ({"events": ["Tornado Warning"]}, False),
        ({"severities": ["Severe", "Extreme"]}, True),
        ({"severities": ["Moderate"]}, False),
        ({"events": ["Severe Thunderstorm Watch"], "severities": ["Minor"]}, False),
    ],
)
def test_only_alerts_that_the_filters_want_end_the_wait(world, filters, is_met):
    assert issue(world, 101)["event"] == "Severe Thunderstorm Watch"
    assert poke(**filters)[0] is is_met
