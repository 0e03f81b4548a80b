"""Histories of what clients saw, and the judgement whether one register could have behaved so.

Wing and Gong's search, as Lowe made it quick: try to put the operations in one order that respects real time, and
remember (which are done, what the register holds) so that no state is searched twice.
"""

from __future__ import annotations

from dataclasses import dataclass

FOREVER = 1 << 62


@dataclass
class Operation:
    """A read of `value` or a write of it. A write whose outcome is unknown has no end, and may never have happened."""

    kind: str
    value: object
    begun: int
    ended: int = FOREVER


def is_linearizable(history: list[Operation], initial: object = None, *, most_states: int = 200_000) -> bool:
    """Whether the operations on one key fit one register. Raises if that cannot be told in `most_states` steps."""
    operations = sorted(history, key=lambda operation: operation.begun)
    certain = sum(1 << number for number, op in enumerate(operations) if op.ended < FOREVER)
    seen: dict[tuple[int, object], bool] = {}
    stack: list[tuple[int, object]] = [(0, initial)]
    while stack:
        done, value = state = stack.pop()
        if done & certain == certain:
            return True
        if state in seen:
            continue
        seen[state] = True
        if len(seen) > most_states:
            raise TimeoutError("the history is too tangled to judge")
        pending = [(number, op) for number, op in enumerate(operations) if not done >> number & 1]
        first_end = min(op.ended for _, op in pending)
        for number, op in pending:
            if op.begun > first_end:
                break  # it began after another had ended: it cannot be next
            if op.kind == "write":
                stack.append((done | 1 << number, op.value))
            elif op.value == value:
                stack.append((done | 1 << number, value))
    return False
