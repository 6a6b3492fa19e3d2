# The commands of this repository. A machine needs Python 3.11 or newer, git and the package registries; `make help` lists them.

BASE_PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
PYTHON := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
# One more than there are cores: many tests wait for servers and brokers of their own.
TEST_PROCESSES ?= $(shell expr $$(getconf _NPROCESSORS_ONLN || echo 1) + 1)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

.PHONY: help setup demo serve test lint fuzz bench ui docs lock audit wheel tryout clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(INSTALLED) ## make .venv with everything, and the pages' bundle; quick the second time
	@$(PYTHON) tools/build_ui.py --optional
	@$(PYTHON) -m tools.install_test_packages --optional

demo: setup ## play the order saga with real services through good and bad days; make demo ARGS=--list names the other demos
	@$(VENV)/bin/baton demo $(ARGS)

serve: setup ## keep a server running; make serve ARGS="--port 9000" passes options on
	@$(VENV)/bin/baton serve $(ARGS)

test: setup ## run the whole test suite; make test ARGS="tests/core -k join" runs a part
	@$(PYTHON) -m pytest -n $(TEST_PROCESSES) --dist worksteal $(ARGS)

lint: setup ## style, formatting, types, who may import whom, generated docs, links
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-logo
	@$(PYTHON) -m tools.docs --check
	@$(PYTHON) -m pytest -q tests/architecture

fuzz: setup ## search for inputs that break the reader, the expressions or JSON; FUZZ_SECONDS=120 make fuzz
	@$(PYTHON) -m tests.fuzz $(ARGS)

bench: setup ## print the speed ratios against SpiffWorkflow and bare loops
	@$(PYTHON) -m tests.bench $(ARGS)

ui: $(INSTALLED) ## bundle bpmn-js for the pages in the browser
	@$(PYTHON) tools/build_ui.py

docs: setup ## write the generated tables of the docs anew
	@$(PYTHON) -m tools.docs

lock: $(INSTALLED) ## refresh the Python lock files; make lock ARGS=--upgrade takes the newest versions
	@$(PYTHON) -m tools.lock $(ARGS)

audit: setup ## compare what is installed with the lock file, and ask for known vulnerabilities; exit code 3 when nobody answers
	@$(PYTHON) -m tools.audit $(ARGS)

wheel: setup ## build dist/baton-*.whl, pages included, and the source archive beside it
	@$(PYTHON) -m hatchling build --target wheel --target sdist --directory dist --clean
	@$(PYTHON) tools/check_wheel.py dist/baton-*.whl

tryout: wheel ## install the wheel into an empty environment without Node, play its demo, open its pages
	@$(PYTHON) -m tools.check_install dist/baton-*.whl dist/baton-*.tar.gz

clean: ## remove everything that is made from the sources
	rm -rf $(VENV) dist build api/cockpit/static/vendor .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find tests \( -name node_modules -o -name .venv \) -type d -prune -exec rm -rf {} +
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): requirements/lock.txt pyproject.toml
	@test -n "$(BASE_PYTHON)" || { echo "Baton needs Python 3.11 or newer but there is no python3 on the PATH" >&2; exit 1; }
	@$(BASE_PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Baton needs Python 3.11 or newer but got " + sys.version.split()[0])'
	@test -x $(PYTHON) || $(BASE_PYTHON) -m venv $(VENV)
	@echo "Installing the locked packages into $(VENV) ..."
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/lock.txt
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@
