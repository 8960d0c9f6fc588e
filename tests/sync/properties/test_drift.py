"""
The world moves while its pages are read.

What was not there, or moved, while a window was read may be missed by that window. The promise is that
nothing is ever lost or doubled in the table, and that after one quiet run everything is exact.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from airflow_connectors.core import Order
from airflow_connectors.sync import Write

from .game import Game
from .plans import GROWTH, LOUD, drifting, shapes
from .service import Paging
from .world import Act

WRITES = st.sampled_from([Write.MERGE, Write.APPEND, Write.SCD2])


def play(game: Game, attempts) -> None:
    for attempt in attempts:
        game.drift(attempt)
    game.settle()


@given(shape=shapes(has_cursor=True, paging=Paging.TOKEN), write=WRITES, attempts=drifting(LOUD))
def test_tokens_miss_nothing_in_whatever_order(destination, shape, write, attempts):
    play(Game(destination, shape, write), attempts)


@given(shape=shapes(has_cursor=True), write=WRITES, attempts=drifting(GROWTH))
def test_positions_miss_nothing_while_a_list_only_grows(destination, shape, write, attempts):
    play(Game(destination, shape, write), attempts)


@given(shape=shapes(has_etags=False), attempts=drifting([*LOUD, Act.SILENT]))
def test_a_replacement_after_any_drift_is_exact(destination, shape, attempts):
    play(Game(destination, shape, Write.REPLACE), attempts)


@given(shape=shapes(has_cursor=False), attempts=drifting([*LOUD, Act.SILENT]))
def test_a_complete_reading_after_any_drift_is_exact(destination, shape, attempts):
    play(Game(destination, shape), attempts)


@given(shape=shapes(has_cursor=True, can_filter=False, order=Order.OLDEST_FIRST), attempts=drifting(LOUD))
def test_what_is_read_from_the_beginning_each_time_heals_any_drift(destination, shape, attempts):
    play(Game(destination, shape), attempts)
