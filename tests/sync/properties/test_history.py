"""Histories: every version that was current when a run finished, valid from one run to another."""

from __future__ import annotations

from hypothesis import given

from airflow_connectors.sync import Write

from .game import Game
from .plans import LOUD, shapes, steps
from .world import Act


@given(shape=shapes(has_cursor=True), steps=steps(full=True))
def test_versions_follow_each_other_over_incremental_runs_and_full_refreshes(destination, shape, steps):
    Game(destination, shape, Write.SCD2).play(steps)


@given(shape=shapes(has_cursor=False), steps=steps([*LOUD, Act.SILENT]))
def test_versions_follow_each_other_over_complete_readings(destination, shape, steps):
    Game(destination, shape, Write.SCD2).play(steps)
