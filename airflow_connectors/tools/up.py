"""Airflow with the package, its example DAGs and simulated services, until Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from .home import Home
from .simulated import simulated, warehouse

FOLDER = Path(".airflow").resolve()
INTEGRATIONS = ("github", "jira", "noaa", "slack")
PASSWORDS = "simple_auth_manager_passwords.json.generated"
PATIENCE = 120
URL = "http://localhost:8080"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with simulated(INTEGRATIONS) as services:
        connections = {f"{name}_default": service.connection() for name, service in services.items()}
        home = Home(FOLDER, {**connections, "warehouse": warehouse(FOLDER / "warehouse.db")})
        print("Preparing Airflow …", flush=True)
        home.airflow("db", "migrate", log="migrate.log")
        home.add_connections()
        serve(home)


def serve(home: Home) -> None:
    """Run `airflow standalone`. Only SIGINT ends all of its processes."""
    with (home.folder / "standalone.log").open("w") as log:
        airflow = subprocess.Popen(  # noqa: S603 - our own
            [str(Path(sys.executable).with_name("airflow")), "standalone"],
            env=home.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            announce(home)
            airflow.wait()
        finally:
            end(airflow)


def end(airflow: subprocess.Popen[bytes]) -> None:
    """Interrupt, as only that ends all of Airflow's processes; and kill them where they hang."""
    airflow.send_signal(signal.SIGINT)
    try:
        airflow.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(airflow.pid, signal.SIGKILL)
        airflow.wait()


def announce(home: Home) -> None:
    """Say where Airflow is, once it answers."""
    passwords = home.folder / PASSWORDS
    for _ in range(PATIENCE):
        if answers() and passwords.exists():
            ((user, password),) = json.loads(passwords.read_text()).items()
            print(f"{URL}  user {user}  password {password}  (Ctrl-C ends it)", flush=True)
            return
        time.sleep(1)
    raise SystemExit(f"Airflow did not start; see {home.folder}/standalone.log")


def answers() -> bool:
    try:
        return httpx.get(f"{URL}/api/v2/monitor/health").is_success
    except httpx.TransportError:
        return False


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
