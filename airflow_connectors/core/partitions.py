"""Slices of a stream that are read apart, each with a state of its own: per repository, per project."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .errors import ConfigError

Place = str | tuple[str, ...]


@dataclass(frozen=True)
class Partition:
    """
    A slice of a stream with its own state, such as the issues of one repository.

    `name` stands in braces in the stream's path or parameters; its values come from the operator's
    `option`, or else from the `field` of another `stream`. Records carry the value in a column `_<name>`.

    Where that stream has partitions itself, `within` is theirs: a task lies in a project within a workspace.
    Such a place is told by a value for each level, outermost first.
    """

    name: str
    option: str
    pattern: str = r"[^/?#]+"
    stream: str = ""
    field: str = "id"
    within: Partition | None = None

    @property
    def levels(self) -> tuple[Partition, ...]:
        """The partitions it lies in, outermost first, and itself."""
        return (*self.within.levels, self) if self.within else (self,)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The fields in which records carry their place, outermost first."""
        return tuple(f"_{level.name}" for level in self.levels)

    def marks(self, place: Place | None) -> Mapping[str, str]:
        """A place as its records carry it."""
        if place is None:
            return {}
        return dict(zip(self.columns, place if isinstance(place, tuple) else (place,), strict=True))

    def check(self, value: Any) -> str:
        """The value, if the service could know it. Raises ConfigError, before it gets into a URL."""
        if not isinstance(value, str) or not re.fullmatch(self.pattern, value) or ".." in value:
            raise ConfigError(f"{self.option}: {value!r} is not a {self.name}; it must match {self.pattern}")
        return value

    def values(self, place: Any) -> dict[str, str]:
        """The value of each level by its name. Raises ConfigError where one cannot be."""
        return dict(self._pairs(place))

    def _pairs(self, place: Any) -> Iterator[tuple[str, str]]:
        levels, values = self.levels, place if isinstance(place, tuple) else (place,)
        if len(levels) != len(values):
            path = ", ".join(level.name for level in levels)
            raise ConfigError(f"{self.option}: {place!r} must name {path}, each of them")
        for level, value in zip(levels, values, strict=True):
            yield level.name, level.check(value)


def title(place: Place | None) -> str:
    """A place in one text that no other has: `acme/42`. Empty without one."""
    if isinstance(place, tuple):
        return "/".join(value.replace("%", "%25").replace("/", "%2F") for value in place)
    return place or ""
