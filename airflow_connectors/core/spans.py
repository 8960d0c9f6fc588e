"""
Windows that hold more records than a service returns for one query, read in several.

    oldest first   ├── read ──┤ cap                 go on from the newest record that came
    newest first                cap ├── read ──┤    go on down from the oldest that came
    in no order    ├─── cut ───┤                    by key, or as two halves

A bound is asked for inclusively, so that no equal moment is lost, and what comes twice is merged. Where more
records share one moment than the service returns, they are read by key; where it has no such order they are
lost, and it is said. Every step leaves a smaller span or a greater key, so that there is an end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from .cursor import Cursor, Key, Order, Span, Window
from .errors import DataError
from .moments import DAY, EPOCH
from .stream import Page, Stream


@dataclass(frozen=True)
class Narrowed:
    """
    The spans in which the rest of a cut query is to be read.

    `is_again`: they hold what has come of it already. `lost` is what cannot be read.
    """

    spans: tuple[Span, ...] = ()
    is_again: bool = False
    lost: Span | None = None


def spans_of(stream: Stream, window: Window, *, is_whole: bool) -> tuple[Span, ...]:
    """
    The spans to be read of a window. A complete reading ends with what has changed while it went on.

    That would be missing else, and seem deleted, where the service leaves out what is newer than asked for.
    """
    span = Span(window.since, window.until)
    if not (is_whole and stream.cursor and stream.cursor.since and stream.cursor.until):
        return (span,)
    return span, Span(window.until, window.until + DAY, is_open=True)


def onward(page: Page, spans: Sequence[Span], *, is_over: bool) -> tuple[Page, bool]:
    """
    The page with how the reading goes on, and whether it counts.

    It does not where its query turns out to be too large before anything of it was used. `is_over`: what
    follows is not of the window.
    """
    span = replace(spans[0], read=spans[0].read + page.count)
    page = replace(page, span=span, is_first=not spans[0].read, next=None if is_over else page.next)
    cap = None if is_over else page.stream.cap
    if cap and _is_cut(page, span, cap):
        narrowed = narrow(page, span)
        page = _begun(replace(page, lost=narrowed.lost), (*narrowed.spans, *spans[1:]))
        return page, not (narrowed.is_again and page.is_first)
    if page.next:
        return replace(page, rest=(span, *spans[1:]), expected=_allowed(page, span)), True
    missing = max(page.total - span.read, 0) if page.total is not None else 0
    return _begun(replace(page, missing=missing), spans[1:]), True


def _begun(page: Page, spans: Sequence[Span]) -> Page:
    """The page, followed by the first query of the spans."""
    following = page.stream.first(spans[0], page.partition) if spans else None
    return replace(page, next=following, rest=tuple(spans), expected=())


def _allowed(page: Page, span: Span) -> Any:
    """The pages that are foreseen, without those that the service would refuse."""
    cap, size = page.stream.cap, page.stream.pages.size
    return islice(page.expected, max((cap - span.read) // size[1] - 1, 0)) if cap and size else page.expected


def _is_cut(page: Page, span: Span, cap: int) -> bool:
    """Whether the service has, or may have, more for this query than it gives out."""
    total = page.total or 0
    if page.total is not None and (total < cap or cap < total <= span.read):
        return False
    size = page.stream.pages.size[1] if page.stream.pages.size else page.count
    # What would reach beyond the cap counts as refused, although some services still serve that page.
    is_full = span.read + size > cap
    if page.next:
        return is_full or (page.is_first and total > cap and narrow(page, span).is_again)
    return span.read >= cap or total > cap or (is_full and page.count >= size)


def narrow(page: Page, span: Span) -> Narrowed:
    """How the rest of a query is read. What would only ask the same again is lost."""
    found = _narrowed(page, span)
    asked = page.stream.first(replace(span, read=0), page.partition)
    if any(page.stream.first(more, page.partition) == asked for more in found.spans):
        return Narrowed(lost=span)
    return found


def _narrowed(page: Page, span: Span) -> Narrowed:
    cursor, moment = page.stream.cursor, _moment(page)
    if not cursor:
        return Narrowed(lost=span)
    if span.after is not None:
        return _by_key(page, span, span.after)
    if moment and cursor.order is Order.OLDEST_FIRST and cursor.since:
        return _upward(cursor, span, moment)
    if moment and cursor.order is Order.NEWEST_FIRST and cursor.until:
        return _downward(cursor, span, moment)
    return _parted(cursor, span)


def _moment(page: Page) -> datetime | None:
    """The position of a page's last record, if it has one."""
    try:
        return page.stream.cursor.of(page.last) if page.stream.cursor else None
    except DataError:
        return None


def _by_key(page: Page, span: Span, after: Key) -> Narrowed:
    key = _key(page)
    if key is None or (after and _rank(key) <= _rank(after)):
        return Narrowed(lost=span)
    return Narrowed((replace(span, after=key, read=0),))


def _key(page: Page) -> Key | None:
    """The key of a page's last record, without its partition."""
    stream, last = page.stream, page.last
    record = stream.shaped(last, page.partition) if isinstance(last, dict) else {}
    key = tuple(record.get(name) for name in stream.key if name not in stream.partition_fields)
    return None if None in key else key


def _rank(key: Key) -> list[tuple[bool, int, str]]:
    """Keys in their natural order: numbers by size, also where they are written as texts."""
    texts = [str(part) for part in key]
    return [(True, int(text), "") if text.isdecimal() else (False, 0, text) for text in texts]


def _upward(cursor: Cursor, span: Span, moment: datetime) -> Narrowed:
    clock, since = cursor.clock, span.since and cursor.clock.floor(span.since)
    at = clock.floor(moment)
    if since is None or at > since:
        return Narrowed((replace(span, since=at, read=0),))
    behind = clock.after(since)
    if not clock.step or (behind >= span.until and not span.is_open):
        return _closely(cursor, replace(span, read=0))
    return _closely(cursor, _up_to(span, behind), replace(span, since=behind, read=0))


def _downward(cursor: Cursor, span: Span, moment: datetime) -> Narrowed:
    clock, until = cursor.clock, cursor.clock.ceiling(span.until)
    at = clock.ceiling(moment)
    if at < until or span.is_open:
        return Narrowed((_up_to(span, at),))
    before = clock.before(until)
    if not clock.step or (span.since and before <= span.since):
        return _closely(cursor, replace(span, read=0))
    return _closely(cursor, replace(span, since=before, read=0), _up_to(span, before))


def _closely(cursor: Cursor, step: Span, *rest: Span) -> Narrowed:
    """One step of the clock, with more records than the service returns for it, and what is beside it."""
    if cursor.since and cursor.until and cursor.after:
        return Narrowed((replace(step, after=()), *rest))
    return Narrowed(rest, lost=step)


def _parted(cursor: Cursor, span: Span) -> Narrowed:
    """The same span by key, or its halves."""
    if cursor.after:
        return Narrowed((replace(span, after=(), read=0),), is_again=True)
    lowest = span.since or EPOCH
    middle = cursor.clock.floor(lowest + (span.until - lowest) / 2)
    if not (cursor.since and cursor.until and lowest < middle < span.until):
        return Narrowed(lost=span)
    return Narrowed((_up_to(span, middle), replace(span, since=middle, read=0)), is_again=True)


def _up_to(span: Span, until: datetime) -> Span:
    return replace(span, until=until, is_open=False, read=0)
