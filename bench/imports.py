"""What importing an integration's operators adds to a DAG file that has imported `airflow.sdk` already."""

from __future__ import annotations

import subprocess
import sys
from statistics import median

PROGRAM = """
import time
from airflow.sdk import BaseOperator, BaseHook, BaseSensorOperator
began = time.perf_counter()
import airflow_connectors.integrations.{name}
print((time.perf_counter() - began) * 1000)
"""
NAMES = ("github", "jira", "noaa", "slack")
ROUNDS = 5


def milliseconds(name: str) -> float:
    command = [sys.executable, "-c", PROGRAM.format(name=name)]
    output = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    return float(output.splitlines()[-1])


if __name__ == "__main__":
    for name in NAMES:
        print(f"{name:8} {median(milliseconds(name) for _ in range(ROUNDS)):6.1f} ms over airflow.sdk")
