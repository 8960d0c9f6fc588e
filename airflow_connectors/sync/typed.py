"""
The fast way from JSON to rows: a page is decoded straight into the types its table already has.

A record with a field nobody has seen, or a value of another type, does not fit. Its page then goes the
general way, which learns from it, and the decoder is made anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Raw
from msgspec.structs import astuple

from .kinds import LARGEST, Kind

NULL = Raw(b"null")
PLAIN = re.compile(r'[^"\\\x00-\x1f]*').fullmatch
EXACT = 2**53  # beyond, a float does not hold every whole number
Whole = Annotated[int, Meta(ge=-LARGEST, le=LARGEST)]
Decimal = Annotated[float, Meta(ge=-EXACT, le=EXACT)]
Moment = Annotated[datetime, Meta(tz=True)]
TYPES: Mapping[Kind | None, Any] = {
    Kind.BOOLEAN: bool,
    Kind.INTEGER: Whole,
    Kind.FLOAT: Decimal,
    Kind.NUMERIC: int | float,
    Kind.TIMESTAMP: Moment,
    Kind.TEXT: str,
}


@dataclass
class Layout:
    """
    The fields that records have been seen to have, each with the kind of its column; None if always null.

    `lifted` are those of the object that the stream lifts, `required` those of its primary key.
    """

    fields: dict[str, Kind | None] = field(default_factory=dict)
    lifted: dict[str, Kind | None] | None = None
    lift: str = ""
    required: Sequence[str] = ()

    @property
    def kinds(self) -> dict[str, Kind | None]:
        """Every field of a row in the order of its values."""
        return {**self.fields, **(self.lifted or {})}


def is_decodable(fields: Iterable[str]) -> bool:
    """Whether a decoder can be told of fields with these names."""
    return all(map(PLAIN, fields))


class TypedDecoder:
    """Decodes records of one layout. Raises msgspec.ValidationError for a record that does not fit."""

    def __init__(self, layout: Layout) -> None:
        self.kinds = layout.kinds
        self.lifts = layout.lifted is not None
        struct = _struct(layout.fields, layout.required, {})
        if layout.lifted is not None:
            inner = _struct(layout.lifted, layout.required, {})
            struct = _struct(layout.fields, layout.required, {layout.lift: inner})
        self._decode = msgspec.json.Decoder(struct).decode

    def columns(self, raws: Iterable[Raw]) -> dict[str, Sequence[Any]]:
        """The records' values by field, as drivers take them. Fields that are always null are left out."""
        rows = [astuple(self._decode(raw)) for raw in raws]
        if self.lifts:
            rows = [(*row[:-1], *astuple(row[-1])) for row in rows]
        values = dict(zip(self.kinds, zip(*rows, strict=True), strict=True))
        return {name: _plain(kind, values[name]) for name, kind in self.kinds.items() if kind}


def _struct(
    fields: Mapping[str, Kind | None], required: Sequence[str], inner: Mapping[str, Any]
) -> type[msgspec.Struct]:
    # Attributes must be identifiers, which fields need not be.
    names = {f"f{number}": name for number, name in enumerate([*fields, *inner])}
    needed = {*required, *inner}
    types = {**{name: _type(kind, is_required=name in needed) for name, kind in fields.items()}, **inner}
    return msgspec.defstruct(
        "Row",
        [_attribute(key, types[name], is_required=name in needed) for key, name in names.items()],
        rename=names,
        forbid_unknown_fields=True,
        kw_only=True,
        gc=False,
    )


def _attribute(name: str, type_: Any, *, is_required: bool) -> Any:
    if is_required:
        return (name, type_)
    return (name, type_, NULL if type_ is Raw else None)


def _type(kind: Kind | None, *, is_required: bool) -> Any:
    if kind is None:
        return None
    if kind is Kind.JSON:
        return Raw  # has no union with None: a null is the text "null"
    return TYPES[kind] if is_required else TYPES[kind] | None


def _plain(kind: Kind, values: Sequence[Any]) -> Sequence[Any]:
    if kind is not Kind.JSON:
        return values
    return [None if raw == NULL else bytes(raw) for raw in values]
