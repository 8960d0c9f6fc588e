"""Which worlds, services and interruptions hypothesis draws."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from airflow_connectors.core import Order

from .game import Attempt, Step
from .service import Paging, Shape
from .world import Act, Change

SIZES = st.integers(1, 6)
PICKS = st.integers(0, 40)
COMMITS = st.sampled_from([1, 400, 1500, 8 * 2**20])
BOXES = st.sampled_from([("",), ("",), ("a",), ("a", "b"), ("a", "b", "c d")])
LOUD = [Act.INSERT, Act.INSERT, Act.UPDATE, Act.DELETE, Act.RESTORE, Act.LATE, Act.TICK]
GROWTH = [Act.INSERT, Act.INSERT, Act.LATE, Act.TICK]


def changes(acts: list[Act], most: int = 12) -> st.SearchStrategy[tuple[Change, ...]]:
    one = st.builds(
        Change, act=st.sampled_from(acts), box=st.integers(0, 2), pick=PICKS, minutes=st.integers(1, 700)
    )
    return st.lists(one, max_size=most).map(tuple)


def shapes(**fixed: Any) -> st.SearchStrategy[Shape]:
    drawn: dict[str, st.SearchStrategy[Any]] = {
        "paging": st.sampled_from(Paging),
        "order": st.sampled_from(Order),
        "size": SIZES,
        "has_cursor": st.booleans(),
        "can_filter": st.booleans(),
        "by_day": st.booleans(),
        "lookback": st.sampled_from([0, 1, 5, 60]),
        "has_total": st.booleans(),
        "has_etags": st.booleans(),
        "boxes": BOXES,
        "shortened": st.lists(st.integers(0, 3), min_size=1, max_size=4).map(tuple),
    }
    found = st.builds(Shape, **{**drawn, **{name: st.just(value) for name, value in fixed.items()}})
    return found.filter(is_counted).filter(is_told)


def is_counted(shape: Shape) -> bool:
    """Whether a service's total counts what is read: a feed that ends at older ones reads less of a day."""
    return not (shape.has_total and shape.by_day and shape.order is Order.NEWEST_FIRST)


def is_told(shape: Shape) -> bool:
    """Whether "not modified" means so: equal times may change behind a feed's first page."""
    is_feed = shape.has_cursor and shape.order is Order.NEWEST_FIRST
    return not (shape.has_etags and is_feed and not shape.lookback)


def attempts(*, full: bool) -> st.SearchStrategy[Any]:
    """Up to three runs that are refused somewhere, and one that is let through."""
    kinds = st.booleans() if full else st.just(value=False)
    through = st.builds(Attempt, is_full=kinds, commit_bytes=COMMITS)
    refused = st.builds(
        Attempt,
        refused_at=st.integers(1, 8),
        status=st.sampled_from([400, 503]),
        is_full=kinds,
        commit_bytes=COMMITS,
    )
    return st.tuples(st.lists(refused, max_size=3), through).map(lambda drawn: (*drawn[0], drawn[1]))


def steps(acts: list[Act] = LOUD, *, full: bool = False) -> st.SearchStrategy[tuple[Step, ...]]:
    """A short history: what happens, and the runs after it, while which nothing happens."""
    one = st.builds(Step, changes=changes(acts), attempts=attempts(full=full))
    return st.lists(one, min_size=1, max_size=5).map(tuple)


def drifting(acts: list[Act]) -> st.SearchStrategy[tuple[Attempt, ...]]:
    """Runs while which the world moves, some of them refused."""
    moves = st.lists(st.tuples(st.integers(1, 8), changes(acts, most=5)), min_size=1, max_size=3).map(tuple)
    one = st.builds(
        Attempt,
        refused_at=st.sampled_from([0, 0, 2, 3, 5]),
        commit_bytes=COMMITS,
        between=changes(acts),
        drifts=moves,
    )
    return st.lists(one, min_size=1, max_size=4).map(tuple)
