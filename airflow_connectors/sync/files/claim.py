"""Taking over partitions, and finding the window to read: a new one, or one that an earlier run left."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

from airflow_connectors.core import Place, Window
from airflow_connectors.sync.listing import Listing
from airflow_connectors.sync.options import Options
from airflow_connectors.sync.partition import PartitionRun

from . import layout
from .part import FilePart
from .run import FileRun
from .state import TICK, States, Stored, Underway


def claimed(run: FileRun, partitions: Sequence[Place | None]) -> list[FilePart]:
    """Claim partitions, several at a time: each is a request or two. A backfill claims nothing."""
    take = _backfilled if run.options.is_backfill else _claimed
    with ThreadPoolExecutor(max(1, run.options.concurrency)) as pool:
        parts = list(pool.map(lambda partition: take(run, partition), partitions))
    for part in parts if run.listing is Listing.RECORDS else ():
        run.extent.add(part.reading.state, part.reading.resumed)
        run.reached += filter(None, [part.stored.position.cursor])
    return parts


def _backfilled(run: FileRun, partition: Place | None) -> FilePart:
    stored = Stored()
    reading = PartitionRun(run, partition, stored.state, None)
    window, now = reading.watch.window, datetime.now(UTC)
    underway = _begun(_interval(run.options), now, min(now, window.until), window)
    return FilePart(run, reading, States(run.store, run.summary.run_id), stored, underway)


def _claimed(run: FileRun, partition: Place | None) -> FilePart:
    states = States(run.store, run.summary.run_id)
    key = run.key(partition)
    stored, now = states.claim(key), datetime.now(UTC)
    reading = PartitionRun(run, partition, replace(stored.state, resume=None), None)
    if stored.is_resumable(is_snapshot=reading.is_snapshot, now=now) and stored.underway:
        underway = stored.underway
        reading = _continued(run, partition, stored, underway)
    else:
        underway = _fresh(run, reading, stored, now)
        stored = replace(stored, position=replace(stored.position, resume=None))
    states.save(key, replace(stored, underway=underway))
    return FilePart(run, reading, states, stored, underway)


def _continued(run: FileRun, partition: Place | None, stored: Stored, underway: Underway) -> PartitionRun:
    reading = PartitionRun(run, partition, stored.state, stored.position.resume)
    if stored.position.resume is None:
        reading.watch.window = underway.bounds
    return reading


def _fresh(run: FileRun, reading: PartitionRun, stored: Stored, now: datetime) -> Underway:
    """A window that begins after everything before it, whatever the clock of this machine says."""
    begun = max(now, stored.numbered_to + TICK) if stored.numbered_to else now
    name = layout.stamp(begun)
    if run.listing is not Listing.RECORDS:
        name = f"{name}-{run.listing.value}"
    return replace(_begun(name, begun, begun, reading.watch.window), is_snapshot=reading.is_snapshot)


def _begun(name: str, begun: datetime, numbered_from: datetime, window: Window) -> Underway:
    return Underway(name, begun, numbered_from, window.since, window.until, is_snapshot=False)


def _interval(options: Options) -> str:
    """The name of a backfill's window: the next run of the same interval takes its place."""
    bounds = (options.since, options.until)
    return "_".join(layout.stamp(bound) if bound else "open" for bound in bounds)
