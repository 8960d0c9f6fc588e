"""
Sixty-four bits that stand for a record's content.

Hashes are of the record's JSON as it came: equal hashes are equal records. Unequal ones may still be, where
a service writes its fields in another order, so the merge compares the columns of those.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha1
from struct import unpack
from typing import Any

import msgspec

from airflow_connectors.core import Record

encode_sorted = msgspec.json.Encoder(order="deterministic", decimal_format="number").encode


def raw_hashes(raws: Sequence[msgspec.Raw], partition: str) -> list[int]:
    """The hashes of undecoded records. A record that moved to another partition has changed."""
    found = numbers(raws)
    if not partition:
        return found
    (salt,) = numbers([partition.encode()])
    return [number ^ salt for number in found]


def row_hash(record: Record) -> int:
    """The hash of a decoded record, whatever the order of its fields."""
    (found,) = numbers([encode_sorted(record)])
    return found


def numbers(texts: Sequence[Any]) -> list[int]:
    """A number for each text."""
    # One unpacking for all: this runs for every record there is.
    digests = b"".join([sha1(text, usedforsecurity=False).digest()[:8] for text in texts])
    return list(unpack(f">{len(texts)}q", digests))
