# Two commands set up everything: `make report` and `make test`. Python 3.11+, git and make are all they need.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
BENCH_STAMP := $(VENV)/.installed-bench
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --require-hashes --no-deps
unexport PYTHONDONTWRITEBYTECODE

.PHONY: report test lint types imports docs bench nightly clean help

help: ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Barograph needs Python 3.11 or later; this is " + sys.version.split()[0] + ". Run: make report PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(STAMP): requirements.lock requirements-sample.lock pyproject.toml | $(BIN)/python
	@echo "Installing the locked packages into $(VENV) ..."
	@$(PIP) -r requirements.lock -r requirements-sample.lock
	@$(BIN)/python -m pip --disable-pip-version-check --quiet install --no-build-isolation --no-deps --editable .
	@$(BIN)/python -m compileall -q src >/dev/null
	@touch $@

$(DEV_STAMP): requirements-dev.lock $(STAMP)
	@echo "Installing the locked test tools into $(VENV) ..."
	@$(PIP) -r requirements-dev.lock
	@touch $@

$(BENCH_STAMP): requirements-bench.lock $(DEV_STAMP)
	@echo "Installing the locked peers into $(VENV) ..."
	@$(PIP) -r requirements-bench.lock
	@touch $@

report: $(STAMP) ## build the page from the packaged sample and say where it is
	@$(BIN)/barograph sample --out out

# The files in their own order: those with few and slow tests do not all come last.
test: $(DEV_STAMP) ## pass the tests (pure Python)
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not system and not e2e and not nightly" tests

lint: $(DEV_STAMP) ## ruff, format
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(DEV_STAMP) ## mypy
	@$(BIN)/mypy

imports: $(DEV_STAMP) ## the rooms and the bans
	@$(BIN)/lint-imports --no-cache

docs: $(STAMP) ## regenerate the generated parts of docs/
	@$(BIN)/python scripts/build_docs.py

bench: $(BENCH_STAMP) ## benchmarks beside the installed peers; writes benchmarks/results.json
	@$(BIN)/python benchmarks/run.py

nightly: $(DEV_STAMP) ## the slow forms of the promises
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "nightly" tests

clean: ## remove what the commands made
	rm -rf $(VENV) out build dist .mypy_cache .ruff_cache .import_linter_cache
