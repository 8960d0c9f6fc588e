"""What all transforms are: declared once, prepared once, and then run over every record."""

from __future__ import annotations

from collections.abc import Iterable

from airflow_connectors.core import ConfigError, Record

from .paths import Names, Step, names_of

Parts = Iterable[tuple[tuple[str, ...], Step]]


class Transform:
    """
    One change of a record. Called with a record, it returns a changed copy, or None to leave it out.

    A field that a record does not have is left alone.
    """

    def parts(self) -> Parts:
        """What it does, step by step, each with the paths of the fields that it expects."""
        raise NotImplementedError

    def moved(self, names: Names) -> Names | None:
        """Where the field at a path is found afterwards; None if nowhere, or nobody can tell."""
        return names

    def changes(self, names: Names) -> bool:
        """Whether the value at a path may be another one afterwards."""
        return False

    def __call__(self, record: Record) -> Record | None:
        current: Record | None = {**record}
        for _, step in self.parts():
            if current is not None:
                current = step(current)
        return current


class Guard(Transform):
    """A transform that hides something: it comes first, never fails, and applies wherever one is kept."""


def required(fields: Iterable[str], name: str) -> tuple[str, ...]:
    """The paths, if there are any and all are paths. Raises ConfigError naming the transform."""
    found = tuple(fields)
    if not found:
        raise ConfigError(f"{name} names no field")
    for path in found:
        names_of(path)
    return found


def starts(names: Names, paths: Iterable[str]) -> bool:
    """Whether the field is at one of these paths, or within what is there."""
    return any(names[: len(other)] == other for other in map(names_of, paths))
