"""What holds for the whole package: sizes, no circles, no forbidden names, documents that lead somewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from statistics import median

import grimp
import pytest

import airflow_connectors

PACKAGE = Path(airflow_connectors.__file__).parent
ROOT = PACKAGE.parent
MODULES = sorted(PACKAGE.rglob("*.py"))
GENERATED = {"provider_info.py"}


def functions() -> Iterator[tuple[str, int]]:
    for module in MODULES:
        if module.name in GENERATED:
            continue
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{module.relative_to(PACKAGE)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_functions_are_short():
    lengths = dict(functions())
    assert median(lengths.values()) <= 8
    assert {name: length for name, length in lengths.items() if length > 25} == {}


def test_modules_are_short():
    lengths = {
        str(m.relative_to(PACKAGE)): len(m.read_text().splitlines())
        for m in MODULES
        if m.name not in GENERATED
    }
    assert {name: length for name, length in lengths.items() if length > 250} == {}


def test_modules_do_not_import_in_circles():
    graph = grimp.build_graph("airflow_connectors", exclude_type_checking_imports=True)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        list(TopologicalSorter(imports).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_no_module_is_a_drawer():
    assert [m.name for m in MODULES if m.stem in {"utils", "util", "common", "helpers", "misc"}] == []


@pytest.mark.parametrize(
    "page", sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]), ids=lambda p: p.name
)
def test_links_between_documents_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(PACKAGE)))
def test_a_module_says_why_it_exists(module):
    assert ast.get_docstring(ast.parse(module.read_text()))
