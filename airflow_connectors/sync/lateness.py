"""
How late records appear, measured, so that the lookback follows.

A record is late that is new or changed although its cursor lies before the one that the last run reached.
Only what the lookback covers can be seen, so the lookback is kept at twice the lateness that was seen.
"""

from __future__ import annotations

from datetime import timedelta

from airflow_connectors.core import Cursor

WIDEST = 10  # times the declared lookback
FADING = 0.9  # of the lateness that is remembered from one run to the next


def lookback(cursor: Cursor, lateness: float) -> timedelta:
    """How far a run reads back; `lateness` in seconds. At least what is declared, at most ten times that."""
    return min(max(cursor.lookback, timedelta(seconds=2 * lateness)), WIDEST * cursor.lookback)
