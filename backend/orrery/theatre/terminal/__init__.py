"""The terminal in the page: a shell inside the simulation, whose commands act as clients of the cluster.

A line that somebody types is an input of the run like any other act; what the commands do they do as coroutines of a
simulated process, through the simulated network, in virtual time. What they print goes out to whoever looks.

command     what a command is given, and what it gives back
"""
