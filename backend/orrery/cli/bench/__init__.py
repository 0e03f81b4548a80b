"""Measurements, as ratios of things measured side by side in one run on one machine.

Absolute figures depend on the machine; a ratio says whether a change helped. Every measurement is repeated, its sides
in turn, and the median of its repetitions counts. Time is that of the core that does the work, so that other work on
the machine disturbs little. Nothing here is a test.

- `kernel_speed`: our kernel and SimPy on the same workloads.
- `cluster_speed`: the default cluster idling, with and without its trace.
- `measure`: medians, and the table that is printed.
"""
