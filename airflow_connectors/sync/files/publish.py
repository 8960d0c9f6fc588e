"""
The end of a window: its manifests, by which its files begin to count.

A snapshot counts instead of what was there before, unless it is in doubt: then it counts besides, so that
nothing leaves, or where it is suspiciously small, not at all.
"""

from __future__ import annotations

from dataclasses import replace

from airflow_connectors.sync.partition import PartitionRun
from airflow_connectors.sync.snapshot import FEW
from airflow_connectors.sync.verdict import Doubt, Verdict

from . import layout
from .manifest import Manifest
from .run import FileRun
from .state import Stored, Underway
from .tail import joined


def publish(run: FileRun, reading: PartitionRun, stored: Stored, underway: Underway) -> Stored:
    """List a finished window, and return its partition's state with what is known of it."""
    sizes = {table: _living(underway, table) for table in run.fields}
    if reading.is_snapshot and _shrinks(run, reading, stored, sizes):
        return stored
    is_instead = reading.is_snapshot and _is_believed(reading)
    listed = [table for table in run.fields if is_instead or table in underway.files]
    for table in listed:
        manifest = _manifest(run, reading, underway, table)
        manifest = replace(manifest, is_snapshot=is_instead)
        folder = layout.manifests(run.connection, table, reading.key.partition)
        run.store.write(f"{folder}/{layout.slug(underway.name)}.json", manifest.dump())
    return _followed(stored, underway, sizes, is_instead=is_instead)


def _living(underway: Underway, table: str) -> int:
    return sum(file.rows - file.gone for file in underway.files.get(table, []))


def _followed(stored: Stored, underway: Underway, sizes: dict[str, int], *, is_instead: bool) -> Stored:
    """What is known of the files that count now: these, and unless they count instead, those before."""
    if is_instead:
        return replace(stored, largest=sizes, tail=underway.tail)
    largest = {table: max(rows, stored.largest.get(table, 0)) for table, rows in sizes.items()}
    return replace(stored, largest=largest, tail=joined(stored.tail, underway.tail))


def _shrinks(run: FileRun, reading: PartitionRun, stored: Stored, sizes: dict[str, int]) -> bool:
    """Whether a complete reading shows so little that it is more likely wrong than true."""
    for table, now in sizes.items():
        before = stored.largest.get(table, 0)
        options = run.options
        if options.allow_shrink or before < FEW or now >= before * (1 - options.expect.max_shrink):
            continue
        reason = (
            f"{reading.key} shrank from {before:,} to {now:,} records, so the old files stay; "
            "if that is right, run once with allow_shrink=True"
        )
        reading.watch.doubts.append(Doubt(Verdict.SUSPICIOUS, reason))
        reading.is_refused = True
    return reading.is_refused


def _is_believed(reading: PartitionRun) -> bool:
    """Whether what a snapshot does not show is gone."""
    if reading.has_rejects:
        reason = "records were rejected, so the old files stay beside the new ones"
        reading.watch.doubts.append(Doubt(Verdict.PARTIAL, reason))
    return not reading.watch.doubts


def _manifest(run: FileRun, reading: PartitionRun, underway: Underway, table: str) -> Manifest:
    files, key, fields = underway.files.get(table, []), reading.key, run.fields[table]
    return Manifest(
        connection=key.connection,
        stream=run.stream.name,
        table=table,
        partition=key.partition,
        window=underway.name,
        run_id=run.summary.run_id,
        key=fields.columns(run.intaker.shaping.keys[table]),
        is_snapshot=reading.is_snapshot,
        begun=underway.begun,
        since=underway.since,
        until=underway.until,
        cursor_from=reading.state.cursor,
        cursor_to=reading.position.cursor,
        rows=_living(underway, table),
        gone=sum(file.gone for file in files),
        schema=underway.kinds.get(table, {}),
        fields={
            column: name for column, name in fields.given.items() if column in underway.kinds.get(table, {})
        },
        files=files,
    )
