"""Transforms checked against each other and against the stream's key, and made ready for its records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from airflow_connectors.core import ConfigError, Record
from airflow_connectors.sync.kinds import Kind

from .chain import Chain, KeyOf
from .columns import Keep
from .functions import Filter
from .paths import Names, Step, finder, path_of, reader
from .secret import Secret
from .transform import Guard, Transform, starts
from .values import Cast, Hash, Mask


def compiled(
    transforms: Iterable[Transform],
    *,
    key: Iterable[str] = (),
    fixed: Iterable[str] = (),
    secret: Callable[[str], Secret] | None = None,
    keep_raw: bool = False,
) -> Chain:
    """
    Prepare transforms for a stream with this primary key. Raises ConfigError for those that cannot work.

    `fixed` are fields that must stay as they are, such as the partition's. `secret` finds keys by name.
    """
    found = [one.resolved(secret) if isinstance(one, Hash) else one for one in transforms]
    _require_guards_first(found)
    trail = Trail({name: (name,) for name in key}, {name: (name,) for name in fixed})
    unseen: set[str] = set()
    built = [_built(one, trail, unseen) for one in found]
    return _chain(built, trail, _promised(found), unseen, keeps_raw=keep_raw)


Built = tuple[Transform, Sequence[Step], KeyOf]


def _chain(
    built: Sequence[Built], trail: Trail, promised: Mapping[str, Kind], unseen: set[str], *, keeps_raw: bool
) -> Chain:
    key = trail.ends()
    return Chain(
        key=key,
        needed=(*key, *trail.fixed),
        promised=promised,
        guards=[step for one, steps, _ in built for step in steps if isinstance(one, Guard)],
        steps=[step for one, steps, _ in built for step in steps if not isinstance(one, Guard)],
        keys_at={step: key_of for _, steps, key_of in built for step in steps},
        keeps_raw=keeps_raw,
        unseen=unseen,
    )


def _built(one: Transform, trail: Trail, unseen: set[str]) -> Built:
    """A transform with its steps, and how the primary key is read where they stand."""
    kept, key_of = trail.kept_by(one), trail.key_of()
    trail.follow(kept)
    return kept, list(_watched(kept, unseen)), key_of


def _require_guards_first(transforms: Sequence[Transform]) -> None:
    for before, one in pairwise(transforms):
        if isinstance(one, Guard) and not isinstance(before, Guard):
            message = (
                f"{one} comes after {type(before).__name__}: put Hash and Mask first, with the names the "
                "service gives, so that neither rejected records nor raw ones show what they hide"
            )
            raise ConfigError(message)


@dataclass
class Trail:
    """Where the fields of the primary key, and those that are to stay, have got to so far."""

    key: dict[str, Names]
    fixed: dict[str, Names]
    has_filter: bool = False

    def kept_by(self, one: Transform) -> Transform:
        """The transform; one that chooses fields chooses these too."""
        if not isinstance(one, Keep):
            return one
        places = [*self.key.values(), *self.fixed.values()]
        return Keep(*one.fields, *(path_of(names) for names in places if not starts(names, one.fields)))

    def key_of(self) -> KeyOf:
        reads = [reader(path_of(names)) for names in self.key.values()]

        def key_of(record: Record) -> tuple[Any, ...]:
            return tuple(read(record) for read in reads)

        return key_of

    def follow(self, one: Transform) -> None:
        for name, names in self.fixed.items():
            if one.moved(names) != names or one.changes(names):
                raise ConfigError(f"{one}: {name!r} tells partitions apart and must stay as it is")
        for name, names in self.key.items():
            self._require_distinct(one, name, names)
            moved = one.moved(names)
            if moved is None:
                raise ConfigError(f"{one} leaves out {name!r}, which is part of the primary key")
            self.key[name] = moved
        self.has_filter = self.has_filter or isinstance(one, Filter)

    def _require_distinct(self, one: Transform, name: str, names: Names) -> None:
        if not one.changes(names):
            return
        if isinstance(one, Mask) or (isinstance(one, Cast) and _at(one, names) is Kind.BOOLEAN):
            raise ConfigError(f"{one} makes different {name!r} look alike, which is part of the primary key")
        if self.has_filter:
            raise ConfigError(f"{one} changes {name!r}, part of the primary key: put it before Filter")

    def ends(self) -> tuple[str, ...]:
        for name, names in self.key.items():
            if len(names) > 1:
                raise ConfigError(
                    f"Rename puts {name!r}, part of the primary key, into the object {names[0]!r}"
                )
        return tuple(names[0] for names in self.key.values())


def _at(cast: Cast, names: Names) -> Kind | None:
    return cast.promised().get(names)


def _watched(one: Transform, unseen: set[str]) -> Iterator[Step]:
    """The transform's steps; each takes the fields that it finds off the list of those unseen."""
    for paths, step in one.parts():
        looks = [(f"{type(one).__name__}({path!r})", finder(path)) for path in paths]
        unseen.update(label for label, _ in looks)
        yield _watching(step, looks, unseen) if looks else step


def _watching(step: Step, looks: Sequence[tuple[str, Callable[[Record], bool]]], unseen: set[str]) -> Step:
    def watching(record: Record) -> Record | None:
        for label, has in looks:
            if label in unseen and has(record):
                unseen.discard(label)
        return step(record)

    return watching


def _promised(transforms: Iterable[Transform]) -> dict[str, Kind]:
    """The kinds that casts promise, by what the fields at the top are called in the end."""
    promised: dict[Names, Kind] = {}
    for one in transforms:
        moved = {names: one.moved(names) for names in promised if not one.changes(names)}
        promised = {new: promised[old] for old, new in moved.items() if new}
        if isinstance(one, Cast):
            promised.update(one.promised())
    return {names[0]: kind for names, kind in promised.items() if len(names) == 1}
