"""Replacing: the table is the world, and until a reading is complete it is what it was."""

from __future__ import annotations

from hypothesis import given

from airflow_connectors.sync import Write

from .game import Game
from .plans import LOUD, shapes, steps
from .world import Act


@given(shape=shapes(has_etags=False), steps=steps([*LOUD, Act.SILENT]))
def test_a_replacement_is_exact_and_never_shows_a_part(destination, shape, steps):
    Game(destination, shape, Write.REPLACE).play(steps)
