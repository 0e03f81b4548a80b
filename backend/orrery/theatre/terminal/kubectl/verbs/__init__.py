"""The commands of kubectl, one file each: a coroutine and its ``Verb``."""
