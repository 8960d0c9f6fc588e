"""What Airflow reads of this package is what the integrations declare, and its own schemas accept it."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files

import jsonschema
import pytest
from airflow._shared.secrets_masker import should_hide_value_for_key

from airflow_connectors.provider_info import get_provider_info
from airflow_connectors.tools.catalogue import catalogue
from airflow_connectors.tools.info import TARGET, provider_info

INFO = get_provider_info()
INTEGRATIONS = list(catalogue())


def schema(name: str):
    return json.loads(files("airflow").joinpath(name).read_text())


def test_it_is_up_to_date():
    assert provider_info() == INFO, f"run `make info`: {TARGET} is old"


def test_airflow_accepts_it():
    jsonschema.validate(INFO, schema("provider_info.schema.json"))


def test_the_forms_follow_the_strict_schema():
    # The schema that Airflow applies at run time lets misspelt keys pass; this one does not.
    strict = schema("provider.yaml.schema.json")["properties"]["connection-types"]
    jsonschema.validate(INFO["connection-types"], strict)


@pytest.mark.parametrize("form", INFO["connection-types"], ids=lambda form: form["connection-type"])
def test_secrets_have_names_that_airflow_masks(form):
    assert "__" not in form["connection-type"]
    for name, field in form["conn-fields"].items():
        is_secret = field["schema"].get("format") == "password"
        assert should_hide_value_for_key(name) == is_secret, name


@pytest.mark.parametrize("integration", INTEGRATIONS, ids=lambda found: found.name)
def test_every_secret_is_declared_as_one(integration):
    for name, field in integration.hook.form.fields.items():
        if name == "password" or "token" in field.label.lower() or "secret" in field.label.lower():
            assert field.secret, name


def test_reading_it_imports_neither_airflow_nor_an_integration():
    program = (
        "import sys, airflow_connectors.provider_info as p; p.get_provider_info();"
        "sys.exit(any(m.startswith(('airflow.', 'airflow_connectors.integrations')) for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
