"""The peers' environments: made on first use, each with its own pinned versions."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from bench.contestants import OWN, Contestant

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".bench"
REQUIREMENTS = Path(__file__).with_name("requirements")


def python_of(contestant: Contestant) -> Path:
    """The interpreter of a contestant's environment, which is installed unless it is there as pinned."""
    if not contestant.venv:
        return OWN
    pins = (REQUIREMENTS / f"{contestant.venv}.txt").read_text()
    folder = FOLDER / "venvs" / contestant.venv
    done = folder / "pins.txt"
    if not done.exists() or done.read_text() != pins:
        install(folder, REQUIREMENTS / f"{contestant.venv}.txt")
        done.write_text(pins)
    return folder / "bin" / "python"


def install(folder: Path, requirements: Path) -> None:
    print(f"installing {requirements.stem} into {folder}", flush=True)
    uv = shutil.which("uv", path=str(OWN.parent)) or "uv"
    subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True)
    pip = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", folder / "bin" / "python"]
    subprocess.run([*pip, "--requirement", requirements], check=True)
