"""From rows to figures. What is compared is compared within a round, where the machine was the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bench.trial import Row

HUNDRED_THOUSAND = 100_000
Rounds = dict[int, float]


@dataclass(frozen=True)
class Figures:
    """The rows that ended well, and what can be said of them."""

    rows: Sequence[Row]

    def some(self, **wanted: object) -> list[Row]:
        return [row for row in self.rows if wanted.items() <= row.items()]

    def rounds(self, column: str, **wanted: object) -> Rounds:
        """A column's value in each round."""
        found = self.some(**wanted, error="")
        return {row["round"]: float(row[column]) for row in found if column in row}

    def of(self, column: str, **wanted: object) -> float | None:
        return middle(self.rounds(column, **wanted))

    def sizes(self, scenario: str = "load") -> list[int]:
        return sorted({row["records"] for row in self.some(scenario=scenario)})

    def slopes(self, column: str, contestant: str) -> Rounds:
        """
        Per 100,000 more records: from the smallest load of a round to the largest. Of a single size it is the
        whole of it, less what the contestant says its start-up was.
        """
        small, large = self.sizes()[0], self.sizes()[-1]
        wanted = {"scenario": "load", "contestant": contestant, "flavour": "cursor"}
        less, more = (self.rounds(column, records=size, **wanted) for size in (small, large))
        if small == large:
            less = self.rounds("startup_cpu_s", records=small, **wanted) if column == "cpu_s" else {}
            return {n: (cost - less.get(n, 0.0)) / small * HUNDRED_THOUSAND for n, cost in more.items()}
        spread = (large - small) / HUNDRED_THOUSAND
        return {n: (more[n] - less[n]) / spread for n in more.keys() & less.keys()}

    def rates(self, contestant: str) -> Rounds:
        """Records a second, from the first request to the last commit, at the largest size."""
        size = self.sizes()[-1]
        walls = self.rounds("wall_s", scenario="load", contestant=contestant, flavour="cursor", records=size)
        return {n: size / wall for n, wall in walls.items()}

    def growth(self, contestant: str) -> Rounds:
        """MB that the largest load takes beyond the smallest."""
        small, large = self.sizes()[0], self.sizes()[-1]
        wanted = {"scenario": "load", "contestant": contestant, "flavour": "cursor"}
        less, more = (self.rounds("peak_mb", records=size, **wanted) for size in (small, large))
        return {n: more[n] - less[n] for n in more.keys() & less.keys()}

    def engine_times(self, contestant: str, flavour: str) -> Rounds:
        return self.rounds("wall_s", scenario="latency", contestant=contestant, flavour=flavour)


def ratios(one: Mapping[int, float], other: Mapping[int, float]) -> Rounds:
    """One by the other, round by round."""
    return {n: one[n] / other[n] for n in one.keys() & other.keys() if other[n]}


def middle(rounds: Mapping[int, float]) -> float | None:
    return median(rounds.values()) if rounds else None
