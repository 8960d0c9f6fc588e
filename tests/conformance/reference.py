"""Where the vendors' descriptions, their recorded answers and the tools for both are found."""

from __future__ import annotations

import importlib.util
import os
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

REPOSITORY = Path(__file__).parents[2]
HOW = "tests/conformance/README.md says which files these are and where the vendors publish them"


def folder() -> Path:
    return Path(os.environ.get("AIRFLOW_CONNECTORS_REFERENCE") or REPOSITORY.parent / "shared").resolve()


def required(*parts: str) -> Path:
    """A file or folder of the reference. Skips where it lacks, but fails where CI is set."""
    path = folder().joinpath(*parts)
    if path.exists():
        return path
    (pytest.fail if os.environ.get("CI") else pytest.skip)(f"there is no {path}: {HOW}")
    raise AssertionError("unreachable")


@cache
def tool(name: str) -> ModuleType:
    """A tool of the reference, imported from its file."""
    spec = importlib.util.spec_from_file_location(f"reference_{name}", required("tools", f"{name}.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # a dataclass looks its module up there
    spec.loader.exec_module(module)
    return module
