"""Computes every integration's grade and keeps the table in the README up to date."""

from __future__ import annotations

import sys

from .catalogue import Integration, catalogue
from .rules import GRADES, ROOT, Subject

README = ROOT / "README.md"
BEGIN, END = "<!-- integrations: written by make check -->\n", "<!-- end -->"


def graded(subject: Subject) -> tuple[str, list[str]]:
    """The best grade whose rules, and those of the grades below it, all hold; and what the next one lacks."""
    grade = "none"
    for name, rules in GRADES.items():
        missing = [f"{rule.__name__}: {what}" for rule in rules for what in rule(subject)]
        if missing:
            return grade, missing
        grade = name
    return grade, []


def row(integration: Integration, grade: str) -> str:
    hook = integration.hook
    incremental = sum(stream.cursor is not None for stream in hook.streams.values())
    # The sync and the read operator are everybody's.
    counts = len(hook.streams), incremental, len(integration.operators), len(integration.sensors)
    page = f"docs/integrations/{integration.name}.md"
    return f"| [{hook.hook_name}]({page}) | {' | '.join(map(str, counts))} | {grade} |"


def table(rows: list[str]) -> str:
    head = "| Integration | Streams | incremental | Operators | Sensors | Grade |\n|---|---|---|---|---|---|"
    return "\n".join([head, *rows]) + "\n"


def main() -> None:
    rows, is_lacking = [], False
    for integration in catalogue():
        grade, missing = graded(Subject(integration))
        rows.append(row(integration, grade))
        print(f"{integration.name:12} {grade}", *missing, sep="\n    ")
        is_lacking |= bool(missing)
    before, _, rest = README.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}{table(rows)}{END}{after}")
    sys.exit(is_lacking)


if __name__ == "__main__":
    main()
