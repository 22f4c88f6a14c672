# `make run` is all a newcomer needs; `make help` lists the rest.

PYTHON ?= python3
PORT ?=
VENV := .venv
BIN := $(VENV)/bin
# A stamp is newer than what it was made from, so that nothing is done twice.
STAMPS := $(VENV)/stamps
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help setup dev gpu run test test-postgresql lint types layers lock bench clean
.DEFAULT_GOAL := help
.NOTPARALLEL:

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMPS)/compiled ## make .venv with everything that OxReel needs; .venv/bin/oxreel is the command

run: setup ## start the hub on http://127.0.0.1:8000 and film a first sample (another port: make run PORT=8001)
	@$(BIN)/oxreel run $(if $(PORT),--port $(PORT))

test: dev ## run the tests (some of them: make test ARGS=tests/client)
	$(BIN)/python -m pytest $(ARGS)

test-postgresql: dev ## run the tests that use a database, on PostgreSQL
	OXREEL_TEST_DATABASE=postgresql $(BIN)/python -m pytest -m "hub or database" $(ARGS)

gpu: setup $(STAMPS)/gpu-packages ## setup, and what films with open weights on a GPU (torch: some gigabytes)

dev: setup $(STAMPS)/dev-packages ## setup, and what tests and checks need

$(BIN)/python:
	@scripts/make-venv $(PYTHON) $(VENV)

$(STAMPS)/packages: requirements.txt | $(BIN)/python
	@echo "Installing the locked packages into $(VENV) (the first time takes a minute) ..."
	@$(PIP) install --require-hashes -r requirements.txt
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/package: pyproject.toml $(STAMPS)/packages
	@echo "Installing OxReel itself ..."
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/compiled: $(wildcard src/oxreel/engines/animatic/*.py) $(STAMPS)/package
	@echo "Compiling the animatic engine for this machine ..."
	@$(BIN)/python -m oxreel.engines.animatic.compile
	@touch $@

# The build of torch is each machine's own choice, so no hash can name it; all else is locked.
TORCH := $(shell sed -n 's/^ *"\(torch==.*\)",$$/\1/p' pyproject.toml)
$(STAMPS)/gpu-packages: requirements-gpu.txt $(STAMPS)/packages
	@echo "Installing $(TORCH) and the pipelines of open weights ..."
	@$(PIP) install $(TORCH)
	@$(PIP) install --no-deps --require-hashes -r requirements-gpu.txt
	@touch $@

$(STAMPS)/dev-packages: requirements-dev.txt $(STAMPS)/packages
	@echo "Installing the locked packages of tests and checks ..."
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

lint: dev ## check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: dev ## check types
	$(BIN)/mypy

layers: dev ## check that imports point down
	$(BIN)/lint-imports

# Only the public registry: what this machine is set up to add to it must not reach the lock.
COMPILE := env -u PIP_FIND_LINKS PIP_CONFIG_FILE=/dev/null $(BIN)/pip-compile --quiet --generate-hashes \
	--no-header --no-emit-options --strip-extras --allow-unsafe --build-deps-for=editable

lock: dev ## write the lock files anew from pyproject.toml (newest versions: make lock ARGS=--upgrade)
	$(COMPILE) $(ARGS) --output-file=requirements.txt pyproject.toml
	$(COMPILE) $(ARGS) --extra=dev --constraint=requirements.txt --output-file=requirements-dev.txt pyproject.toml
	$(COMPILE) $(ARGS) --extra=gpu --constraint=requirements-dev.txt --output-file=requirements-gpu.txt pyproject.toml
	scripts/leave-out requirements-gpu.txt requirements.txt

bench: dev ## measure the figures of the README
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

clean: ## remove .venv and the caches; data/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist src/*.egg-info
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
