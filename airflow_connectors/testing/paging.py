"""Paging from the server's side: the same declarations, read the other way round."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import singledispatch
from itertools import takewhile
from typing import Any

from airflow_connectors.core import (
    LinkHeader,
    NextToken,
    NextUrl,
    Offset,
    OnePage,
    Order,
    PageNumber,
    Pages,
    Param,
    Stream,
)
from airflow_connectors.core.pages import Size

from .exchange import Asked, Refused
from .table import Listing, Rank, Row

AFTER = "after"


@dataclass(frozen=True)
class Query:
    """
    A page somebody asked for.

    `most` is the largest page this server gives, `usual` the size for those who ask for none.
    """

    asked: Asked
    stream: Stream
    listing: Listing
    most: int | None = None
    usual: int | None = None

    def size(self, declared: Size | None) -> int:
        if declared is None:
            return self.most or max(len(self.listing), 1)
        name, largest = declared
        wanted = str(self.asked.fields.get(name, ""))
        size = int(wanted) if wanted.isdecimal() and int(wanted) else self.usual or largest
        return min(size, largest, self.most or largest)

    def number(self, name: str, default: int) -> int:
        wanted = str(self.asked.fields.get(name, default))
        return int(wanted) if wanted.isdecimal() else default

    def start(self, token: str | None) -> int:
        return self.listing.after(rank(token)) if token else 0


@dataclass(frozen=True)
class Slice:
    """The rows of a page, and how it says where the next one is: in headers, or in fields of the body."""

    rows: list[Row]
    headers: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)


def token(row: Row) -> str:
    """An opaque page token, bound to a record's place: what moves meanwhile is met again behind it."""
    return urlsafe_b64encode(f"{row.rank[0]}:{row.rank[1]}".encode()).decode().rstrip("=")


def rank(text: str) -> Rank:
    """The place a token is bound to. Raises Refused for one that this server never gave out."""
    try:
        moment, number = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split(":")
        return int(moment), int(number)
    except ValueError as error:
        raise Refused(422, f"{text!r} is not a page token") from error


@singledispatch
def serve(pages: Pages, query: Query) -> Slice:  # noqa: ARG001 - its registrations read it
    """Cut the page that was asked for out of a listing, and say where the next one is."""
    raise TypeError(f"the simulator cannot serve {type(pages).__name__}: register it with serve")


@serve.register
def _one_page(_pages: OnePage, query: Query) -> Slice:
    return Slice(query.listing.slice(0, len(query.listing)))


@serve.register
def _link_header(pages: LinkHeader, query: Query) -> Slice:
    # GitHub pages through what is sorted by update with an `after` token, and by number elsewhere.
    is_numbered = query.stream.order is not Order.OLDEST_FIRST or "page" in query.asked.params
    return _numbered_links(pages, query) if is_numbered else _linked(pages, query)


def _linked(pages: LinkHeader, query: Query) -> Slice:
    rows, following = _rows_after(query, query.size(pages.size), query.asked.params.get(AFTER))
    return Slice(rows, _links({"next": query.asked.link(**{AFTER: following})} if following else {}))


def _numbered_links(pages: LinkHeader, query: Query) -> Slice:
    size, page = query.size(pages.size), query.number("page", 1)
    last = max(-(-len(query.listing) // size), 1)
    rels = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    shown = {"prev", "first"} if page > 1 else set()
    shown |= {"next", "last"} if page < last else set()
    links = {rel: query.asked.link(page=number) for rel, number in rels.items() if rel in shown}
    return Slice(query.listing.slice((page - 1) * size, size), _links(links))


def _links(links: dict[str, str]) -> dict[str, str]:
    return {"link": ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links.items())} if links else {}


def _rows_after(query: Query, size: int, text: str | None) -> tuple[list[Row], str | None]:
    """A page by token, and the token of the next one if there is any."""
    start = query.start(text)
    rows = query.listing.slice(start, size)
    has_more = start + size < len(query.listing)
    return rows, token(rows[-1]) if has_more else None


@serve.register
def _next_url(pages: NextUrl, query: Query) -> Slice:
    rows, following = _rows_after(query, query.size(pages.size), query.asked.params.get(AFTER))
    if pages.until_empty and rows:
        following = token(rows[-1])
    return Slice(rows, fields={pages.path: query.asked.link(**{AFTER: following})} if following else {})


@serve.register
def _next_token(pages: NextToken, query: Query) -> Slice:
    if moments := moments_of(query.stream):
        return _by_moment(pages, query, moments)
    rows, following = _rows_after(query, query.size(pages.size), query.asked.fields.get(pages.param))
    told = {pages.path: following} if following else {}
    return Slice(rows, fields={**told, pages.last: not following} if pages.last else told)


def _by_moment(pages: NextToken, query: Query, moments: Param) -> Slice:
    """A page that names the moment of its last record, and so holds all records of that moment."""
    every = query.listing.slice(0, len(query.listing))
    rows = every[: query.size(pages.size)]
    rows += takewhile(lambda row: row.moment == rows[-1].moment, every[len(rows) :])
    if not rows:
        return Slice([], fields={pages.last: True} if pages.last else {})
    following = moments.format(datetime.fromtimestamp(rows[-1].moment / 1_000_000, UTC))
    last = {pages.last: len(rows) == len(every)} if pages.last else {}
    return Slice(rows, fields={pages.path: following, **last})


def moments_of(stream: Stream) -> Param | None:
    """How a moment is written where the page token is one: the parameter of `since` is that of the token."""
    since = stream.cursor.since if stream.cursor else None
    if not isinstance(since, Param) or not isinstance(stream.pages, NextToken):
        return None
    return since if since.name == stream.pages.param else None


@serve.register
def _page_number(pages: PageNumber, query: Query) -> Slice:
    size = min(query.number(pages.size[0], pages.size[1]), pages.size[1])
    page = query.number(pages.param, pages.start) - pages.start
    return Slice(query.listing.slice(page * size, size))


@serve.register
def _offset(pages: Offset, query: Query) -> Slice:
    rows = query.listing.slice(query.number(pages.param, 0), query.size(pages.size))
    return Slice(rows, fields={pages.total: len(query.listing)} if pages.total else {})
