# Orrery's front door. `make` alone says what there is.

VENV := .venv
BIN  := $(VENV)/bin
PY   := $(BIN)/python
NPM  := $(PY) hatch_build.py npm
# The first of these that is Python 3.11 or newer makes the environment; `make PYTHON=...` chooses another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
    $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)

PACKAGE  := pyproject.toml hatch_build.py $(wildcard backend/orrery/machinery/extract.py)
FRONTEND := $(shell find frontend -name node_modules -prune -o -type f -print)
TESTS    ?= tests

.DEFAULT_GOAL := help
.PHONY: help run test setup check check-python check-frontend test-python test-frontend test-browser \
        fix types bench bench-browser atlas lock browser clean

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp ## install what is needed, start the server, open it in a browser (ARGS="--port 8001")
	$(BIN)/orrery serve --open $(ARGS)

test: check test-frontend test-python test-browser ## set everything up and run every test

setup: $(VENV)/dev.stamp frontend/node_modules/.package-lock.json ## set up for development

check: check-python check-frontend ## lint, layers and types, Python and TypeScript

check-python: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy

check-frontend: $(VENV)/dev.stamp frontend/node_modules/.package-lock.json
	$(NPM) run check

test-python: $(VENV)/dev.stamp ## pytest without the browser (TESTS=tests/raft for one layer)
	$(BIN)/pytest -n auto --dist loadfile --ignore=tests/browser $(TESTS)

test-frontend: $(VENV)/dev.stamp frontend/node_modules/.package-lock.json ## vitest
	$(NPM) run test

test-browser: $(VENV)/dev.stamp browser ## the page in a real Chromium; screenshots land in artifacts/
	$(BIN)/pytest -n 2 tests/browser

fix: $(VENV)/dev.stamp ## let ruff mend what it can
	$(BIN)/ruff check --fix .

types: setup ## TypeScript types of the records, from the pydantic models
	mkdir -p build
	$(PY) -m orrery.theatre.schema > build/records.schema.json
	$(NPM) run types

bench: $(VENV)/dev.stamp ## measure, as ratios side by side
	$(BIN)/orrery bench

bench-browser: $(VENV)/dev.stamp browser ## measure the page, beside a naive one (ARGS="--soak 30" watches its memory for long)
	$(BIN)/orrery bench --only browser $(ARGS)

atlas: $(VENV)/dev.stamp ## play every entry of the atlas without a browser and count them
	$(BIN)/orrery atlas

lock: $(VENV)/dev.stamp ## renew requirements/*.txt
	$(BIN)/pip install --quiet uv
	for extra in "run" "dev --extra dev"; do set -- $$extra; name=$$1; shift; \
	    $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-emit-index-url \
	        --python-version 3.11 --custom-compile-command "make lock" "$$@" \
	        pyproject.toml --output-file requirements/$$name.txt || exit 1; done

browser: $(VENV)/dev.stamp
	@for b in chromium chromium-browser google-chrome google-chrome-stable; do \
	    command -v $$b >/dev/null && exit 0; done; $(BIN)/playwright install chromium

clean: ## forget everything that was built or installed here
	rm -rf $(VENV) build dist artifacts static/build frontend/node_modules backend/orrery/machinery/data
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- set-up ----------------------------------------------------------------------------------------------------------

$(PY):
	@[ -n "$(PYTHON)" ] || { echo "Orrery needs Python 3.11 or newer and found none: install one, or name it with 'make PYTHON=/path/to/python3 ...'." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "This Python has no 'venv': on Debian or Ubuntu run 'sudo apt-get install python3-venv', then make again." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Running needs the locked dependencies; the package itself is built in an isolated environment, which brings Node.
$(VENV)/run.stamp: $(PY) requirements/run.txt $(PACKAGE) $(FRONTEND)
	@[ -e $(VENV)/dev.stamp ] || $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@[ -e $(VENV)/dev.stamp ] || { echo "Installing Orrery; making the browser bundle takes about half a minute, once."; $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .; }
	@[ ! -e $(VENV)/dev.stamp ] || $(MAKE) --no-print-directory $(VENV)/dev.stamp
	@touch $@

# Developing has the build's requirements at hand (Node too), so that the build needs no environment of its own.
$(VENV)/dev.stamp: $(PY) requirements/dev.txt $(PACKAGE) $(FRONTEND)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

frontend/node_modules/.package-lock.json: frontend/package-lock.json $(VENV)/dev.stamp
	$(NPM) ci --include=dev
	@touch $@
