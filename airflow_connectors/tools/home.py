"""An Airflow of its own in a folder: its environment, and the commands run in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DAGS = Path(__file__).parents[2] / "dags"


@dataclass(frozen=True)
class Home:
    """A folder with Airflow's database, logs and the warehouse; `connections` are JSON by id."""

    folder: Path
    connections: Mapping[str, str]
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse.db"

    @property
    def environment(self) -> dict[str, str]:
        """For every process of this Airflow; `airflow` must be on the PATH of `airflow standalone`."""
        programs = Path(sys.executable).parent
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")}
        return {
            **kept,
            "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}",
            "AIRFLOW_HOME": str(self.folder),
            "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
            "NO_PROXY": "127.0.0.1,localhost",
            **self.settings,
        }

    def airflow(self, *arguments: str, log: str) -> None:
        """Run a command of Airflow's; its output goes to a file. Raises CalledProcessError with its end."""
        path = self.folder / log
        with path.open("w") as file:
            command = [str(Path(sys.executable).with_name("airflow")), *arguments]
            done = subprocess.run(command, env=self.environment, stdout=file, stderr=file, check=False)  # noqa: S603
        if done.returncode:
            end = "\n".join(path.read_text().splitlines()[-15:])
            raise SystemExit(f"airflow {' '.join(arguments)} failed; the end of {path}:\n{end}")

    def add_connections(self) -> None:
        """Put the connections where the UI shows them."""
        file = self.folder / "connections.json"
        file.write_text(json.dumps({name: json.loads(text) for name, text in self.connections.items()}))
        self.airflow("connections", "import", "--overwrite", str(file), log="connections.log")
        file.unlink()
