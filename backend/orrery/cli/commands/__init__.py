"""One file a command; each has `command`, a click command whose docstring is its --help."""
