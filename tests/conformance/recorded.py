"""Find the recorded answers that belong to a stream, and compare what we make of them, leaf by leaf."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from airflow_connectors.core import OnePage, Record, Request, Stream

from .vendors import Vendor


@dataclass(frozen=True)
class Exchange:
    """One recorded request and its answer; `number` counts within the file."""

    file: Path
    number: int
    method: str
    path: str
    recorded: Any

    @property
    def params(self) -> dict[str, str]:
        return self.recorded["request"].get("params") or {}

    @property
    def records(self) -> list[Record]:
        """The recorded records: the answer itself, or its longest list of objects."""
        answer = self.recorded["response"]
        if isinstance(answer, list):
            return answer
        lists = [value for value in answer.values() if isinstance(value, list) and _are_objects(value)]
        return max(lists, key=len, default=[])

    def alone_in(self, folder: Path) -> Path:
        """Write a recording of this exchange only, so that no other can answer in its place."""
        folder.mkdir()
        api = {self.method: {self.path: self.recorded}}
        (folder / "alone.test.json").write_text(json.dumps({"api": api}))
        return folder


@dataclass(frozen=True)
class Recording:
    """
    An exchange that a stream would have had for `partition`, and the records it must yield.

    `prefix` is the part of the recorded path that our requests lack, or the other way round.
    """

    vendor: Vendor
    stream: Stream
    exchange: Exchange
    partition: str | None
    prefix: str
    records: list[Record]

    def __str__(self) -> str:
        exchange = self.exchange
        return f"{self.vendor.name}.{self.stream.name} from {exchange.file.name} {exchange.number}"


def recordings_of(vendor: Vendor, folder: Path) -> Iterator[Recording]:
    """Every recorded answer that one of the vendor's streams would have got, or the step it leads to."""
    exchanges = list(exchanges_in(folder))
    for stream in vendor.hook_class.streams.values():
        found = _answering(vendor, stream, exchanges)
        for recording in found:
            if stream.follow:
                yield from _second_steps(recording, exchanges)
            else:
                yield replace(recording, records=[_lifted(r, stream.lift) for r in recording.records])


def exchanges_in(folder: Path) -> Iterator[Exchange]:
    """Every exchange that was recorded of a vendor."""
    for file in sorted(folder.glob("*.test.json")):
        number = 0
        for method, paths in (json.loads(file.read_text()).get("api") or {}).items():
            for path, answers in paths.items():
                for recorded in answers if isinstance(answers, list) else [answers]:
                    yield Exchange(file, number, method, path, recorded)
                    number += 1


def _answering(vendor: Vendor, stream: Stream, exchanges: list[Exchange]) -> list[Recording]:
    asked = "get" if stream.body is None else "post"
    pattern = vendor.recorded_under + _template(stream)
    return [
        _recording(vendor, stream, exchange, match)
        for exchange in exchanges
        if exchange.method in ("get", asked) and (match := re.fullmatch(pattern, exchange.path))
    ]


def _template(stream: Stream) -> str:
    """The stream's path as a pattern, with its partition as the group `partition`."""
    if not stream.partition:
        return re.escape(stream.path)
    braces = re.escape(f"{{{stream.partition.name}}}")
    return re.escape(stream.path).replace(braces, f"(?P<partition>{stream.partition.pattern})")


def _recording(vendor: Vendor, stream: Stream, exchange: Exchange, match: re.Match[str]) -> Recording:
    named = match.groupdict()
    name = f"{{{stream.partition.name}}}" if stream.partition else ""
    in_params = [exchange.params.get(key) for key, text in stream.params.items() if text == name]
    partition = named.get("partition") or next(iter(in_params), None)
    prefix = named.get("gateway") or vendor.mount
    return Recording(vendor, stream, exchange, partition, prefix, exchange.records)


def _second_steps(first: Recording, exchanges: list[Exchange]) -> Iterator[Recording]:
    """The answers to the requests that the first step leads to, each as a stream of its own."""
    follow = first.stream.follow
    assert follow
    for request in follow.requests(first.records):
        placed = first.stream.placed(request, first.partition)
        second = replace(_second(first.stream), path=placed.path, params=placed.params)
        for exchange in exchanges:
            if _is_answer(exchange, placed, first.vendor):
                yield replace(first, stream=second, exchange=exchange, records=_fresh(first, exchange))


def _second(stream: Stream) -> Stream:
    assert stream.follow
    return replace(stream, records=stream.follow.records, pages=OnePage(), cursor=None, follow=None)


def _fresh(first: Recording, exchange: Exchange) -> list[Record]:
    """The records that the first step did not have: a thread begins with its parent."""
    key = first.stream.key[-1]
    known = {record[key] for record in first.records}
    return [record for record in exchange.records if record[key] not in known]


def _is_answer(exchange: Exchange, request: Request, vendor: Vendor) -> bool:
    same_path = re.fullmatch(vendor.recorded_under + re.escape(request.path), exchange.path)
    same_params = all(exchange.params.get(name, value) == value for name, value in request.params.items())
    return bool(same_path) and same_params and exchange.method == request.method.lower()


def _are_objects(value: list[Any]) -> bool:
    return all(isinstance(item, dict) for item in value)


def _lifted(record: Record, lift: str) -> Record:
    """What a declared lift must make of a record: the inner object's fields beside the others."""
    outer = {name: value for name, value in record.items() if name != lift}
    inner = record[lift] if lift else {}
    return outer | {f"{lift}_{name}" if name in outer else name: value for name, value in inner.items()}


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
