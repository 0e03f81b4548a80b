"""YAML as kubectl writes it (sigs.k8s.io/yaml on go-yaml): keys sorted, lists at their key's indent, lines folded at
80 columns, text with line feeds in a literal block, text that would be read as something else in double quotes."""

from __future__ import annotations

import re
from typing import Any

import yaml

_WORDS = (
    "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", "n", "N", "no", "No", "NO", "false",
    "False", "FALSE", "off", "Off", "OFF", "~", "null", "Null", "NULL", "<<", ".nan", ".NaN", ".NAN", ".inf",
    ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF",
)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INTEGER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)")
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_TIME = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([Tt ]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?(Z|[+-]\d\d:\d\d)?)?")


def dump_yaml(value: Any) -> str:
    """A document as text, with its last line feed."""
    return yaml.dump(value, Dumper=_Dumper, default_flow_style=False, sort_keys=True, allow_unicode=True, width=80)


def _is_plain(text: str) -> bool:
    """Whether text would be read back as text if it stood there bare."""
    if not text or text in _WORDS or _BASE_60.fullmatch(text) or _TIME.fullmatch(text):
        return False
    digits = text.replace("_", "")
    return not (_INTEGER.fullmatch(digits) or _FLOAT.fullmatch(digits)) or not text[0].isascii()


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True

    def serialize_node(self, node: Any, parent: Any, index: Any) -> None:
        if isinstance(node, yaml.ScalarNode):  # what stands there bare was decided by us
            self.emit(yaml.ScalarEvent(None, None, (True, True), node.value, style=node.style))
        else:
            super().serialize_node(node, parent, index)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None if _is_plain(text) else '"'
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
