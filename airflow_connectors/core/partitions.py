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
    Such a place is a tuple of the values of each level, outermost first.
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

    def place(self, given: Any) -> Place:
        """
        A place as people name it: its title, as the state shows it, or its values.

        Of an inner partition the innermost value alone will do, which may lie in several. Raises ConfigError.
        """
        if self.within is None:
            return self.check(given)
        values = tuple(map(unescaped, given.split("/")) if isinstance(given, str) else given)
        return self.check(given) if len(values) == 1 else tuple(self.values(values).values())

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


def unescaped(value: str) -> str:
    return value.replace("%2F", "/").replace("%25", "%")
