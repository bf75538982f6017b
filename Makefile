SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
STAMP := $(VENV)/.stamp
DEV_STAMP := $(VENV)/.stamp-dev
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header

.PHONY: setup run test check lock clean

setup: $(STAMP) ## .venv, pinned dependencies, front-end assets

$(BIN)/uv: requirements-setup.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "dangan: make setup: $(PYTHON) is older than 3.11: name a newer one with PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "dangan: make setup: no virtual environment could be made: apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/pip install --quiet --require-hashes -r requirements-setup.lock
	touch $@

$(STAMP): requirements.lock pyproject.toml package.json package-lock.json | $(BIN)/uv
	$(UV) pip install --quiet --require-hashes -r requirements.lock
	$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m archive.web.assets
	touch $@

$(DEV_STAMP): requirements-dev.lock $(STAMP)
	$(UV) pip install --quiet --require-hashes -r requirements-dev.lock
	touch $@

run: setup ## set up, then serve the embedded profile on 127.0.0.1:$(PORT)
	$(BIN)/dangan serve --port $(PORT) --demo

test: $(DEV_STAMP) ## everything: lint, types, imports, unit, contracts on real engines, browser
	$(BIN)/python -m tests.run all

check: $(DEV_STAMP) ## the quick part, under a minute
	$(BIN)/python -m tests.run quick

lock: | $(BIN)/uv ## pin what pyproject.toml allows
	$(COMPILE) requirements-setup.in -o requirements-setup.lock
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

clean: ## forget what setup made; archives in ./var stay
	rm -rf $(VENV) node_modules archive/web/static/vendor
