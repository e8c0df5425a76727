"""Charts as SVG, drawn on the server: colours are classes and geometry is attributes, so that a strict CSP holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 560, 220
LEFT, RIGHT, TOP, BOTTOM = 40, 136, 14, 26
LABEL_STEP = 16
HUES = 6

MINUTE, HOUR, DAY = 60, 3600, 86_400
# What an axis may be counted in: unit, its seconds, and from which top value on.
UNITS = ((DAY, "d", 3 * DAY), (HOUR, "h", 3 * HOUR), (MINUTE, "min", 3 * MINUTE), (1, "s", 0))
STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Series:
    """One line. `values` per bucket, None where there is none; `dots`: single cases per bucket instead of a value.
    `titles`: what each value says when pointed at."""

    label: str
    values: Sequence[float | None]
    titles: Sequence[str]
    dots: Sequence[Sequence[float]] = field(default=())

    @property
    def last(self) -> float | None:
        return next((value for value in reversed(self.values) if value is not None), None)

    @property
    def is_empty(self) -> bool:
        return self.last is None and not any(self.dots)


@dataclass(frozen=True)
class Axis:
    """From 0 to `top` seconds in even steps, named in `unit`."""

    top: float
    step: float
    unit: str
    unit_s: int

    def ticks(self) -> Iterator[float]:
        for n in range(round(self.top / self.step) + 1):
            yield n * self.step

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - min(value, self.top) / self.top * (HEIGHT - TOP - BOTTOM)


def axis_for(highest: float) -> Axis:
    """Four steps or five, of a round number of seconds, minutes, hours or days."""
    unit_s, unit, _ = next(unit for unit in UNITS if highest >= unit[2])
    wanted = max(highest / unit_s, 1) / 4
    power = 1.0
    while power * 10 <= wanted:
        power *= 10
    step = next(step * power for step in STEPS if step * power >= wanted) * unit_s
    count = max(1, -(-highest // step))
    return Axis(step * count, step, unit, unit_s)


def line_chart(label: str, buckets: Sequence[str], series: Sequence[Series], say: Callable[[float], str]) -> SafeString:
    """Lines with gaps where nothing was measured, and dots where too little was. `label` says the finding in words."""
    drawn = [each for each in series if not each.is_empty]
    axis = axis_for(_highest(drawn))
    parts = [_grid(axis), _dates(buckets)]
    for n, each in enumerate(drawn):
        parts.append(_series(n, each, axis, len(buckets)))
    parts.append(_labels(drawn, axis, say))
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        WIDTH,
        HEIGHT,
        label,
        format_html_join("", "{}", ((part,) for part in parts)),
    )


def _highest(series: Sequence[Series]) -> float:
    """One case that lasted for weeks must not flatten all the others: dots above are drawn at the top."""
    values = [value for each in series for value in each.values if value is not None]
    dots = sorted(value for each in series for bucket in each.dots for value in bucket)
    return max([*values, *dots[int(len(dots) * 0.9) :][:1], 1])


def _x(index: int, count: int) -> float:
    width = WIDTH - LEFT - RIGHT
    return LEFT + (width * index / (count - 1) if count > 1 else width / 2)


def _grid(axis: Axis) -> SafeString:
    rows = []
    for tick in axis.ticks():
        y = f"{axis.y(tick):.1f}"
        name = f"{tick / axis.unit_s:g}" + (f" {axis.unit}" if tick == axis.top else "")
        rows.append((LEFT, WIDTH - RIGHT, y, y, LEFT - 8, f"{axis.y(tick) + 4:.1f}", name))
    return format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
        rows,
    )


def _dates(buckets: Sequence[str]) -> SafeString:
    step = max(1, -(-len(buckets) // 6))
    rows = [(f"{_x(n, len(buckets)):.1f}", HEIGHT - 6, name) for n, name in enumerate(buckets) if n % step == 0]
    return format_html_join("", '<text x="{}" y="{}" text-anchor="middle">{}</text>', rows)


def _series(number: int, series: Series, axis: Axis, count: int) -> SafeString:
    return format_html(
        '<g class="s-{}">{}{}{}</g>',
        number % HUES,
        _lines(series, axis),
        _dots(series, axis),
        _marks(number, series, axis),
    )


def _lines(series: Series, axis: Axis) -> SafeString:
    """A line for each stretch without a gap."""
    count = len(series.values)
    stretches = []
    for known, group in groupby(enumerate(series.values), key=lambda pair: pair[1] is not None):
        points = [f"{_x(n, count):.1f},{axis.y(value):.1f}" for n, value in group if value is not None]
        if known and len(points) > 1:
            stretches.append((" ".join(points),))
    return format_html_join("", '<polyline class="line" points="{}"/>', stretches)


def _dots(series: Series, axis: Axis) -> SafeString:
    count = len(series.values)
    rows = [(f"{_x(n, count):.1f}", f"{axis.y(value):.1f}") for n, bucket in enumerate(series.dots) for value in bucket]
    return format_html_join("", '<circle class="case" cx="{}" cy="{}" r="1.75"/>', rows)


# Shapes besides colours: circle, square, diamond, triangle, by turns.
_SHAPES = (
    "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0",
    "M-3-3h6v6h-6z",
    "M0-4l4 4l-4 4l-4-4z",
    "M0-4l4 7h-8z",
)


def _marks(number: int, series: Series, axis: Axis) -> SafeString:
    count = len(series.values)
    shape = _SHAPES[number % len(_SHAPES)]
    rows = [
        (f"{_x(n, count):.1f}", f"{axis.y(value):.1f}", shape, title)
        for n, (value, title) in enumerate(zip(series.values, series.titles, strict=True))
        if value is not None
    ]
    return format_html_join("", '<path class="end" transform="translate({} {})" d="{}"><title>{}</title></path>', rows)


def _labels(series: Sequence[Series], axis: Axis, say: Callable[[float], str]) -> SafeString:
    """Names at the right edge at the height of the last value, moved apart where they would touch."""
    placed = sorted((axis.y(_end(each)), n) for n, each in enumerate(series))
    heights: list[float] = []
    for y, _n in placed:
        heights.append(max(y, heights[-1] + LABEL_STEP) if heights else y)
    overflow = max(0.0, heights[-1] - (HEIGHT - BOTTOM)) if heights else 0.0
    rows = [
        (n % HUES, WIDTH - RIGHT + 12, f"{height - overflow + 4:.1f}", _short(series[n].label), _last(series[n], say))
        for height, (_y, n) in zip(heights, placed, strict=True)
    ]
    return format_html_join(
        "", '<text class="lab s-{}" x="{}" y="{}">{}<tspan class="val" dx="5">{}</tspan></text>', rows
    )


def _end(series: Series) -> float:
    """Where its name stands: at its last value, else amid its dots."""
    if series.last is not None:
        return series.last
    dots = [value for bucket in series.dots for value in bucket]
    return sum(dots) / len(dots)


def _last(series: Series, say: Callable[[float], str]) -> str:
    return "" if series.last is None else say(series.last)


def _short(label: str) -> str:
    return label if len(label) <= 14 else label[:13].rstrip() + "…"
