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
            return ["bash", str(HERE / self.program), *arguments]
        return [str(python), "-m", f"bench.contestants.{self.program}", *arguments]


ALL = {
    contestant.name: contestant
    for contestant in (
        Contestant("ours", "ours", "ours", table="ours.issues", is_exact=True),
        Contestant("limit", "limit by hand", "limit", table="public.issues", is_exact=True),
        Contestant("naive", "requests + executemany", "naive", table="public.issues", is_exact=True),
        Contestant("hooks", "HttpHook + insert_rows", "hooks", venv="airflow", table="public.issues", is_exact=True),
        Contestant("dlt_tuned", "dlt, tuned", "with_dlt", "tuned", venv="dlt", table="peer.issues"),
        Contestant("dlt", "dlt", "with_dlt", venv="dlt", table="peer.issues"),
        Contestant("singer_tuned", "singer-sdk, tuned", "singer.sh", "tuned", venv="singer", table="peer.issues"),
        Contestant("singer", "singer-sdk", "singer.sh", venv="singer", table="peer.issues"),
        Contestant("pyairbyte", "PyAirbyte", "pyairbyte", venv="airbyte", table="peer.issues"),
        Contestant("fetch", "bare client, no database", "fetch"),
    )
}
OWN = Path(sys.executable)
