"""A scaffolded integration works as it is, so that what one fills in is all there is to get wrong."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from airflow_connectors.tools.new import scaffold
from airflow_connectors.tools.rules import ROOT


def test_it_passes_its_own_suite_and_the_linter(tmp_path):
    for part in ("airflow_connectors", "tests", "dags", "pyproject.toml", "README.md"):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, tmp_path / part)
    written = scaffold("acme_books", tmp_path)
    suite = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "tests/integrations/acme_books"]
    for command in (suite, [sys.executable, "-m", "ruff", "check", *map(str, written[:4])]):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_there_is_not_overwritten():
    with pytest.raises(FileExistsError, match="github"):
        scaffold("github", ROOT)
