"""The processes that sync: begun, killed when their time has come, and counted by how they ended."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from dataclasses import dataclass, field

from .schedule import Schedule
from .victim import CODES, Ending, Errand, Fate, When, launch

LONGEST = 60.0  # seconds; a run that takes longer hangs
ENDINGS = {code: ending for ending, code in CODES.items()}


@dataclass
class Life:
    """One run's process."""

    pid: int
    run: int
    fate: Fate
    began: float

    @property
    def age(self) -> float:
        return time.monotonic() - self.began


@dataclass
class Lives:
    """All of one round. `dead` counts the processes that SIGKILL ended, as the system says."""

    schedule: Schedule
    dead: Counter[When] = field(default_factory=Counter)
    endings: Counter[Ending] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def begin(self, errand: Errand, fate: Fate) -> Life:
        return Life(launch(errand, fate), errand.run, fate, time.monotonic())

    def reap(self, lives: list[Life]) -> None:
        """Until all of them have ended."""
        while lives := [life for life in lives if not self._has_ended(life)]:
            time.sleep(0.001)

    def _has_ended(self, life: Life) -> bool:
        pid, status = os.waitpid(life.pid, os.WNOHANG)
        if not pid:
            self._strike(life)
        elif os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            self.dead[life.fate.when] += 1
            self.schedule.killed(life.fate)
        else:
            self._survived(life, os.waitstatus_to_exitcode(status))
        return bool(pid)

    def _strike(self, life: Life) -> None:
        if life.age > LONGEST:
            self.faults.append(f"run {life.run} hung")
        if life.age > LONGEST or (life.fate.when is When.INSTANT and life.age >= life.fate.seconds):
            os.kill(life.pid, signal.SIGKILL)

    def _survived(self, life: Life, code: int) -> None:
        ending = ENDINGS.get(code, Ending.FAULT)
        self.endings[ending] += 1
        if ending is Ending.FAULT:
            self.faults.append(f"run {life.run} ended with {code}")
        self.schedule.survived(life.fate, life.age if ending is Ending.DONE else None)
