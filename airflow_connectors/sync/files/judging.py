"""A run, once all is listed, held against what was expected of it and against the runs before."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from airflow_connectors.core import ConfigError, Stream
from airflow_connectors.sync.expectations import Anomalies, Expect, Found, too_old, unmet
from airflow_connectors.sync.extent import RunKind
from airflow_connectors.sync.history import MOST, Account, described, has_run_dry, outliers, records
from airflow_connectors.sync.verdict import Doubt, Verdict

from . import layout
from .run import FileRun

log = logging.getLogger(__name__)


def check(expect: Expect, stream: Stream) -> None:
    """Raise ConfigError for what this stream, or files, can never fulfil, before anything is read."""
    expect.check(stream)
    if expect.min_rows:
        raise ConfigError(
            "min_rows: versions of records are in files, and nobody counts rows; use min_records"
        )


def judge(run: FileRun) -> None:
    """Doubt the run for what it should have brought and did not, and remember it for those to come."""
    summary, expect = run.settle(run.summary), run.options.expect
    found = Found(stream=summary.stream, records=summary.records, newest=_newest(run), now=datetime.now(UTC))
    for doubt in unmet(expect, found):
        summary.doubt(doubt)
    for doubt in () if run.options.is_backfill else too_old(expect, found):
        summary.doubt(doubt)
    kind = run.extent.kind(run.stream, run.options)
    if kind in (RunKind.INCREMENTAL, RunKind.FULL):
        _compare(run, kind)


def _newest(run: FileRun) -> datetime | None:
    """The cursor of the partition that is furthest, of those that were asked for."""
    return max(run.reached, default=None)


def _compare(run: FileRun, kind: RunKind) -> None:
    name = layout.history(run.connection, run.summary.table, kind.value)
    before: list[Account] = msgspec.json.decode(run.store.read(name) or b"[]")
    account = run.summary.as_dict()
    _doubt(run, account, before)
    run.store.write(name, msgspec.json.encode([account, *before[: MOST - 1]]))


def _doubt(run: FileRun, account: dict[str, Any], before: Sequence[Account]) -> None:
    summary, options = run.summary, run.options
    if has_run_dry(account, before) and not run.extent.unmodified and not options.expect.may_be_empty:
        least = min(map(records, before))
        reason = (
            f"{summary.stream}: no record came, where each of the last {len(before)} runs brought at least "
            f"{least:,}; if that is right, Expect(may_be_empty=True)"
        )
        summary.doubt(Doubt(Verdict.SUSPICIOUS, reason))
    for reason in described(outliers(account, before)) if options.anomalies is not Anomalies.IGNORE else ():
        log.warning("%s: %s", summary.stream, reason)
        if options.anomalies is Anomalies.FAIL:
            summary.doubt(Doubt(Verdict.SUSPICIOUS, reason))
        else:
            summary.reasons.append(reason)
