"""Which trials a bench consists of, in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench.contestants import ALL
from bench.trial import Trial

LATENCY_MS = 50
SLOW = 20_000
SECOND = 50_000
SCENARIOS = ("load", "latency", "second")
LOADERS = tuple(name for name in ALL if name != "fetch")
IN_LATENCY = ("fetch", "ours", "dlt_tuned", "naive")
IN_SECOND = ("ours", "naive", "hooks", "dlt_tuned", "singer_tuned", "pyairbyte")


@dataclass(frozen=True)
class Plan:
    """What is asked for. Without anything said, everything."""

    only: Sequence[str] = ()
    records: Sequence[int] = (50_000, 200_000)
    rounds: int = 5
    scenarios: Sequence[str] = field(default=SCENARIOS)
    flavours: Sequence[str] = field(default=("cursor",))

    def trials(self) -> Iterator[Trial]:
        """
        Round by round, so that what the machine does meanwhile hits all alike. Each round begins with
        another contestant, because it matters who comes after whom.
        """
        for number in range(1, self.rounds + 1):
            for scenario in self.scenarios:
                yield from getattr(self, f"_{scenario}")(number)

    def _load(self, number: int) -> Iterator[Trial]:
        for name in self._turned(LOADERS, number):
            for flavour in self.flavours:
                for records in self.records:
                    yield Trial("load", name, flavour, records, number)

    def _latency(self, number: int) -> Iterator[Trial]:
        for flavour in ("cursor", "pages"):
            for name in self._turned(IN_LATENCY, number):
                yield Trial("latency", name, flavour, min(SLOW, *self.records), number, LATENCY_MS)

    def _second(self, number: int) -> Iterator[Trial]:
        for name in self._turned(IN_SECOND, number):
            yield Trial("second", name, "cursor", min(SECOND, *self.records), number)

    def _soak(self, number: int) -> Iterator[Trial]:
        for records in (min(self.records), max(self.records)):
            yield Trial("soak", "ours", "cursor", records, number)

    def _turned(self, names: Sequence[str], number: int) -> list[str]:
        wanted = [name for name in names if name in ALL and (not self.only or name in self.only)]
        by = (number - 1) % len(wanted) if wanted else 0
        return [*wanted[by:], *wanted[:by]]
