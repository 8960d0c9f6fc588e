"""
The versions written last, so that records read again at a window's edge are not written again.

Only what is certain is left out: the very version that the files show last of that record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from airflow_connectors.sync.batch import Batch, Rows, encode

MOST = 2000  # records; of a wider overlap the rest is written again
Tail = dict[str, int | None]  # the hash of each key's last version, None for one that is gone


def fresh(batch: Batch, key: Sequence[str], known: Mapping[str, int | None]) -> Batch:
    """The rows without those that the files show already."""
    if not known:
        return batch
    missing = object()
    rows = [
        row
        for name, row in zip(_names(batch, key), batch.rows, strict=True)
        if known.get(name, missing) != row[-2]
    ]
    return Batch(batch.kinds, rows)


def extended(known: Mapping[str, int | None], batch: Batch, key: Sequence[str]) -> Tail:
    """The tail with these rows at its end, as long as it may be."""
    last = Batch(batch.kinds, batch.rows[-MOST:])
    found = dict(zip(_names(last, key), _hashes(last.rows), strict=True))
    return joined(known, found)


def joined(before: Mapping[str, int | None], after: Mapping[str, int | None]) -> Tail:
    """Both, the later ones at the end."""
    together = {name: before[name] for name in before if name not in after} | dict(after)
    return dict(islice(together.items(), max(0, len(together) - MOST), None))


def _names(batch: Batch, key: Sequence[str]) -> list[str]:
    places = [batch.columns.index(column) for column in key]
    return [encode([row[place] for place in places]).decode() for row in batch.rows]


def _hashes(rows: Rows) -> list[int | None]:
    return [row[-2] for row in rows]
