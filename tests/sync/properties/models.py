"""
What a table must hold, as plain dictionaries: one model for each write disposition.

A new disposition is a class here and a test module beside the others; worlds, services, plans and the game
stay as they are.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from .world import Key, Versions

Row = tuple[Key, int, bool]  # which record, which version of it, and whether it is deleted or has ended


@dataclass(frozen=True)
class Counts:
    """What a run has to say that it did."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in vars(self)))


class Model(Protocol):
    """What the table held when it was last looked at, and what it must hold next."""

    def finish(self, box: str, read: Versions, visible: Versions, *, is_full: bool) -> Counts: ...
    def rows(self) -> Counter[Row]: ...
    def take(self, found: Counter[Row]) -> None: ...


@dataclass
class Merge:
    """One row for each record. A complete reading marks what is gone, or removes it (`removes`)."""

    removes: bool = False
    live: Versions = field(default_factory=dict)
    dead: Versions = field(default_factory=dict)

    def finish(self, box: str, read: Versions, visible: Versions, *, is_full: bool) -> Counts:
        """A window is finished: `read` is what the service showed in this run, `visible` all that it has."""
        counts = self._compared(visible if is_full else read)
        gone = {key for key in self.live if key[0] == box} - set(visible) if is_full else set()
        self.live |= visible
        self.dead = {key: version for key, version in self.dead.items() if key not in visible}
        for key in gone:
            version = self.live.pop(key)
            if not self.removes:
                self.dead[key] = version
        return counts + Counts(deleted=len(gone))

    def _compared(self, read: Versions) -> Counts:
        known = {key for key in read if key in self.live or key in self.dead}
        unchanged = sum(self.live.get(key) == read[key] for key in known)
        return Counts(len(read) - len(known), len(known) - unchanged, unchanged)

    def rows(self) -> Counter[Row]:
        live = {(key, version, False) for key, version in self.live.items()}
        return Counter(live | {(key, version, True) for key, version in self.dead.items()})

    def take(self, found: Counter[Row]) -> None:
        self.live = {key: version for key, version, is_deleted in found if not is_deleted}
        self.dead = {key: version for key, version, is_deleted in found if is_deleted}


@dataclass
class Append:
    """One row for each version that was ever read."""

    kept: set[tuple[Key, int]] = field(default_factory=set)

    def finish(self, box: str, read: Versions, visible: Versions, *, is_full: bool) -> Counts:
        known = self.kept & set(read.items())
        self.kept |= set(visible.items())
        return Counts(new=len(read) - len(known), unchanged=len(known))

    def rows(self) -> Counter[Row]:
        return Counter((key, version, False) for key, version in self.kept)

    def take(self, found: Counter[Row]) -> None:
        self.kept = {(key, version) for key, version, _ in found}


@dataclass
class History:
    """One row for each version that was current at the end of some run; those before it have ended."""

    current: Versions = field(default_factory=dict)
    ended: set[tuple[Key, int]] = field(default_factory=set)

    def finish(self, box: str, read: Versions, visible: Versions, *, is_full: bool) -> Counts:
        counts = self._compared(visible if is_full else read)
        gone = {key for key in self.current if key[0] == box} - set(visible) if is_full else set()
        over = {key for key, version in visible.items() if self.current.get(key, version) != version}
        self.ended |= {(key, self.current[key]) for key in gone | over}
        self.current = {key: version for key, version in self.current.items() if key not in gone} | visible
        return counts + Counts(deleted=len(gone))

    def _compared(self, read: Versions) -> Counts:
        ever = set(self.current) | {key for key, _ in self.ended}
        unchanged = sum(self.current.get(key) == version for key, version in read.items())
        new = sum(key not in ever for key in read)
        return Counts(new, len(read) - new - unchanged, unchanged)

    def rows(self) -> Counter[Row]:
        ended = {(key, version, True) for key, version in self.ended}
        return Counter(ended | {(key, version, False) for key, version in self.current.items()})

    def take(self, found: Counter[Row]) -> None:
        self.current = {key: version for key, version, has_ended in found if not has_ended}
        self.ended = {(key, version) for key, version, has_ended in found if has_ended}
