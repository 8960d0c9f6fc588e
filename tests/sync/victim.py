"""A process that syncs and kills itself at its nth request or commit."""

from __future__ import annotations

import os
import signal
import sys

import sqlalchemy as sa

from airflow_connectors.sync import Destination, Options, Sync
from tests.sync.api import OLDEST_FIRST, Api, stream, things

RECORDS = 45
STREAMS = {"incremental": stream(cursor=OLDEST_FIRST), "snapshot": stream()}


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(url: str, schema: str, kind: str, moment: str, number: str) -> None:
    commits = 0

    def count(_conn: sa.Connection) -> None:
        nonlocal commits
        commits += 1
        if moment == "commit" and commits == int(number):
            die()

    destination = Destination(url, schema)
    sa.event.listen(destination.engine, "commit", count)
    before = lambda n: die() if moment == "request" and n == int(number) else None  # noqa: E731
    client = Api(things(RECORDS), before=before).client
    Sync(destination, "c", client).run(STREAMS[kind], options=Options(commit_bytes=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
