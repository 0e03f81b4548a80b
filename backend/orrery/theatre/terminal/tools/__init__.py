"""The commands that every host has. One file a group; each is a coroutine and one line in `table.py`."""
