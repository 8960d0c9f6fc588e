"""Whether a round came out right: the table against the source, the account against everybody else's."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from airflow_connectors.sync import Write
from tests.sync.properties.rows import expected, stored

from .observer import Sight
from .streams import Kind

Row = dict[str, Any]
Version = tuple[str, int, int]  # box, record, version


@dataclass
class Findings:
    """What is wrong. `lost` and `doubled` are records, `faults` are sentences."""

    lost: int = 0
    doubled: int = 0
    faults: list[str] = field(default_factory=list)

    def require(self, what: str, found: Any, wanted: Any) -> None:
        if found != wanted:
            self.faults.append(f"{what}: {found} instead of {wanted}")

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.faults)


@dataclass
class Truth:
    """What the source says that it has, and ever had."""

    versions: list[tuple[str, Row]]
    current: list[int]

    @property
    def now(self) -> set[Version]:
        return {self.version(number) for number in self.current}

    def version(self, number: int) -> Version:
        box, record = self.versions[number]
        return box, record["id"], number


def judge_sight(findings: Findings, kind: Kind, truth: Truth, sight: Sight) -> None:
    """No row was there twice, and none went away that was not removed from the source."""
    findings.require("whether anybody looked", sight.looks > 0, wanted=True)
    findings.doubled += sight.doubled
    kept = {kind.key_of(*truth.versions[number]) for number in truth.current}
    findings.lost += sum(tuple(key) in kept or not kind.is_snapshot for key in sight.gone)


def judge_table(findings: Findings, kind: Kind, truth: Truth, rows: list[Row]) -> None:
    """Every row is a version that there was, column by column; what is there now is there, and once."""
    for row in rows:
        box, record = truth.versions[row["version"]]
        findings.require(f"row {box}/{record['id']}", stored(row), expected(record))
        findings.require(f"box of {record['id']}", row.get("_box", ""), box)
    live = [row for row in rows if row[kind.over] is None]
    versions = {(row.get("_box", ""), row["id"], row["version"]) for row in live}
    findings.lost += len(truth.now - versions)
    findings.doubled += doubled(kind.keys, live) + doubled(("_box", "id", "version"), rows)
    if kind.is_snapshot:
        findings.require("rows of records that are gone", sorted(versions - truth.now), [])
    if kind.write is Write.REPLACE:
        findings.require("rows", len(rows), len(truth.now))


def doubled(names: Sequence[str], rows: list[Row]) -> int:
    """Rows whose key another one has."""
    keys = Counter(tuple(row.get(name) for name in names) for row in rows)
    return sum(keys.values()) - len(keys)


def judge_ledger(findings: Findings, kind: Kind, rows: list[Row], ledger: list[Row]) -> None:
    """The runs' accounts add up to the table, although most of them were killed."""
    total = {name: sum(run[name] for run in ledger) for name in ("new", "changed", "deleted", "rejected")}
    ended = sum(row[kind.over] is not None for row in rows)
    removed = total["deleted"] if kind.write is Write.REPLACE else 0
    more = total["changed"] if kind.write is Write.SCD2 else 0  # a change ends a row and begins one
    findings.require("new, in all accounts", total["new"], len(rows) + removed - more)
    findings.require("deleted, in all accounts", total["deleted"] + more, ended + removed)
    findings.require("rejected, in all accounts", total["rejected"], 0)


def judge_run(findings: Findings, summary: Row, ledger: list[Row], asked: Row) -> None:
    """A run that came to its end said what the service and the ledger say."""
    (row,) = (row for row in ledger if row["run_id"] == summary["run_id"])
    for name in ("new", "changed", "unchanged", "deleted", "rejected", "pages", "requests", "verdict"):
        findings.require(f"{name} in the ledger of {row['run_id']}", row[name], summary[name])
    findings.require(f"verdict of {row['run_id']}", (row["verdict"], row["error"]), ("complete", None))
    findings.require(f"requests of {row['run_id']}", row["requests"], asked["requests"])
    findings.require(f"whether {row['run_id']} has ended", row["finished_at"] is not None, wanted=True)


def judge_quiet(
    findings: Findings, kind: Kind, summary: Row, asked: Row, *, before: list[Row], after: list[Row]
) -> None:
    """A run in a world at rest: what it counts is what the service showed and what the table changed."""
    read = summary["new"] + summary["changed"] + summary["unchanged"]
    findings.require("records of the quiet run", read, asked["records"])
    findings.require("pages of the quiet run", summary["pages"], asked["requests"])
    began = summary["new"] + (summary["changed"] if kind.write is Write.SCD2 else 0)
    removed = summary["deleted"] if kind.write is Write.REPLACE else 0
    findings.require("rows that the quiet run began", began, len(after) - len(before) + removed)
    wrote = summary["changed"] + summary["deleted"]
    findings.require("rows that the quiet run wrote", wrote, changed(before, after))


def changed(before: list[Row], after: list[Row]) -> int:
    """How many rows of before are not what they were."""
    rest = Counter(map(signed, before)) - Counter(map(signed, after))
    return sum(rest.values())


def signed(row: Row) -> str:
    return json.dumps(row, sort_keys=True, default=str)
