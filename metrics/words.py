"""How measures are written: durations and counts, short."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

MINUTE, HOUR, DAY = 60, 3600, 86_400
MINUS = "−"


def duration(seconds: float | None) -> str:
    """`42s`, `11m 20s`, `1h 07m`, `2d 3h`; a dash where there is nothing."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    if whole < MINUTE:
        return f"{whole}s"
    if whole < HOUR:
        return (
            f"{whole // MINUTE}m"
            if whole % MINUTE == 0 or whole >= 20 * MINUTE
            else f"{whole // MINUTE}m {whole % MINUTE:02}s"
        )
    if whole < DAY:
        return f"{whole // HOUR}h {whole % HOUR // MINUTE:02}m"
    return f"{whole // DAY}d {whole % DAY // HOUR}h"


def target(seconds: float) -> str:
    """`20 s`, `30 min`, `27 h`: never in days, since a working day is no day."""
    whole = round(seconds)
    if whole < MINUTE:
        return f"{whole} s"
    value, unit = (whole / MINUTE, "min") if whole < 2 * HOUR or whole % HOUR else (whole / HOUR, "h")
    return f"{value:g} {unit}"


def minutes(seconds: float | None) -> str:
    """`94`, `1.5`, `12,400`; a dash where there is nothing."""
    if seconds is None:
        return "–"
    value = seconds / MINUTE
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}"


METRICS = {
    "first_response": gettext_lazy("First response"),
    "next_response": gettext_lazy("Next response"),
    "resolution": gettext_lazy("Resolution"),
    "next_update": gettext_lazy("Promised update"),
}


def metric(name: str) -> str:
    return str(METRICS.get(name, name))
