"""Merging: after every run the table is the world, record by record and column by column."""

from __future__ import annotations

from hypothesis import given

from .game import Game
from .plans import LOUD, shapes, steps
from .world import Act


@given(shape=shapes(has_cursor=True), steps=steps())
def test_an_incremental_merge_is_exact_however_often_it_is_interrupted(destination, shape, steps):
    Game(destination, shape).play(steps)


@given(shape=shapes(has_cursor=False), steps=steps([*LOUD, Act.SILENT]))
def test_a_complete_reading_shows_silent_changes_and_deletes(destination, shape, steps):
    Game(destination, shape).play(steps)


@given(shape=shapes(has_cursor=True), steps=steps(full=True))
def test_full_refreshes_and_incremental_runs_may_follow_each_other_in_any_way(destination, shape, steps):
    Game(destination, shape).play(steps)
