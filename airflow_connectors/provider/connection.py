"""What a person types into Airflow's connection form: declared once, rendered, and read back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow_connectors.core import ConfigError

if TYPE_CHECKING:
    from airflow.sdk import Connection

STANDARD = ("host", "port", "login", "password", "schema")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One line of a form. `default` stands in for an empty one; `type` is JSON Schema's."""

    label: str
    placeholder: str = ""
    help: str = ""
    default: Any = None
    required: bool = False
    type: str = "string"
    choices: tuple[str, ...] = ()
    secret: bool = False

    def as_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": [self.type, "null"]}
        if self.secret:
            schema["format"] = "password"
        if self.choices:
            schema["enum"] = list(self.choices)
        return schema if self.default is None else {**schema, "default": self.default}


def text(label: str, placeholder: str = "", **more: Any) -> Field:
    return Field(label=label, placeholder=placeholder, **more)


def secret(label: str, *, required: bool = True, help: str = "") -> Field:  # noqa: A002 - the form's word
    return Field(label=label, help=help, required=required, secret=True)


class Settings:
    """A connection as its form declares it, one attribute per field. Its repr shows no values."""

    def __init__(self, conn_id: str, values: dict[str, Any]) -> None:
        self.conn_id = conn_id
        self._values = values

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_values"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __repr__(self) -> str:
        return f"Settings({self.conn_id!r}: {', '.join(self._values)})"


class Form:
    """The fields of one connection type; those that Airflow has no column for go to `extra`."""

    def __init__(self, **fields: Field) -> None:
        self.fields = {
            **fields,
            "verify": Field(label="Verify TLS certificates", type="boolean", default=True),
        }

    def read(self, conn: Connection) -> Settings:
        """Take the fields from a connection. Raises ConfigError naming each required one that is empty."""
        extra = conn.extra_dejson
        values = {name: getattr(conn, name) if name in STANDARD else extra.get(name) for name in self.fields}
        # People paste spaces and line ends along with tokens.
        values = {name: v.strip() if isinstance(v, str) else v for name, v in values.items()}
        values = {name: self.fields[name].default if v in (None, "") else v for name, v in values.items()}
        if missing := [name for name, field in self.fields.items() if field.required and not values[name]]:
            named = ", ".join(f"{self.fields[name].label!r} ({name})" for name in missing)
            raise ConfigError(
                f"connection {conn.conn_id!r} lacks {named}: fill it in under Admin > Connections"
            )
        return Settings(conn.conn_id, values)

    def as_provider_info(self) -> dict[str, Any]:
        """The form as Airflow's `provider.yaml` describes it."""
        standard = {name: field for name, field in self.fields.items() if name in STANDARD}
        extra = {name: field for name, field in self.fields.items() if name not in STANDARD}
        return {
            "ui-field-behaviour": {
                "hidden-fields": [name for name in STANDARD if name not in standard],
                "relabeling": {name: field.label for name, field in standard.items()},
                "placeholders": {
                    name: field.placeholder for name, field in standard.items() if field.placeholder
                },
            },
            "conn-fields": {
                name: {
                    "label": field.label,
                    "description": field.help or field.label,
                    "schema": field.as_schema(),
                }
                for name, field in extra.items()
            },
        }


def origin(host: str) -> str:
    """The base URL of a host as people type it, with or without a scheme: https unless it says otherwise."""
    host = host.strip().rstrip("/")
    return host if "://" in host else f"https://{host}"
