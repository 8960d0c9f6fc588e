"""Finding the list of records in an answer, undecoded where that will do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from .errors import DataError
from .paths import dig
from .request import Response

Record = dict[str, Any]
Records = str | Callable[[Any], list[Record]]
Raws = list[msgspec.Raw]

decode_list = msgspec.json.Decoder(Raws).decode


def raw_list(response: Response, path: str) -> Raws | None:
    """The undecoded list at a path of an answer; None where there is none, or it is decoded already."""
    if "json" in vars(response):
        return None
    try:
        return decode_list(response.raw(path) or b"null")
    except msgspec.DecodeError:
        return None


def listed(response: Response, records: Records) -> list[Any]:
    """The list at `records` in an answer. Raises DataError where there is none."""
    if not response.content:  # GitHub answers 204 for the contributors of an empty repository.
        return []
    body = response.json
    try:
        found = records(body) if callable(records) else dig(body, records)
    except (KeyError, TypeError, AttributeError) as error:
        raise _no_list(response, records) from error
    if not isinstance(found, list):
        raise _no_list(response, records)
    return found


def _no_list(response: Response, records: Records) -> DataError:
    where = "at the top" if not records else f"at {records!r}" if isinstance(records, str) else "in it"
    body = response.json
    shape = f"the keys {', '.join(sorted(body))[:120]}" if isinstance(body, dict) else type(body).__name__
    message = f"{response.request}: no list of records {where}; the answer ({response.status}) has {shape}"
    return DataError(message, status=response.status)
