# Two commands: `make run` opens the dashboard on a sample log, `make test` passes the tests.
# Each makes the environment it needs. On Windows see README.md.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: run test lint types imports check wheel constraints clean

run: $(STAMP)
	$(BIN)/onewindow

test: $(STAMP)
	$(BIN)/python -m pytest -n auto

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "onewindow needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "Python's venv module is missing; on Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Installing into $(VENV); the first time takes a few minutes"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $(STAMP)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

imports: $(STAMP)
	$(BIN)/lint-imports

wheel: $(STAMP)
	rm -rf dist
	$(BIN)/python -m build --wheel
	$(BIN)/python .ci/check_wheel.py dist/*.whl

check: lint types imports test wheel

# needs uv on the path; uv.lock is not kept
constraints:
	uv export --all-extras --no-hashes --no-emit-project --no-annotate --no-header > constraints.txt

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
