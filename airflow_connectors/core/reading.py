"""Reading a stream page by page, from anywhere a request can be sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from itertools import chain

from .client import Sender
from .cursor import Order, Window
from .errors import DataError, RejectedError
from .request import Request
from .stream import Follow, Page, Record, Stream, listed


def read(
    stream: Stream,
    send: Sender,
    window: Window,
    partition: str | None = None,
    *,
    resume: Request | None = None,
    etag: str | None = None,
) -> Iterator[Page]:
    """
    Yield the pages of a window, from its beginning or from the page token `resume`.

    With `etag` the first page may come back empty and marked as unmodified. Raises DataError for a page
    token that was handed out before, which would otherwise never end.
    """
    request: Request | None = resume or stream.first(window, partition)
    seen: set[str] = set()
    while request is not None:
        _guard_loop(stream, request, seen)
        page = _page(stream, send, request.with_headers(If_None_Match=etag) if etag else request, partition)
        etag = None
        if _is_beyond(stream, page, window):
            page = replace(page, next=None)
        yield page
        request = page.next


def _guard_loop(stream: Stream, request: Request, seen: set[str]) -> None:
    token = request.dump()
    if token in seen:
        message = f"{stream.name}: {request} handed out a page token for the second time; stopped to not loop"
        raise DataError(message)
    seen.add(token)


def _page(stream: Stream, send: Sender, request: Request, partition: str | None) -> Page:
    try:
        response = send(request)
    except RejectedError as error:
        if error.status not in stream.empty_on:
            raise
        return Page(records=[], heads=[], request=request)
    if response.status == HTTPStatus.NOT_MODIFIED:
        return Page(records=[], heads=[], request=request, is_unmodified=True)
    page = stream.page(replace(request, headers={}), response, partition)
    return replace(page, records=_followed(stream, send, page, partition)) if stream.follow else page


def _followed(stream: Stream, send: Sender, page: Page, partition: str | None) -> list[Record]:
    """The records that a page of references leads to."""
    if not stream.follow or not page.heads:
        return []
    given, requests = _steps(stream, stream.follow, page)
    answers = (
        answer
        for request in requests
        for answer in _all(stream.follow, send, stream.placed(request, partition))
    )
    return [stream.shaped(record, partition) for record in chain(given, *answers)]


def _steps(stream: Stream, follow: Follow, page: Page) -> tuple[list[Record], list[Request]]:
    """What the references carry, and what to ask. Raises DataError where they are not as declared."""
    try:
        return list(follow.given(page.heads)) if follow.given else [], list(follow.requests(page.heads))
    except (KeyError, TypeError, AttributeError) as error:
        message = f"{stream.name}: {page.request} listed a reference that is not as declared: {error!r}"
        raise DataError(message) from error


def _all(follow: Follow, send: Sender, request: Request) -> Iterator[list[Record]]:
    following: Request | None = follow.pages.first(request)
    while following is not None:
        response = send(following)
        records = listed(response, follow.records)
        yield records
        following = follow.pages.next(following, response, len(records))


def _is_beyond(stream: Stream, page: Page, window: Window) -> bool:
    """Whether a feed that is newest first has come to records older than the window."""
    if not stream.cursor or stream.order is not Order.NEWEST_FIRST or not window.since or not page.heads:
        return False
    return stream.cursor.of(page.heads[-1]) < window.since
