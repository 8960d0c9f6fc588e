"""What a run would do, without doing it: nothing is written, no epoch is taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from airflow_connectors.core import Page, Place, RateLimit, Stream, Window, read
from airflow_connectors.core.client import Sender
from airflow_connectors.core.partitions import title
from airflow_connectors.sync.batch import Batch
from airflow_connectors.sync.destination import Destination
from airflow_connectors.sync.engine import DEFAULTS
from airflow_connectors.sync.extent import RunKind
from airflow_connectors.sync.intake import Intaker
from airflow_connectors.sync.ledger import State
from airflow_connectors.sync.options import Options
from airflow_connectors.sync.partition import window_of
from airflow_connectors.sync.prepare import Find

from .altering import alterations
from .estimating import Estimate, counted, from_rows, from_runs, least, quota, seconds
from .survey import NEW, Survey, Surveyor
from .text import aligned, as_plain, lasting

SHOWN = 20  # partitions


@dataclass(frozen=True)
class Reading:
    """What would be read of one partition. `goes_on` says where an interrupted window would."""

    partition: str
    since: datetime | None
    until: datetime
    goes_on: str = ""

    def as_row(self) -> dict[str, Any]:
        return {**vars(self), "since": self.since or "the beginning"}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """
    What a run would do: the windows it would read, what that would cost, and what it would change.

    `seconds` is None where nothing tells. `alterations` are the tables and columns that it would make.
    """

    stream: str
    table: str
    kind: RunKind
    readings: Sequence[Reading]
    estimate: Estimate
    seconds: float | None
    quota: str
    alterations: Sequence[str]
    notes: Sequence[str]

    def __str__(self) -> str:
        about = [
            ("reads", f"{self.kind.value}, {len(self.readings):,} partition(s)"),
            ("requests", str(self.estimate)),
            ("quota", self.quota),
            ("time", "unknown" if self.seconds is None else f"about {lasting(self.seconds)}"),
            *(("changes", line) for line in self.alterations or ("no table or column, as far as is known",)),
            *(("note", line) for line in self.notes),
        ]
        shown = aligned([reading.as_row() for reading in self.readings[:SHOWN]]).splitlines()
        more = len(self.readings) - SHOWN
        lines = [*(f"{name:10}{value}" for name, value in about), "", *shown]
        lines += [f"and {more:,} more"] if more > 0 else []
        return "\n".join([f"{self.stream} -> {self.table}", *(f"  {line}".rstrip() for line in lines)])

    def as_dict(self) -> dict[str, Any]:
        plain: dict[str, Any] = as_plain(asdict(self))
        return plain


@dataclass(frozen=True)
class Planner:
    """
    Says what `Sync.run` would do now, given the same.

    `limit` is what the service allows, `secret` finds the keys that transforms name. With `probe`, which
    sends a request, the first page of each stream's first partition is read; nothing else is ever asked.
    """

    destination: Destination
    connection: str
    limit: RateLimit | None = None
    probe: Sender | None = None
    secret: Find | None = None

    def plan(
        self, stream: Stream, partitions: Iterable[Place | None] = (None,), options: Options = DEFAULTS
    ) -> Plan:
        places, now = {title(place): place for place in partitions}, datetime.now(UTC)
        listed = list(places)
        found = Surveyor(self.destination, self.connection, stream, options, self.secret).survey(listed)
        readings = [_reading(stream, options, name, found.states.get(name, NEW), now) for name in listed]
        page = _probed(stream, readings[0], places[listed[0]], self.probe) if self.probe and listed else None
        estimate = _estimate(stream, found, readings, page)
        made = [f"create table _sync_{name}" for name in found.absent]
        return Plan(
            stream=stream.name,
            table=f"{self.destination.schema}.{found.shaping.table}",
            kind=found.kind,
            readings=readings,
            estimate=estimate,
            seconds=seconds(estimate, found.runs, self.limit),
            quota=quota(estimate, self.limit) if self.limit else "the integration declares no limit",
            alterations=[*made, *alterations(found.targets, _rows(stream, found, page))],
            notes=list(_notes(stream, options, found)),
        )


def _reading(stream: Stream, options: Options, name: str, state: State, now: datetime) -> Reading:
    resume = state.resume
    is_whole = options.is_snapshot_of(stream)
    window = resume.window if resume else window_of(stream, options, state, now, is_whole=is_whole)
    goes_on = f"after {resume.read:,} records, at {resume.request}" if resume else ""
    return Reading(name, window.since, window.until, goes_on)


def _probed(stream: Stream, reading: Reading, place: Place | None, send: Sender) -> Page:
    window = Window(reading.since, reading.until)
    return next(iter(read(replace(stream, follow=None), send, window, place)))


def _rows(stream: Stream, found: Survey, page: Page | None) -> Sequence[tuple[str, Batch]]:
    """The rows that a first page would become; of references nothing is known."""
    if page is None or stream.follow:
        return ()
    return Intaker(stream, found.shaping).take(page).batches


def _estimate(stream: Stream, found: Survey, readings: Sequence[Reading], page: Page | None) -> Estimate:
    if page is not None:
        return counted(stream, page, len(readings))
    if found.runs:
        since = min((reading.since for reading in readings if reading.since), default=None)
        window = readings[0].until - since if since and readings else None
        return from_runs(found.runs, len(readings), window)
    if found.rows and found.kind is RunKind.FULL and stream.pages.size:
        return from_rows(found.rows, stream.pages.size[1], len(readings))
    return least(len(readings))


def _notes(stream: Stream, options: Options, found: Survey) -> Iterator[str]:
    if found.is_lost:
        yield "there is a state but no table: everything is read from the beginning"
    if options.is_snapshot_of(stream):
        verb = "removed" if options.removes_rows else "marked as deleted"
        yield f"a complete reading: rows that it does not show are {verb}"
    if options.is_backfill:
        yield "a window of its own: the state of the live sync is neither used nor moved"
        if not stream.cursor:
            yield f"{stream.name} has no cursor, so the window does not limit what is read"
    if stream.follow:
        yield "records are fetched by what the pages refer to, which takes further requests"
