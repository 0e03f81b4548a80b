"""The values that options take, checked where they are typed: seeds, spans of virtual time, ports."""

import re
from typing import TYPE_CHECKING, Any

import click

from orrery.kernel.units import parse_span_ns

MAX_SEED = 2**53 - 1  # the largest whole number that a browser holds exactly

if TYPE_CHECKING:  # it is generic for type checkers before it is at run time
    ParamType = click.ParamType[Any]
else:
    ParamType = click.ParamType


class Seed(ParamType):
    """A whole number from 0 to 2^53-1."""

    name = "N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        if not re.fullmatch(r"[0-9]+", value) or int(value) > MAX_SEED:
            self.fail(f"'{value}' is not a seed: give a whole number from 0 to {MAX_SEED}, such as 42.", param, ctx)
        return int(value)


class Span(ParamType):
    """A span of virtual time as kubectl writes them (90s, 5m, 1h30m); becomes nanoseconds."""

    name = "SPAN"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        span_ns = parse_span_ns(value)
        if span_ns is None or span_ns <= 0:
            self.fail(f"'{value}' is not a span of time: write it as 60s, 5m or 1h30m.", param, ctx)
        return span_ns


class Port(ParamType):
    """A TCP port that a server can have or be asked on."""

    name = "PORT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        if not re.fullmatch(r"[0-9]+", value) or not 1 <= int(value) <= 65535:
            self.fail(f"'{value}' is not a port: give a whole number from 1 to 65535.", param, ctx)
        return int(value)
