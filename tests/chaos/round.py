"""One round: a stream is synced while it is killed again and again, and must come out right."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .judge import Findings, Truth, judge_ledger, judge_quiet, judge_run, judge_sight, judge_table
from .lives import Life, Lives
from .observer import Observer, Sight
from .places import Place
from .schedule import Schedule
from .streams import Kind
from .table import Table
from .victim import Errand, Fate

TOGETHER = 0.25  # how often a second run of the stream begins beside the first
RESTART = 0.08  # how often the database is torn down under them
RECORDS = 600
COMMITS = (1, 1, 20_000, 8 * 2**20)  # bytes: a page, a few, all


@dataclass(frozen=True)
class Service:
    """The source's process, as seen from here."""

    base: str

    def tell(self, verb: str, **body: Any) -> Any:
        request = urllib.request.Request(f"{self.base}/{verb}", json.dumps(body).encode())  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - loopback
            return json.load(answer)


@dataclass
class Round:
    """Kills until `kills` are dead, then lets the world rest, runs to the end, and judges."""

    number: int
    kind: Kind
    place: Place
    service: Service
    notes: Path
    schedule: Schedule
    runs: Iterator[int]
    kills: int
    restarts: int = 0
    begun: list[int] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)
    sight: Sight = field(default_factory=Sight)

    def __post_init__(self) -> None:
        self.world, self.schema = f"world{self.number}", f"round {self.number}"
        self.url = self.place.url(self.number)
        self.random = self.schedule.random
        self.lives = Lives(self.schedule)

    def play(self) -> None:
        self.service.tell("new", name=self.world, size=RECORDS, seed=self.number, **self.kind.world)
        observer = Observer(self.table("things"), self.kind)
        try:
            self._wild()
            summary, run, before = self._quiet()
        finally:
            self.sight = observer.report()
        self._judge(summary, run, before)

    def _wild(self) -> None:
        self.service.tell("wild", name=self.world, is_wild=True)
        while self.lives.dead.total() < self.kills:
            is_alone = self.random.random() >= TOGETHER
            lives = [self._begin(self.schedule.next() if is_alone else self.schedule.perhaps())]
            if not is_alone:
                time.sleep(self.schedule.pause())
                lives.append(self._begin(self.schedule.perhaps()))
            if self.place.can_restart and self.random.random() < RESTART:
                time.sleep(self.schedule.pause())
                self.place.restart()
                self.restarts += 1
            self.lives.reap(lives)
        self.service.tell("wild", name=self.world, is_wild=False)

    def _quiet(self) -> tuple[dict[str, Any], int, list[dict[str, Any]]]:
        """The open window is finished; then one run in a world at rest makes everything exact."""
        self._last()
        before = self.table("things").rows()
        return *self._last(), before

    def _last(self) -> tuple[dict[str, Any], int]:
        """A run that is not killed, and must come to its end."""
        life = self._begin(Fate())
        self.lives.reap([life])
        return json.loads((self.notes / f"{life.run}.json").read_text()), life.run

    def _judge(self, summary: dict[str, Any], run: int, before: list[dict[str, Any]]) -> None:
        findings, kind = self.findings, self.kind
        truth = Truth(**self.service.tell("truth", name=self.world))
        asked = self.service.tell("account")["runs"]
        rows, ledger = self.table("things").rows(), self.table("_sync_runs").rows()
        judge_table(findings, kind, truth, rows)
        judge_sight(findings, kind, truth, self.sight)
        judge_ledger(findings, kind, rows, ledger)
        judge_quiet(findings, kind, summary, asked[str(run)], before=before, after=rows)
        for number in self.begun:
            if (said := self.notes / f"{number}.json").exists():
                judge_run(findings, json.loads(said.read_text()), ledger, asked[str(number)])
        findings.require("whether each account is of a run", len(ledger) <= len(self.begun), wanted=True)
        findings.faults += self.lives.faults
        findings.faults += [path.read_text() for path in sorted(self.notes.glob("*.fault"))]

    def table(self, name: str) -> Table:
        return Table(self.url, self.schema, name)

    def _begin(self, fate: Fate) -> Life:
        run = next(self.runs)
        self.begun.append(run)
        errand = Errand(
            run=run,
            url=self.url,
            schema=self.schema,
            base=self.service.base,
            world=self.world,
            kind=self.kind,
            commit_bytes=self.random.choice(COMMITS),
            notes=self.notes,
        )
        return self.lives.begin(errand, fate)
