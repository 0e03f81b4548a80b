"""The reasons that members give for their ballots, in both languages.

A reason is written where the vote is decided (`orrery.raft.node`), in English. Here each of those sentences has its
pattern; one that is not known is shown as it stands.
"""

import re

from orrery.theatre.projections.insight import host_of
from orrery.theatre.records import Words

_REASONS: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern), en, ko)
    for pattern, en, ko in (
        (r"I still hear (?P<a>\S+)", "it still hears the leader {a}", "아직 리더 {a}의 소식을 듣고 있음"),
        (r"my term (?P<a>\d+) is newer", "its own term {a} is newer", "자신의 임기가 {a}번으로 더 최신"),
        (r"I voted for (?P<a>\S+)", "it has voted for {a} in this term", "이 임기에는 이미 {a}에 투표함"),
        (r"(?P<a>\S+) leads this term", "{a} leads this term", "이 임기의 리더는 이미 {a}"),
        (
            r"its log ends at (?P<a>\d+) of term (?P<b>\d+), mine at (?P<c>\d+) of term (?P<d>\d+)",
            "the candidate's log ends at {a} (term {b}), its own at {c} (term {d})",
            "후보의 로그는 {a}번(임기 {b})까지, 자신의 로그는 {c}번(임기 {d})까지",
        ),
        (
            r"its log is at least as up-to-date as mine",
            "the candidate's log is at least as up-to-date as its own",
            "후보의 로그가 자신의 것만큼 최신임",
        ),
    )
)


def reason_words(reason: str) -> Words:
    """A ballot's reason as people read it."""
    for pattern, en, ko in _REASONS:
        found = pattern.fullmatch(reason)
        if found:
            names = {key: host_of(value) for key, value in found.groupdict().items()}
            return Words(en=en.format(**names), ko=ko.format(**names))
    return Words(en=reason, ko=reason)
