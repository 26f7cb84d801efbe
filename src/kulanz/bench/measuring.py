"""What a benchmark reports."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Floor:
    """The raw limit of the machine in the same run."""

    what: str
    seconds: float
    per_second: float


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether everything still held at the end."""

    ok: bool
    seconds: float
    broken: list[str]


@dataclass(frozen=True, slots=True)
class Measured:
    """The result of one benchmark; the names are those of the command line's contract."""

    name: str
    size: int
    seconds: float
    per_second: float
    p50_ms: float
    p95_ms: float
    peak_mb: float
    chunk: int
    floor: Floor
    verify: Proof


@dataclass(slots=True)
class Stopwatch:
    """Adds up laps and keeps each."""

    laps: list[float] = field(default_factory=list)

    @contextmanager
    def lap(self) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.laps.append(time.perf_counter() - begun)

    @property
    def seconds(self) -> float:
        return sum(self.laps)


def percentile_ms(laps: Sequence[float], percent: int) -> float:
    """The lap below which `percent` of all laps lie (nearest rank), in milliseconds."""
    rank = max(0, -(-len(laps) * percent // 100) - 1)
    return round(sorted(laps)[rank] * 1_000, 1)


def peak_megabytes() -> float:
    """The most memory this process ever held."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts kilobytes, macOS bytes.
    return round(used / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
