"""A real `airflow standalone`, driven through its API."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.servers import free_port

PASSWORDS = "simple_auth_manager_passwords.json.generated"
PATIENCE = 180


def eventually(what: str, found: Callable[[], Any]) -> Any:
    """What `found` gives once it gives something."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if (result := found()) is not None:
                return result
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    raise TimeoutError(what)


class Airflow:
    """The API of a running Airflow, as its administrator."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.url = home, f"http://127.0.0.1:{port}"
        self.http = httpx.Client(base_url=self.url, timeout=30)

    def log_in(self) -> None:
        def token() -> str | None:
            ((user, password),) = json.loads((self.home / PASSWORDS).read_text()).items()
            answer = self.http.post("/auth/token", json={"username": user, "password": password})
            return answer.json()["access_token"] if answer.is_success else None

        eventually("the password file", lambda: (self.home / PASSWORDS).exists() or None)
        self.http.headers["Authorization"] = f"Bearer {eventually('a token', token)}"

    def get(self, path: str) -> Any:
        return self.http.get(path).raise_for_status().json()

    def trigger(self, dag: str, conf: dict[str, Any]) -> str:
        eventually("the DAG", lambda: self.http.get(f"/api/v2/dags/{dag}").is_success or None)
        self.http.patch(f"/api/v2/dags/{dag}", json={"is_paused": False}).raise_for_status()
        run = self.http.post(f"/api/v2/dags/{dag}/dagRuns", json={"logical_date": None, "conf": conf})
        return f"/api/v2/dags/{dag}/dagRuns/{run.raise_for_status().json()['dag_run_id']}"

    def state(self, run: str, task: str, *states: str) -> str:
        """Wait until a task is in one of these states."""

        def state() -> str | None:
            found = self.get(f"{run}/taskInstances/{task}")["state"]
            return found if found in states else None

        return str(eventually(f"{task} in {states}", state))

    def settle(self, run: str, task: str) -> None:
        """Wait until the scheduler knows that a worker is done. A task that is resumed before fails."""
        name = f"task_id='{task}', run_id='{run.rpartition('/')[2]}'"

        def known() -> bool | None:
            lines = (self.home / "standalone.log").read_text().splitlines()
            return any("Received executor event" in line and name in line for line in lines) or None

        eventually(f"the scheduler knows of {task}", known)

    def log(self, run: str, task: str) -> str:
        return self.http.get(f"{run}/taskInstances/{task}/logs/1").raise_for_status().text


def interruptible() -> None:
    """Undo what a shell does to jobs in the background, and they hand on to their children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def end(process: subprocess.Popen[bytes]) -> None:
    """SIGINT, because SIGTERM leaves Airflow's scheduler behind; and force where even that hangs."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def standalone(home: Path, dags: Path, connections: dict[str, str]) -> Iterator[Airflow]:
    port, programs = free_port(), Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(free_port()),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(free_port()),
        "NO_PROXY": "127.0.0.1,localhost",
        **{f"AIRFLOW_CONN_{conn_id.upper()}": connection for conn_id, connection in connections.items()},
    }
    with (home / "standalone.log").open("w") as log:
        process = subprocess.Popen(
            [str(programs / "airflow"), "standalone"],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=interruptible,  # noqa: PLW1509 - no thread of ours holds a lock here
        )
        airflow = Airflow(home, port)
        try:
            airflow.log_in()
            yield airflow
        finally:
            airflow.http.close()
            end(process)
