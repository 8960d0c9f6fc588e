"""A value that is used and never shown."""

from __future__ import annotations

from hmac import compare_digest

from airflow_connectors.core import ConfigError

SHORTEST = 16


class Secret:
    """
    The key of a keyed hash. No repr, log or error shows it.

    Not a dataclass on purpose: a generated repr would print the value.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        if not isinstance(value, str) or len(value) < SHORTEST:
            message = (
                f"a key of a hash has fewer than {SHORTEST} characters, so that hashes could be undone by "
                'trying: take one from python -c "import secrets; print(secrets.token_hex(32))"'
            )
            raise ConfigError(message)
        self._value = value

    def reveal(self) -> bytes:
        return self._value.encode()

    def __repr__(self) -> str:
        return "Secret(***)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and compare_digest(self.reveal(), other.reveal())

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str:
        raise TypeError("a Secret is not written down: name it, and have it resolved where it is used")
