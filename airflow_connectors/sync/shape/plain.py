"""Transforms, routes, children and contracts from plain data, such as a DAG's parameters or a YAML file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from airflow_connectors.core import ConfigError

from .casting import Timestamp
from .children import Children
from .columns import Drop, Flatten, Keep, Rename
from .condition import AllOf, AnyOf, Condition, Declared, Not
from .contract import Contract
from .functions import Filter
from .route import Route
from .transform import Transform
from .values import HIDDEN, Cast, Hash, Mask

T = TypeVar("T")
Path = Annotated[str, Meta(min_length=1)]
Paths = Path | list[Path]


class PlainHash(Struct, forbid_unknown_fields=True):
    """A hash; `key` is the name of a secret, never the secret."""

    fields: Paths
    key: str
    method: str = "sha256"
    fold: bool = False


class PlainMask(Struct, forbid_unknown_fields=True):
    """A mask with options."""

    fields: Paths
    last: int = 0
    text: str = HIDDEN


class PlainFlatten(Struct, forbid_unknown_fields=True):
    """Which objects to open, and how far; empty for all."""

    fields: list[Path] = []
    depth: int = 1
    separator: str = "_"


class PlainMoment(Struct, forbid_unknown_fields=True):
    """The format in which a service writes moments."""

    format: str = "iso"
    zone: str = ""


class PlainRoute(Struct, forbid_unknown_fields=True):
    """A condition for each table, in order."""

    tables: dict[str, Any]
    default: str | None = None


class PlainChildren(Struct, forbid_unknown_fields=True):
    """Arrays that become tables."""

    fields: Paths
    depth: int = 1


class PlainContract(Struct, forbid_unknown_fields=True):
    """What is to become of each change."""

    columns: str = "evolve"
    types: str = "evolve"


def transforms_of(
    entries: Iterable[Transform | Mapping[str, Any]], where: str = "transforms"
) -> list[Transform]:
    """Transforms from a list of `{"rename": {…}}` and the like. Raises ConfigError naming the entry."""
    if isinstance(entries, str | Mapping) or not isinstance(entries, Iterable):
        raise ConfigError(f"{where}: give a list of transforms, each such as {{'drop': 'body'}}")
    return [_transform(entry, f"{where}[{number}]") for number, entry in enumerate(entries)]


def _transform(entry: Any, where: str) -> Transform:
    if isinstance(entry, Transform):
        return entry
    if not isinstance(entry, Mapping) or len(entry) != 1:
        raise ConfigError(f"{where}: {entry!r:.80} is no transform; give one name and what it takes")
    ((name, given),) = entry.items()
    if name == "map":
        raise ConfigError(f"{where}: map takes functions: write Map(…) in Python")
    if name not in LOADERS:
        raise ConfigError(f"{where}: {name!r} is none of {', '.join(LOADERS)}")
    return _located(LOADERS[name], given, f"{where}: {name}")


def _located(load: Callable[[Any], T], given: Any, where: str) -> T:
    """What is loaded; errors say where."""
    try:
        return load(given)
    except (ConfigError, msgspec.ValidationError) as error:
        raise ConfigError(f"{where}: {error}") from error


def _drop(given: Any) -> Transform:
    return Drop(*_many(msgspec.convert(given, Paths)))


def _keep(given: Any) -> Transform:
    return Keep(*_many(msgspec.convert(given, Paths)))


def _rename(given: Any) -> Transform:
    return Rename(msgspec.convert(given, dict[str, str]))


def _cast(given: Any) -> Transform:
    found = msgspec.convert(given, dict[str, str | PlainMoment])
    return Cast({path: _kind(one) for path, one in found.items()})


def _kind(given: str | PlainMoment) -> str | Timestamp:
    return given if isinstance(given, str) else Timestamp(given.format, given.zone)


def _hash(given: Any) -> Transform:
    found = msgspec.convert(given, PlainHash)
    return Hash(*_many(found.fields), key=found.key, method=found.method, fold=found.fold)


def _mask(given: Any) -> Transform:
    found = PlainMask(given) if isinstance(given, str | list) else msgspec.convert(given, PlainMask)
    return Mask(*_many(msgspec.convert(found.fields, Paths)), last=found.last, text=found.text)


def _flatten(given: Any) -> Transform:
    found = msgspec.convert(given or {}, PlainFlatten)
    return Flatten(*found.fields, depth=found.depth, separator=found.separator)


def _filter(given: Any) -> Transform:
    return Filter(_condition(given))


def _condition(given: Any) -> Declared:
    """`["state", "=", "open"]`, `{"all": […]}`, `{"any": […]}` or `{"not": …}`."""
    if isinstance(given, Mapping) and len(given) == 1:
        ((name, inner),) = given.items()
        if name == "not":
            return Not(_condition(inner))
        if name in ("all", "any"):
            conditions = [_condition(one) for one in msgspec.convert(inner, list[Any])]
            return AllOf(*conditions) if name == "all" else AnyOf(*conditions)
    if (
        isinstance(given, list | tuple)
        and len(given) in (2, 3)
        and all(isinstance(one, str) for one in given[:2])
    ):
        return Condition(*given)
    raise ConfigError(f"{given!r:.80} is no condition; give one such as ['state', '=', 'open']")


def route_of(given: Route | Mapping[str, Any], where: str = "route") -> Route:
    """`{"tables": {"bugs": ["type", "=", "bug"]}, "default": "issues"}`."""
    return given if isinstance(given, Route) else _located(_route, given, where)


def _route(given: Any) -> Route:
    found = msgspec.convert(given, PlainRoute)
    tables = {name: _located(_condition, one, f"tables: {name}") for name, one in found.tables.items()}
    return Route(tables, found.default)


def children_of(given: Children | str | list[str] | Mapping[str, Any], where: str = "children") -> Children:
    """`"labels"`, `["labels", "assignees"]` or `{"fields": ["labels"], "depth": 2}`."""
    return given if isinstance(given, Children) else _located(_children, given, where)


def _children(given: Any) -> Children:
    found = PlainChildren(given) if isinstance(given, str | list) else msgspec.convert(given, PlainChildren)
    return Children(*_many(msgspec.convert(found.fields, Paths)), depth=found.depth)


def contract_of(given: Contract | str | Mapping[str, Any], where: str = "contract") -> Contract:
    """`"freeze"`, for columns and types alike, or `{"columns": "evolve", "types": "quarantine"}`."""
    return given if isinstance(given, Contract) else _located(_contract, given, where)


def _contract(given: Any) -> Contract:
    if isinstance(given, str):
        return Contract(given, given)
    found = msgspec.convert(given, PlainContract)
    return Contract(found.columns, found.types)


def _many(paths: Paths) -> list[str]:
    return [paths] if isinstance(paths, str) else paths


LOADERS: Mapping[str, Callable[[Any], Transform]] = {
    "rename": _rename,
    "drop": _drop,
    "keep": _keep,
    "cast": _cast,
    "hash": _hash,
    "mask": _mask,
    "flatten": _flatten,
    "filter": _filter,
}
