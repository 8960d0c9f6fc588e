"""All rounds together, counted."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle, product
from pathlib import Path

from .places import Place, places
from .round import Round, Service
from .schedule import Schedule
from .source import Server, Source
from .streams import KINDS, Kind
from .victim import When

A_ROUND = 25  # kills


@dataclass
class Total:
    """What all rounds come to. `resumes` and `requests` are the service's own account."""

    seed: int
    kills: Counter[When] = field(default_factory=Counter)
    lost: int = 0
    doubled: int = 0
    faults: int = 0
    resumes: int = 0
    requests: int = 0
    runs: Iterator[int] = field(default_factory=lambda: count(1))
    schedules: dict[tuple[str, str], Schedule] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.faults)

    def __str__(self) -> str:
        return (
            f"chaos: kills={self.kills.total()} resumes={self.resumes} requests={self.requests} "
            f"lost={self.lost} doubled={self.doubled}"
        )

    def play(self, kills: int) -> None:
        """Kill that many, in every kind of stream and every place in turn."""
        began = time.monotonic()
        with source(self.seed) as service, places() as everywhere:
            share = max(1, min(A_ROUND, kills // (len(KINDS) * len(everywhere))))
            for number, (kind, place) in enumerate(cycle(product(KINDS, everywhere))):
                left = kills - self.kills.total()
                if left <= 0:
                    break
                played = self._round(number, kind, place, service, min(left, share))
                say(f"{time.monotonic() - began:4.0f} s  {described(played)}")
            self._close(service)

    def _round(self, number: int, kind: Kind, place: Place, service: Service, kills: int) -> Round:
        chance = random.Random(f"{self.seed} {kind.name} {place.name}")  # noqa: S311 - to be repeated, not secret
        schedule = self.schedules.setdefault((kind.name, place.name), Schedule(chance))
        with notes() as folder:
            played = Round(number, kind, place, service, folder, schedule, self.runs, kills)
            played.play()
        self.kills += played.lives.dead
        self.lost += played.findings.lost
        self.doubled += played.findings.doubled
        self.faults += len(played.findings.faults)
        return played

    def _close(self, service: Service) -> None:
        account = service.tell("account")
        self.requests = account["requests"]
        self.resumes = sum(run["went_on"] for run in account["runs"].values())
        furthest = max(max(schedule.dead, default=0) for schedule in self.schedules.values())
        say(f"{killed(self.kills)}; commits that had their turn: the first {furthest}")
        say(f"{account['mishaps']} requests were answered by 429, 5xx or a dropped connection")


@contextmanager
def source(seed: int) -> Iterator[Service]:
    """The service, in a process of its own."""
    server = Server(Source(seed))
    if not (pid := os.fork()):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        server.serve()
    port = server.server_address[1]
    server.socket.close()
    try:
        yield Service(f"http://127.0.0.1:{port}")
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


@contextmanager
def notes() -> Iterator[Path]:
    """A folder in which runs leave word."""
    folder = Path(tempfile.mkdtemp(prefix="chaos-notes-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def described(played: Round) -> str:
    endings = ", ".join(f"{number} {ending}" for ending, number in played.lives.endings.items())
    findings, sight = played.findings, played.sight
    verdict = "exact" if findings.is_clean else f"lost {findings.lost}, doubled {findings.doubled}"
    faults = "".join(f"\n    {fault[-2000:]}" for fault in findings.faults[:10])
    return (
        f"{played.kind.name} into {played.place.name}: {killed(played.lives.dead)}; {endings}; "
        f"{played.restarts} restarts; {sight.rows:,} rows, looked at {sight.looks:,} times: {verdict}{faults}"
    )


def killed(dead: Counter[When]) -> str:
    return f"{dead.total()} killed ({', '.join(f'{number} {when}' for when, number in sorted(dead.items()))})"


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
