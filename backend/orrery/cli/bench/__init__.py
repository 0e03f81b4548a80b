"""Measurements, as ratios of things measured side by side in one run on one machine.

Absolute figures depend on the machine; a ratio says whether a change helped. Every measurement is repeated, its sides
in turn, and the median of its repetitions counts. Time is that of the core that does the work, so that other work on
the machine disturbs little. Nothing here is a test.

- `kernel_speed`: our kernel and SimPy on the same workloads.
- `cluster_speed`: the default cluster idling, with and without its trace.
- `browser_speed`: the page of the default cluster: first paint, clicks, a recorded hour, memory.
- `browser_crowd`: the page with 500 Pods on 50 nodes and 300 messages in flight, beside a naive one (`naive.html`).
- `chromium`, `bundle`: a browser and a server for these; what code the first screen takes.
- `measure`: medians, and the table that is printed.
"""
