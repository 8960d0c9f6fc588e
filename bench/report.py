"""The tables: what was measured, and whether the goals are met."""

from __future__ import annotations

from collections.abc import Sequence

from bench.contestants import ALL
from bench.figures import Figures
from bench.trial import Row, Trial


def progress(number: int, count: int, elapsed: float, trial: Trial, row: Row) -> str:
    left = elapsed / number * (count - number)
    what = (
        row["error"].splitlines()[-1][:150]
        if row["error"]
        else (
            f"CPU {row['cpu_s']:6.2f} s, wall {row['wall_s']:6.2f} s, PostgreSQL {row['pg_cpu_s']:5.2f} s, "
            f"peak {row['peak_mb']:5.0f} MB, {row['requests']:,} requests"
            + ("" if row.get("is_exact", True) else ", CONTENT DIFFERS")
        )
    )
    return f"[{number}/{count}, {left / 60:.0f} min left] {trial}: {what}"


def shown(value: float | None, digits: int = 2) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def loads(figures: Figures) -> list[list[str]]:
    sizes = figures.sizes()
    small, large = sizes[0], sizes[-1]
    lines = [["load", "CPU s per 100k", "of ours", "records/s", f"MB at {small:,}", f"MB at {large:,}",
              "PostgreSQL CPU s per 100k", "start-up CPU s", "runs"]]  # fmt: skip
    ours = figures.per_100k("cpu_s", "ours")
    for name, contestant in ALL.items():
        wanted = {"scenario": "load", "contestant": name}
        if not any(wanted.items() <= row.items() for row in figures.rows):
            continue
        cpu = figures.per_100k("cpu_s", name)
        lines.append([
            contestant.title,
            shown(cpu),
            "-" if cpu is None or not ours else f"{cpu / ours:.1f}x",
            shown(figures.rate(name), 0),
            shown(figures.of("peak_mb", records=small, **wanted), 0),
            shown(figures.of("peak_mb", records=large, **wanted), 0),
            shown(figures.per_100k("pg_cpu_s", name)),
            shown(figures.of("startup_cpu_s", **wanted)),
            f"{figures.count(**wanted)}" + (", failed" if figures.errors(**wanted) else ""),
        ])  # fmt: skip
    return lines


def laid_out(lines: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([text[0], rule, *text[1:]])


def tables(rows: Sequence[Row]) -> str:
    figures = Figures(rows)
    return laid_out(loads(figures)) if figures.sizes() else ""
