"""What is said of the quorum, in both languages: first English, then Korean."""

from orrery.theatre.records import Words

_SENTENCES: dict[str, tuple[str, str]] = {
    # of a member
    "down": (
        "Is down: it neither votes nor stands for election.",
        "꺼져 있어 투표도 출마도 하지 못합니다.",
    ),
    "hung": (
        "Hangs: it neither votes nor stands for election.",
        "멈춰 있어 투표도 출마도 하지 못합니다.",
    ),
    "leads": (
        "Leads. With itself it reaches {reached}; {needed} are needed.",
        "리더입니다. 자신을 포함해 {reached}개에 닿습니다(정족수 {needed}개).",
    ),
    "leads-nobody": (
        "Leads, but with itself it reaches only {reached} of the {needed} that it needs: it will step down.",
        "리더이지만 자신을 포함해 {reached}개에만 닿습니다(정족수 {needed}개). 곧 물러납니다.",
    ),
    "hears": (
        "Hears the leader {leader}, so it does not stand for election.",
        "리더 {leader}의 소식을 듣고 있어 출마하지 않습니다.",
    ),
    "chances": (
        "Could get {votes} of the {needed} votes that it needs, its own included.",
        "자신의 표를 포함해 최대 {votes}표를 얻을 수 있습니다(필요한 표 {needed}표).",
    ),
    "out-of-reach": (
        "Out of reach: {names}.",
        "닿지 않는 멤버: {names}.",
    ),
    "would-refuse": (
        "Would refuse it, having newer logs: {names}.",
        "로그가 더 최신이라 거절할 멤버: {names}.",
    ),
    # of the cluster
    "held": (
        "{leader} leads and reaches {reached} of {size} members, itself included. "
        "{needed} make a quorum, so writes are committed.",
        "리더 {leader}에서 자신을 포함해 멤버 {size}개 중 {reached}개에 닿습니다. "
        "정족수는 {needed}개이므로 쓰기가 커밋됩니다.",
    ),
    "shaken": (
        "{leader} still leads, but reaches only {reached} of the {needed} members that make a quorum: "
        "it can commit nothing, and steps down when it next asks who is there.",
        "아직 리더는 {leader}이지만, 자신을 포함해 {reached}개에만 닿아 정족수 {needed}개에 못 미칩니다. "
        "아무것도 커밋하지 못하며 다음 정족수 확인 때 물러납니다.",
    ),
    "others": (
        "Meanwhile another leader can be elected: {names}.",
        "그사이 새 리더로 당선될 수 있는 멤버: {names}.",
    ),
    "open": (
        "There is no leader. Could be elected: {names}. Whose timer runs out first stands for election.",
        "리더가 없습니다. 당선될 수 있는 멤버: {names}. 선거 타이머가 먼저 끝난 멤버가 출마합니다.",
    ),
    "stale": (
        "No leader, and nobody can be elected: {together} members reach one another, "
        "but none of them has a log that is new enough for {needed} votes.",
        "리더가 없고 아무도 당선될 수 없습니다. {together}개가 서로 닿지만, "
        "{needed}표를 얻을 만큼 로그가 최신인 멤버가 없습니다.",
    ),
    "lost": (
        "No quorum: {needed} votes are needed, but at most {together} of {size} members reach one another. "
        "Nobody can win an election, and nothing can be written.",
        "정족수가 없습니다. {needed}표가 필요하지만 서로 닿는 멤버는 {size}개 중 최대 {together}개입니다. "
        "아무도 당선될 수 없고, 아무것도 쓸 수 없습니다.",
    ),
}


def words(sentence: str, **facts: object) -> Words:
    en, ko = _SENTENCES[sentence]
    return Words(en=en.format_map(facts), ko=ko.format_map(facts))


def joined(*parts: Words | None) -> Words:
    """Sentences one after the other; those that are None are left out."""
    said = [part for part in parts if part is not None]
    return Words(en=" ".join(part.en for part in said), ko=" ".join(part.ko for part in said))
