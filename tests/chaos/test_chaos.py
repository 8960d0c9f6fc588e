"""The shorter form of `make chaos`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
KILLS = 56


def test_syncs_that_are_killed_again_and_again_lose_nothing_and_double_nothing():
    command = [sys.executable, "-m", "tests.chaos", "--kills", str(KILLS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    said = done.stdout.rstrip().rpartition("\n")[2]
    counts = {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", said)}
    assert done.returncode == 0, done.stdout + done.stderr
    assert (counts["lost"], counts["doubled"]) == (0, 0)
    assert counts["kills"] >= KILLS
    assert counts["requests"] > counts["resumes"] > 0
