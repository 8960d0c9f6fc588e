"""Which columns the tables of a stream had: a version that tells two of their shapes apart."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from .names import digest
from .tables import Tables


def schema_version(tables: Mapping[str, Tables]) -> str:
    """Eight characters that stand for the tables' columns and their kinds, whatever their order."""
    kinds = {name: one.kinds for name, one in tables.items()}
    return digest(msgspec.json.encode(kinds, order="sorted").decode())
