from __future__ import annotations

import json

import pytest

from airflow_connectors.core import (
    AuthError,
    ConfigError,
    NextUrl,
    RejectedError,
    Request,
    Response,
    Window,
    from_iso,
)
from airflow_connectors.integrations.noaa import NoaaHook
from airflow_connectors.integrations.noaa.hook import forecast, periods

CHRISTMAS = Window(from_iso("2025-12-24T00:00:00Z"), from_iso("2025-12-27T00:00:00Z"))
POINT = "39.5,-97"


def keys(records, *names):
    return sorted(tuple(record[name] for name in names) for record in records)


def asked(simulator, path):
    return [request for request in simulator.requests if request.path.endswith(path)]


def test_a_window_of_alerts_is_asked_for_by_the_time_they_were_sent():
    params = NoaaHook.alerts.first(CHRISTMAS).params
    assert params == {"start": "2025-12-24T00:00:00Z", "end": "2025-12-27T00:00:00Z", "limit": 500}


def test_pages_that_link_onward_for_ever_end_at_an_empty_one():
    pages = NextUrl("next", until_empty=True)
    answer = Response(Request("GET", "/alerts"), 200, {}, json.dumps({"next": "/alerts?more"}).encode())
    assert pages.next(answer.request, answer, count=1) == Request("GET", "/alerts?more")
    assert pages.next(answer.request, answer, count=0) is None


def test_every_alert_is_read_once_over_all_pages(hook, world):
    assert keys(hook.read("alerts"), "id") == sorted(world.keys("alerts"))


def test_links_that_forget_the_window_do_not_lead_out_of_it_for_long(hook, simulator, world):
    found = list(hook.read("alerts", since=CHRISTMAS.since, until=CHRISTMAS.until))
    wanted = {
        alert["id"]
        for alert in world.records("alerts")
        if CHRISTMAS.since <= from_iso(alert["properties"]["sent"]) < CHRISTMAS.until
    }
    assert wanted <= {alert["id"] for alert in found}
    assert len(asked(simulator, "/alerts")) == 2


def test_the_properties_of_a_feature_are_columns_and_its_identifier_keeps_its_name(hook):
    alert = next(iter(hook.read("alerts")))
    assert alert["id"].endswith(alert["properties_id"])
    assert "properties" not in alert
    assert alert["geometry"] is None


def test_observations_are_read_for_each_station(hook, world):
    found = hook.read("observations", stations=["KTOP", "KMHK"])
    assert keys(found, "id") == sorted(world.keys("observations"))


def test_a_correction_to_an_observation_is_met_again_within_the_lookback():
    assert NoaaHook.observations.cursor.lookback.total_seconds() == 3 * 3600


def test_stations_are_read_for_each_state(hook, world):
    found = hook.read("stations", states=["KS"])
    assert keys(found, "_state", "stationIdentifier") == [
        ("KS", identifier) for (identifier,) in sorted(world.keys("stations", "KS"))
    ]


def test_a_forecast_is_found_by_way_of_its_point(hook, world):
    found = list(hook.read("forecasts", points=[POINT]))
    assert keys(found, "_point", "startTime") == sorted(world.keys("forecasts", POINT))
    assert found[0]["updateTime"] == "2026-01-01T00:00:00Z"


def test_hourly_forecasts_are_others(hook, world):
    found = hook.read("hourly_forecasts", points=[POINT])
    assert keys(found, "_point", "startTime") == sorted(world.keys("hourly_forecasts", POINT))


def test_a_period_tells_when_its_forecast_was_updated_but_not_when_it_was_asked_for():
    body = {"properties": {"updateTime": "t", "generatedAt": "now", "periods": [{"number": 1}]}}
    assert periods(body) == [{"updateTime": "t", "number": 1}]


def test_a_point_at_sea_has_no_forecast():
    assert forecast("forecast").follow.requests([{"forecast": None}]) == []


def test_coordinates_in_another_spelling_are_followed_to_where_they_lead(hook, simulator):
    assert list(hook.read("forecasts", points=["39.50,-97.0"]))
    assert [request.path for request in simulator.requests][:2] == ["/points/39.50,-97.0", "/points/39.5,-97"]


@pytest.mark.parametrize("point", ["39.74561,-97.0892", "39.7, -97.1", "Topeka", "39.7"])
def test_a_point_that_the_service_would_refuse_is_refused_before(hook, simulator, point):
    with pytest.raises(ConfigError, match="is not a point"):
        list(hook.read("forecasts", points=[point]))
    assert simulator.requests == []


def test_a_point_outside_the_country_is_refused(hook):
    with pytest.raises(RejectedError, match=r"404.*requested point 48\.1,11\.5"):
        list(hook.read("forecasts", points=["48.1,11.5"]))


def test_the_service_is_told_who_asks(hook, simulator):
    assert hook.test_connection()[0]
    assert simulator.requests[0].headers["user-agent"] == "(acme.com, data@acme.com)"


def test_a_connection_without_a_user_agent_says_so(monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_NOAA_DEFAULT", '{"conn_type": "noaa_api"}')
    with pytest.raises(ConfigError, match=r"lacks 'User agent' \(user_agent\)"):
        NoaaHook().get("/alerts/types")


def test_a_blocked_user_agent_is_an_error_of_the_connection(hook, simulator):
    simulator.fail(403)
    with pytest.raises(AuthError, match="403"):
        hook.get("/alerts/types")


def test_the_real_service_is_asked_where_the_connection_names_no_host():
    assert NoaaHook.form.fields["host"].default == "https://api.weather.gov"
