"""What kubectl says when something went wrong, and with which exit code it ends (``cmdutil.CheckErr``)."""

from __future__ import annotations

import copy
from collections.abc import Iterable

from orrery.kernel import Address, ConnectionRefused, ConnectionReset, DeadlineExceeded, RpcError, Unreachable
from orrery.machinery.wire import StatusError


class Failure(Exception):
    """Ends the command: the text goes to stderr as it stands, with a line feed."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.text = text
        self.code = code


class Exit(Exception):
    """Ends the command with nothing more said."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Several(Exception):
    """More than one thing went wrong; each is told."""

    def __init__(self, errors: Iterable[Exception]) -> None:
        super().__init__()
        self.errors = list(errors)


class Unconnected(Exception):
    """The API server could not be reached."""

    def __init__(self, server: Address, error: RpcError) -> None:
        super().__init__(str(error))
        self.server = server
        self.error = error


WORDED = (Failure, StatusError, Several, Unconnected)
"""What kubectl has words for; any other exception is a bug."""


def error(text: str) -> Failure:
    """A plain error of kubectl's own."""
    return Failure(f"error: {text}")


def usage(command: str, text: str) -> Failure:
    """An error in how the command was used."""
    return Failure(f"error: {text}\nSee 'kubectl {command} -h' for help and examples")


def with_source(failure: StatusError, doing: str, source: str) -> StatusError:
    """The server's failure, with the file that it is about."""
    status = copy.deepcopy(failure.status)
    status["message"] = f'error when {doing} "{source}": {failure.message}'
    return StatusError(status, failure.headers)


def told(exception: Exception) -> list[str]:
    """The lines for stderr."""
    if isinstance(exception, Several):
        return [line for one in exception.errors for line in told(one)]
    if isinstance(exception, Failure):
        return [exception.text]
    if isinstance(exception, StatusError):
        return [_status(exception)]
    if isinstance(exception, Unconnected):
        return [_unconnected(exception)]
    return [f"error: {exception}"]


def code_of(exception: Exception) -> int:
    """The exit code."""
    return exception.code if isinstance(exception, Failure | Exit) else 1


def _status(failure: StatusError) -> str:
    if failure.reason == "Invalid" and "details" in failure.status:
        return _invalid(failure)
    if failure.reason == "Unauthorized":
        return f"error: You must be logged in to the server ({failure.message})"
    reason = f" ({failure.reason})" if failure.reason else ""
    return f"Error from server{reason}: {failure.message}"


def _invalid(failure: StatusError) -> str:
    details = failure.status.get("details") or {}
    text = "The request is invalid"
    if details.get("kind") or details.get("name"):
        text = f'The {details.get("kind", "")} "{details.get("name", "")}" is invalid'
    elif failure.message and not failure.causes:
        text = f"{text}: {failure.message}"
    causes = list(dict.fromkeys(f"{cause.field}: {cause.message}" for cause in failure.causes))
    if not causes:
        return text
    if len(causes) == 1:
        return f"{text}: {causes[0]}"
    return f"{text}: " + "".join(f"\n* {cause}" for cause in causes)


def _unconnected(failure: Unconnected) -> str:
    host, port = failure.server
    error = failure.error
    if isinstance(error, ConnectionRefused):
        return f"The connection to the server {host}:{port} was refused - did you specify the right host or port?"
    if isinstance(error, Unreachable):
        why = f"dial tcp: {error}" if "no such host" in str(error) else f"dial tcp {host}:{port}: i/o timeout"
    elif isinstance(error, DeadlineExceeded):
        why = "net/http: request canceled (Client.Timeout exceeded while awaiting headers)"
    elif isinstance(error, ConnectionReset):
        why = "EOF"
    else:
        why = str(error)
    return f"Unable to connect to the server: {why}"
