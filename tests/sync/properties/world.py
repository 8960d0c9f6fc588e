"""A world of records that come, change, tie, go and come late, with a clock of its own in minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

Record = dict[str, Any]
Key = tuple[str, int]
Versions = dict[Key, int]

START = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ("", "plain", "ünï ☃ 𝄞", "quote\" ' ; --", "tab\tline\nback\\slash \\N \\.", "NULL", "x" * 300)
SIZES = (0, None, -1, 2**53 + 1, 2**63 - 1)
RATIOS = (0.5, -2.25, None, 1e300)
LABELS = (["a", {"b": None}], [], {"deep": [1, "é"]}, None, [True])


class Act(StrEnum):
    """What can happen in a world."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    RESTORE = "restore"
    LATE = "late"
    SILENT = "silent"
    TICK = "tick"


@dataclass(frozen=True)
class Change:
    """One thing that happens; `pick` chooses a record, `minutes` is how late or how long."""

    act: Act
    box: int = 0
    pick: int = 0
    minutes: int = 1


def moment(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def stamp(minute: int) -> str:
    return moment(minute).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class World:
    """
    Records in boxes. Every change makes a version with a number of its own, and all versions are kept.

    Nothing is ever later than `lookback` minutes: that is what its streams declare.
    """

    boxes: Sequence[str] = ("",)
    lookback: int = 0
    clock: int = 0
    visible: dict[Key, Record] = field(default_factory=dict)
    versions: dict[int, Record] = field(default_factory=dict)

    def apply(self, changes: Sequence[Change]) -> None:
        for change in changes:
            getattr(self, f"_{change.act}")(change)

    def now_visible(self, box: str) -> Versions:
        return {key: record["version"] for key, record in self.visible.items() if key[0] == box}

    def _insert(self, change: Change) -> None:
        box = self._box(change)
        taken = [record["id"] for record in self.versions.values() if record["box"] == box]
        self._put(box, max(taken, default=0) + 1, self.clock)

    def _late(self, change: Change) -> None:
        """A record becomes visible after others that are newer."""
        box = self._box(change)
        taken = [record["id"] for record in self.versions.values() if record["box"] == box]
        self._put(box, max(taken, default=0) + 1, max(self.clock - min(change.minutes, self.lookback), 0))

    def _update(self, change: Change) -> None:
        if key := self._picked(change, self.visible):
            self._put(*key, self.clock)

    def _silent(self, change: Change) -> None:
        """A record changes and does not say so: only a complete reading can tell."""
        if key := self._picked(change, self.visible):
            self._put(*key, self.visible[key]["minute"])

    def _delete(self, change: Change) -> None:
        if key := self._picked(change, self.visible):
            del self.visible[key]

    def _restore(self, change: Change) -> None:
        gone = {(record["box"], record["id"]) for record in self.versions.values()} - set(self.visible)
        if key := self._picked(change, gone):
            self._put(*key, self.clock)

    def _tick(self, change: Change) -> None:
        self.clock += change.minutes

    def _box(self, change: Change) -> str:
        return self.boxes[change.box % len(self.boxes)]

    def _picked(self, change: Change, among: Any) -> Key | None:
        keys = sorted(key for key in among if key[0] == self._box(change))
        return keys[change.pick % len(keys)] if keys else None

    def _put(self, box: str, number: int, minute: int) -> None:
        version = len(self.versions)
        record = {"box": box, "id": number, "version": version, "minute": minute, **content(version)}
        self.versions[version] = self.visible[box, number] = record


def content(version: int) -> Record:
    """Values of every type that a column can have, hostile ones among them."""
    return {
        "name": NAMES[version % len(NAMES)],
        "size": SIZES[version % len(SIZES)],
        "ratio": RATIOS[version % len(RATIOS)],
        "is_open": (True, False, None)[version % 3],
        "labels": LABELS[version % len(LABELS)],
    }


def as_served(record: Record) -> Record:
    """A record as the service shows it."""
    shown = {name: value for name, value in record.items() if name not in ("box", "minute")}
    return {**shown, "updated_at": stamp(record["minute"])}
