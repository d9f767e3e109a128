# The targets a person calls; `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: help demo test test-fast check generated docs pictures bench fire clean

help: ## what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1	/'

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Cần Python 3.11 trở lên / Python 3.11 or later is needed"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Thiếu python3-venv: apt install python3-venv / python3-venv is missing: apt install python3-venv"; exit 1; }
	@echo "Chuẩn bị môi trường (vài phút ở lần đầu) / Making the environment (some minutes, once) …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --root-user-action=ignore --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --root-user-action=ignore --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

demo: $(STAMP) ## sample exports, the earlier months taken in, the last night run
	@$(BIN)/mobility demo

test: $(STAMP) ## all tests
	@$(BIN)/python -m pytest -q --numprocesses auto --dist loadfile --no-loadscope-reorder

test-fast: $(STAMP) ## the unit tests alone: no process, no server, no exports
	@$(BIN)/python -m pytest -q --numprocesses auto --dist loadfile -m "not slow" tests/test_rooms.py tests/transforms tests/expectations/spec

check: $(STAMP) ## style, types and the rooms' direction
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

generated: $(STAMP) ## the SQL that lists what the contract declares: a migration for what is new, and the marts
	@$(BIN)/python -m warehouse.connection.write_migration
	@$(BIN)/python -m warehouse.marts.generate

docs: $(STAMP) ## the pages made from code and tests
	@$(BIN)/python -m docs.make

pictures: demo ## the documents' pictures, from the demonstration (Chromium, LibreOffice, poppler)
	@$(BIN)/python -m docs.pictures
	@$(BIN)/python -m docs.analyst_pictures

bench: $(STAMP) ## benchmarks, as ratios against a peer in the same run
	@$(BIN)/python -m benchmarks

SEED ?= 1
SCALE ?= 1
fire: $(STAMP) ## killed, fed with damaged files, out of room …: SEED=2 SCALE=0.05; kills and files stop in time
	@$(BIN)/python -m benchmarks.fire --seed $(SEED) --scale $(SCALE)

clean: ## the environment and the demo's home
	@rm -rf .venv var
