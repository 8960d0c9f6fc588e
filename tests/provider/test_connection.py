"""Forms: rendered for Airflow's UI, and read back from connections."""

from __future__ import annotations

import json

import pytest
from airflow.sdk import Connection

from airflow_connectors.core import ConfigError
from airflow_connectors.provider import Field, Form, origin, secret, text

FORM = Form(
    host=text("Site", "acme.example", required=True),
    password=secret("API token"),
    region=Field(label="Region", choices=("eu", "us"), default="eu"),
    client_secret=secret("Client secret", required=False),
)


def connection(**fields) -> Connection:
    extra = fields.pop("extra", {})
    return Connection(conn_id="acme_default", conn_type="acme_api", extra=json.dumps(extra), **fields)


def test_fields_come_from_columns_and_from_extra_with_their_defaults():
    settings = FORM.read(connection(host="h", password="p", extra={"client_secret": "c"}))
    assert (settings.host, settings.password, settings.region) == ("h", "p", "eu")
    assert (settings.client_secret, settings.verify) == ("c", True)


def test_spaces_and_line_ends_around_a_value_are_dropped():
    assert FORM.read(connection(host="h", password=" p\n")).password == "p"


def test_a_required_field_that_is_empty_is_named_with_what_to_do():
    with pytest.raises(ConfigError, match=r"'acme_default' lacks 'Site' \(host\), 'API token' \(password\)"):
        FORM.read(connection(password=""))


def test_settings_do_not_show_their_values():
    assert "hunter2" not in repr(FORM.read(connection(host="h", password="hunter2")))


def test_a_field_that_was_not_declared_is_an_attribute_error():
    with pytest.raises(AttributeError):
        _ = FORM.read(connection(host="h", password="p")).nothing


def test_the_form_is_rendered_as_airflow_wants_it():
    form = FORM.as_provider_info()
    assert form["ui-field-behaviour"]["relabeling"] == {"host": "Site", "password": "API token"}
    assert form["ui-field-behaviour"]["hidden-fields"] == ["port", "login", "schema"]
    assert form["conn-fields"]["region"]["schema"]["enum"] == ["eu", "us"]
    assert form["conn-fields"]["client_secret"]["schema"]["format"] == "password"


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("acme.example", "https://acme.example"),
        (" https://acme.example/ ", "https://acme.example"),
        ("http://127.0.0.1:8800/x", "http://127.0.0.1:8800/x"),
    ],
)
def test_a_host_is_understood_as_people_type_it(typed, url):
    assert origin(typed) == url
