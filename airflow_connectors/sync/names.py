"""
Names that every SQL database accepts, made from names that APIs use.

A column belongs to one field for good. Which field that is cannot be told from the column: `user_id` may hold
`userId`, seen first, or `user_id`. So what was given is remembered and handed to `columns_of` again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha1
from types import MappingProxyType
from unicodedata import category, normalize

from .errors import DestinationError

LONGEST = 63  # bytes: PostgreSQL's limit, the smallest
SYNCED_AT, ROW_HASH, DELETED_AT, SEQUENCE = "_synced_at", "_row_hash", "_deleted_at", "_seq"
VALID_FROM, VALID_TO, RAW, RANK = "_valid_from", "_valid_to", "_raw", "_rank"
OURS = frozenset({SYNCED_AT, ROW_HASH, DELETED_AT, SEQUENCE, VALID_FROM, VALID_TO})
WIDENING = "_widening_"  # a column that takes another one's values and then its name
# https://www.postgresql.org/docs/current/ddl-system-columns.html and InnoDB's own columns,
# https://dev.mysql.com/doc/refman/8.4/en/innodb-multi-versioning.html: no quotes make these possible.
SYSTEMS = frozenset({
    *("tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"),
    *("db_row_id", "db_trx_id", "db_roll_ptr", "fts_doc_id"),
})  # fmt: skip
RESERVED = OURS | SYSTEMS | {RAW, RANK}
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
GAPS = re.compile("\0+")
LAST_OF_BMP = "\uffff"  # MySQL takes no characters beyond it in a name
NOTHING: Mapping[str, str] = MappingProxyType({})


@lru_cache(maxsize=10_000)
def folded(name: str) -> str:
    """A column's name: `accountId` and `Account ID` become `account_id`. Folded again, it stays as it is."""
    humped = HUMP.sub("_", normalize("NFC", name))
    kept = "".join(one if _is_kept(one) else "\0" for one in humped)
    snake = normalize("NFC", GAPS.sub("_", kept).lower())
    if not snake or (not snake.strip("_") and snake != name):  # of an emoji nothing is left
        return f"_{digest(name)}"
    if snake.startswith(WIDENING) or not (snake[0] == "_" or snake[0].isalpha()):
        snake = f"_{snake}"
    return f"{snake}_" if snake in RESERVED else fitted(snake, name)


def _is_kept(one: str) -> bool:
    # Marks are parts of letters, in Hindi for one.
    return one <= LAST_OF_BMP and (one == "_" or one.isalnum() or category(one)[0] == "M")


def columns_of(names: Iterable[str], given: Mapping[str, str] = NOTHING) -> dict[str, str]:
    """
    A column for each field, as {column: field}.

    A field keeps the column it was `given` before, as {column: field}. Of new ones that fold alike the
    plainest gets the name, if it is free, and the others get it with a digest, whatever order they come in.
    """
    fields = dict.fromkeys(names)
    columns = {name: column for column, name in given.items() if name in fields}
    taken = set(map(_alike, given))
    for name in sorted(fields.keys() - columns.keys(), key=lambda name: (folded(name) != name, name)):
        columns[name] = next(column for column in _possible(name) if _alike(column) not in taken)
        taken.add(_alike(columns[name]))
    return {columns[name]: name for name in fields}


def _possible(name: str) -> Iterator[str]:
    """A field's columns, the best one first."""
    column, whole = folded(name), name
    yield column
    while True:
        yield _marked(column, whole)
        whole += "_"


@lru_cache(maxsize=10_000)
def _alike(column: str) -> str:
    """What is equal for columns that some database takes for one: MySQL ignores case and accents."""
    bare = "".join(one for one in normalize("NFKD", column) if category(one)[0] != "M")
    return (bare or column).casefold()


def fitted(name: str, whole: str = "", longest: int = LONGEST) -> str:
    """A name of a column or table, short enough for every database: what is cut off a digest stands for."""
    return name if len(_encoded(name)) <= longest else _marked(name, whole or name, longest)


def _marked(name: str, whole: str, longest: int = LONGEST) -> str:
    """As much of a name as leaves room for a digest of the whole."""
    mark = f"_{digest(whole)}"
    return f"{_encoded(name)[: longest - len(mark)].decode('utf-8', 'ignore')}{mark}"


def digest(text: str) -> str:
    """Eight characters that stand for a text in a name."""
    return sha1(_encoded(text), usedforsecurity=False).hexdigest()[:8]


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def checked(schema: str) -> str:
    """A schema's name as given, if a database can have it. Raises DestinationError."""
    if not schema or not schema.isprintable() or len(schema.encode()) > LONGEST or '"' in schema:
        message = f"schema {schema!r} cannot be: give 1 to {LONGEST} printable characters, no double quotes"
        raise DestinationError(message)
    return schema
