"""Names that every SQL database accepts, made from names that APIs use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha1

from .errors import DestinationError

LONGEST = 63  # PostgreSQL's limit, the smallest
SYNCED_AT, ROW_HASH, DELETED_AT, SEQUENCE = "_synced_at", "_row_hash", "_deleted_at", "_seq"
VALID_FROM, VALID_TO = "_valid_from", "_valid_to"
OURS = frozenset({SYNCED_AT, ROW_HASH, DELETED_AT, SEQUENCE, VALID_FROM, VALID_TO})
WIDENING = "_widening_"  # a column that takes another one's values and then its name
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@lru_cache(maxsize=10_000)
def folded(name: str) -> str:
    """A column's name: `accountId` and `Account ID` become `account_id`."""
    snake = re.sub(r"\W+", "_", HUMP.sub("_", name)).lower() or "_"
    if snake in OURS:
        return f"{snake}_"
    return snake if len(snake) <= LONGEST else f"{snake[: LONGEST - 9]}_{digest(name)}"


def columns_of(names: Iterable[str]) -> dict[str, str]:
    """A column for each field, as {column: field}. Of fields that fold alike, the plainest keeps the name."""
    found: dict[str, str] = {}
    for name in sorted(names, key=lambda name: folded(name) != name):
        column = folded(name)
        found[f"{column[: LONGEST - 9]}_{digest(name)}" if column in found else column] = name
    return found


def digest(text: str) -> str:
    """Eight characters that stand for a text in a name."""
    return sha1(text.encode(), usedforsecurity=False).hexdigest()[:8]


def checked(schema: str) -> str:
    """A schema's name as given, if a database can have it. Raises DestinationError."""
    if not schema or not schema.isprintable() or len(schema.encode()) > LONGEST or '"' in schema:
        message = f"schema {schema!r} cannot be: give 1 to {LONGEST} printable characters, no double quotes"
        raise DestinationError(message)
    return schema
