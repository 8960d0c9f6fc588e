"""Who is measured: each a process of its own, each with what it needs in an environment of its own."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Contestant:
    """
    `program` is a module of this package, or a shell script that joins several programs. `venv` names the
    requirements to install for it; without one it runs in the repository's own environment. `table` is
    where its rows are to be found; `is_exact` says that the table has the columns as they came.
    """

    name: str
    title: str
    program: str
    variant: str = ""
    venv: str = ""
    table: str = ""
    is_exact: bool = False

    def command(self, python: Path, arguments: tuple[str, ...]) -> list[str]:
        if self.program.endswith(".sh"):
            return ["sh", str(HERE / self.program), *arguments]
        return [str(python), "-m", f"bench.contestants.{self.program}", *arguments]


OURS = Contestant("ours", "ours", "ours", table="ours.issues", is_exact=True)
LIMIT = Contestant("limit", "limit by hand", "limit", table="public.issues", is_exact=True)
NAIVE = Contestant("naive", "requests + executemany", "naive", table="public.issues", is_exact=True)
FETCH = Contestant("fetch", "bare client, no database", "fetch")
ALL = {contestant.name: contestant for contestant in (OURS, LIMIT, NAIVE, FETCH)}
OWN = Path(sys.executable)
