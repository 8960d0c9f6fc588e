"""What the engine is meant to reach, and whether it did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench.figures import Figures, Rounds, middle, ratios
from bench.records import EVERY

SIZE = 100
MB_IN_SOAK = 140


@dataclass(frozen=True)
class Goal:
    """A figure of each round, and the bound that their median has to keep: "at least" or "at most"."""

    what: str
    sense: str
    bound: float
    unit: str
    rounds: Callable[[Figures], Rounds]

    def line(self, figures: Figures) -> list[str] | None:
        """The goal's line in the table; None where nothing was measured."""
        found = self.rounds(figures)
        reached = middle(found)
        if reached is None:
            return None
        is_met = reached >= self.bound if self.sense == "at least" else reached <= self.bound
        spread = f"{self._shown(min(found.values()))} to {self._shown(max(found.values()))}"
        goal = f"{self.sense} {self._shown(self.bound)}"
        return [self.what, goal, self._shown(reached), spread, "yes" if is_met else "**NO**"]

    def _shown(self, value: float) -> str:
        digits = 0 if self.unit in (" rows", " requests") else 2
        return f"{value:,.{digits}f}{self.unit}"


def cheaper(than: str) -> Callable[[Figures], Rounds]:
    def compared(figures: Figures) -> Rounds:
        if not figures.sizes():
            return {}
        return ratios(figures.slopes("cpu_s", than), figures.slopes("cpu_s", "ours"))

    return compared


def loaded(rounds: Callable[[Figures], Rounds]) -> Callable[[Figures], Rounds]:
    return lambda figures: rounds(figures) if figures.sizes() else {}


def slow(one: str, other: str, flavour: str) -> Callable[[Figures], Rounds]:
    return lambda figures: ratios(figures.engine_times(one, flavour), figures.engine_times(other, flavour))


def second(column: str, wanted: Callable[[int], float]) -> Callable[[Figures], Rounds]:
    """How far a column of ours is from what the number of records lets expect."""

    def beyond(figures: Figures) -> Rounds:
        found = figures.some(scenario="second", contestant="ours", error="")
        return {row["round"]: row[column] - wanted(row["records"]) for row in found}

    return beyond


def soaked(
    compared: Callable[[Mapping[int, float], Mapping[int, float]], Rounds],
) -> Callable[[Figures], Rounds]:
    def peaks(figures: Figures) -> Rounds:
        sizes = figures.sizes("soak")
        if not sizes:
            return {}
        few, many = (
            figures.rounds("peak_mb", scenario="soak", contestant="ours", records=size)
            for size in (sizes[0], sizes[-1])
        )
        return compared(many, few)

    return peaks


GOALS = (
    Goal("CPU per record: dlt, tuned / ours", "at least", 10, "x", cheaper("dlt_tuned")),
    Goal("CPU per record: PyAirbyte / ours", "at least", 15, "x", cheaper("pyairbyte")),
    Goal("CPU per record: requests + executemany / ours", "at least", 2.5, "x", cheaper("naive")),
    Goal(
        "records/s: ours / the limit by hand",
        "at least",
        0.65,
        "x",
        loaded(lambda figures: ratios(figures.rates("ours"), figures.rates("limit"))),
    ),
    Goal(
        "memory beyond that of the small load",
        "at most",
        10,
        " MB",
        loaded(lambda figures: figures.growth("ours")),
    ),
    Goal("50 ms latency, page tokens: ours / floor", "at most", 1.05, "x", slow("ours", "fetch", "cursor")),
    Goal("50 ms latency, page numbers: ours / floor", "at most", 1.2, "x", slow("ours", "fetch", "pages")),
    Goal("50 ms latency, page numbers: dlt / ours", "at least", 6, "x", slow("dlt_tuned", "ours", "pages")),
    Goal(
        "second run: requests beyond the changed pages",
        "at most",
        1,
        " requests",
        second("requests", lambda records: records // EVERY // SIZE),
    ),
    Goal(
        "second run: rows written beyond the changed ones",
        "at most",
        0,
        " rows",
        second("written", lambda records: records // EVERY),
    ),
    Goal("second run: the engine's own CPU", "at most", 0.3, " s", second("engine_cpu_s", lambda _: 0.0)),
    Goal("soak: peak memory", "at most", MB_IN_SOAK, " MB", soaked(lambda many, _: dict(many))),
    Goal("soak: peak memory by that of the small load", "at most", 1.15, "x", soaked(ratios)),
)
