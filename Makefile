# Every verb works on a fresh clone: what it needs, it installs into .venv from constraints.txt.
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help install demo up test chaos truth lint types check bench soak new info constraints clean

help: ## List the verbs
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(BIN)/uv: constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt uv
	@touch $@

.venv/.runtime: $(BIN)/uv pyproject.toml
	@$(UV) --compile-bytecode --editable '.[sqlite,postgres,simulator]'
	@touch $@

.venv/.dev: .venv/.runtime
	@$(UV) --compile-bytecode --editable . --group dev --group truth
	@touch $@

install: .venv/.dev ## Make .venv, with all that contributors need

demo: .venv/.runtime ## Sync a simulated GitHub and NOAA into SQLite with real DAGs, twice
	@$(BIN)/python -m airflow_connectors.tools.demo

up: .venv/.runtime ## Start Airflow with the package, example DAGs and simulated services
	@$(BIN)/python -m airflow_connectors.tools.up

test: .venv/.dev ## Run the tests, with a real PostgreSQL and a real Airflow
	@$(BIN)/python -m pytest

chaos: .venv/.dev ## Kill syncs 1,000 times and look at what comes out: make chaos kills=1000 seed=7
	@$(BIN)/python -m tests.chaos $(if $(kills),--kills $(kills)) $(if $(seed),--seed $(seed))

truth: .venv/.dev ## Hold the integrations against recordings, descriptions, servers and SDKs of others
	@$(BIN)/python -m pytest -q tests/conformance

lint: .venv/.dev ## Ruff, format, import contracts, Airflow's deprecations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet --select AIR --ignore-noqa .
	@$(BIN)/lint-imports

types: .venv/.dev ## mypy --strict
	@$(BIN)/mypy

check: .venv/.dev ## Compute every integration's grade
	@$(BIN)/python -m airflow_connectors.tools.check

bench: .venv/.dev ## Measure the sync beside its peers, for two hours; a part: make bench only=ours,naive rounds=1
	@$(BIN)/python -m bench.run $(foreach name,only records rounds scenarios flavours,$(if $($(name)),--$(name) $($(name))))

soak: .venv/.dev ## Watch the memory of a sync of 2,000,000 records
	@$(BIN)/python -m bench.run --scenarios soak --records 50000,2000000 --rounds 1

new: .venv/.dev ## Scaffold an integration: make new name=asana
	@$(BIN)/python -m airflow_connectors.tools.new $(name)

info: .venv/.dev ## Write provider_info.py again
	@$(BIN)/python -m airflow_connectors.tools.info
	@$(BIN)/ruff format --quiet airflow_connectors/provider_info.py

constraints: .venv/.dev ## Pin what is installed now
	@$(BIN)/uv pip freeze --python $(BIN)/python --exclude-editable > constraints.txt

clean: ## Remove what the verbs left
	@rm -rf .venv .demo .airflow .servers .bench
