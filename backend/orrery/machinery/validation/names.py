"""Names, labels and ports: the small grammars that every kind shares. Each function gives what is wrong, or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from orrery.machinery.validation.causes import invalid
from orrery.machinery.wire import Cause

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_DNS_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?"
_QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_CONFIG_KEY = "[-._a-zA-Z0-9]+"
_PERCENT = "[0-9]+%"

_SUBDOMAIN_HELP = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    f"and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '{_SUBDOMAIN}')"
)
_LABEL_HELP = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
    f"with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '{_LABEL}')"
)
_DNS_1035_HELP = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
    "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for "
    f"validation is '{_DNS_1035}')"
)
_QUALIFIED_HELP = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
    f"(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{_QUALIFIED}')"
)
_VALUE_HELP = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
    "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation "
    f"is '({_QUALIFIED})?')"
)
_CONFIG_KEY_HELP = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  "
    f"or 'key-name', regex used for validation is '{_CONFIG_KEY}')"
)


def _too_long(limit: int) -> str:
    return f"must be no more than {limit} characters"


def subdomain(name: str) -> list[str]:
    """An RFC 1123 subdomain: the name of most objects."""
    problems = [_too_long(253)] if len(name) > 253 else []
    return problems if re.fullmatch(_SUBDOMAIN, name) else [*problems, _SUBDOMAIN_HELP]


def label(name: str) -> list[str]:
    """An RFC 1123 label: the name of a Namespace, a container, a volume."""
    problems = [_too_long(63)] if len(name) > 63 else []
    return problems if re.fullmatch(_LABEL, name) else [*problems, _LABEL_HELP]


def dns_1035(name: str) -> list[str]:
    """An RFC 1035 label: the name of a Service."""
    problems = [_too_long(63)] if len(name) > 63 else []
    return problems if re.fullmatch(_DNS_1035, name) else [*problems, _DNS_1035_HELP]


def qualified(key: str) -> list[str]:
    """A key with an optional prefix, ``example.com/name``: of labels, annotations, taints."""
    prefix, slash, name = key.rpartition("/")
    problems: list[str] = []
    if "/" in prefix:
        return [
            f"a qualified name {_QUALIFIED_HELP} with an optional DNS subdomain prefix and '/' "
            "(e.g. 'example.com/MyName')"
        ]
    if slash and not prefix:
        problems.append("prefix part must be non-empty")
    elif slash:
        problems += [f"prefix part {problem}" for problem in subdomain(prefix)]
    if not name:
        problems.append("name part must be non-empty")
    elif len(name) > 63:
        problems.append(f"name part {_too_long(63)}")
    if not re.fullmatch(_QUALIFIED, name):
        problems.append(f"name part {_QUALIFIED_HELP}")
    return problems


def label_value(value: str) -> list[str]:
    """The value of a label."""
    problems = [_too_long(63)] if len(value) > 63 else []
    return problems if re.fullmatch(f"({_QUALIFIED})?", value) else [*problems, _VALUE_HELP]


def config_key(key: str) -> list[str]:
    """A key of a ConfigMap or a Secret."""
    if len(key) > 253:
        return [_too_long(253)]
    if not re.fullmatch(_CONFIG_KEY, key):
        return [_CONFIG_KEY_HELP]
    if key == ".":
        return ["must not be '.'"]
    return ["must not be '..'"] if key == ".." else ["must not start with '..'"] if key.startswith("..") else []


def port_name(name: str) -> list[str]:
    """The name of a container's port."""
    problems = [_too_long(15)] if len(name) > 15 else []
    if not re.fullmatch("[-a-z0-9]+", name):
        problems.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not re.search("[a-z]", name):
        problems.append("must contain at least one letter (a-z)")
    if "--" in name:
        problems.append("must not contain consecutive hyphens")
    if name.startswith("-") or name.endswith("-"):
        problems.append("must not begin or end with a hyphen")
    return problems


def port_number(port: Any) -> list[str]:
    """A port number."""
    return [] if isinstance(port, int) and 1 <= port <= 65535 else ["must be between 1 and 65535, inclusive"]


def variable(name: str) -> list[str]:
    """The name of an environment variable."""
    if name and all(" " <= char <= "~" and char != "=" for char in name):
        return []
    return ["a valid environment variable name must consist only of printable ASCII characters other than '='"]


def address(text: str) -> list[str]:
    """An IP address."""
    try:
        ip_address(text)
    except ValueError:
        return ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"]
    return []


def percent(text: str) -> list[str]:
    """A percentage: ``25%``."""
    if re.fullmatch(_PERCENT, text):
        return []
    return [
        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', "
        f"regex used for validation is '{_PERCENT}')"
    ]


def at_least(field: str, value: Any, minimum: int = 0) -> list[Cause]:
    """A number that may not be less than ``minimum``; absent is fine."""
    if value is None or value >= minimum:
        return []
    bound = "greater than or equal to 0" if minimum == 0 else f"greater than {minimum - 1}"
    return [invalid(field, value, f"must be {bound}")]


def labels(field: str, mapping: Mapping[str, str] | None) -> list[Cause]:
    """Keys and values of a set of labels."""
    causes: list[Cause] = []
    for key, value in (mapping or {}).items():
        causes += [invalid(field, key, problem) for problem in qualified(key)]
        causes += [invalid(field, value, problem) for problem in label_value(value)]
    return causes
