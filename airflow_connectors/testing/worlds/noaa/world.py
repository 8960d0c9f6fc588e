"""The National Weather Service's manners, as far as its declarations do not say them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from airflow_connectors.core import Record, Stream, from_iso, iso
from airflow_connectors.testing.draft import Draft
from airflow_connectors.testing.exchange import Answer, Asked, Refused
from airflow_connectors.testing.routes import Route
from airflow_connectors.testing.world import World

from . import records

HALF_DAY, HOUR = timedelta(hours=12), timedelta(hours=1)
PROBLEM = "application/problem+json"
KNOWN = {"start", "end", "limit", "after", "state", "area", "event", "severity", "status"}
# Links to the next page forget these: they only know where they stand.
FORGOTTEN = {"start", "end", "limit"}


class NoaaWorld(World):
    """
    Weather in a few states. Alerts and observations only ever arrive; forecasts lose periods and get others.

    Unlike the service, it keeps what is older than seven days.
    """

    integration = "noaa"
    home = "https://api.weather.gov"
    sizes = {"stations": 40, "alerts": 60, "observations": 96, "forecasts": 14, "hourly_forecasts": 48}
    places = {
        "states": ("KS", "OK"),
        "reporting": ("KTOP", "KMHK"),  # whose observations there are; `stations` is how many a state has
        "points": ("39.7456,-97.0892", "39.1836,-96.5717"),
    }
    lasting = frozenset({"stations", "alerts", "observations"})
    patterns = {"place": r"-?[\d.]+,-?[\d.]+", "number": r"\d+"}

    def partitions(self, stream: str) -> list[str | None]:
        return list(self.options["reporting"]) if stream == "observations" else super().partitions(stream)

    def stations(self, draft: Draft) -> Record:
        return records.station(self.url, f"{draft.partition}{draft.number:03d}", draft.number)

    def alerts(self, draft: Draft) -> Record:
        states = self.options["states"]
        return records.alert(self.url, draft.number, states[draft.number % len(states)], draft.at)

    def observations(self, draft: Draft) -> Record:
        # A station reports once at a moment, whatever the drafts say.
        at = draft.at - timedelta(seconds=draft.number)
        return records.observation(self.url, draft.partition, at, draft.random)

    def forecasts(self, draft: Draft) -> Record:
        return self.period(draft, HALF_DAY)

    def hourly_forecasts(self, draft: Draft) -> Record:
        return self.period(draft, HOUR)

    def period(self, draft: Draft, length: timedelta) -> Record:
        start = self.end + length * draft.number
        return records.period(draft.number, start, length, draft.random)

    def routes(self) -> Iterable[Route]:
        grid = "/gridpoints/TOP/{number},80/forecast"
        return (
            Route("GET", "/alerts/types", self.types),
            Route("GET", "/alerts/active", self.active),
            Route("GET", "/points/{place}", self.point),
            Route("GET", grid, self.forecast("forecasts")),
            Route("GET", f"{grid}/hourly", self.forecast("hourly_forecasts")),
        )

    def types(self, asked: Asked) -> Record:
        return {"@context": [], "eventTypes": sorted(event for event, *_ in records.EVENTS)}

    def active(self, asked: Asked) -> Record:
        """Alerts that have not expired or been cancelled, and that the filters want."""
        found = [alert for alert in self.records("alerts") if self.is_active(alert["properties"], asked)]
        return {"type": "FeatureCollection", "features": found, "title": "Current alerts"}

    def is_active(self, alert: Record, asked: Asked) -> bool:
        is_current = from_iso(alert["expires"]) > self.clock() and alert["messageType"] != "Cancel"
        return is_current and all(
            not (wanted := asked.params.get(name)) or wanted.lower().split(",").count(text.lower())
            for name, text in self.filtered(alert).items()
        )

    def filtered(self, alert: Record) -> dict[str, str]:
        """What the filters look at."""
        names = ("event", "severity", "status")
        return {"area": alert["geocode"]["UGC"][0][:2], **{name: alert[name] for name in names}}

    def point(self, asked: Asked, place: str) -> Answer | Record:
        exact = ",".join(f"{float(part):.4f}".rstrip("0").rstrip(".") for part in place.split(","))
        if exact != place:
            return Answer(HTTPStatus.MOVED_PERMANENTLY, headers={"location": f"{self.url}/points/{exact}"})
        if place not in self.options["points"]:
            raise Refused(404, f"Unable to provide data for requested point {place}")
        return records.point(self.url, place, f"/gridpoints/TOP/{self.options['points'].index(place)},80")

    def forecast(self, stream: str) -> Any:
        def answer(_asked: Asked, number: str) -> Record:
            points = self.options["points"]
            if int(number) >= len(points):
                raise Refused(404)
            periods = self.records(stream, points[int(number)])
            properties = {"units": "us", "updateTime": iso(self.end), "generatedAt": iso(self.clock())}
            return records.feature("", {**properties, "periods": periods}, None)

        return answer

    def admit(self, asked: Asked) -> None:
        if not asked.headers.get("user-agent"):
            raise Refused(403, "Access Denied")
        if unknown := asked.params.keys() - KNOWN:
            raise Refused(400, f"Query parameter {min(unknown)} is not recognized")

    def window(self, stream: Stream, asked: Asked) -> tuple[datetime | None, datetime | None]:
        """The service's `end` is exclusive."""
        since, until = super().window(stream, asked)
        return since, until and until - timedelta(microseconds=1)

    def envelope(self, stream: Stream, body: Any, asked: Asked) -> Any:
        links = {name: forgetful(link) for name, link in body.get("pagination", {}).items()}
        pagination = {"pagination": links} if links else {}
        return {"@context": [], "type": "FeatureCollection", "features": body["features"], **pagination}

    def error(self, status: int, message: str = "", **more: Any) -> Answer:
        title = HTTPStatus(status).phrase
        kind = f"{self.home}/problems/{title.replace(' ', '')}"
        told = {"correlationId": "51mu1ated", "title": title, "type": kind, "status": status}
        return Answer.of({**told, "detail": message or title}, status, content_type=PROBLEM)


def forgetful(link: str) -> str:
    """A link as the service gives it out: without the window and the size that led to it."""
    url = urlsplit(link)
    kept = [(name, text) for name, text in parse_qsl(url.query) if name not in FORGOTTEN]
    return url._replace(query=urlencode(kept)).geturl()
