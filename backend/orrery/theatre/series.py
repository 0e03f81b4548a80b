"""Series over virtual time, within bounds: the last two hours second by second, before that each ten seconds, then each
minute for a week.

A sample stands for a stretch of time and can be joined with the next: what was counted is added, peaks keep the
highest, states the latest, and durations are kept as histograms, so that a percentile over an hour is as true as one
over a second. Buckets of durations grow by 9 %.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil, log2

import orjson

from orrery.kernel import SECOND
from orrery.theatre.records import MetricsReply

LEVELS = ((1, 7_200), (10, 4_320), (60, 10_080))  # seconds of a sample, and how many are kept
PER_OCTAVE = 8
PERCENTILES = (("p50", 0.5), ("p99", 0.99))


@dataclass(slots=True)
class Sample:
    """What was measured in one stretch of time, by name."""

    counts: dict[str, int] = field(default_factory=dict)
    peaks: dict[str, int] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    durations: dict[str, dict[int, int]] = field(default_factory=dict)  # bucket: how many
    seconds: int = 1

    def count(self, name: str, by: int = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + by

    def peak(self, name: str, value: int) -> None:
        if value > self.peaks.get(name, -1):
            self.peaks[name] = value

    def took(self, name: str, duration_ns: int) -> None:
        buckets = self.durations.setdefault(name, {})
        bucket = round(PER_OCTAVE * log2(max(1, duration_ns)))
        buckets[bucket] = buckets.get(bucket, 0) + 1

    def join(self, later: "Sample") -> None:
        self.seconds += later.seconds
        for name, value in later.counts.items():
            self.count(name, value)
        for name, value in later.peaks.items():
            self.peak(name, value)
        self.states.update(later.states)
        for name, buckets in later.durations.items():
            mine = self.durations.setdefault(name, {})
            for bucket, many in buckets.items():
                mine[bucket] = mine.get(bucket, 0) + many

    def packed(self) -> bytes:
        """A twentieth of the memory."""
        return orjson.dumps(
            (self.counts, self.peaks, self.states, self.durations, self.seconds), option=orjson.OPT_NON_STR_KEYS
        )

    @staticmethod
    def unpacked(data: bytes) -> "Sample":
        counts, peaks, states, durations, seconds = orjson.loads(data)
        return Sample(
            counts, peaks, states,
            {name: {int(bucket): many for bucket, many in buckets.items()} for name, buckets in durations.items()},
            seconds,
        )


class _Level:
    """Samples of one length; the last is still being gathered."""

    def __init__(self, seconds: int, keep: int) -> None:
        self.seconds = seconds
        self.kept: deque[tuple[int, bytes]] = deque(maxlen=keep)  # begins at so many seconds
        self.open: Sample | None = None
        self.open_at = 0

    def add(self, second: int, sample: Sample) -> None:
        begins = second - second % self.seconds
        if self.open is not None and begins != self.open_at:
            self.kept.append((self.open_at, self.open.packed()))
            self.open = None
        if self.open is None:
            self.open, self.open_at = Sample(seconds=0), begins
        self.open.join(sample)

    @property
    def oldest(self) -> int:
        return self.kept[0][0] if self.kept else self.open_at

    def between(self, from_s: int, to_s: int) -> Iterator[tuple[int, Sample]]:
        for at, data in self.kept:
            if from_s <= at < to_s:
                yield at, Sample.unpacked(data)
        if self.open is not None and from_s <= self.open_at < to_s:
            yield self.open_at, self.open


class Series:
    """Everything that was sampled of one run."""

    def __init__(self) -> None:
        self._levels = [_Level(seconds, keep) for seconds, keep in LEVELS]

    def add(self, second: int, sample: Sample) -> None:
        """The sample of one second of the run."""
        for level in self._levels:
            level.add(second, sample)

    def between(self, from_ns: int, to_ns: int, points: int) -> MetricsReply:
        """Every series in a stretch of time, in at most about `points` steps."""
        from_s, to_s = max(0, from_ns // SECOND), max(0, ceil(to_ns / SECOND))
        wanted = max(1.0, (to_s - from_s) / max(1, points))
        fitting = [level for level in self._levels if level.seconds <= wanted or level is self._levels[0]]
        level = next((fit for fit in reversed(fitting) if fit.oldest <= from_s), None) or self._reaching(from_s)
        step = level.seconds * ceil(wanted / level.seconds)
        steps: dict[int, Sample] = {}
        for at, sample in level.between(from_s - from_s % step, to_s):
            steps.setdefault(at - at % step, Sample(seconds=0)).join(sample)
        return _reply(steps, step)

    def _reaching(self, from_s: int) -> _Level:
        return next((level for level in self._levels if level.oldest <= from_s), self._levels[-1])


def _reply(steps: dict[int, Sample], step_s: int) -> MetricsReply:
    columns: dict[str, list[float | None]] = {}
    size = len(steps)

    def put(name: str, at: int, value: float, otherwise: float | None = None) -> None:
        column = columns.get(name)
        if column is None:
            column = columns[name] = [otherwise] * size
        column[at] = value

    for at, sample in enumerate(steps.values()):
        for name, many in sample.counts.items():
            put(name, at, round(many / sample.seconds, 3), otherwise=0.0)
        for name, value in sample.peaks.items():
            put(name, at, value, otherwise=0.0)
        for name, value in sample.states.items():
            put(name, at, value)
        for name, buckets in sample.durations.items():
            for suffix, share in PERCENTILES:
                put(f"{name}/{suffix}", at, percentile_ms(buckets, share))
    series = {name: tuple(columns[name]) for name in sorted(columns)}
    return MetricsReply(step_s=step_s, t_s=tuple(steps), series=series)


def percentile_ms(buckets: dict[int, int], share: float) -> float:
    """The duration that so large a share of all does not exceed, in milliseconds."""
    rank = ceil(share * sum(buckets.values()))
    seen = 0
    for bucket in sorted(buckets):
        seen += buckets[bucket]
        if seen >= rank:
            return round(2 ** (bucket / PER_OCTAVE) / 1e6, 4)
    return 0.0
