"""Those who judge chaos see what is wrong: each thing that can be is shown to them here."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from .judge import Findings, Truth, judge_ledger, judge_quiet, judge_run, judge_sight, judge_table
from .observer import Sight
from .streams import KINDS
from .world import World, shown

MERGE, SNAPSHOT = KINDS[0], KINDS[1]


@pytest.fixture
def truth() -> Truth:
    world = World(boxes=("",), in_time=True, updates=True, deletes=True, seed=1)
    world.grow(8)
    versions = [(record["box"], shown(record)) for record in world.versions]
    return Truth(versions=versions, current=[record["version"] for record in world.records.values()])


@pytest.fixture
def rows(truth: Truth) -> list[dict[str, Any]]:
    return [{**record, "_deleted_at": None} for _, record in deepcopy(truth.versions)]


def judged(truth, rows, kind=MERGE) -> Findings:
    findings = Findings()
    judge_table(findings, kind, truth, rows)
    return findings


def test_a_table_that_is_as_the_source_is_clean(truth, rows):
    assert judged(truth, rows).is_clean


def test_a_row_that_is_missing_is_lost(truth, rows):
    assert judged(truth, rows[1:]).lost == 1


def test_a_row_of_an_older_version_is_lost(truth, rows):
    truth.versions.append(("", {**truth.versions[3][1], "version": 8}))
    truth.current[3] = 8
    assert judged(truth, rows).lost == 1


def test_a_row_that_is_there_twice_is_doubled(truth, rows):
    assert judged(truth, [*rows, rows[0]]).doubled > 0


@pytest.mark.parametrize("column", ["name", "size", "ratio", "is_open", "labels", "updated_at"])
def test_any_column_that_differs_is_a_fault(truth, rows, column):
    rows[0][column] = {"is_open": False, "updated_at": "2020-01-01T00:00:00Z"}.get(column, 7)
    assert judged(truth, rows).faults


def test_a_row_of_a_record_that_is_gone_is_a_fault_in_a_snapshot(truth, rows):
    truth.current.remove(2)
    assert judged(truth, rows).is_clean
    assert judged(truth, rows, SNAPSHOT).faults


def test_a_row_that_was_seen_to_go_is_lost(truth):
    findings = Findings()
    judge_sight(findings, SNAPSHOT, truth, Sight(looks=9, gone=[[1]]))
    assert findings.lost == 1


def test_a_row_that_went_with_its_record_is_not_lost(truth):
    truth.current.remove(0)
    findings = Findings()
    judge_sight(findings, SNAPSHOT, truth, Sight(looks=9, gone=[[1]]))
    assert findings.is_clean


def test_keys_that_were_seen_twice_are_doubled_and_not_looking_is_a_fault(truth):
    sight, findings = Sight(), Findings()
    judge_sight(findings, MERGE, truth, sight)
    assert findings.faults
    sight.see([(1,), (2,), (2,)])
    judge_sight(findings, MERGE, truth, sight)
    assert findings.doubled == 1


RUN = {
    "run_id": "r",
    "new": 8,
    "changed": 0,
    "unchanged": 0,
    "deleted": 0,
    "rejected": 0,
    "pages": 1,
    "requests": 1,
    "verdict": "complete",
    "error": None,
    "finished_at": "now",
}


@pytest.mark.parametrize("name", ["new", "deleted", "rejected"])
def test_accounts_that_do_not_add_up_are_a_fault(rows, name):
    findings = Findings()
    judge_ledger(findings, MERGE, rows, [RUN])
    assert findings.is_clean
    judge_ledger(findings, MERGE, rows, [{**RUN, name: 9}])
    assert findings.faults


@pytest.mark.parametrize(
    ("name", "value"), [("requests", 2), ("verdict", "partial"), ("error", "none"), ("finished_at", None)]
)
def test_a_run_that_says_other_than_the_ledger_or_the_service_is_a_fault(name, value):
    findings = Findings()
    judge_run(findings, RUN, [RUN], {"requests": 1})
    assert findings.is_clean
    judge_run(findings, RUN, [{**RUN, name: value}], {"requests": 1})
    assert findings.faults


def test_a_quiet_run_that_counts_other_than_the_table_is_a_fault(rows):
    findings, asked = Findings(), {"records": 8, "requests": 1}
    judge_quiet(findings, MERGE, RUN, asked, before=[], after=rows)
    assert findings.is_clean
    judge_quiet(findings, MERGE, {**RUN, "changed": 1}, asked, before=[], after=rows)
    assert findings.faults
