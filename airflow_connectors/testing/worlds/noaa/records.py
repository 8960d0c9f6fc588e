"""Alerts, stations, observations and periods, in the shapes of https://api.weather.gov/openapi.json"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

from airflow_connectors.core import Record

CENTRAL = timezone(timedelta(hours=-6))
HOUR = timedelta(hours=1)
EVENTS = (
    ("Tornado Warning", "Extreme", "Immediate"),
    ("Severe Thunderstorm Watch", "Severe", "Future"),
    ("Wind Advisory", "Moderate", "Expected"),
    ("Special Weather Statement", "Moderate", "Expected"),
    ("Air Quality Alert", "Unknown", "Unknown"),
)
KINDS = ("Alert", "Alert", "Update", "Cancel")
TEST_EVERY = 10
IS_SILENT = 0.1
SKIES = ("Clear", "Mostly Cloudy", "Light Rain and Fog/Mist", "")


def stamp(moment: datetime) -> str:
    """As alerts and forecasts write it: in the time of the place."""
    return moment.astimezone(CENTRAL).isoformat(timespec="seconds")


def feature(url: str, properties: Record, coordinates: list[float] | None) -> Record:
    geometry = {"type": "Point", "coordinates": coordinates} if coordinates else None
    return {"id": url, "type": "Feature", "geometry": geometry, "properties": properties}


def alert(api: str, number: int, state: str, at: datetime) -> Record:
    """Every tenth is a test; every fourth is a cancellation."""
    identifier = f"urn:oid:2.49.0.1.840.0.{number:040x}.001.1"
    zone = f"{state}Z{number % 90 + 1:03d}"
    properties = {
        "@id": f"{api}/alerts/{identifier}",
        "@type": "wx:Alert",
        "id": identifier,
        "areaDesc": "Flint Hills; Río Bend",
        "geocode": {"SAME": [f"0{number % 90_000 + 10_000}"], "UGC": [zone]},
        "affectedZones": [f"{api}/zones/forecast/{zone}"],
        "references": [],
        **_times(number, at),
        **_event(number, state),
        "category": "Met",
        "certainty": "Likely",
        "sender": "w-nws.webmaster@noaa.gov",
        "senderName": "NWS Topeka KS",
        "instruction": None if number % 2 else "Take shelter.",
        "response": "Monitor",
        "parameters": {"AWIPSidentifier": ["SPSTOP"], "BLOCKCHANNEL": ["EAS", "NWEM"]},
    }
    return feature(f"{api}/alerts/{identifier}", properties, None)


def _times(number: int, at: datetime) -> Record:
    return {
        "sent": stamp(at),
        "effective": stamp(at),
        "onset": stamp(at + HOUR) if number % 3 else None,
        "expires": stamp(at + 6 * HOUR),
        "ends": stamp(at + 8 * HOUR) if number % 2 else None,
    }


def _event(number: int, state: str) -> Record:
    event, severity, urgency = EVENTS[number % len(EVENTS)]
    is_test = number % TEST_EVERY == 0
    return {
        "status": "Test" if is_test else "Actual",
        "messageType": KINDS[number % len(KINDS)],
        "severity": severity,
        "urgency": urgency,
        "event": "Test Message" if is_test else event,
        "headline": None if is_test else f"{event} issued for “{state}”",
        "description": f"* WHAT...{event}.\n\n* WHERE...Flint Hills & Río Bend.",
    }


def station(api: str, identifier: str, number: int) -> Record:
    state = identifier[:2]
    properties = {
        "@id": f"{api}/stations/{identifier}",
        "@type": "wx:ObservationStation",
        "elevation": {"unitCode": "wmoUnit:m", "value": 270.0 + number / 10},
        "stationIdentifier": identifier,
        "name": f"Field {number}, Côte",
        "timeZone": "America/Chicago",
        "forecast": f"{api}/zones/forecast/{state}Z{number % 90 + 1:03d}",
        "county": f"{api}/zones/county/{state}C{number % 90 + 1:03d}",
        "fireWeatherZone": f"{api}/zones/fire/{state}Z{number % 90 + 1:03d}",
    }
    return feature(f"{api}/stations/{identifier}", properties, [-97.5 + number / 100, 39.5])


def observation(api: str, identifier: str, at: datetime, random: Random) -> Record:
    """As stations report: now and then they do not know."""
    url = f"{api}/stations/{identifier}/observations/{at.isoformat(timespec='seconds')}"
    properties = {
        "@id": url,
        "@type": "wx:ObservationStation",
        "elevation": {"unitCode": "wmoUnit:m", "value": 270},
        "station": f"{api}/stations/{identifier}",
        "timestamp": at.isoformat(timespec="seconds"),
        "rawMessage": "" if random.random() < IS_SILENT else f"{identifier} {at:%d%H%MZ} AUTO",
        "textDescription": random.choice(SKIES),
        "icon": None,
        "presentWeather": [],
        "temperature": measured("degC", random, -10, 30),
        "dewpoint": measured("degC", random, -15, 20),
        "windDirection": measured("degree_(angle)", random, 0, 360),
        "windSpeed": measured("km_h-1", random, 0, 60),
        "windGust": {"unitCode": "wmoUnit:km_h-1", "value": None, "qualityControl": "Z"},
        "barometricPressure": measured("Pa", random, 98_000, 103_000),
        "visibility": measured("m", random, 0, 16_000),
        "relativeHumidity": measured("percent", random, 20, 100),
        "cloudLayers": [{"base": {"unitCode": "wmoUnit:m", "value": None}, "amount": "CLR"}],
    }
    return feature(url, properties, [-95.62, 39.07])


def measured(unit: str, random: Random, low: float, high: float) -> Record:
    value = None if random.random() < IS_SILENT else round(random.uniform(low, high), 2)
    return {"unitCode": f"wmoUnit:{unit}", "value": value, "qualityControl": "V" if value else "Z"}


def period(number: int, start: datetime, length: timedelta, random: Random) -> Record:
    is_day, is_long = number % 2 == 1, length > HOUR
    return {
        "number": number,
        "name": ("Today" if is_day else "Tonight") if is_long else "",
        "startTime": stamp(start),
        "endTime": stamp(start + length),
        "isDaytime": is_day,
        "temperature": random.randrange(20, 95),
        "temperatureUnit": "F",
        "temperatureTrend": None,
        "probabilityOfPrecipitation": {"unitCode": "wmoUnit:percent", "value": random.choice((None, 20, 60))},
        "windSpeed": "5 to 10 mph",
        "windDirection": "SSW",
        "icon": "",
        "shortForecast": random.choice(SKIES),
        "detailedForecast": "Mostly clear, with a low around 45 °F." if is_long else "",
    }


def point(api: str, place: str, grid: str) -> dict[str, Any]:
    latitude, longitude = (float(part) for part in place.split(","))
    properties = {
        "@id": f"{api}/points/{place}",
        "@type": "wx:Point",
        "cwa": "TOP",
        "gridId": "TOP",
        "forecast": f"{api}{grid}/forecast",
        "forecastHourly": f"{api}{grid}/forecast/hourly",
        "timeZone": "America/Chicago",
    }
    return feature(f"{api}/points/{place}", properties, [longitude, latitude])
