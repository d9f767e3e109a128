# The targets a person calls; `make help` lists them.
PYTHON ?= python3
UV ?= uv
BIN := .venv/bin
SLIM := .venv/.installed
LAKE := .venv/.installed-lake
DASK := .venv/.installed-dask
FULL := .venv/.installed-dev
LINKS ?= $(HOME)/.local/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --root-user-action=ignore --no-deps
COMPILE := $(UV) pip compile pyproject.toml --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links

.PHONY: help install lake dask demo test test-fast check generated docs pictures bench fire lock clean

help: ## what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1	/'

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Cần Python 3.11 trở lên / Python 3.11 or later is needed"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Thiếu python3-venv: apt install python3-venv / python3-venv is missing: apt install python3-venv"; exit 1; }
	@echo "Chuẩn bị môi trường (vài phút ở lần đầu) / Making the environment (some minutes, once) …"
	@$(PYTHON) -m venv .venv

$(SLIM): requirements.lock pyproject.toml flows/serving/prefect_database.py | .venv/bin/python
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-build-isolation --editable .
	@$(BIN)/python -m flows.serving.prefect_database
	@touch $(SLIM)

$(LAKE): requirements-lake.lock $(SLIM)
	@$(PIP) --require-hashes -r requirements-lake.lock
	@touch $(LAKE)

$(DASK): requirements-dask.lock $(SLIM)
	@$(PIP) --require-hashes -r requirements-dask.lock
	@touch $(DASK)

$(FULL): requirements-dev.lock $(SLIM)
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $(FULL)

install: $(SLIM) ## the command `mobility`, without what only tests need
	@mkdir -p $(LINKS)
	@ln -sfn $(CURDIR)/$(BIN)/mobility $(LINKS)/mobility
	@echo "Đã cài / Installed: $(LINKS)/mobility"
	@case ":$$PATH:" in *":$(LINKS):"*) ;; *) echo "Chép dòng này vào cửa sổ lệnh / Copy this line into the terminal:"; echo '  export PATH="$(LINKS):$$PATH"';; esac

lake: $(LAKE) ## DuckDB's extensions for a lake that provinces share (MOBILITY_LAKE), 100 MB

dask: $(DASK) ## a Dask cluster that helps to read large batches (MOBILITY_DASK)

demo: $(SLIM) ## sample exports, the earlier months taken in, the last night run
	@$(BIN)/mobility demo

# As far down as a night goes by itself, which would wait for its turn beside the other tests.
test: $(FULL) ## all tests
	@nice -n 10 $(BIN)/python -m pytest -q --numprocesses auto --dist loadfile --no-loadscope-reorder

test-fast: $(FULL) ## the unit tests alone: no process, no server, no exports
	@$(BIN)/python -m pytest -q --numprocesses auto --dist loadfile -m "not slow" tests/test_rooms.py tests/transforms tests/expectations/spec

check: $(FULL) ## style, types and the rooms' direction
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

generated: $(SLIM) ## the SQL that lists what the contract declares: a migration for what is new, and the marts
	@$(BIN)/python -m warehouse.connection.write_migration
	@$(BIN)/python -m warehouse.marts.generate

docs: $(FULL) ## the pages made from code and tests
	@$(BIN)/python -m docs.make

pictures: $(FULL) demo ## the documents' pictures, from the demonstration (Chromium, LibreOffice, poppler)
	@$(BIN)/python -m docs.pictures
	@$(BIN)/python -m docs.analyst_pictures

bench: $(FULL) ## benchmarks, as ratios against a peer in the same run
	@$(BIN)/python -m benchmarks

SEED ?= 1
SCALE ?= 1
fire: $(FULL) ## killed, fed with damaged files, out of room …: SEED=2 SCALE=0.05; kills and files stop in time
	@$(BIN)/python -m benchmarks.fire --seed $(SEED) --scale $(SCALE)

lock: ## all lists of versions again, after a change in pyproject.toml (needs uv)
	@$(COMPILE) -q --extra install -o requirements.lock --custom-compile-command "make lock"
	@$(COMPILE) -q --extra install --extra lake -c requirements.lock -o requirements-lake.lock --custom-compile-command "make lock"
	@$(COMPILE) -q --extra install --extra dask -c requirements.lock -o requirements-dask.lock --custom-compile-command "make lock"
	@$(COMPILE) -q --extra install --extra lake --extra dask --extra dev -c requirements.lock -o requirements-dev.lock --custom-compile-command "make lock"

clean: ## the environment and the demo's home
	@rm -rf .venv var
