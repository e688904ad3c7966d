# Every entry point of the project; CI calls the same ones.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo demo-quick test system setup setup-dev lint types layers unit bench bench-quick bench-models cells incremental fuzz-api mutate format clean

demo: $(VENV)/.installed-train  ## a whole tour on a synthetic network, in a folder of its own
	$(BIN)/python demo/tour.py

demo-quick: $(VENV)/.installed-train  ## the same on a smaller network
	$(BIN)/python demo/tour.py --quick

test: system setup-dev lint types layers unit  ## everything CI checks

system:  ## a PostgreSQL server, a browser and an OpenID provider for the tests, installed where that is possible
	@.ci/system

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Assent needs Python 3.11 or newer; point PYTHON at one: make PYTHON=python3.12 demo"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "the venv module is missing; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-train: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[features,train]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,bench,features,photos,postgres,spark,train,web]'
	@touch $@ $(VENV)/.installed $(VENV)/.installed-train

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

layers:
	$(BIN)/lint-imports

unit:
	$(BIN)/pytest -n 2 --dist worksteal

$(VENV)/.installed-peers: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[peers]'
	@touch $@

bench: $(VENV)/.installed-peers  ## the table of figures, side by side in one run; about 30 minutes
	$(BIN)/python -m bench

bench-quick: $(VENV)/.installed-peers
	$(BIN)/python -m bench --quick

bench-models: setup-dev  ## training, take-back, memory, routes, audits; about an hour
	$(BIN)/python -m bench training unlearning memory routes audits

cells: setup-dev  ## specification, online and gate over every cell of every shipped pack; about 20 minutes
	$(BIN)/python -m bench.cells

incremental: setup-dev  ## builds from a parent against full ones, thousands of random histories; about an hour
	ASSENT_INCREMENTAL_EXAMPLES=400 $(BIN)/pytest tests/snapshot/test_incremental_bytes.py -n 2 --timeout 0

fuzz-api: setup-dev  ## asks the API far more of what its description allows; about ten minutes
	ASSENT_API_EXAMPLES=400 $(BIN)/pytest tests/api/test_every_request.py --timeout 0

mutate: setup-dev  ## does the specification's suite bite?
	$(BIN)/python -m bench.mutate

format: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) .demo .bench build *.egg-info src/*.egg-info
