"""The tables: what was measured, and whether the goals are met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bench.contestants import ALL
from bench.figures import Figures, middle, ratios
from bench.goals import GOALS
from bench.trial import Row, Trial

Line = list[str]


def progress(trial: Trial, row: Row, left: float) -> str:
    if row["error"]:
        what = f"FAILED: {row['error'][-150:]}".replace("\n", " ")
    else:
        what = (
            f"CPU {row['cpu_s']:6.2f} s, wall {row['wall_s']:6.2f} s, PostgreSQL {row['pg_cpu_s']:5.2f} s, "
            f"peak {row['peak_mb']:5.0f} MB, {row['requests']:,} requests"
        )
    return f"[{left / 60:3.0f} min left] {trial}: {what}"


def shown(value: float | None, digits: int = 2, unit: str = "") -> str:
    return "-" if value is None else f"{value:,.{digits}f}{unit}"


def outcome(figures: Figures, **wanted: object) -> str:
    """How many runs ended well, and why others did not."""
    rows = figures.some(**wanted)
    failed = [row for row in rows if row["error"]]
    why = f"; {len(failed)} failed: {failed[-1]['error'][-80:]}".replace("\n", " ") if failed else ""
    return f"{len(rows) - len(failed)}{why}"


def loads(figures: Figures) -> Iterator[Line]:
    sizes = figures.sizes()
    if not sizes:
        return
    yield ["load", "CPU s per 100k", "to ours", "records/s", f"MB, {sizes[0]:,}", f"MB, {sizes[-1]:,}",
           "PostgreSQL CPU s per 100k", "start-up CPU s", "runs"]  # fmt: skip
    for name in present(figures, "load"):
        yield loaded(figures, name, sizes)


def loaded(figures: Figures, name: str, sizes: Sequence[int]) -> Line:
    slopes, ours = figures.slopes("cpu_s", name), figures.slopes("cpu_s", "ours")
    wanted = {"scenario": "load", "contestant": name, "flavour": "cursor"}
    return [
        ALL[name].title,
        shown(middle(slopes)),
        shown(middle(ratios(slopes, ours)), 1, "x"),
        shown(middle(figures.rates(name)), 0),
        shown(figures.of("peak_mb", records=sizes[0], **wanted), 0),
        shown(figures.of("peak_mb", records=sizes[-1], **wanted), 0),
        shown(middle(figures.slopes("pg_cpu_s", name))),
        shown(figures.of("startup_cpu_s", **wanted)),
        outcome(figures, **wanted),
    ]


def slow(figures: Figures) -> Iterator[Line]:
    names = present(figures, "latency")
    if names:
        yield [
            "50 ms a request",
            "page tokens, s",
            "to floor",
            "page numbers, s",
            "to floor",
            "CPU s",
            "runs",
        ]
    for name in names:
        line = [ALL[name].title]
        for flavour in ("cursor", "pages"):
            times = figures.engine_times(name, flavour)
            floor = ratios(times, figures.engine_times("fetch", flavour))
            line += [shown(middle(times)), shown(middle(floor), 2, "x")]
        wanted = {"scenario": "latency", "contestant": name}
        yield [*line, shown(figures.of("cpu_s", **wanted, flavour="pages")), outcome(figures, **wanted)]


SECOND = {
    "requests": 0,
    "fetched": 0,
    "written": 0,
    "cpu_s": 2,
    "startup_cpu_s": 2,
    "engine_cpu_s": 2,
    "wall_s": 2,
    "peak_mb": 0,
}


def seconds(figures: Figures) -> Iterator[Line]:
    names = present(figures, "second")
    if names:
        yield ["second run, 1 % changed", "requests", "rows fetched", "rows written", "CPU s, all",
               "start-up", "engine", "wall s", "MB", "runs"]  # fmt: skip
    for name in names:
        wanted = {"scenario": "second", "contestant": name}
        cells = [shown(figures.of(column, **wanted), digits) for column, digits in SECOND.items()]
        yield [ALL[name].title, *cells, outcome(figures, **wanted)]


def soaks(figures: Figures) -> Iterator[Line]:
    sizes = figures.sizes("soak")
    if sizes:
        yield ["soak: ours", "peak MB", "records/s", "CPU s per 100k", "requests"]
    for records in sizes:
        wanted: Mapping[str, object] = {"scenario": "soak", "records": records}
        wall, cpu = figures.of("wall_s", **wanted), figures.of("cpu_s", **wanted)
        yield [
            f"{records:,} records",
            shown(figures.of("peak_mb", **wanted), 0),
            shown(records / wall if wall else None, 0),
            shown(cpu / records * 1e5 if cpu else None),
            shown(figures.of("requests", **wanted), 0),
        ]


def goals(figures: Figures) -> Iterator[Line]:
    lines = [line for goal in GOALS if (line := goal.line(figures))]
    if lines:
        yield ["goal", "", "reached", "over the rounds", "met"]
    yield from lines


def present(figures: Figures, scenario: str) -> list[str]:
    return [name for name in ALL if figures.some(scenario=scenario, contestant=name)]


def laid_out(lines: Sequence[Line]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([text[0], rule, *text[1:]])


def tables(rows: Sequence[Row]) -> str:
    figures = Figures(rows)
    found = [list(table(figures)) for table in (goals, loads, slow, seconds, soaks)]
    return "\n\n".join(laid_out(lines) for lines in found if lines)
