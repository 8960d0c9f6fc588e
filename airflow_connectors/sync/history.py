"""
A run beside those before it: is what it did what they did?

Only runs of one kind are compared, and only by the median and its spread, which a few odd runs do not move.
What recurs by hour, weekday or season is not modelled: it counts as usual once two of the compared runs have
been as far out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from .ledger import Ledger

MOST, LEAST = 30, 8  # runs compared, and those needed to say anything
FEW = 10  # records: streams that bring fewer may well bring none
FAR = 5.0  # spreads from the median
SHARE = 0.1  # of the median, the least that counts as its spread
NORMAL = 1.4826  # of a normal distribution, the standard deviation in median absolute deviations
SEEN_TWICE = 2

Account = Mapping[str, Any]


@dataclass(frozen=True)
class Measure:
    """
    One number of a run. `floor` is the least spread in its own unit: less is noise.

    Where `is_low_odd`, less than usual is as odd as more.
    """

    name: str
    of: Callable[[Account], float]
    floor: float
    is_low_odd: bool = False
    unit: str = ""


def latency(run: Account) -> float:
    """Seconds per request, without the waits."""
    requests: int = run["requests"]
    return max((run["seconds"] or 0) - (run["waited"] or 0), 0) / requests if requests else 0.0


def records(run: Account) -> int:
    return int(run["new"] + run["changed"] + run["unchanged"] + run["rejected"])


MEASURES = (
    Measure("new rows", lambda run: run["new"], floor=2, is_low_odd=True),
    Measure("changed rows", lambda run: run["changed"], floor=2),
    Measure("deleted rows", lambda run: run["deleted"], floor=2),
    Measure("rejected records", lambda run: run["rejected"], floor=1),
    Measure("requests", lambda run: run["requests"], floor=1, is_low_odd=True),
    Measure("seconds per request", latency, floor=0.1, unit=" s"),
    Measure("seconds waited", lambda run: run["waited"] or 0, floor=2, unit=" s"),
)


@dataclass(frozen=True)
class Outlier:
    """A number of a run that is far from what it was in the runs before."""

    measure: Measure
    value: float
    usual: float
    runs: int

    def __str__(self) -> str:
        unit, name = self.measure.unit, self.measure.name
        return (
            f"{name}: {self.value:,.6g}{unit}, usually {self.usual:,.6g}{unit} (median of {self.runs} runs)"
        )


def outliers(run: Account, before: Sequence[Account]) -> Iterator[Outlier]:
    """What is unusual about a run. Nothing, where there are too few to compare it with."""
    if len(before) < LEAST:
        return
    for measure in MEASURES:
        value, usual = measure.of(run), [measure.of(one) for one in before]
        if is_outlier(value, usual, measure):
            yield Outlier(measure, value, median(usual), len(before))


def is_outlier(value: float, before: Sequence[float], measure: Measure) -> bool:
    middle = median(before)
    if value < middle and not measure.is_low_odd:
        return False
    deviations = [abs(one - middle) for one in before]
    spread = max(NORMAL * median(deviations), SHARE * abs(middle), measure.floor)
    if abs(value - middle) <= FAR * spread:
        return False
    is_high = value > middle
    return sum(one >= value if is_high else one <= value for one in before) < SEEN_TWICE


def has_run_dry(run: Account, before: Sequence[Account]) -> bool:
    """Whether no record came where many always did."""
    return len(before) >= LEAST and not records(run) and min(map(records, before)) >= FEW


def comparable(
    conn: Connection, ledger: Ledger, run_id: str, values: Mapping[str, Any], *, most: int = MOST
) -> list[Account]:
    """The latest runs with these values that came to their end, the newest first; not `run_id` itself."""
    runs = ledger.runs.c
    where = [runs[name] == value for name, value in values.items()]
    is_done = sa.and_(runs.finished_at.is_not(None), runs.error.is_(None), runs.run_id != run_id)
    query = sa.select(ledger.runs).where(*where, is_done).order_by(runs.started_at.desc()).limit(most)
    return [dict(row) for row in conn.execute(query).mappings()]


def described(found: Iterable[Outlier]) -> list[str]:
    return [f"unusual {outlier}" for outlier in found]
