"""What a run needs before it reads: its tables, and what becomes of records on their way there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sqlalchemy.engine import Connection

from airflow_connectors.core import ConfigError, Stream

from .destination import Destination
from .fields import Fields
from .kinds import Kind
from .names import RAW
from .options import Options, Write
from .shape import children_of, compiled, contract_of, route_of, transforms_of
from .shaping import Shaping
from .tables import Tables

if TYPE_CHECKING:
    from .shape import Chain, Secret

Find = Callable[[str], "Secret"]


def shaping_of(stream: Stream, options: Options, secret: Find | None = None) -> Shaping:
    """What the options make of a stream's records. Raises ConfigError for what cannot work."""
    chain = _chain(stream, options, secret)
    shaping = Shaping(
        name=stream.name,
        table=options.table or stream.name,
        key=chain.key if chain else stream.key,
        all_fields={},
        chain=chain,
        route=route_of(options.route) if options.route else None,
        children=children_of(options.children) if options.children else None,
        contract=contract_of(options.contract) if options.contract else None,
    )
    if shaping.children and shaping.children.depth > 1:
        raise ConfigError("children: arrays within arrays cannot have tables; leave the depth at 1")
    shaping.all_fields = {table: Fields() for table in shaping.keys}
    return shaping


def _chain(stream: Stream, options: Options, secret: Find | None) -> Chain | None:
    if not options.transforms and not options.keep_raw:
        return None
    return compiled(
        transforms_of(options.transforms),
        key=stream.key,
        fixed=stream.partition_fields,
        secret=secret,
        keep_raw=options.keep_raw,
    )


def open_tables(
    conn: Connection, destination: Destination, shaping: Shaping, write: Write
) -> dict[str, Tables]:
    """The tables that records and their elements go to; `shaping` learns the columns that they have."""
    found = {}
    for name, key in shaping.keys.items():
        tables = Tables(destination, name, (), write)
        tables.open(conn)
        fields = shaping.all_fields[name] = Fields({RAW: RAW, **tables.given}, dict(tables.kinds))
        tables.keys = fields.columns(key)
        tables.parent = fields.columns(shaping.parents.get(name, ()))
        found[name] = tables
        if shaping.chain and name not in shaping.parents:
            fields.learn(shaping.chain.promised)
            fields.kinds = shaping.chain.known(fields.names, fields.kinds)
    shaping.before = _columns(found)
    return found


def _columns(tables: Mapping[str, Tables]) -> dict[str, dict[str, Kind]]:
    return {name: dict(one.kinds) for name, one in tables.items()}
