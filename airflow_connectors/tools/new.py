"""`make new name=asana`: an integration of today's shape, which works and is to be filled in."""

from __future__ import annotations

import argparse
import re
from importlib.resources import files
from pathlib import Path
from string import Template

from .rules import ROOT

FILES = {
    "init.py": "airflow_connectors/integrations/{name}/__init__.py",
    "hook.py": "airflow_connectors/integrations/{name}/hook.py",
    "operators.py": "airflow_connectors/integrations/{name}/operators.py",
    "sensors.py": "airflow_connectors/integrations/{name}/sensors.py",
    "quality.yaml": "airflow_connectors/integrations/{name}/quality.yaml",
    "world.py": "airflow_connectors/testing/worlds/{name}.py",
    "test.py": "tests/integrations/{name}/test_suite.py",
    "page.md": "docs/integrations/{name}.md",
    "dag.py": "dags/{name}_to_warehouse.py",
}


def scaffold(name: str, root: Path) -> list[Path]:
    """Write the files of a new integration. Raises FileExistsError before it writes any."""
    targets = {template: root / path.format(name=name) for template, path in FILES.items()}
    if there := [str(path) for path in targets.values() if path.exists()]:
        raise FileExistsError(f"{', '.join(there)}: choose another name, or remove what is there")
    words = {"name": name, "NAME": name.upper(), "Name": "".join(map(str.capitalize, name.split("_")))}
    for template, path in targets.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        text = files("airflow_connectors.tools").joinpath("templates", f"{template}.txt").read_text()
        path.write_text(Template(text).substitute(words))
    (root / "tests" / "integrations" / name / "__init__.py").touch()
    return list(targets.values())


def module_name(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", text):
        raise argparse.ArgumentTypeError(
            f"{text!r}: give lower-case letters, such as asana: make new name=asana"
        )
    return text


def main() -> None:
    command = argparse.ArgumentParser(prog="make new", description="Scaffold an integration.")
    command.add_argument("name", type=module_name)
    for path in scaffold(command.parse_args().name, ROOT):
        print(path.relative_to(ROOT))
    print("Then fill in what the vendor's documentation says, and: make info check test")


if __name__ == "__main__":
    main()
