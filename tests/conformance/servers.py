"""
Servers of these services that others wrote, each installed in an environment of its own.

backlot (Apache-2.0) answers as GitHub, Jira and Slack from one bundled company.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from . import reference
from .loopback import serving

BACKLOT = "backlot==0.1.0"
ADMIN = "admin-service-token"
QUIET = {"DO_NOT_TRACK": "1"}


@dataclass(frozen=True)
class Backlot:
    """A running backlot, and the database it serves."""

    url: str
    database: Path

    def holds(self, query: str) -> list[tuple[object, ...]]:
        """What the server's own data say."""
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(query).fetchall()


@contextmanager
def backlot(data: Path) -> Iterator[Backlot]:
    program = installed(BACKLOT) / "bin" / "backlot"
    environment = {**os.environ, **QUIET}
    run([program, "import", "--bundled", "--data-dir", data], environment)
    command = [program, "serve", "--port", 0, "--data-dir", data, "--disable-telemetry"]
    with serving(command, environment) as url:
        yield Backlot(url, data / "db.sqlite")


def installed(requirement: str) -> Path:
    """An environment that has the requirement. Skips where it cannot be made, but fails where CI is set."""
    place = reference.REPOSITORY / ".servers" / requirement.replace("==", "-")
    if (place / "complete").exists():
        return place
    try:
        run([sys.executable, "-m", "venv", "--clear", place])
        run([place / "bin" / "python", "-m", "pip", "install", "--quiet", requirement])
    except subprocess.CalledProcessError as error:
        shutil.rmtree(place, ignore_errors=True)
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up(f"{requirement} cannot be installed in {place}: {error.output[-500:]}")
    (place / "complete").touch()
    return place


def run(command: list[object], environment: dict[str, str] | None = None) -> None:
    subprocess.run(
        [str(part) for part in command],
        check=True,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
