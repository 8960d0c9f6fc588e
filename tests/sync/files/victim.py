"""A process that syncs into files and kills itself at its nth write."""

from __future__ import annotations

import sys

from airflow_connectors.sync import Options
from airflow_connectors.sync.files import FileSync
from tests.sync.api import Api, things
from tests.sync.victim import RECORDS, STREAMS

from .mortal import kill, mortal


def main(root: str, kind: str, number: str) -> None:
    path = mortal(int(number), "file", kill)(root)
    FileSync(path, "jsonl", "c", Api(things(RECORDS)).client).run(
        STREAMS[kind], options=Options(commit_bytes=1)
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
