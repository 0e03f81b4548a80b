"""What the charts show."""

from orrery.theatre.records.base import Model


class MetricsReply(Model):
    """GET /api/metrics: series over virtual time. Each has a value for each step, or None where nothing was measured.

    Rates are a second: "commits", "messages/<protocol>", "verb/<verb>", "code/<status code>". Durations are in
    milliseconds, "/p50" and "/p99": "commit", "raft", "api", "scheduling". The highest within a step: "queue/<part>",
    "work/<controller>". As it was at a step's end: "pods/<phase>", "nodes/<readiness>".
    """
    step_s: int
    t_s: tuple[int, ...]        # where each step begins
    series: dict[str, tuple[float | None, ...]]
