"""New columns from what was kept: a back-fill that asks the service nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from airflow_connectors.core import Record

from .chain import Chain, Shaped


@dataclass(frozen=True)
class Derived:
    """
    Rows to update: the new columns' values by primary key.

    `shaped` has the whole records, whose hashes the rows need too: else the next run takes every one of them
    for changed. To merge these is a back-fill as well; it writes the rows that differ and counts them.
    """

    rows: dict[tuple[Any, ...], Record]
    shaped: Shaped


def derived(raws: Iterable[str | bytes], chain: Chain, fields: Iterable[str]) -> Derived:
    """Shape records again that were kept raw, and take of each the fields that are new."""
    shaped, names = chain.again(raws), tuple(fields)
    rows = {
        tuple(record[name] for name in chain.key): {name: record.get(name) for name in names}
        for record in shaped.records
    }
    return Derived(rows, shaped)


def new_fields(shaped: Shaped, known: Iterable[str]) -> tuple[str, ...]:
    """The fields of records that are among the known ones not yet."""
    found = dict.fromkeys(name for record in shaped.records for name in record)
    return tuple(name for name in found if name not in set(known))
