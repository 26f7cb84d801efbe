# A day's work on Kulanz. `make` alone lists it.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.SUFFIXES:

VENV := .venv
BIN := $(VENV)/bin
DONE := $(VENV)/done
GERMAN := src/kulanz/ui/locale/de/LC_MESSAGES/django

# Options: PYTHON=… (setup), PORT=… (demo), PYTEST_ARGS="…" and AT_ONCE=… (tests), UPGRADE=1 (lock)
PYTHON ?=
PORT ?=
PYTEST_ARGS ?=
AT_ONCE ?= 2
UPGRADE ?=

# The checks look at code only: no key is made, no data directory of an installation is touched.
ALONE := KULANZ_SECRET_KEY=only-for-checks KULANZ_DATA_DIR=$(CURDIR)/var/check \
         DJANGO_SETTINGS_MODULE=kulanz.wiring.settings
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header $(if $(UPGRADE),--upgrade)

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

# --- first day ---

.PHONY: setup
setup: $(DONE)/project $(GERMAN).mo ## a Python environment in .venv with everything the program needs
	@:

.PHONY: setup-dev
setup-dev: setup $(DONE)/development ## the same, and what developers need
	@:

.PHONY: demo
demo: setup ## the sample shop, running (PORT=8000)
	@$(BIN)/kulanz demo $(if $(PORT),--port $(PORT))

.PHONY: demo-reset
demo-reset: setup ## the sample shop as on the first day, running
	@$(BIN)/kulanz demo --reset $(if $(PORT),--port $(PORT))

.PHONY: stop
stop: ## end the embedded database and what runs in the background
	@if [ -x $(BIN)/kulanz ]; then $(BIN)/kulanz stop; fi

# --- proof ---

# The last line is pytest's: nothing is printed after it.
.PHONY: test
test: setup-dev system-packages check ## everything, proven: checks, all tests, coverage
	@echo "· tests"
	@$(BIN)/python -m pytest -m "not long" -n $(AT_ONCE) --cov --cov-report=term:skip-covered $(PYTEST_ARGS)

.PHONY: story
story: setup-dev ## the flows, readable aloud
	@$(BIN)/python -m pytest -m "not long" tests/stories $(PYTEST_ARGS)

.PHONY: test-long
test-long: setup-dev system-packages ## long profiles, fuzzing, simulations
	@HYPOTHESIS_PROFILE=long $(BIN)/python -m pytest -m long -n $(AT_ONCE) $(PYTEST_ARGS)

.PHONY: check
check: setup-dev ## format, types, who imports whom, migrations, translations
	@echo "· style"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { $(BIN)/ruff format --check .; exit 1; }
	@echo "· types"
	@$(ALONE) $(BIN)/mypy
	@echo "· who imports whom"
	@PYTHONPATH=src $(BIN)/lint-imports --no-logo
	@echo "· migrations"
	@$(ALONE) $(BIN)/python tools/check_migrations.py
	@echo "· translations"
	@$(BIN)/python tools/messages.py check

.PHONY: system-packages
system-packages:
	@tools/system_packages.sh

# --- tending ---

.PHONY: format
format: setup-dev ## put code into the house's form
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format .

.PHONY: messages
messages: setup ## bring the German catalogue in step with the sentences in the code
	@$(BIN)/python tools/messages.py update

.PHONY: law
law: setup ## docs/law.md anew from the cards of the law room, for a lawyer to sign
	@$(BIN)/python tools/law_document.py

.PHONY: lock
lock: $(DONE)/uv ## pin the packages again after pyproject.toml changed (UPGRADE=1: to the newest)
	@$(LOCK) --no-annotate -o requirements/uv.txt requirements/uv.in
	@$(LOCK) -o requirements/dev.txt --extra dev pyproject.toml
	@$(LOCK) -o requirements/runtime.txt -c requirements/dev.txt pyproject.toml
	@$(LOCK) -o requirements/build.txt -c requirements/dev.txt requirements/build.in

.PHONY: clean
clean: ## stop, then remove the environment and everything made here; the data stay
	@if [ -x $(BIN)/kulanz ]; then $(BIN)/kulanz stop || true; fi
	@rm -rf $(VENV) .coverage htmlcov .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache var/check
	@rm -f src/kulanz/ui/locale/*/LC_MESSAGES/*.mo

# --- how the environment is made; each step leaves a mark and is not repeated until its source changes ---

# An environment remembers where it was made: a copied checkout must not run the original's code.
ifneq ($(shell cat $(DONE)/environment 2>/dev/null),$(CURDIR))
$(DONE)/environment: FORCE
endif
.PHONY: FORCE
FORCE:

$(DONE)/environment:
	@echo "· environment"
	@tools/create_environment.sh $(VENV) $(PYTHON)
	@mkdir -p $(DONE)
	@echo "$(CURDIR)" >$@

$(DONE)/uv: $(DONE)/environment requirements/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(DONE)/packages: $(DONE)/uv requirements/runtime.txt requirements/build.txt
	@echo "· packages"
	@tools/install_packages.sh $(VENV) requirements/runtime.txt requirements/build.txt
	@touch $@

# Built from the checkout with what is already installed; nothing is fetched here.
$(DONE)/project: $(DONE)/packages pyproject.toml
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --offline --no-deps --no-build-isolation --editable .
	@touch $@

$(DONE)/development: $(DONE)/packages requirements/dev.txt
	@echo "· packages for developers"
	@tools/install_packages.sh $(VENV) requirements/dev.txt
	@touch $@

$(GERMAN).mo: $(GERMAN).po $(DONE)/project
	@$(BIN)/python tools/messages.py compile
