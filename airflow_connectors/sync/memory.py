"""Python's cycle collector, told that decoding JSON makes many objects and no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

ALLOCATIONS = 20_000


@contextmanager
def unhurried() -> Iterator[None]:
    """Look for cycles once in 20,000 allocations: once in 700, as by default, costs a fifth of a sync."""
    before = gc.get_threshold()
    gc.set_threshold(ALLOCATIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
