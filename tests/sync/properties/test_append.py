"""Appending: every version that was there when a run finished is one row, and none is two."""

from __future__ import annotations

from hypothesis import given

from airflow_connectors.sync import Write

from .game import Game
from .plans import LOUD, shapes, steps
from .world import Act


@given(shape=shapes(has_cursor=True), steps=steps())
def test_an_incremental_append_keeps_every_version_once(destination, shape, steps):
    Game(destination, shape, Write.APPEND).play(steps)


@given(shape=shapes(has_cursor=False), steps=steps([*LOUD, Act.SILENT]))
def test_reading_everything_again_appends_only_what_changed(destination, shape, steps):
    Game(destination, shape, Write.APPEND).play(steps)
