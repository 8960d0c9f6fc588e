"""
Sixty-four bits that stand for a record's content.

Hashes are of the record's JSON as it came: equal hashes are equal records. Unequal ones may still be, where
a service writes its fields in another order, so the merge compares the columns of those.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from hashlib import sha1

import msgspec

from airflow_connectors.core import Record

encode_sorted = msgspec.json.Encoder(order="deterministic", decimal_format="number").encode
digest = partial(sha1, usedforsecurity=False)
number = partial(int.from_bytes, byteorder="big", signed=True)


def raw_hashes(raws: Iterable[msgspec.Raw], partition: str | None) -> list[int]:
    """The hashes of undecoded records. A record that moved to another partition has changed."""
    salt = number(digest(partition.encode()).digest()[:8]) if partition else 0
    return [number(digest(raw).digest()[:8]) ^ salt for raw in raws]


def row_hash(record: Record) -> int:
    """The hash of a decoded record, whatever the order of its fields."""
    return number(digest(encode_sorted(record)).digest()[:8])
