"""What a command spends: CPU by wait4, memory by looking at its whole tree every 20 ms."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
LOOK = 0.02
CENSUS = 10  # looks between two searches for new processes
GONE = (FileNotFoundError, ProcessLookupError)


def stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on; the second may hold blanks."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def processes() -> Iterator[tuple[int, list[str]]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(*GONE):
                yield int(folder.name), stat(int(folder.name))


def children(parent: int) -> list[int]:
    return [pid for pid, fields in processes() if int(fields[1]) == parent]


def members(session: int) -> list[int]:
    return [pid for pid, fields in processes() if int(fields[3]) == session]


def seconds(pid: int, *, with_reaped: bool = False) -> float:
    """CPU seconds of a process, and of its children that have ended."""
    try:
        fields = stat(pid)
    except GONE:
        return 0.0
    return sum(map(int, fields[11:15] if with_reaped else fields[11:13])) / TICK


def resident(pids: Iterable[int]) -> int:
    total = 0
    for pid in pids:
        with suppress(*GONE):
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    return total


@dataclass
class Spent:
    """What one command took. `memory` are (seconds since the start, bytes) of the whole tree."""

    code: int
    cpu_s: float
    began: float
    ended: float
    memory: list[tuple[float, int]] = field(default_factory=list)

    @property
    def peak(self) -> int:
        return max((size for _, size in self.memory), default=0)


def run(
    command: Sequence[str], *, environment: Mapping[str, str], cwd: Path, log: Path, patience: float
) -> Spent:
    """Run a command to its end, or kill it and all its children after `patience` seconds."""
    with log.open("w") as output:
        began = time.time()
        process = subprocess.Popen(
            command, env=environment, cwd=cwd, stdout=output, stderr=output, start_new_session=True
        )
    ended, memory = Event(), list[tuple[float, int]]()
    watcher = Thread(target=watch, args=(process.pid, ended, patience, memory))
    watcher.start()
    try:
        _, status, usage = os.wait4(process.pid, 0)
        finish = time.time()
    finally:  # also when the bench is interrupted
        ended.set()
        watcher.join()
        end(process.pid)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Spent(process.returncode, usage.ru_utime + usage.ru_stime, began, finish, memory)


def watch(session: int, ended: Event, patience: float, memory: list[tuple[float, int]]) -> None:
    began, looks, pids = time.monotonic(), 0, [session]
    while not ended.wait(LOOK):
        if looks % CENSUS == 0:
            pids = members(session)
        looks += 1
        elapsed = time.monotonic() - began
        memory.append((elapsed, resident(pids)))
        if elapsed > patience:
            end(session)


def end(session: int) -> None:
    """End what a command left running."""
    for pid in members(session):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
