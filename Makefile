# Headway on your computer. All you need is Python 3.11 or later. Start with `make run`.
# PYTHON=/path/to/python3 picks a Python; PORT=8001 moves the demo to another port.

PYTHON ?= python3
PORT ?= 8000
BIN = .venv/bin
PIP = $(BIN)/python -m pip install --disable-pip-version-check --no-input
NOT_INSTALLED = { echo "Couldn't install the packages. That takes a network connection and about" \
  "300 MB of disk space. Run make again once you have both."; exit 1; }

help:
	@echo "make run     the demo, on http://127.0.0.1:$(PORT)/"
	@echo "make test    all tests that this computer can run"
	@echo "make lint    style of the code and the templates"
	@echo "make lock    requirements*.txt from requirements*.in (ARGS=--upgrade takes newer releases)"
	@echo "make bench   speed compared to others, one JSON object per line"
	@echo "make soak    the property tests at full length, and long outages (many minutes)"

run: .venv/.run
	@exec env DEMO=1 PORT=$(PORT) $(BIN)/python manage.py serve_demo

test: .venv/.dev
	@$(BIN)/python -m pytest -n auto --maxprocesses 4

soak: .venv/.dev
	@HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest -n auto -m "hypothesis or outage"

bench: .venv/.dev
	@DEMO=1 $(BIN)/python -m benchmarks

lint: .venv/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@find templates -name '*.html' -exec $(BIN)/djade --target-version 5.2 --check {} +

# Keeps the versions in the .txt, unless the .in asks for others or ARGS for newer ones.
lock: .venv/.dev
	@for name in requirements requirements-dev; do \
	  cp $$name.txt .venv/ && \
	  $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes $(ARGS) \
	    --custom-compile-command "make lock" $$name.in -o .venv/$$name.txt && \
	  { cmp -s .venv/$$name.txt $$name.txt || cp .venv/$$name.txt .; } || exit 1; \
	done

# Stamp files remember what's installed, so a second start installs nothing. A .venv without pip was
# interrupted while being made, so it's made again.
ifeq ($(wildcard $(BIN)/pip),)
.PHONY: $(BIN)/python
endif

.venv/.run: $(BIN)/python requirements.txt
	@echo "Installing what the site needs"
	@$(PIP) -r requirements.txt || $(NOT_INSTALLED)
	@touch $@

.venv/.dev: .venv/.run requirements-dev.txt
	@echo "Installing what the tests need"
	@$(PIP) -r requirements-dev.txt || $(NOT_INSTALLED)
	@touch $@

$(BIN)/python:
	@[ -w . ] || { echo "Can't write to $(CURDIR). Put Headway in a folder you can write to."; exit 1; }
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making the environment .venv with $$python"; \
	    $$python -m venv --clear .venv && exit 0; \
	    rm -rf .venv; \
	    echo "$$python couldn't make it. Is the disk full? If not, on Debian and Ubuntu:" \
	      "apt install python3-venv"; \
	    exit 1; \
	  fi; \
	done; \
	echo "Headway needs Python 3.11 or later, and found none. Name one: make run PYTHON=/path/to/python3"; \
	exit 1

.PHONY: help run test soak bench lint lock
