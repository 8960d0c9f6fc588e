"""The simulated services that the demonstration and `make up` talk to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from airflow_connectors.testing import Simulator, simulator_of

LIVE = {
    "github_default": {"conn_type": "github_api"},
    "noaa_default": {
        "conn_type": "noaa_api",
        "extra": {"user_agent": "(airflow-connectors demo, github.com/airflow-connectors)"},
    },
}


# What the example DAGs name.
PLACES: dict[str, dict[str, Any]] = {
    "github": {"repositories": ("octocat/git-consortium", "octocat/octocat.github.io")}
}


def warehouse(file: Path) -> str:
    return json.dumps({"conn_type": "sqlite", "host": str(file)})


def live() -> dict[str, str]:
    """Connections to the real services, as far as they need no credentials."""
    return {conn_id: json.dumps(connection) for conn_id, connection in LIVE.items()}


@contextmanager
def simulated(names: Sequence[str], seed: int = 1) -> Iterator[Mapping[str, Simulator]]:
    """Run a simulator for each integration, and stop them all at the end."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(simulator_of(name, seed=seed, **PLACES.get(name, {}))) for name in names
        }
