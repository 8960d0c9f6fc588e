"""From rows to figures: medians of each contestant, and their slopes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.trial import Row

HUNDRED_THOUSAND = 100_000


@dataclass(frozen=True)
class Figures:
    """Medians over the rows that ended well; None where there is no such row."""

    rows: Sequence[Row]

    def of(self, column: str, **wanted: object) -> float | None:
        found = [
            row[column]
            for row in self.rows
            if not row["error"] and column in row and wanted.items() <= row.items()
        ]
        return float(median(found)) if found else None

    def sizes(self) -> list[int]:
        return sorted({row["records"] for row in self.rows if row["scenario"] == "load"})

    def errors(self, **wanted: object) -> list[str]:
        return [row["error"] for row in self.rows if row["error"] and wanted.items() <= row.items()]

    def count(self, **wanted: object) -> int:
        return sum(not row["error"] and wanted.items() <= row.items() for row in self.rows)

    def per_100k(self, column: str, contestant: str, flavour: str = "cursor") -> float | None:
        """The slope between the smallest and the largest size; of a single size, start-up apart."""
        small, large = self.sizes()[0], self.sizes()[-1]
        wanted = {"scenario": "load", "contestant": contestant, "flavour": flavour}
        more, less = self.of(column, records=large, **wanted), self.of(column, records=small, **wanted)
        if more is None or less is None:
            return None
        if small == large:
            start = self.of("startup_cpu_s", records=small, **wanted) if column == "cpu_s" else None
            return (more - (start or 0.0)) / small * HUNDRED_THOUSAND
        return (more - less) / (large - small) * HUNDRED_THOUSAND

    def rate(self, contestant: str, flavour: str = "cursor") -> float | None:
        """Records a second, from the first request to the last commit, at the largest size."""
        records = self.sizes()[-1]
        wall = self.of("wall_s", scenario="load", contestant=contestant, flavour=flavour, records=records)
        return records / wall if wall else None
