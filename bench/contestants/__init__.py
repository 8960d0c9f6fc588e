"""Who is measured: each a process of its own, each with what it needs in an environment of its own."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
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
    settings: Mapping[str, str] = field(default_factory=dict)

    def command(self, python: Path, arguments: tuple[str, ...]) -> list[str]:
        if self.program.endswith(".sh"):
            return ["bash", str(HERE / self.program), *arguments]
        return [str(python), "-m", f"bench.contestants.{self.program}", *arguments]


DLT = {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "WARNING"}
# Workers share the files between them: without a limit of their size there is only one.
# https://dlthub.com/docs/reference/performance
TUNED_DLT = {**DLT, "NORMALIZE__WORKERS": "2", "EXTRACT__DATA_WRITER__FILE_MAX_ITEMS": "25000"}
# Neither telemetry nor the registry of connectors: both are elsewhere.
AIRBYTE = {"DO_NOT_TRACK": "1", "AIRBYTE_OFFLINE_MODE": "1"}
BY_HAND, PEER = "public.issues", "peer.issues"
ALL = {
    contestant.name: contestant
    for contestant in (
        Contestant("ours", "ours", "ours", table="ours.issues", is_exact=True),
        Contestant("limit", "the limit, by hand", "limit", table=BY_HAND, is_exact=True),
        Contestant("naive", "requests + executemany", "naive", table=BY_HAND, is_exact=True),
        Contestant("hooks", "HttpHook + insert_rows", "hooks", venv="airflow", table=BY_HAND, is_exact=True),
        Contestant("dlt_tuned", "dlt, tuned", "with_dlt", "tuned", "dlt", PEER, settings=TUNED_DLT),
        Contestant("dlt", "dlt", "with_dlt", "", "dlt", PEER, settings=DLT),
        Contestant("singer_tuned", "singer-sdk, tuned", "singer.sh", "tuned", "singer", PEER),
        Contestant("singer", "singer-sdk", "singer.sh", "", "singer", PEER),
        Contestant("pyairbyte", "PyAirbyte", "pyairbyte", "", "airbyte", PEER, settings=AIRBYTE),
        Contestant("fetch", "bare client, no database", "fetch"),
    )
}
OWN = Path(sys.executable)
