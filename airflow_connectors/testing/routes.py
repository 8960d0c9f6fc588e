"""Which request means what: URL templates with names in braces, as streams and worlds write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from airflow_connectors.core import Partition

BRACES = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Route:
    """
    A method and a path template, answered by a function of the request and of the names in braces.

    The function returns an Answer, or what is to be encoded as JSON. `is_open` needs no credentials.
    """

    method: str
    path: str
    answer: Callable[..., Any]
    is_open: bool = False


@dataclass(frozen=True)
class Matcher:
    """A route, compiled."""

    route: Route
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, route: Route, patterns: Mapping[str, str]) -> Matcher:
        return cls(route, re.compile(template(route.path, patterns)))

    def match(self, method: str, path: str) -> dict[str, str] | None:
        found = self.pattern.fullmatch(path) if method == self.route.method else None
        return found.groupdict() if found else None


def template(text: str, patterns: Mapping[str, str]) -> str:
    """A regular expression for text with names in braces."""
    parts = BRACES.split(text)
    names = (f"(?P<{name}>{patterns.get(name, '[^/]+')})" for name in parts[1::2])
    fixed = (re.escape(part) for part in parts[::2])
    return "".join(piece for pair in zip(fixed, [*names, ""], strict=True) for piece in pair)


def placed(partition: Partition, texts: Mapping[str, Any], asked: Mapping[str, Any]) -> str | None:
    """The partition that a request's parameters name where the stream's have it in braces."""
    for name, text in texts.items():
        if isinstance(text, str) and f"{{{partition.name}}}" in text:
            expected = template(text, {partition.name: partition.pattern})
            found = re.fullmatch(expected, str(asked.get(name, "")))
            return found.group(partition.name) if found else None
    return None
