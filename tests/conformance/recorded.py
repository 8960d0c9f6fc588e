"""Find the recorded answers that belong to a stream, and compare what we make of them, leaf by leaf."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airflow_connectors.core import Record, Stream

from .vendors import Vendor


@dataclass(frozen=True)
class Recording:
    """One recorded answer that a stream would have got for `partition`; `number` counts within the file."""

    vendor: Vendor
    stream: Stream
    file: Path
    number: int
    partition: str | None
    answer: Any

    @property
    def records(self) -> list[Record]:
        """The recorded records: the answer itself, or its longest list of objects."""
        if isinstance(self.answer, list):
            return self.answer
        lists = [value for value in self.answer.values() if isinstance(value, list)]
        return max((value for value in lists if _is_of_objects(value)), key=len, default=[])

    def __str__(self) -> str:
        return f"{self.vendor.name}.{self.stream.name} from {self.file.name} {self.number}"


def recordings_of(vendor: Vendor, folder: Path) -> Iterator[Recording]:
    """Every recorded answer that one of the vendor's streams would have got."""
    for file in sorted(folder.glob("*.test.json")):
        for number, (method, path, exchange) in enumerate(_exchanges(file)):
            for stream in vendor.hook_class.streams.values():
                if method not in ("get", _method(stream)):
                    continue  # a POST to the same path creates
                if (found := _asked(vendor, stream, path, exchange)) is not None:
                    yield Recording(vendor, stream, file, number, found[0], exchange["response"])


def _exchanges(file: Path) -> Iterator[tuple[str, str, Any]]:
    for method, paths in (json.loads(file.read_text()).get("api") or {}).items():
        for path, answers in paths.items():
            for exchange in answers if isinstance(answers, list) else [answers]:
                yield method, path, exchange


def _method(stream: Stream) -> str:
    return "get" if stream.body is None else "post"


def _asked(vendor: Vendor, stream: Stream, path: str, exchange: Any) -> tuple[str | None] | None:
    """The partition a recorded request names, if it is the stream's request."""
    partition = stream.partition
    if not partition:
        return (None,) if re.fullmatch(vendor.recorded_under + re.escape(stream.path), path) else None
    braces = f"{{{partition.name}}}"
    template = re.escape(stream.path).replace(re.escape(braces), f"(?P<value>{partition.pattern})")
    if not (match := re.fullmatch(vendor.recorded_under + template, path)):
        return None
    asked = exchange["request"].get("params") or {}
    in_params = [asked.get(name) for name, text in stream.params.items() if text == braces]
    return (match.groupdict().get("value") or in_params[0],)


def _is_of_objects(value: list[Any]) -> bool:
    return all(isinstance(item, dict) for item in value)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every scalar, null and empty container in a value, with where it stands."""
    if isinstance(value, dict | list) and value:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from leaves(item, f"{path}.{key}" if path else str(key))
    else:
        yield path, value


def lost(recorded: list[Record], received: list[Record]) -> list[str]:
    """Where a recorded leaf is missing or altered in what was received: the seam for any destination."""
    there = {path: (type(value), value) for path, value in leaves(received)}
    return [path for path, value in leaves(recorded) if there.get(path) != (type(value), value)]
