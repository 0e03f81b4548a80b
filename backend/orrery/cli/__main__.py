"""`python -m orrery.cli`: the same as `orrery`."""

from orrery.cli import main

main()
