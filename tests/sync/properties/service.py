"""A service behind httpx.MockTransport that shows a world in every order and by every kind of paging."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha1
from threading import Lock
from typing import Any

import httpx

from airflow_connectors.core import (
    Client,
    Cursor,
    LinkHeader,
    NextToken,
    NextUrl,
    Offset,
    Order,
    PageNumber,
    Pages,
    Param,
    Partition,
    Stream,
)

from .world import Record, Versions, World, as_served, moment

BASE = "https://api.invalid"
SLACK = timedelta(seconds=30)  # less than the world's minute, more than a test needs


class Paging(StrEnum):
    """How the service hands out its list. Only tokens name a record; all others name a position."""

    TOKEN = "token"
    LINK = "link"
    URL = "url"
    OFFSET = "offset"
    NUMBER = "number"


@dataclass(frozen=True)
class Shape:
    """How a service is, and how its stream is declared."""

    paging: Paging = Paging.TOKEN
    order: Order = Order.OLDEST_FIRST
    size: int = 3
    has_cursor: bool = True
    can_filter: bool = True
    by_day: bool = False
    lookback: int = 0
    has_total: bool = False
    has_etags: bool = False
    boxes: tuple[str, ...] = ("",)
    shortened: tuple[int, ...] = (0,)

    @property
    def concurrency(self) -> int:
        """Pages that are asked for before their turn and then not wanted would not be in the account."""
        ends_early = self.order is Order.NEWEST_FIRST or any(self.shortened)
        return 1 if self.has_total and ends_early else 3

    @property
    def pages(self) -> Pages:
        size = ("limit", self.size)
        total = "total" if self.has_total else ""
        return {
            Paging.TOKEN: NextToken("next", "after", size),
            Paging.LINK: LinkHeader(size),
            Paging.URL: NextUrl("next_url", size),
            Paging.OFFSET: Offset("offset", size, total),
            Paging.NUMBER: PageNumber("page", size, total=total),
        }[self.paging]

    def stream(self, name: str, clock: int) -> Stream:
        """The declaration. Its lag makes the engine's clock that of the world."""
        is_parted = self.boxes != ("",)
        return Stream(
            name=name,
            path="/boxes/{box}" if is_parted else "/things",
            partition=Partition("box", option="boxes") if is_parted else None,
            primary_key=("_box", "id") if is_parted else "id",
            records="things",
            total="total" if self.has_total else "",
            pages=self.pages,
            cursor=self._cursor(clock) if self.has_cursor else None,
        )

    def _cursor(self, clock: int) -> Cursor:
        return Cursor(
            field="updated_at",
            since=(Param("day", day) if self.by_day else Param("since")) if self.can_filter else None,
            order=self.order,
            lookback=timedelta(minutes=self.lookback),
            lag=datetime.now(UTC) - moment(clock) - SLACK,
        )


def day(since: datetime) -> str:
    return since.strftime("%Y-%m-%d")


@dataclass
class Service:
    """Serves a world. `before` is called with the number of each request of a run, from 1."""

    world: World
    shape: Shape
    before: Callable[[int], int | None] = lambda _number: None
    requests: int = 0
    answers: int = 0
    refusals: int = 0
    unmodified: set[str] = field(default_factory=set)
    served: list[tuple[str, int, int]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def client(self) -> Client:
        """A client for one run, whose requests are counted from 1."""
        self.requests, self.answers, self.refusals = 0, 0, 0
        self.unmodified, self.served = set(), []
        return Client(BASE, transport=httpx.MockTransport(self.answer), patience=0)

    def read(self, box: str) -> Versions:
        """What the service showed of a box in this run."""
        return {(box, number): version for place, number, version in self.served if place == box}

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Several readers may ask at once."""
        with self.lock:
            return self._answer(request)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        box = request.url.path.removeprefix("/boxes/") if "/boxes/" in request.url.path else ""
        if status := self.before(self.requests):
            self.refusals += 1
            return httpx.Response(status, text="mishap")
        self.answers += 1
        response = self._page(request, box)
        if self.shape.has_etags:
            response.headers["etag"] = f'"{sha1(response.content, usedforsecurity=False).hexdigest()}"'
            if request.headers.get("if-none-match") == response.headers["etag"]:
                self.unmodified.add(box)
                return httpx.Response(304)
        self.served += [(box, record["id"], record["version"]) for record in response.json()["things"]]
        return response

    def _page(self, request: httpx.Request, box: str) -> httpx.Response:
        found = self._found(request, box)
        start = self._start(request, found)
        page = found[start : start + self._length()]
        end = start + len(page)
        body: dict[str, Any] = {"things": [as_served(record) for record in page]}
        body |= {"total": len(found)} if self.shape.has_total else {}
        headers = {}
        if end < len(found):
            url = request.url.copy_set_param("offset", end)
            body |= {"next": json.dumps(self._place(page[-1])), "next_url": str(url)}
            headers = {"link": f'<{url}>; rel="next"'}
        return httpx.Response(200, json=body, headers=headers)

    def _found(self, request: httpx.Request, box: str) -> list[Record]:
        params = request.url.params
        since, day_ = params.get("since", ""), params.get("day", "")
        among = [record for key, record in self.world.visible.items() if key[0] == box]
        among = [record for record in among if as_served(record)["updated_at"] >= max(since, day_)]
        return sorted(among, key=self._place)

    def _place(self, record: Record) -> list[int]:
        """What the service sorts by, and what its tokens hold."""
        if self.shape.order is Order.OLDEST_FIRST:
            return [record["minute"], record["id"]]
        if self.shape.order is Order.NEWEST_FIRST:
            return [-record["minute"], -record["id"]]
        return [record["id"] * 7 % 5, record["id"]]

    def _start(self, request: httpx.Request, found: list[Record]) -> int:
        params = request.url.params
        if self.shape.paging is Paging.NUMBER:
            return (int(params["page"]) - 1) * self.shape.size
        if after := params.get("after"):
            return sum(self._place(record) <= json.loads(after) for record in found)
        return int(params.get("offset", 0))

    def _length(self) -> int:
        """Services shorten pages on their own, except where a short page means the end."""
        if self.shape.paging is Paging.NUMBER:
            return self.shape.size
        shortened = self.shape.shortened
        return max(self.shape.size - shortened[self.requests % len(shortened)], 1)
