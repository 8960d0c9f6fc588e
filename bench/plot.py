"""A picture of what a record costs: one bar for each contestant, on a logarithmic scale."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from bench.contestants import ALL
from bench.figures import Figures, middle

WIDTH, LEFT, RIGHT, TOP, STEP, BAR = 860, 190, 110, 86, 34, 20
INK, PALE, GRID, OURS, BY_HAND, PEERS = "#1f2933", "#66727f", "#e3e8ee", "#0b7a75", "#9aa5b1", "#d9822b"
COLOURS = {"ours": OURS, "limit": BY_HAND, "naive": BY_HAND, "hooks": BY_HAND}
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


@dataclass(frozen=True)
class Bar:
    title: str
    value: float
    colour: str


@dataclass(frozen=True)
class Scale:
    """A logarithmic axis from `low` to `high`."""

    low: float
    high: float

    def at(self, value: float) -> float:
        part = math.log(value / self.low) / math.log(self.high / self.low)
        return LEFT + part * (WIDTH - LEFT - RIGHT)

    def marks(self) -> list[float]:
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        marks = (step * 10.0**power for power in powers for step in (1, 2, 5))
        return [mark for mark in marks if self.low <= mark <= self.high]


def bars(figures: Figures) -> list[Bar]:
    """The contestants that came to an end, the cheapest first."""
    found = [
        Bar(contestant.title, cost, COLOURS.get(name, PEERS))
        for name, contestant in ALL.items()
        if (cost := middle(figures.slopes("cpu_s", name))) and cost > 0
    ]
    return sorted(found, key=lambda bar: bar.value)


def text(x: float, y: float, words: str, *, size: int = 13, fill: str = INK, rest: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}" {rest}>{escape(words)}</text>'


def grid(scale: Scale, bottom: float) -> Iterator[str]:
    for mark in scale.marks():
        x = scale.at(mark)
        yield f'<line x1="{x:.1f}" y1="{TOP - 8}" x2="{x:.1f}" y2="{bottom}" stroke="{GRID}"/>'
        yield text(x, bottom + 18, f"{mark:g}", size=12, fill=PALE, rest='text-anchor="middle"')


def rows(found: Sequence[Bar], scale: Scale, unit: float) -> Iterator[str]:
    for number, bar in enumerate(found):
        y = TOP + number * STEP
        weight = ' font-weight="700"' if bar.colour == OURS else ""
        width = scale.at(bar.value) - LEFT
        yield text(LEFT - 12, y + 15, bar.title, rest=f'text-anchor="end"{weight}')
        yield f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}" rx="3" fill="{bar.colour}"/>'
        times = "" if bar.colour == OURS or not unit else f"  ({bar.value / unit:.1f}x)"
        yield text(LEFT + width + 8, y + 15, f"{bar.value:.2f}{times}", rest=weight.strip())


def picture(figures: Figures, caption: str) -> str:
    """The whole SVG. Empty where nothing was measured."""
    found = bars(figures) if figures.sizes() else []
    if not found:
        return ""
    scale = Scale(found[0].value / 2, found[-1].value * 1.15)
    bottom = TOP + len(found) * STEP
    height = bottom + 62
    unit = next((bar.value for bar in found if bar.colour == OURS), 0.0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="{FONT}">',
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#ffffff"/>',
        text(24, 34, "CPU seconds per 100,000 records, API to PostgreSQL", size=18, rest='font-weight="700"'),
        text(
            24, 56, "Start-up and the database apart. Logarithmic; in brackets: multiples of ours.", fill=PALE
        ),
        *grid(scale, bottom),
        *rows(found, scale, unit),
        text(24, height - 14, caption, size=12, fill=PALE),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"
