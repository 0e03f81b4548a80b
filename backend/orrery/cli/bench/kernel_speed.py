"""Our kernel against SimPy, on the same workloads of 1,000 processes.

An event is one resumption of a process; both sides do the same number of them, in the same order of virtual times.
"""

from collections.abc import Callable, Generator
from typing import Any

from orrery.cli.bench.measure import Row, in_turns, seconds
from orrery.kernel import Kernel, Queue, sleep

PROCESSES = 1_000
ROUNDS = 100  # of each process
TARGET = 1.5


def measure(repetitions: int, done: Callable[[], object]) -> list[Row]:
    """Raises ModuleNotFoundError without SimPy, which is a development dependency."""
    import simpy

    workloads = [
        ("asleep by turns", our_sleepers, lambda: simpy_sleepers(simpy), PROCESSES * ROUNDS),
        ("pairs with a mailbox", our_pairs, lambda: simpy_pairs(simpy), PROCESSES * ROUNDS),
    ]
    rows = []
    for title, ours, theirs, events in workloads:
        our_s, their_s = in_turns([lambda w=ours: seconds(w), lambda w=theirs: seconds(w)], repetitions, done)  # type: ignore[misc]
        rows.append(Row(f"1,000 processes, {title}", "events/s", events / our_s, events / their_s, TARGET))
    return rows


def period_ns(index: int) -> int:
    """Periods that differ, so that the queue of what is due is never in order by accident."""
    return 1_000_000 + (index * 7919) % 1000 * 1_000


def our_sleepers() -> None:
    kernel = Kernel(seed=1)

    async def beat(every_ns: int) -> None:
        for _ in range(ROUNDS):
            await sleep(every_ns)

    for index in range(PROCESSES):
        kernel.spawn(beat(period_ns(index)), name="beat")
    kernel.run_until(ROUNDS * period_ns(0) * 3)


def simpy_sleepers(simpy: Any) -> None:
    environment = simpy.Environment()

    def beat(every_ns: int) -> Generator[Any, Any, None]:
        for _ in range(ROUNDS):
            yield environment.timeout(every_ns)

    for index in range(PROCESSES):
        environment.process(beat(period_ns(index)))
    environment.run(until=ROUNDS * period_ns(0) * 3)


def our_pairs() -> None:
    kernel = Kernel(seed=1)

    async def sender(mailbox: Queue[int], every_ns: int) -> None:
        for number in range(ROUNDS):
            await sleep(every_ns)
            mailbox.put(number)

    async def receiver(mailbox: Queue[int]) -> None:
        for _ in range(ROUNDS):
            await mailbox.get()

    for index in range(PROCESSES // 2):
        mailbox: Queue[int] = Queue(kernel)
        kernel.spawn(sender(mailbox, period_ns(index)), name="sender")
        kernel.spawn(receiver(mailbox), name="receiver")
    kernel.run_until(ROUNDS * period_ns(0) * 3)


def simpy_pairs(simpy: Any) -> None:
    environment = simpy.Environment()

    def sender(mailbox: Any, every_ns: int) -> Generator[Any, Any, None]:
        for number in range(ROUNDS):
            yield environment.timeout(every_ns)
            mailbox.put(number)

    def receiver(mailbox: Any) -> Generator[Any, Any, None]:
        for _ in range(ROUNDS):
            yield mailbox.get()

    for index in range(PROCESSES // 2):
        mailbox = simpy.Store(environment)
        environment.process(sender(mailbox, period_ns(index)))
        environment.process(receiver(mailbox))
    environment.run(until=ROUNDS * period_ns(0) * 3)
