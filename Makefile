# `make demo` and `make test` need Python 3.11 or newer, make and pip; everything else comes into .venv.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
# What pip does for packages that it copies. Without it every start may compile the program anew.
COMPILE := $(BIN)/python -m compileall -q core tui
# Workers of the test run. Two fit the smallest machines that build this; `make test WORKERS=8` elsewhere.
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test check format fuzz bench screenshots demo-capture docs clean

help:  ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/installed  ## open the demo capture on the screen; print its walk where there is no terminal
	@$(BIN)/hopscope demo

test: $(VENV)/installed-dev  ## run the tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)

check: $(VENV)/installed-dev  ## formatting, lint, types, import contracts, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy core tui tests
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)

format: $(VENV)/installed-dev  ## put the sources into the shape that `make check` asks for
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

fuzz: $(VENV)/installed-dev  ## feed spoiled captures to the readers; FUZZ_SECONDS=60 SMALL=1, or CUTS=2000, or KILLS=200
	PYTHONPATH=tests $(BIN)/python -m $(if $(KILLS),fuzz.kills --kills $(KILLS),$(if $(CUTS),fuzz.cuts --cuts \
	  $(CUTS),fuzz.run $(if $(SMALL),--small) --seconds $(or $(FUZZ_SECONDS),60)))

# `make bench EVENTS=300000 SIZES=300000,1000000` is quick; RECORD=1 writes benchmarks/README.md.
EVENTS ?= 3000000
SIZES  ?= 300000,1000000,3000000,10000000,30000000
BENCH  := $(if $(RECORD),--record)

bench: $(VENV)/installed-dev  ## measure against sysdig and csysdig; needs Linux, sysdig and tmux
	$(BIN)/python benchmarks/cold_open.py $(CAPTURE) $(BENCH)
	$(BIN)/python benchmarks/open.py --events $(EVENTS) $(BENCH)
	$(BIN)/python benchmarks/filters.py --events $(EVENTS) $(BENCH)
	$(BIN)/python benchmarks/interaction.py --events $(EVENTS) $(BENCH)
	$(BIN)/python benchmarks/trails.py $(BENCH)
	$(BIN)/python benchmarks/links.py $(BENCH)
	$(BIN)/python benchmarks/scale.py --sizes $(SIZES) $(BENCH)

screenshots: $(VENV)/installed-dev  ## draw the pictures of the README again
	$(BIN)/python screenshots/make.py

demo-capture: $(VENV)/installed-dev  ## make the shipped demo capture again, byte for byte the same
	$(BIN)/python -m hopscope.demo.story

docs: $(VENV)/installed-dev  ## write the pages of docs/ that are made from tables
	$(BIN)/python docs/make_docs.py

clean:  ## remove the environment and the caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist build

# Debian ships Python without ensurepip unless python3-venv is there; pip can fill such an environment from outside.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "hopscope needs Python 3.11 or newer; try: make PYTHON=python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null \
	  || { rm -rf $(VENV) && $(PYTHON) -m venv --without-pip $(VENV) \
	       && $(PYTHON) -m pip --quiet --python $(VENV)/bin/python install pip; }

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	@echo "setting up $(VENV) (once) ..."
	@$(PIP) install --editable .
	@$(COMPILE)
	@touch $@

$(VENV)/installed-dev: pyproject.toml | $(VENV)/bin/python
	@echo "setting up $(VENV) with what the tests need (once) ..."
	@$(PIP) install --editable '.[dev]'
	@$(COMPILE)
	@touch $@ $(VENV)/installed
