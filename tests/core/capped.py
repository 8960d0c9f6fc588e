"""Two searches that return only so much of what they find, behind httpx.MockTransport."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from hashlib import sha1
from typing import Any

import httpx

from airflow_connectors.core import (
    Client,
    Cursor,
    LinkHeader,
    NextToken,
    Order,
    Request,
    Stream,
    epoch_ms,
    from_iso,
    iso,
)
from airflow_connectors.core.moments import MILLISECOND, SECOND

BASE = "https://api.invalid"
Record = dict[str, Any]
Sent = httpx.Request


def filtered(request: Request, name: str, operator: str, value: Any) -> Request:
    """One more filter in a search's only group of them."""
    group = (request.json or {}).get("filterGroups", [{"filters": []}])[0]
    filters = [*group["filters"], {"propertyName": name, "operator": operator, "value": str(value)}]
    return request.with_body(filterGroups=[{"filters": filters}])


def changed(operator: str) -> Callable[[Request, datetime], Request]:
    return lambda request, moment: filtered(request, "changed", operator, epoch_ms(moment))


def beyond(request: Request, key: tuple[Any, ...]) -> Request:
    """In the order of the id, because a search is sorted by one property only."""
    request = request.with_body(sorts=[{"propertyName": "id", "direction": "ASCENDING"}])
    return filtered(request, "id", "GT", *key) if key else request


CRM_CURSOR = Cursor(
    field="changed",
    since=changed("GTE"),
    until=changed("LTE"),
    after=beyond,
    order=Order.OLDEST_FIRST,
    precision=MILLISECOND,
)


def crm(cap: int = 20, limit: int = 5, **declared: Any) -> Stream:
    """A search of a customer database, as HubSpot's: https://developers.hubspot.com/docs/api-reference/search/guide"""
    values: dict[str, Any] = {
        "name": "things",
        "path": "/search",
        "body": {"sorts": [{"propertyName": "changed", "direction": "ASCENDING"}]},
        "records": "results",
        "total": "total",
        "pages": NextToken("paging.next.after", "after", size=("limit", limit), in_body=True),
        "cursor": CRM_CURSOR,
        "cap": cap,
    }
    return Stream(**{**values, **declared})


def moment(second: float) -> str:
    return datetime.fromtimestamp(1_767_225_600 + second, UTC).isoformat(timespec="milliseconds")


@cache
def milliseconds(text: str) -> int:
    return epoch_ms(from_iso(text))


def thing(number: int, second: float) -> Record:
    return {"id": number, "changed": moment(second)}


@dataclass
class Search:
    """Keeps what was asked. `before` is called with the number of each request, from 1."""

    records: Sequence[Record]
    cap: int = 20
    before: Callable[[int], httpx.Response | None] = lambda _number: None
    asked: list[Sent] = field(default_factory=list)

    @property
    def client(self) -> Client:
        return Client(BASE, transport=httpx.MockTransport(self.answer), patience=0)

    def answer(self, sent: Sent) -> httpx.Response:
        self.asked.append(sent)
        return self.before(len(self.asked)) or self.found(sent)

    def found(self, sent: Sent) -> httpx.Response:
        raise NotImplementedError


class Crm(Search):
    """Answers 400 to a page beyond its cap, and to more than one order. It counts all that it finds."""

    def found(self, sent: Sent) -> httpx.Response:
        body = json.loads(sent.content)
        start, size = int(body.get("after", 0)), body["limit"]
        (order,) = body["sorts"]
        if start + size > self.cap:
            return httpx.Response(400, json={"message": f"no more than {self.cap} results"})
        found = [record for record in self.records if self.fits(record, body)]
        found.sort(key=lambda record: self.rank(record, order["propertyName"], len(found)))
        page, end = found[start : start + size], start + size
        following = {"paging": {"next": {"after": str(end)}}} if end < len(found) else {}
        return httpx.Response(200, json={"total": len(found), "results": page, **following})

    def rank(self, record: Record, name: str, count: int) -> tuple[Any, int]:
        """What shares a moment comes in an order of its own in every query."""
        return record[name], hash((record["id"], count)) % 1009

    def fits(self, record: Record, body: Record) -> bool:
        wanted = body.get("filterGroups", [{"filters": []}])[0]["filters"]
        return all(self.holds(record, one) for one in wanted)

    def holds(self, record: Record, wanted: Record) -> bool:
        name, bound = wanted["propertyName"], int(wanted["value"])
        value = record["id"] if name == "id" else milliseconds(record["changed"])
        return {"GTE": value >= bound, "LTE": value <= bound, "GT": value > bound}[wanted["operator"]]


def updated_since(request: Request, moment: datetime) -> Request:
    return request.with_params(q=f"{request.params['q']} updated:>={iso(moment)}")


def updated_until(request: Request, moment: datetime) -> Request:
    """A qualifier stands once in a query, so both bounds are one range."""
    query = request.params["q"]
    ranged = re.sub(r"updated:>=(\S+)", rf"updated:\1..{iso(moment)}", query)
    return request.with_params(q=ranged if ranged != query else f"{query} updated:<={iso(moment)}")


ISSUES_CURSOR = Cursor(field="changed", since=updated_since, until=updated_until, precision=SECOND)


def issues(cap: int = 20, per_page: int = 6, order: Order = Order.NONE, **declared: Any) -> Stream:
    """A search of issues, as GitHub's: https://docs.github.com/en/rest/search/search"""
    sort = {Order.OLDEST_FIRST: {"order": "asc"}, Order.NEWEST_FIRST: {"order": "desc"}, Order.NONE: {}}
    values: dict[str, Any] = {
        "name": "things",
        "path": "/search/issues",
        "params": {"q": "is:issue", **sort[order]},
        "records": "items",
        "total": "total_count",
        "pages": LinkHeader(size=("per_page", per_page)),
        "cursor": replace(ISSUES_CURSOR, order=order),
        "cap": cap,
    }
    return Stream(**{**values, **declared})


class Issues(Search):
    """Links to no page beyond its cap, as if there were none, and answers 422 to who asks for it."""

    has_total = True

    def found(self, sent: Sent) -> httpx.Response:
        page, size = int(sent.url.params.get("page", 1)), int(sent.url.params["per_page"])
        if (page - 1) * size >= self.cap:
            return httpx.Response(422, json={"message": f"Only the first {self.cap} results are available"})
        found = self.sorted([r for r in self.records if self.fits(r, sent.url.params["q"])], sent)
        shown, end = found[(page - 1) * size : page * size], min(len(found), self.cap)
        link = f'<{sent.url.copy_set_param("page", page + 1)}>; rel="next"' if page * size < end else ""
        body = {"items": shown, **({"total_count": len(found)} if self.has_total else {})}
        return httpx.Response(200, json=body, headers={"link": link} if link else {})

    def sorted(self, found: list[Record], sent: Sent) -> list[Record]:
        way = sent.url.params.get("order")
        if way:
            return sorted(found, key=lambda record: record["changed"], reverse=way == "desc")
        return sorted(found, key=lambda record: sha1(b"%d" % record["id"], usedforsecurity=False).digest())

    def fits(self, record: Record, query: str) -> bool:
        since, until = limits(query)
        return since <= from_iso(record["changed"]) <= until


def limits(query: str) -> tuple[datetime, datetime]:
    """`>=X`, `<=Y` or `X..Y`."""
    (text,) = re.findall(r"updated:(\S+)", query)
    since, _, until = text.partition("..")
    since, until = (text[2:], "") if text.startswith(">=") else (since, until)
    since, until = ("", text[2:]) if text.startswith("<=") else (since, until)
    return from_iso(since or "0001-01-01T00:00:00Z"), from_iso(until or "9999-12-31T00:00:00Z")
