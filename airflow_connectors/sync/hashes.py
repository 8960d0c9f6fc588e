"""
Sixty-four bits that stand for a record's content.

Hashes are of the record's JSON as it came: equal hashes are equal records. Unequal ones may still be, where
a service writes its fields in another order, so the merge compares the columns of those.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha1
from struct import unpack

import msgspec
from xxhash import xxh3_64_digest

from airflow_connectors.core import Record

encode_sorted = msgspec.json.Encoder(order="deterministic", decimal_format="number").encode


def raw_hashes(raws: Sequence[msgspec.Raw], partition: str) -> list[int]:
    """
    The hashes of undecoded records, with which two versions of one record are compared.

    A record that moved to another partition has changed.
    """
    # One unpacking for all: this runs for every record there is.
    found = list(unpack(f">{len(raws)}q", b"".join(map(xxh3_64_digest, raws))))
    if not partition:
        return found
    (salt,) = unpack(">q", xxh3_64_digest(partition.encode()))
    return [number ^ salt for number in found]


def row_hash(record: Record) -> int:
    """
    The hash of a decoded record, whatever the order of its fields.

    Without a key it is what tells rows apart, so nobody may be able to write a record that has another's.
    """
    found: int
    (found,) = unpack(">q", sha1(encode_sorted(record), usedforsecurity=False).digest()[:8])
    return found
