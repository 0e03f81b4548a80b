"""The link between two hosts, and what can be wrong with it."""

from dataclasses import dataclass, field

from orrery.kernel.units import MICROSECOND, MILLISECOND


@dataclass(frozen=True, slots=True)
class LinkProfile:
    """How long a message takes: at least `latency_ns`, and up to `jitter_ns` more at random (which reorders
    datagrams)."""

    latency_ns: int = 400 * MICROSECOND
    jitter_ns: int = 200 * MICROSECOND


LOOPBACK = LinkProfile(latency_ns=20 * MICROSECOND, jitter_ns=10 * MICROSECOND)
OUTSIDE = LinkProfile(latency_ns=12 * MILLISECOND, jitter_ns=3 * MILLISECOND)


@dataclass(slots=True)
class Link:
    """Both directions between hosts `a` and `b` (in alphabetical order)."""

    a: str
    b: str
    profile: LinkProfile
    cut: dict[str, bool] = field(default_factory=dict)  # by the sending host
    slow_ns: int = 0
    drop: float = 0.0

    def is_cut(self, sender: str) -> bool:
        return bool(self.cut) and self.cut.get(sender, False)

    @property
    def healthy(self) -> bool:
        return not any(self.cut.values()) and not self.slow_ns and not self.drop
