"""A stream: one table's worth of records, declared once and read anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import quote

import msgspec

from .cursor import Cursor, Order, Span, Window
from .errors import DataError
from .lists import Raws, Record, Records, listed, raw_list
from .pages import OnePage, Pages
from .partitions import Partition, Place
from .paths import dig
from .request import Request, Response


def none_given(_references: list[Record]) -> list[Record]:
    """References are mere references."""
    return []


@dataclass(frozen=True)
class Follow:
    """
    A second step: `requests` turns a page of references into the requests that fetch the records.

    The partition's name may stand in braces in them, as in the stream itself. `given` are the records that
    the references carry already, where only a part of them needs the second step.
    """

    requests: Callable[[list[Record]], Iterable[Request]]
    records: Records = ""
    pages: Pages = field(default_factory=OnePage)
    given: Callable[[list[Record]], Iterable[Record]] | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """
    One answer's records, and how to go on.

    `raws` are the JSON texts of the records, where the stream stores them as the service lists them; they
    are decoded on first use of `records`. `heads` are what the service listed: the records themselves, or
    the references that led to them; order and cursor are theirs. `expected` are the pages after `next`.

    `span` is what its query reads, the page included, and `rest` what remains, first that of `next`;
    `is_first` says that its query begins with it. `lost` is a span of which the service has more than it
    returns. `missing` is by how many records a query brought fewer than the service had counted.
    """

    request: Request
    stream: Stream
    partition: Place | None = None
    raws: Raws | None = None
    listed: list[Record] = field(default_factory=list)
    followed: list[Record] | None = None
    next: Request | None = None
    expected: Iterable[Request] = ()
    total: int | None = None
    size: int = 0
    etag: str | None = None
    is_unmodified: bool = False
    is_first: bool = True
    span: Span | None = None
    rest: tuple[Span, ...] = ()
    lost: Span | None = None
    missing: int = 0

    @cached_property
    def heads(self) -> list[Record]:
        return self.listed if self.raws is None else [msgspec.json.decode(raw) for raw in self.raws]

    @cached_property
    def records(self) -> list[Record]:
        if self.followed is not None:
            return self.followed
        return [self.stream.shaped(head, self.partition) for head in self.heads]

    @property
    def count(self) -> int:
        """How many records or references the service listed."""
        return len(self.listed if self.raws is None else self.raws)

    @property
    def last(self) -> Any:
        """What the service listed last; None if that is nothing."""
        if self.raws:
            return msgspec.json.decode(self.raws[-1])
        return self.listed[-1] if self.listed else None

    @property
    def order(self) -> Order:
        """That in which its query was asked for."""
        return Order.NONE if self.span and self.span.after is not None else self.stream.order


@dataclass(frozen=True, kw_only=True)
class Stream:
    """
    Where records come from and what identifies them.

    `records` is the dotted path of the list in the body, or a function of the body. `lift` names an object
    in each record whose fields become the record's own. `total` is the path of the API's count of records.
    `cap` is the most records the service ever returns for one query: a window that holds more is read in
    several, as far as the cursor allows. `empty_on` are statuses that mean "no records". `deletes` says
    whether a complete read shows what was deleted.

    `tombstone` tells deleted records from others: the path of a flag or time, or a function. `sweep` is a
    cheap listing of the keys of all records, `removals` a feed of those of deleted ones.
    """

    path: str
    primary_key: tuple[str, ...] | str = "id"
    records: Records = ""
    pages: Pages = field(default_factory=OnePage)
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    cursor: Cursor | None = None
    partition: Partition | None = None
    follow: Follow | None = None
    lift: str = ""
    total: str = ""
    cap: int | None = None
    empty_on: tuple[int, ...] = ()
    deletes: bool = True
    tombstone: str | Callable[[Record], Any] = ""
    sweep: Stream | None = None
    removals: Stream | None = None
    name: str = ""

    def __set_name__(self, owner: type, name: str) -> None:
        object.__setattr__(self, "name", self.name or name)

    def is_deleted(self, head: Record) -> bool:
        """Whether a record only says that it is gone."""
        return bool(self.tombstone(head) if callable(self.tombstone) else dig(head, self.tombstone, None))

    @property
    def key(self) -> tuple[str, ...]:
        return (self.primary_key,) if isinstance(self.primary_key, str) else self.primary_key

    @property
    def order(self) -> Order:
        return self.cursor.order if self.cursor else Order.NONE

    @property
    def partition_fields(self) -> tuple[str, ...]:
        """The fields in which records carry their partition, outermost first."""
        return self.partition.columns if self.partition else ()

    def first(self, window: Window, partition: Place | None = None) -> Request:
        """The request for the first page of a window, or of a span of one."""
        request = Request("GET", self.path, self.params)
        if self.body is not None:
            request = replace(request, method="POST", json=dict(self.body), idempotent=True)
        request = self.placed(request, partition)
        if self.cursor:
            request = self.cursor.bounded(request, window)
        return self.pages.first(request)

    def placed(self, request: Request, partition: Place | None) -> Request:
        """A request with the partition in its braces. Raises ConfigError if that is no such value."""
        return filled(request, self.partition.values(partition)) if self.partition else request

    def page(self, request: Request, response: Response, partition: Place | None = None) -> Page:
        """What an answer holds. Raises DataError if it is not the list that was declared."""
        raws = raw_list(response, self.records) if isinstance(self.records, str) and not self.follow else None
        heads = listed(response, self.records) if raws is None else []
        count = len(heads if raws is None else raws)
        total = response.dig(self.total, None) if self.total else None
        return Page(
            request=request,
            stream=self,
            partition=partition,
            raws=raws,
            listed=heads,
            next=self.pages.next(request, response, count),
            expected=self.pages.expected(request, response, count),
            total=total if isinstance(total, int) else None,
            size=len(response.content),
            etag=response.headers.get("etag"),
        )

    def shaped(self, head: Any, partition: Place | None) -> Record:
        """A record as it will be stored: `lift`ed, and with its partition."""
        if not isinstance(head, dict):
            raise DataError(f"{self.name}: a record is {head!r:.60}, not an object")
        record: Record = lifted(head, self.lift) if self.lift else head
        if self.partition:
            record.update(self.partition.marks(partition))
        return record


def lifted(record: Record, name: str) -> Record:
    """The record with the fields of its object `name` made its own; a clash keeps `name_` in front."""
    inner = record.get(name)
    if not isinstance(inner, dict):
        return record
    outer = {**record}
    del outer[name]
    if outer.keys().isdisjoint(inner):
        return outer | inner
    return outer | {f"{name}_{field}" if field in outer else field: value for field, value in inner.items()}


def filled(request: Request, values: Mapping[str, str]) -> Request:
    """Put values into the braces of a request's path, quoted, and of its parameters."""
    quoted = {name: quote(value, safe="/,") for name, value in values.items()}
    params = {
        name: text.format(**values) if isinstance(text, str) else text
        for name, text in request.params.items()
    }
    return replace(request, path=request.path.format(**quoted), params=params)
