"""A small service behind httpx.MockTransport: numbered pages, `since`, Link headers, ETags, and mishaps."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from airflow_connectors.core import Client, Cursor, LinkHeader, Order, Param, Stream

BASE = "https://api.invalid"
SIZE = 10

OLDEST_FIRST = Cursor(field="updated_at", since=Param("since"), order=Order.OLDEST_FIRST)
NEWEST_FIRST = Cursor(field="updated_at", order=Order.NEWEST_FIRST)


def stream(**declared: Any) -> Stream:
    values = {"path": "/things", "name": "things", "pages": LinkHeader(size=("per_page", SIZE))}
    return Stream(**{**values, **declared})


def moment(minute: int) -> str:
    return f"2026-01-{1 + minute // 1440:02}T{minute % 1440 // 60:02}:{minute % 60:02}:00Z"


def thing(number: int, **fields: Any) -> dict[str, Any]:
    return {"id": number, "name": f"thing {number}", "updated_at": moment(number), **fields}


def things(count: int) -> list[dict[str, Any]]:
    return [thing(number) for number in range(count)]


@dataclass
class Api:
    """Serves `records` as they stand. `before` is called with the number of each request, from 1."""

    records: list[dict[str, Any]]
    before: Callable[[int], httpx.Response | None] = lambda _number: None
    has_etags: bool = False
    asked: list[httpx.Request] = field(default_factory=list)

    @property
    def client(self) -> Client:
        return Client(BASE, transport=httpx.MockTransport(self.answer), patience=0)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if (mishap := self.before(len(self.asked))) is not None:
            return mishap
        found, page = self._found(request), int(request.url.params.get("page", 1))
        headers = {"etag": f'"{hash(json.dumps(found))}"'} if self.has_etags else {}
        if headers and request.headers.get("if-none-match") == headers["etag"]:
            return httpx.Response(304)
        if page * SIZE < len(found):
            headers["link"] = f'<{request.url.copy_set_param("page", page + 1)}>; rel="next"'
        return httpx.Response(200, json=found[(page - 1) * SIZE : page * SIZE], headers=headers)

    def _found(self, request: httpx.Request) -> list[dict[str, Any]]:
        since = request.url.params.get("since", "")
        return [record for record in self.records if not since or record["updated_at"] >= since]


def broken_at(number: int) -> Callable[[int], httpx.Response | None]:
    """The service refuses that request, as a crash in the middle of a run would end it."""
    return lambda n: httpx.Response(400, text="mishap") if n == number else None
