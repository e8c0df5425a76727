"""How rows are measured and printed."""

import time
from collections.abc import Callable
from dataclasses import dataclass

WARM_RUNS = 20


@dataclass(frozen=True)
class Row:
    """One line of the table: ours and the floor in the same unit, and how many times the floor ours is."""

    name: str
    ours: float
    floor: float
    unit: str
    floor_name: str

    def __str__(self) -> str:
        ratio = f"{self.ours / self.floor:5.2f} ×"
        return f"{self.name:<44} {self.ours:9.1f} {self.unit:<8} {ratio}  {self.floor_name} ({self.floor:.1f})"


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def p95_ms(*works: Callable[[], object]) -> list[float]:
    """p95 of 20 warm runs in milliseconds of each, taken in turns so that a noisy moment hits all of them."""
    for work in works:
        work()
    runs = [[seconds(work) for work in works] for _ in range(WARM_RUNS)]
    return [sorted(column)[int(WARM_RUNS * 0.95) - 1] * 1000 for column in zip(*runs, strict=True)]
