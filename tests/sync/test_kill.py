"""A run that is killed, wherever it is, costs nothing but time."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from .api import things
from .conftest import Table
from .victim import RECORDS


def run(destination, kind: str, moment: str, number: int) -> int:
    url = destination.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.sync.victim", url, destination.schema, kind, moment, str(number)]
    return subprocess.run(command, check=False).returncode


@pytest.mark.parametrize("kind", ["incremental", "snapshot"])
@pytest.mark.parametrize("moment", ["request", "commit"])
def test_killed_at_every_point_in_turn_it_ends_with_exactly_the_source(destination, table, kind, moment):
    kills = 0
    while run(destination, kind, moment, number=1 + kills) == -signal.SIGKILL:
        kills += 1
    assert kills > 1
    rows = table.by_id("_deleted_at IS NULL")
    assert {key: row["name"] for key, row in rows.items()} == {r["id"]: r["name"] for r in things(RECORDS)}
    done = Table(destination, "_sync_runs").rows("new > 0")
    assert sum(row["new"] for row in done) == RECORDS
