"""All a world holds, to tell afterwards what has become of it."""

from __future__ import annotations

from typing import Any

from airflow_connectors.core import Record

from .world import Changes, World

Contents = dict[str, dict[Any, Record]]


def contents(world: World) -> Contents:
    """Every record by its stream, partition and key."""
    tables = (
        (name, place, world.table(name, place)) for name in world.sizes for place in world.partitions(name)
    )
    found: Contents = {name: {} for name in world.sizes}
    for name, place, table in tables:
        found[name] |= {(place, *table.key(record)): record for record in table.records}
    return found


def differences(old: Contents, new: Contents) -> dict[str, Changes]:
    return {name: _difference(old[name], new[name]) for name in old}


def _difference(old: dict[Any, Record], new: dict[Any, Record]) -> Changes:
    both = old.keys() & new.keys()
    updated = sum(old[key] != new[key] for key in both)
    return Changes(updated, len(new.keys() - both), len(old.keys() - both))
