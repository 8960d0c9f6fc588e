"""The bases of what a DAG can do: one action, or reading a stream to files or XCom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from airflow.sdk import BaseOperator, ObjectStoragePath

from airflow_connectors.core import ConfigError, Record

from .declared import Declared, H, is_literal

if TYPE_CHECKING:
    from airflow.sdk import Context

XCOM_BYTES = 2**20
LINES_BYTES = 2**20

encode = msgspec.json.Encoder().encode


class ConnectorOperator(Declared[H], BaseOperator):
    """One action against one service."""


class StreamOperator(Declared[H], BaseOperator):
    """What reading and syncing share: the window, and the options that name partitions."""

    since: datetime | str | None = None
    until: datetime | str | None = None

    def options(self) -> dict[str, Any]:
        """The partition options of this operator: `repositories` for GitHub."""
        declared = {
            stream.partition.option for stream in self.hook_class.streams.values() if stream.partition
        }
        return {name: getattr(self, name) for name in declared if getattr(self, name, None)}

    def check_stream(self, name: str) -> None:
        """Raise ConfigError for a stream that does not exist or lacks its partitions."""
        partition = self.hook_class.stream(name).partition
        if partition is None:
            return
        given = getattr(self, partition.option, None)
        if not given and not partition.stream:
            raise ConfigError(f"{name} is read per {partition.name}: name them in {partition.option}=[…]")
        if given and is_literal(given):
            for value in [given] if isinstance(given, str) else given:
                partition.place(value)


class ReadOperator(StreamOperator[H]):
    """
    Read a stream's records to `output_path` as JSON lines, or into XCom if they are small.

    The path is any that ObjectStoragePath takes (`s3://…`, `file:///…`); it appears when it is complete.
    Returns the records, or the path and their number. More than 1 MiB into XCom raises ConfigError.
    """

    stream: str
    output_path: str = ""

    def validate(self) -> None:
        if is_literal(self.stream):
            self.check_stream(self.stream)

    def execute(self, context: Context) -> list[Record] | dict[str, Any]:
        window = {"since": moment(self.since), "until": moment(self.until)}
        records = self.hook.read(self.stream, **window, **self.options())
        return self._written(records) if self.output_path else self._returned(records)

    def _returned(self, records: Iterator[Record]) -> list[Record]:
        kept, size = [], 0
        for record in records:
            size += len(encode(record))
            if size > XCOM_BYTES:
                raise ConfigError(
                    f"{self.stream} has more than 1 MiB, too much for XCom: give an output_path"
                )
            kept.append(record)
        return kept

    def _written(self, records: Iterator[Record]) -> dict[str, Any]:
        target, part = ObjectStoragePath(self.output_path), ObjectStoragePath(f"{self.output_path}.part")
        count = 0
        with part.open("wb", buffering=LINES_BYTES) as file:
            for count, record in enumerate(records, start=1):  # noqa: B007 - counted for the result
                file.write(encode(record) + b"\n")
        part.replace(target)
        return {"path": self.output_path, "records": count}


def moment(value: datetime | str | None) -> datetime | None:
    """A moment as DAG authors write it; without a zone it is UTC. Raises ConfigError."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value) if value else None
        except ValueError as error:
            raise ConfigError(f"{value!r} is not a moment: write it as 2026-01-31T12:00:00Z") from error
    return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value
