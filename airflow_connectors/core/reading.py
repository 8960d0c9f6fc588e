"""Reading a stream page by page, from anywhere a request can be sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from itertools import chain

from .client import Sender
from .cursor import Order, Span, Window
from .errors import DataError, RejectedError
from .lists import Record, listed
from .lookahead import Lookahead
from .partitions import Place
from .request import Request
from .spans import onward
from .stream import Follow, Page, Stream


def read(
    stream: Stream,
    send: Sender,
    window: Window,
    partition: Place | None = None,
    *,
    resume: Request | None = None,
    rest: Sequence[Span] = (),
    etag: str | None = None,
) -> Iterator[Page]:
    """
    Yield the pages of a window, from its beginning or from the page token `resume` and its `rest`.

    With `etag` the first page may come back empty and marked as unmodified. Raises DataError for a page
    token that was handed out before, which would otherwise never end.
    """
    request: Request | None = resume or stream.first(window, partition)
    spans, seen = rest or (Span(window.since, window.until),), set[int]()
    while request is not None:
        _guard_loop(stream, request, seen)
        page = _page(stream, send, request, partition, etag)
        page, is_used = onward(page, spans, is_over=_is_beyond(page, spans[0].since))
        if is_used:
            yield _whole(page, send)
        request, spans, etag = page.next, page.rest, None


def _whole(page: Page, send: Sender) -> Page:
    """The page with what it refers to; if more pages are to come, they are on their way."""
    if page.next:
        _expect(send, chain([page.next], page.expected))
    return replace(page, followed=_followed(page, send)) if page.stream.follow else page


def _expect(send: Sender, requests: Iterable[Request]) -> None:
    if isinstance(send, Lookahead):
        send.expect(requests)


def _guard_loop(stream: Stream, request: Request, seen: set[int]) -> None:
    token = hash(request.dump())
    if token in seen:
        message = f"{stream.name}: {request} handed out a page token for the second time; stopped to not loop"
        raise DataError(message)
    seen.add(token)


def _page(stream: Stream, send: Sender, request: Request, partition: Place | None, etag: str | None) -> Page:
    try:
        response = send(request.with_headers(If_None_Match=etag) if etag else request)
    except RejectedError as error:
        if error.status not in stream.empty_on:
            raise
        return Page(request=request, stream=stream, partition=partition)
    if response.status == HTTPStatus.NOT_MODIFIED:
        return Page(request=request, stream=stream, is_unmodified=True)
    return stream.page(request, response, partition)


def _followed(page: Page, send: Sender) -> list[Record]:
    """The records that a page of references leads to."""
    stream = page.stream
    if not stream.follow or not page.heads:
        return []
    given, requests = _steps(stream, stream.follow, page)
    steps = [stream.placed(request, page.partition) for request in requests]
    found = list(given)
    for number, step in enumerate(steps):
        _expect(send, steps[number:])
        for answer in _all(stream.follow, send, step):
            found += answer
    return [stream.shaped(record, page.partition) for record in found]


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


def _is_beyond(page: Page, since: datetime | None) -> bool:
    """Whether a feed that is newest first has come to records older than the window."""
    cursor = page.stream.cursor
    if not cursor or cursor.order is not Order.NEWEST_FIRST or not since or not page.count:
        return False
    return cursor.of(page.last) < since
