"""What tests share: a home for Airflow that is no user's, and a PostgreSQL for the session."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator

import pytest

# Before anything imports Airflow, which reads it once.
os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="airflow-"))
os.environ.setdefault("AIRFLOW__CORE__LOAD_EXAMPLES", "False")

from tests.servers import mariadb, mariadb_server, postgres

pytest.register_assert_rewrite("airflow_connectors.testing.suite")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture(scope="session")
def mariadb_url() -> Iterator[str]:
    if mariadb_server() is None and "CI" not in os.environ:
        pytest.skip("no MariaDB server: apt-get install mariadb-server, or your system's package")
    with mariadb() as url:
        yield url


@pytest.fixture(autouse=True)
def stores_are_forgotten() -> Iterator[None]:
    """Airflow keeps the store of a connection by its id; the next test may mean another one."""
    yield
    if store := sys.modules.get("airflow.sdk.io.store"):
        store._STORE_CACHE.clear()
