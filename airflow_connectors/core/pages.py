"""
How services hand out long lists: given one answer, what is the next request?

All of it is pure. `first` adds the page size, `next` returns None after the last page. `count` is the
number of records in the answer as it came, before anything was filtered out of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from .paths import dig
from .request import Request, Response

Size = tuple[str, int]


class Pages(Protocol):
    """A pagination style. `size` is the parameter and number that ask for a page's length."""

    @property
    def size(self) -> Size | None: ...
    def first(self, request: Request) -> Request: ...
    def next(self, request: Request, response: Response, count: int) -> Request | None: ...


def sized(request: Request, size: Size | None) -> Request:
    return request.with_params(**{size[0]: size[1]}) if size else request


@dataclass(frozen=True)
class OnePage:
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


@dataclass(frozen=True)
class NextUrl:
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
        link = dig(response.json, self.path, None)
        is_last = self.until_empty and not count
        return None if is_last or not link else request.at(link)


@dataclass(frozen=True)
class NextToken:
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
        token = dig(response.json, self.path, None)
        is_last = self.last and dig(response.json, self.last, None)
        if is_last or not token:
            return None
        return (request.with_body if self.in_body else request.with_params)(**{self.param: token})


@dataclass(frozen=True)
class PageNumber:
    """Ask for page 1, 2, …; a page that is not full is the last one."""

    param: str
    size: Size
    start: int = 1

    def first(self, request: Request) -> Request:
        return sized(request, self.size).with_params(**{self.param: self.start})

    def next(self, request: Request, response: Response, count: int) -> Request | None:
        if count < self.size[1]:
            return None
        return request.with_params(**{self.param: request.params[self.param] + 1})


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
        total = dig(response.json, self.total, None) if self.total else None
        is_last = seen >= total if isinstance(total, int) else count == 0
        return None if is_last or not count else request.with_params(**{self.param: seen})
