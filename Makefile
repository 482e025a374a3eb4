# Procession: two commands to know are `make serve` and `make test`.
# Prerequisites: git, make, Python 3.11 or newer with venv (Debian: python3-venv).

# An interpreter that carries its own library, as Debian's does, was quicker than one that loads it,
# as those of pyenv do: a fifth in plain Python, 2 to 5 % over REST (docs/benchmarks.md). Any other
# is named with PYTHON=.
ifndef PYTHON
FIT := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11) or "libpython" in open("/proc/self/maps").read())
PYTHON := $(shell for python in python3 /usr/bin/python3; do $$python -c '$(FIT)' 2>/dev/null && { echo $$python; exit; }; done; echo python3)
endif
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=
# Tests wait for timers, disks and servers a third of their time: half as many again as processors.
WORKERS ?= $(shell echo $$(( ($$(getconf _NPROCESSORS_ONLN) * 3 + 1) / 2 )))
FUZZ   ?= --requests 100000

# Reading the source instead of its compiled form takes a start twice as long.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install serve java-table test clients check lint types contracts docs crash drools soak golden conformance bench bench-inbox bench-rules lock clean

help:
	@echo "make serve   start the server with demo data on 127.0.0.1:8080 (ARGS='--port 9090' …)"
	@echo "make install   what is needed for all that follows, and nothing more"
	@echo "make test    run the whole test suite (ARGS='-k gateway' …)"
	@echo "make check   style, types and import contracts"
	@echo "make docs    write the pages of docs/reference from the source"
	@echo "make clients  the published Java clients against a server (a JDK and Maven; ARGS=65 for one)"
	@echo "make crash   200 kills under load: nothing acknowledged may be lost"
	@echo "make drools  the rule cases beside the published Drools (a JDK and Maven)"
	@echo "make java-table   write what a JDK gives into the tables of Java cases"
	@echo "make soak    random models against the reference interpreter (ARGS='--minutes 30' …),"
	@echo "             then 100,000 generated requests (FUZZ='--requests 1000000' …)"
	@echo "make golden  recorded exchanges of the jBPM dialect (ARGS=--record renews them, with a diff)"
	@echo "make conformance  run the conformance corpus and write docs/conformance.md"
	@echo "make bench   benchmarks, JSON out"
	@echo "make bench-inbox  inboxes among a million tasks (ARGS='--tasks 100000' …)"
	@echo "make bench-rules  rule benchmarks beside the published Drools (ARGS=--alone: without)"
	@echo "make lock    pin the dependencies anew"

# The environment is rebuilt when a lock changes; pip itself is the one that came with Python.
$(VENV)/serve.stamp: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "Python's venv module is missing: apt install python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked dependencies into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q src
	@touch $@

# Of these tools only a part is ever loaded, and compiled then.
$(VENV)/test.stamp: $(VENV)/serve.stamp requirements-dev.lock
	@echo "Installing the locked test tools into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements-dev.lock
	@touch $@

install: $(VENV)/test.stamp

serve: $(VENV)/serve.stamp
	@exec $(BIN)/procession serve --demo $(ARGS)

test: $(VENV)/test.stamp
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: lint types contracts

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/test.stamp
	$(BIN)/mypy

contracts: $(VENV)/test.stamp
	$(BIN)/lint-imports

docs: $(VENV)/serve.stamp
	$(BIN)/python -m docs.generate
	$(BIN)/python -m docs.picture

clients: $(VENV)/test.stamp
	@$(BIN)/python -m clients $(ARGS)

drools: $(VENV)/test.stamp
	$(BIN)/python -m tests.rules.drools $(ARGS)

# More workers than tests: none waits for another, they wait enough by themselves.
crash: $(VENV)/test.stamp
	PROCESSION_KILLS=100 $(BIN)/python -m pytest -n 8 tests/acceptance -k kill --timeout 1500 $(ARGS)

soak: $(VENV)/test.stamp
	@$(BIN)/python -m tests.laws.soak $(ARGS)
	PROCESSION_TASK_WALKS=300 $(BIN)/python -m pytest -q -n auto tests/services/test_tasks_walks.py
	@! command -v javac >/dev/null || $(BIN)/python -m tests.scripting.test_java_programs --seconds 120
	@$(BIN)/python -m tests.fuzz $(FUZZ)

java-table: $(VENV)/test.stamp
	$(BIN)/python -m tests.scripting.java_table

golden: $(VENV)/test.stamp
	@$(BIN)/python -m tests.golden $(ARGS)

conformance: $(VENV)/test.stamp
	$(BIN)/python -m tests.conformance

bench: $(VENV)/test.stamp
	@$(BIN)/python -m bench $(ARGS)

bench-inbox: $(VENV)/test.stamp
	@$(BIN)/python -m bench.inbox $(ARGS)

bench-rules: $(VENV)/test.stamp
	@$(BIN)/python -m bench.rules $(ARGS)

lock: $(VENV)/test.stamp
	$(BIN)/uv --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra granian --group build --universal --generate-hashes \
	  --no-annotate --no-header --quiet --upgrade -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group dev --group build --universal --generate-hashes \
	  --no-annotate --no-header --quiet --upgrade -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) .venv-bench bench/results .pytest_cache .mypy_cache .ruff_cache .hypothesis dist
