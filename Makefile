# Every target makes .venv by itself when it is missing or older than pyproject.toml. Nothing is installed by hand.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help cortex test interop bench lint format clean

help:
	@echo 'make cortex   start a Cortex in ./data/cortex00, load MITRE ATT&CK the first time, open the Storm prompt'
	@echo 'make test     run the tests'
	@echo 'make interop  run the tests against the peer implementation (installs it from PyPI into its own venv)'
	@echo 'make bench    measure this build'
	@echo 'make lint     ruff and mypy'
	@echo 'make format   let ruff rewrite the files'

$(READY): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,demo,s3]'
	@touch $(READY)

cortex: $(READY)
	@$(BIN)/python -m synapse.demo ./data/cortex00

test: $(READY)
	$(BIN)/python -m pytest -q -n auto -m 'not interop'

interop: $(READY)
	$(BIN)/python -m pytest -q -n auto --dist loadfile -m interop

bench: $(READY)
	$(BIN)/python -m bench

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache
