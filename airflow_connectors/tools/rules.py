"""What an integration must be to earn a grade. Each rule answers with what is missing, if anything."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from .catalogue import Integration

ROOT = Path(__file__).parents[2]
FILES = {"__init__.py", "hook.py", "operators.py", "sensors.py", "notifier.py", "quality.yaml"}
LONGEST_FUNCTION = 25
MOST_LINES = 200
HEADINGS = ("Setup", "Streams", "Operators", "Sensors", "Known limits", "Troubleshooting")
OWN_LOOPS = ("time.sleep", "asyncio.sleep", "httpx.Client(", "except ")


@dataclass(frozen=True)
class Subject:
    """One integration with its files."""

    integration: Integration

    @property
    def name(self) -> str:
        return self.integration.name

    @property
    def folder(self) -> Path:
        return Path(str(self.integration.module.__file__)).parent

    @cached_property
    def quality(self) -> Mapping[str, Any]:
        file = self.folder / "quality.yaml"
        return yaml.safe_load(file.read_text()) or {} if file.exists() else {}

    @cached_property
    def sources(self) -> dict[str, str]:
        return {file.name: file.read_text() for file in sorted(self.folder.glob("*.py"))}

    @cached_property
    def tests(self) -> str:
        folder = ROOT / "tests" / "integrations" / self.name
        return "\n".join(file.read_text() for file in sorted(folder.glob("test_*.py")))

    @cached_property
    def page(self) -> str:
        file = ROOT / "docs" / "integrations" / f"{self.name}.md"
        return file.read_text() if file.exists() else ""

    def exempt(self, rule: str) -> Mapping[str, str]:
        """What the quality file exempts from a rule, each with its reason."""
        exempt: Mapping[str, str] = self.quality.get(rule, {}).get("exempt", {})
        return exempt


Rule = Callable[[Subject], Iterator[str]]


def layout(subject: Subject) -> Iterator[str]:
    found = {file.name for file in subject.folder.iterdir() if file.is_file()}
    yield from (f"{name} is not a file an integration has" for name in sorted(found - FILES))
    yield from (
        f"{name} is missing" for name in ("hook.py", "operators.py", "quality.yaml") if name not in found
    )


def declares(subject: Subject) -> Iterator[str]:
    for name, source in subject.sources.items():
        yield from (
            f"{name} has {text.strip()!r}: the core does that" for text in OWN_LOOPS if text in source
        )


def streams(subject: Subject) -> Iterator[str]:
    if not subject.integration.hook.streams:
        yield "there is no stream"


def tested(subject: Subject) -> Iterator[str]:
    integration = subject.integration
    for item in (*integration.operators, *integration.sensors, *integration.notifiers):
        if item.__name__ not in subject.tests:
            yield f"{item.__name__} is in no test"


def small(subject: Subject) -> Iterator[str]:
    lines = sum(code_lines(source) for name, source in subject.sources.items() if name != "__init__.py")
    if lines > (limit := subject.quality.get("small", {}).get("lines", MOST_LINES)):
        yield f"{lines} lines of code, {limit} allowed"
    for name, source in subject.sources.items():
        functions = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
        for node in functions:
            if (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION:
                yield f"{name}: {node.name} is longer than {LONGEST_FUNCTION} lines"


def code_lines(source: str) -> int:
    """Lines that are not blank, comments, imports or docstrings."""
    spared: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.stmt) and (is_text or isinstance(node, ast.Import | ast.ImportFrom)):
            spared.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    written = enumerate(source.splitlines(), start=1)
    return sum(
        1 for n, line in written if line.strip() and not line.strip().startswith("#") and n not in spared
    )


def documented(subject: Subject) -> Iterator[str]:
    yield from (f"its page has no heading {h!r}" for h in HEADINGS if f"## {h}" not in subject.page)
    for name in subject.integration.hook.streams:
        if f"`{name}`" not in subject.page:
            yield f"its page does not name the stream {name}"
    if not (ROOT / "dags" / f"{subject.name}_to_warehouse.py").exists():
        yield "there is no example DAG"


def in_suite(subject: Subject) -> Iterator[str]:
    if "(IntegrationSuite)" not in subject.tests:
        yield "no test class subclasses IntegrationSuite"


def incremental(subject: Subject) -> Iterator[str]:
    exempt = subject.exempt("incremental")
    for name, stream in subject.integration.hook.streams.items():
        if stream.cursor is None and not exempt.get(name):
            yield f"{name} has no cursor, and quality.yaml does not say why"


def limits(subject: Subject) -> Iterator[str]:
    if subject.integration.hook.limit is None and not subject.exempt("limits"):
        yield "no rate limit is declared"


def deferrable(subject: Subject) -> Iterator[str]:
    if not subject.integration.sensors:
        yield "there is no sensor"


def true(subject: Subject) -> Iterator[str]:
    conformance = "\n".join(file.read_text() for file in (ROOT / "tests" / "conformance").glob("*.py"))
    if subject.integration.hook.__name__ not in conformance:
        yield "it is not held against its vendor's description"


GRADES: dict[str, tuple[Rule, ...]] = {
    "bronze": (layout, declares, streams, tested, small, documented),
    "silver": (in_suite, incremental, limits, deferrable, true),
}
