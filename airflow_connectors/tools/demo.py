"""
The main job, offline: example DAGs sync a simulated GitHub and NOAA into SQLite, the world changes, again.

`DEMO_LIVE=1` asks api.github.com and api.weather.gov themselves instead.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.table import Table

from airflow_connectors.testing.world import Changes

from .home import Home
from .simulated import live, simulated, warehouse

FOLDER = Path(".demo").resolve()
INTEGRATIONS = ("github", "noaa")
COLUMNS = ("new", "changed", "unchanged", "deleted", "requests", "seconds", "verdict", "cursor_to")
CHANGED = 0.01

console = Console(width=max(Console().width, 120))


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    if os.environ.get("DEMO_LIVE"):
        home = home_with(live())
        run(home, "First run, live")
        run(home, "Second run")
        return
    with simulated(INTEGRATIONS) as services:
        home = home_with({f"{name}_default": service.connection() for name, service in services.items()})
        run(home, "First run: everything is new")
        for name, service in services.items():
            console.print(f"\n{name} changed: {told(service.world.mutate(share=CHANGED))}")
        run(home, "Second run: only what changed")
    tables = "github__issues, noaa__alerts, github___sync_runs, …"
    console.print(f"\nLook around in {home.warehouse}: {tables}")


def home_with(connections: dict[str, str]) -> Home:
    """A fresh Airflow that knows the connections by its environment."""
    known = {**connections, "warehouse": warehouse(FOLDER / "warehouse.db")}
    settings = {f"AIRFLOW_CONN_{conn_id.upper()}": connection for conn_id, connection in known.items()}
    home = Home(FOLDER, known, {**settings, "AIRFLOW__LOGGING__LOGGING_LEVEL": "INFO"})
    console.print(f"Preparing an Airflow in {FOLDER} …")
    home.airflow("db", "migrate", log="migrate.log")
    return home


def run(home: Home, title: str) -> None:
    """Run the DAGs as a user would, and show what the ledger says of it."""
    began = time.time()
    for name in INTEGRATIONS:
        console.print(f"airflow dags test {name}_to_warehouse …")
        home.airflow("dags", "test", f"{name}_to_warehouse", log=f"{name}.log")
    for name in INTEGRATIONS:
        console.print(table(home, name, f"{title} · {name}", began))


def told(changes: Mapping[str, Changes]) -> str:
    """What a mutation did, over all streams."""
    total = sum(changes.values(), Changes())
    return f"{total.updated} records updated, {total.added} added, {total.deleted} deleted"


def table(home: Home, schema: str, title: str, began: float) -> Table:
    shown = Table("stream", title=title, title_justify="left")
    for name in COLUMNS:
        shown.add_column(name, justify="left" if name in ("verdict", "cursor_to") else "right")
    names = ", ".join(COLUMNS)
    query = f"SELECT stream, {names} FROM {schema}___sync_runs WHERE strftime('%s', started_at) >= ?"  # noqa: S608 - ours
    with closing(sqlite3.connect(home.warehouse)) as warehouse:
        for row in warehouse.execute(query, (str(int(began)),)):
            shown.add_row(*("" if value is None else str(value) for value in row))
    return shown


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
