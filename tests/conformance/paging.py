"""Pages so small that a few records fill several of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from airflow_connectors.core import Pages, Stream
from airflow_connectors.provider import ConnectorHook


def with_pages_of(count: int, hook_class: type[ConnectorHook]) -> type[ConnectorHook]:
    """The hook with the same streams, read in pages of `count` records."""
    small = {name: _small(stream, count) for name, stream in hook_class.streams.items()}
    return type(hook_class.__name__, (hook_class,), small)


def _small(stream: Stream, count: int) -> Stream:
    follow = stream.follow and replace(stream.follow, pages=_sized(stream.follow.pages, count))
    return replace(stream, pages=_sized(stream.pages, count), follow=follow)


def _sized(pages: Any, count: int) -> Pages:
    size = getattr(pages, "size", None)
    return replace(pages, size=(size[0], count)) if size else pages
