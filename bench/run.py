"""
API to PostgreSQL: ours beside what users would write, alternating in one run on the same servers.

Prints a table and writes every run into results.json. CPU is the client's alone, imports apart.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import urlopen

from tests.servers import postgres

RECORDS = int(os.environ.get("RECORDS", "100000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
CONTESTANTS = ("ours", "naive")
RESULTS = Path(__file__).with_name("results.json")


@contextmanager
def api() -> Iterator[str]:
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.server", str(RECORDS)], stdout=subprocess.PIPE, text=True
    )
    try:
        port = server.stdout.readline().strip() if server.stdout else ""
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def requests_so_far(url: str) -> int:
    with urlopen(f"{url}/count") as answer:  # noqa: S310 - loopback
        return int(answer.read())


def contest(name: str, url: str, home: str) -> dict[str, Any]:
    """One run in a process and a database of its own."""
    with postgres() as database:
        before = requests_so_far(url)
        environment = {**os.environ, "AIRFLOW_HOME": home, "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING"}
        command = [sys.executable, "-m", f"bench.{name}", url, database]
        output = subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, check=True, text=True
        ).stdout
        measured = json.loads(output.splitlines()[-1])
        return {"name": name, **measured, "requests": requests_so_far(url) - before}


def table(results: list[dict[str, Any]]) -> None:
    print(f"{'':8}{'records/s':>12}{'CPU s/100k':>12}{'peak MB':>10}{'requests':>10}   medians of {ROUNDS}")
    cost = {}
    for name in CONTESTANTS:
        mine = [result for result in results if result["name"] == name]
        rate = median(result["records"] / result["wall_s"] for result in mine)
        cost[name] = median(result["cpu_s"] / result["records"] * 1e5 for result in mine)
        memory = median(result["peak_rss_mb"] for result in mine)
        print(f"{name:8}{rate:12,.0f}{cost[name]:12.2f}{memory:10.0f}{mine[0]['requests']:10}")
    print(f"naive / ours, CPU per record: {cost['naive'] / cost['ours']:.1f}")


def main() -> None:
    with api() as url, tempfile.TemporaryDirectory() as home:
        results = [contest(name, url, home) for _ in range(ROUNDS) for name in CONTESTANTS]
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    table(results)


if __name__ == "__main__":
    main()
