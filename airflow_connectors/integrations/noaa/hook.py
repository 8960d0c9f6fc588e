"""The National Weather Service of the United States: https://www.weather.gov/documentation/services-web-api"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow_connectors.core import (
    Cursor,
    Follow,
    NextUrl,
    Order,
    Param,
    Partition,
    Record,
    Request,
    Stream,
    get,
)
from airflow_connectors.provider import ConnectorHook, Form, Settings, origin, text

STATE = Partition("state", option="states", pattern=r"[A-Z]{2}")
STATION = Partition("station", option="stations", pattern=r"[A-Z0-9]+")
# The service refuses or redirects more than four decimals: https://weather-gov.github.io/api/general-faqs
POINT = Partition("point", option="points", pattern=r"-?\d{1,2}(\.\d{1,4})?,-?\d{1,3}(\.\d{1,4})?")
# A link stands on every page, the last one included, and forgets `start` and `end`.
PAGES = NextUrl("pagination.next", size=("limit", 500), until_empty=True)


def features(path: str, **declared: Any) -> Stream:
    """GeoJSON features, whose properties become the record's own fields."""
    return Stream(path=path, records="features", lift="properties", pages=PAGES, **declared)


def feed(path: str, time: str, *, lookback: timedelta, **declared: Any) -> Stream:
    """Features of the last seven days, newest first. Older ones leave the service, which deletes nothing."""
    cursor = Cursor(
        field=f"properties.{time}",
        since=Param("start"),
        until=Param("end"),
        order=Order.NEWEST_FIRST,
        lookback=lookback,
    )
    return features(path, cursor=cursor, deletes=False, **declared)


def forecast(link: str) -> Stream:
    """The periods of the forecast that a point's metadata link to under `link`."""

    def requests(points: list[Record]) -> list[Request]:
        # Marine points have no forecast, and null for its link.
        return [get(point[link]) for point in points if point[link]]

    return Stream(
        path="/points/{point}",
        primary_key=("_point", "startTime"),
        records=lambda body: [body["properties"]],
        partition=POINT,
        follow=Follow(requests, records=periods),
    )


def periods(body: Any) -> list[Record]:
    """Periods with the time of their forecast's last update."""
    found = body["properties"]
    return [{"updateTime": found["updateTime"], **period} for period in found["periods"]]


class NoaaHook(ConnectorHook):
    """Read alerts, stations, observations and forecasts of the National Weather Service."""

    name = "noaa"
    hook_name = "NOAA weather"
    form = Form(
        host=text("API URL", "https://api.weather.gov", default="https://api.weather.gov"),
        user_agent=text(
            "User agent",
            "(acme.com, data@acme.com)",
            required=True,
            help="Your application and an address for questions. The service refuses requests without one",
        ),
    )
    headers = {"Accept": "application/geo+json"}
    ping = get("/alerts/types")

    # An alert may be published some minutes after it was sent.
    alerts = feed("/alerts", "sent", lookback=timedelta(hours=1))
    # An observation appears up to 20 minutes late, and may be corrected by quality control.
    observations = feed(
        "/stations/{station}/observations", "timestamp", lookback=timedelta(hours=3), partition=STATION
    )
    stations = features(
        "/stations", primary_key="stationIdentifier", params={"state": "{state}"}, partition=STATE
    )
    forecasts = forecast("forecast")
    hourly_forecasts = forecast("forecastHourly")

    def base_url(self, settings: Settings) -> str:
        return origin(settings.host)

    def extra_headers(self, settings: Settings) -> dict[str, str]:
        return {"User-Agent": settings.user_agent}
