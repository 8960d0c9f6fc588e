"""
How services hand out long lists: given one answer, what is the next request?

All of it is pure. `first` adds the page size, `next` returns None after the last page. `count` is the
number of records in the answer as it came, before anything was filtered out of it. `expected` are the pages
beyond the next one that an answer lets us foresee; they may be asked for at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from .request import Request, Response

Size = tuple[str, int]


class Pages(Protocol):
    """A pagination style. `size` is the parameter and number that ask for a page's length."""

    @property
    def size(self) -> Size | None: ...
    def first(self, request: Request) -> Request: ...
    def next(self, request: Request, response: Response, count: int) -> Request | None: ...
    def expected(self, request: Request, response: Response, count: int) -> Iterable[Request]: ...


class Chained:
    """Only a page tells where the next one is."""

    def expected(self, request: Request, response: Response, count: int) -> Iterable[Request]:
        return ()


def sized(request: Request, size: Size | None) -> Request:
    return request.with_params(**{size[0]: size[1]}) if size else request


@dataclass(frozen=True)
class OnePage(Chained):
    """Everything comes at once."""

    size: None = None

    def first(self, request: Request) -> Request:
        return request

    def next(self, request: Request, response: Response, count: int) -> Request | None:
        return None


@dataclass(frozen=True)
class LinkHeader:
    """RFC 8288: follow `Link: <...>; rel="next"`."""

    size: Size | None = None

    def first(self, request: Request) -> Request:
        return sized(request, self.size)

    def next(self, request: Request, response: Response, count: int) -> Request | None:
        link = response.links.get("next")
        return request.at(link) if link else None

    def expected(self, request: Request, response: Response, count: int) -> Iterable[Request]:
        return map(request.at, numbered(response.links.get("next", ""), response.links.get("last", "")))


@dataclass(frozen=True)
class NextUrl(Chained):
    """
    The body names the URL of the next page at `path`.

    `until_empty` is for services that link onward from every page: an empty one is the last.
    """

    path: str
    size: Size | None = None
    until_empty: bool = field(default=False, kw_only=True)

    def first(self, request: Request) -> Request:
        return sized(request, self.size)

    def next(self, request: Request, response: Response, count: int) -> Request | None:
        link = response.dig(self.path, None)
        is_last = self.until_empty and not count
        return None if is_last or not link else request.at(link)


@dataclass(frozen=True)
class NextToken(Chained):
    """
    The body names a token at `path`: send it back as `param` until there is none.

    `last` is the path of a flag that marks the last page, for services that name a token even there.
    """

    path: str
    param: str
    size: Size | None = None
    in_body: bool = field(default=False, kw_only=True)
    last: str = field(default="", kw_only=True)

    def first(self, request: Request) -> Request:
        if self.in_body and self.size:
            return request.with_body(**{self.size[0]: self.size[1]})
        return sized(request, self.size)

    def next(self, request: Request, response: Response, count: int) -> Request | None:
        token = response.dig(self.path, None)
        is_last = self.last and response.dig(self.last, None)
        if is_last or not token:
            return None
        return (request.with_body if self.in_body else request.with_params)(**{self.param: token})


@dataclass(frozen=True)
class PageNumber:
    """
    Ask for page 1, 2, …; a page that is not full is the last one.

    `total` is the path of the number of records, for services that count them.
    """

    param: str
    size: Size
    start: int = 1
    total: str = field(default="", kw_only=True)

    def first(self, request: Request) -> Request:
        return sized(request, self.size).with_params(**{self.param: self.start})

    def next(self, request: Request, response: Response, count: int) -> Request | None:
        if count < self.size[1]:
            return None
        return request.with_params(**{self.param: request.params[self.param] + 1})

    def expected(self, request: Request, response: Response, count: int) -> Iterable[Request]:
        total = response.dig(self.total, None) if self.total else None
        last = self.start + (total - 1) // self.size[1] if isinstance(total, int) else 0
        numbers = range(request.params[self.param] + 2, last + 1)
        return (request.with_params(**{self.param: number}) for number in numbers)


@dataclass(frozen=True)
class Offset:
    """Ask for what follows the first 0, 50, … records, until a page is empty or `total` is reached."""

    param: str
    size: Size
    total: str = ""

    def first(self, request: Request) -> Request:
        return sized(request, self.size).with_params(**{self.param: 0})

    def next(self, request: Request, response: Response, count: int) -> Request | None:
        # Not "until a page is short": services shorten pages on their own, by size or by permission.
        seen = request.params[self.param] + count
        total = response.dig(self.total, None) if self.total else None
        is_last = seen >= total if isinstance(total, int) else count == 0
        return None if is_last or not count else request.with_params(**{self.param: seen})

    def expected(self, request: Request, response: Response, count: int) -> Iterable[Request]:
        total = response.dig(self.total, None) if self.total else None
        seen = request.params[self.param] + count
        offsets = range(seen + count, total, count) if isinstance(total, int) and count else ()
        return (request.with_params(**{self.param: offset}) for offset in offsets)


def numbered(following: str, last: str) -> Iterator[str]:
    """The links after `following` up to `last`, if the two differ in a number only."""
    here, there = (dict(parse_qsl(urlsplit(link).query)) for link in (following, last))
    moved = [name for name in here if there.get(name) != here[name]]
    if len(moved) != 1 or not (here[moved[0]].isdecimal() and there.get(moved[0], "").isdecimal()):
        return
    head, tail = re.split(rf"(?<=[?&]{re.escape(moved[0])}=)\d+", following, maxsplit=1)
    for number in range(int(here[moved[0]]) + 1, int(there[moved[0]]) + 1):
        yield f"{head}{number}{tail}"
