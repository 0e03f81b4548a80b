"""What a leader knows about one follower (nextIndex and matchIndex of figure 2, and how fast to send).

probing       we do not know where the logs part: one Append at a time, and wait for what it brings
replicating   we do: keep sending, assuming that what was sent will arrive
snapshotting  what it needs has been compacted away: a snapshot is under way

              accepted                   refused
probing      -> replicating              -> probing, further back
replicating  -> replicating              -> probing, from what is known to match
snapshotting -> replicating              (a snapshot is never refused; a lost one is sent again)
"""

from __future__ import annotations

from orrery.raft.messages import Heartbeat

PROBING = "probing"
REPLICATING = "replicating"
SNAPSHOTTING = "snapshotting"

WINDOW_ENTRIES = 4096  # entries on their way to one follower, at most
BATCH_ENTRIES = 128  # entries in one Append, at most


class Progress:
    __slots__ = ("active", "heartbeat", "match", "member", "next", "paused", "snapshot_sent_ns", "state")

    def __init__(self, member: str, next_index: int) -> None:
        self.member = member
        self.match = 0
        self.next = next_index
        self.state = PROBING
        self.paused = False  # probing: an Append is on its way
        self.active = False  # heard from since the last quorum check
        self.snapshot_sent_ns = 0
        self.heartbeat: Heartbeat | None = None  # the last one sent, sent again while nothing in it changes

    @property
    def may_send(self) -> bool:
        if self.state == REPLICATING:
            return self.next - self.match <= WINDOW_ENTRIES
        return not self.paused

    def sent(self, last_index: int) -> None:
        """An Append that ends in `last_index` is on its way."""
        if self.state == REPLICATING:
            self.next = last_index + 1
        else:
            self.paused = True

    def accepted(self, index: int) -> bool:
        """The follower's log matches ours up to `index`; whether that was news."""
        self.paused = False
        self.next = max(self.next, index + 1)
        news = index > self.match
        if news:
            self.match = index
        if self.state != REPLICATING and (news or index == self.match):
            self.state = REPLICATING
            self.next = self.match + 1
        return news

    def refused(self, index: int, agreement: int) -> bool:
        """The entry at `index` did not match; the logs agree at `agreement` at the furthest. False: an old answer."""
        if self.state == REPLICATING:
            if index <= self.match:
                return False
            self.state = PROBING
            self.paused = False
            self.next = self.match + 1
            return True
        if self.next - 1 != index:
            return False
        self.next = max(min(index, agreement + 1), self.match + 1)
        self.paused = False
        return True
