"""A run, once all is written, held against what was expected of it and against the runs before."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from .expectations import Anomalies, Found, too_old, unmet
from .extent import RunKind
from .history import Account, comparable, described, has_run_dry, outliers, records
from .run import Run
from .schema import schema_version
from .verdict import Doubt, Verdict
from .write import live_rows

log = logging.getLogger(__name__)


def judge(run: Run) -> None:
    """Doubt the run for what it should have brought and did not. Reads the destination, writes nothing."""
    summary = run.settle(run.summary)
    with run.conn.begin():
        found = _found(run)
        before = _before(run)
    expect = run.options.expect
    for doubt in unmet(expect, found):
        summary.doubt(doubt)
    if not run.options.is_backfill:
        for doubt in too_old(expect, found):
            summary.doubt(doubt)
    _compare(run, {**summary.as_dict()}, before)


def particulars(run: Run) -> dict[str, Any]:
    """What the account says of a run besides its summary."""
    return {
        "kind": _kind(run).value,
        "partitions": run.extent.partitions,
        "is_shaped": run.intaker.shaping.is_needed,
        "schema_version": schema_version(run.targets),
    }


def _kind(run: Run) -> RunKind:
    return run.extent.kind(run.stream, run.options)


def _found(run: Run) -> Found:
    expect = run.options.expect
    return Found(
        stream=run.summary.stream,
        records=run.summary.records,
        rows=_rows(run) if expect.min_rows else None,
        newest=_newest(run) if expect.max_age is not None else None,
        now=datetime.now(UTC),
    )


def _rows(run: Run) -> int:
    """Rows of records, in whichever table; the elements of their arrays are none."""
    return sum(live_rows(run.conn, tables, {}) for tables in run.targets.values() if not tables.parent)


def _newest(run: Run) -> datetime | None:
    """The cursor of the partition that is furthest; as texts of one zone they sort by time."""
    state = run.ledger.state.c
    where = (state.connection == run.connection, state.stream == run.summary.table)
    newest = run.conn.execute(sa.select(sa.func.max(state.cursor)).where(*where)).scalar_one()
    return datetime.fromisoformat(newest) if newest else None


def _before(run: Run) -> list[Account]:
    """The runs to compare this one with. A window of its own, or the rest of one, is like no other."""
    kind = _kind(run)
    if run.options.anomalies is Anomalies.IGNORE and run.options.expect.may_be_empty:
        return []
    if kind not in (RunKind.INCREMENTAL, RunKind.FULL):
        return []
    summary = run.summary
    alike = {
        "connection": run.connection,
        "stream": summary.stream,
        "table_name": summary.table,
        "kind": kind.value,
    }
    return comparable(run.conn, run.ledger, summary.run_id, alike)


def _compare(run: Run, account: Account, before: list[Account]) -> None:
    summary, options = run.summary, run.options
    if has_run_dry(account, before) and not run.extent.unmodified and not options.expect.may_be_empty:
        least = min(map(records, before))
        reason = (
            f"{summary.stream}: no record came, where each of the last {len(before)} runs brought at least "
            f"{least:,}; if that is right, Expect(may_be_empty=True)"
        )
        summary.doubt(Doubt(Verdict.SUSPICIOUS, reason))
    if options.anomalies is Anomalies.IGNORE:
        return
    for reason in described(outliers(account, before)):
        log.warning("%s: %s", summary.stream, reason)
        if options.anomalies is Anomalies.FAIL:
            summary.doubt(Doubt(Verdict.SUSPICIOUS, reason))
        else:
            summary.reasons.append(reason)
