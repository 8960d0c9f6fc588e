"""Transforms that change what fields hold: their kind, or who can read it."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import msgspec

from airflow_connectors.core import ConfigError, DataError
from airflow_connectors.sync.kinds import Kind

from .casting import CASTERS, Caster, Timestamp, Unfit
from .paths import Names, edited, names_of
from .secret import Secret
from .transform import Guard, Parts, Transform, required, starts

encode_sorted = msgspec.json.Encoder(order="deterministic").encode
LONGEST_KEY = 64  # bytes, of BLAKE2b
HIDDEN = "***"


@dataclass(frozen=True)
class Cast(Transform):
    """
    `Cast({"size": "integer", "created": Timestamp("epoch_ms")})`.

    A value that cannot be cast without loss gets its record rejected. Null stays null.
    """

    kinds: Mapping[str, Kind | str | Timestamp]

    def __post_init__(self) -> None:
        required(self.kinds, "Cast")
        for path, kind in self.kinds.items():
            if not isinstance(kind, Timestamp) and kind not in list(Kind):
                raise ConfigError(f"Cast({path!r}): {kind!r} is none of {', '.join(Kind)}")

    def parts(self) -> Parts:
        for path, kind in self.kinds.items():
            caster = kind if isinstance(kind, Timestamp) else CASTERS[Kind(kind)]
            yield (path,), edited(path, _careful(path, kind, caster))

    def promised(self) -> Mapping[Names, Kind]:
        """The kinds that the fields will have, whatever their values look like."""
        return {
            names_of(path): Kind.TIMESTAMP if isinstance(kind, Timestamp) else Kind(kind)
            for path, kind in self.kinds.items()
        }

    def changes(self, names: Names) -> bool:
        return starts(names, self.kinds)


def _careful(path: str, kind: object, caster: Caster) -> Caster:
    def cast(value: Any) -> Any:
        if value is None:
            return None
        try:
            return caster(value)
        except (ValueError, TypeError, ArithmeticError, msgspec.DecodeError) as error:
            why = error if isinstance(error, Unfit) else f"cannot be read ({error})"
            raise DataError(f"Cast({path!r}, {kind}): {value!r:.60} {why}") from error

    return cast


@dataclass(frozen=True, init=False)
class Hash(Guard):
    """
    `Hash("email", key="pii")` puts 64 hexadecimal characters in place of a value.

    Equal values hash alike under one key, in every table, whether they are numbers or texts; without the key
    nobody can find out by trying. `key` is a Secret, or the name under which one is found. `method` is
    `sha256` (HMAC) or `blake2b`. With `fold` a text's case and outer spaces do not matter. Null stays null.
    """

    fields: tuple[str, ...]
    key: Secret | str
    method: str
    fold: bool

    def __init__(self, *fields: str, key: Secret | str, method: str = "sha256", fold: bool = False) -> None:
        if method not in METHODS:
            raise ConfigError(f"Hash: {method!r} is none of {', '.join(METHODS)}")
        if not key:
            raise ConfigError("Hash needs a key: a Secret, or the name of one")
        values = {"fields": required(fields, "Hash"), "key": key, "method": method, "fold": fold}
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def resolved(self, secret: Callable[[str], Secret] | None) -> Hash:
        """Itself with its key at hand."""
        if isinstance(self.key, Secret):
            return self
        if secret is None:
            raise ConfigError(f"Hash{self.fields}: its key is a name, and nothing here knows names of keys")
        return Hash(*self.fields, key=secret(self.key), method=self.method, fold=self.fold)

    def parts(self) -> Parts:
        if not isinstance(self.key, Secret):
            raise ConfigError(f"Hash{self.fields}: its key is a name that has not been resolved")
        hashed = METHODS[self.method](self.key.reveal())
        for path in self.fields:
            yield (path,), edited(path, _hidden(hashed, is_folded=self.fold))

    def changes(self, names: Names) -> bool:
        return starts(names, self.fields)


def _hidden(hashed: Callable[[bytes], str], *, is_folded: bool) -> Caster:
    def hide(value: Any) -> str | None:
        if value is None:
            return None
        if type(value) is not str:
            return hashed(encode_sorted(value))
        text = value.strip().casefold() if is_folded else value
        return hashed(text.encode("utf-8", "surrogatepass"))

    return hide


def _hmac_sha256(key: bytes) -> Callable[[bytes], str]:
    return lambda content: hmac.digest(key, content, "sha256").hex()


def _blake2b(key: bytes) -> Callable[[bytes], str]:
    short = key if len(key) <= LONGEST_KEY else blake2b(key).digest()
    return lambda content: blake2b(content, key=short, digest_size=32).hexdigest()


METHODS: Mapping[str, Callable[[bytes], Callable[[bytes], str]]] = {
    "sha256": _hmac_sha256,
    "blake2b": _blake2b,
}


@dataclass(frozen=True, init=False)
class Mask(Guard):
    """
    `Mask("phone", last=4)` leaves the last characters readable, `Mask("note", text="removed")` none.

    A value of fewer than twice as many characters is hidden whole. Null stays null.
    """

    fields: tuple[str, ...]
    last: int
    text: str

    def __init__(self, *fields: str, last: int = 0, text: str = HIDDEN) -> None:
        if last < 0:
            raise ConfigError(f"Mask leaves {last} characters readable: give 0 or more")
        values = {"fields": required(fields, "Mask"), "last": last, "text": text}
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def parts(self) -> Parts:
        return (((path,), edited(path, self._masked)) for path in self.fields)

    def _masked(self, value: Any) -> str | None:
        if value is None:
            return None
        shown = str(value) if self.last and isinstance(value, str | int | float) else ""
        return f"{self.text}{shown[-self.last :]}" if len(shown) >= 2 * self.last > 0 else self.text

    def changes(self, names: Names) -> bool:
        return starts(names, self.fields)
