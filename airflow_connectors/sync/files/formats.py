"""How a sheet becomes the content of a file and comes back."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from airflow_connectors.core import ConfigError
from airflow_connectors.sync.batch import encode, stored_as
from airflow_connectors.sync.kinds import Kind

from .sheet import Sheet

LEVEL = 6


class Format(Protocol):
    """Equal sheets make equal files."""

    def dump(self, sheet: Sheet) -> bytes: ...
    def load(self, content: bytes, kinds: Mapping[str, Kind]) -> Sheet:
        """The sheet in a file; `kinds` are those of the manifest, where the format keeps none."""


class JsonLines:
    """A record on each line: JSON as it came, moments in ISO 8601, and null for what is not there."""

    def dump(self, sheet: Sheet) -> bytes:
        values = {
            column: list(map(_on_one_line, sheet.values[column]))
            if kind is Kind.JSON
            else sheet.values[column]
            for column, kind in sheet.kinds.items()
        }
        rows = Sheet(sheet.kinds, values).rows()
        return b"".join(encode(dict(zip(values, row, strict=True))) + b"\n" for row in rows)

    def load(self, content: bytes, kinds: Mapping[str, Kind]) -> Sheet:
        records: list[dict[str, Any]] = [msgspec.json.decode(line) for line in content.splitlines()]
        values = {
            column: stored_as(kind, [record.get(column) for record in records])
            for column, kind in kinds.items()
        }
        return Sheet(kinds, values)


class ZippedJsonLines(JsonLines):
    """The same through gzip."""

    def dump(self, sheet: Sheet) -> bytes:
        return gzip.compress(super().dump(sheet), LEVEL, mtime=0)

    def load(self, content: bytes, kinds: Mapping[str, Kind]) -> Sheet:
        return super().load(gzip.decompress(content), kinds)


FORMATS = ("parquet", "jsonl", "jsonl.gz")


def format_of(name: str) -> Format:
    """A format by its name, which is the end of its files' names. Raises ConfigError."""
    if name == "parquet":
        from .parquet import Parquet  # noqa: PLC0415 - pyarrow is wanted by those only who use it

        return Parquet()
    if name not in FORMATS:
        raise ConfigError(f"format={name!r} is none of {', '.join(FORMATS)}")
    return JsonLines() if name == "jsonl" else ZippedJsonLines()


def _on_one_line(value: bytes | None) -> msgspec.Raw | None:
    if value is None:
        return None
    has_lines = b"\n" in value or b"\r" in value
    return msgspec.Raw(msgspec.json.format(value, indent=-1) if has_lines else value)
