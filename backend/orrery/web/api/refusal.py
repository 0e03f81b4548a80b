"""How a request is refused."""


class Refusal(Exception):
    """A request that cannot be granted: status code, one sentence, the place."""

    def __init__(self, code: int, message: str, field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
