"""Taking over partitions: a new epoch for each, and where the last run left it."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace

from airflow_connectors.core import Place

from .ledger import State
from .listing import Listing
from .partition import PartitionRun
from .run import Run
from .snapshot import Snapshot

log = logging.getLogger(__name__)


def claimed(run: Run, partitions: Iterable[Place | None]) -> list[PartitionRun]:
    """Claim partitions, which ends every earlier run of them. A backfill has no state and claims nothing."""
    parts = _parts(run, partitions)
    for part in parts if run.listing is Listing.RECORDS else ():
        run.extent.add(part.state, part.resumed)
    return parts


def _parts(run: Run, partitions: Iterable[Place | None]) -> list[PartitionRun]:
    if run.options.is_backfill:
        return [PartitionRun(run, partition, State(epoch=0)) for partition in partitions]
    keys = {run.key(partition): partition for partition in partitions}
    with run.conn.begin():
        states = run.ledger.claim(run.conn, list(keys)) if keys else {}
        return [_claimed(run, partition, states[key]) for key, partition in keys.items()]


def _claimed(run: Run, partition: Place | None, state: State) -> PartitionRun:
    if not run.has_tables and (state.cursor or state.etag or state.resume):
        log.warning("%s: there is a state but no table; reading from the beginning", run.summary.table)
        state = State(epoch=state.epoch)
    part = PartitionRun(run, partition, state, state.resume)
    return part if _is_resumable(run, part) else PartitionRun(run, partition, replace(state, resume=None))


def _is_resumable(run: Run, part: PartitionRun) -> bool:
    """Whether the interrupted window can go on: this run is of its kind, and nothing of it has been lost."""
    if part.resumed is None:
        return True
    snapshots = [Snapshot(run, part, tables) for tables in run.targets.values()]
    is_there = any(snapshot.is_there for snapshot in snapshots)
    if part.resumed.is_snapshot == part.is_snapshot and (not part.is_snapshot or is_there):
        return True
    log.warning("%s: an interrupted run of another kind is given up", part.key)
    for snapshot in snapshots:
        snapshot.discard()
    return False
