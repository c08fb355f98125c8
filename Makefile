# Touchstone: two commands, `make run` and `make test`; the rest is for those who build it.
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help setup run test lint bench lock model words clean

help:  ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

setup: $(VENV)/.ready  ## prepare .venv with everything pinned in requirements.lock

$(VENV)/.ready: requirements.lock pyproject.toml
	@sh ./setup.sh $(VENV)
	@touch $@

run: setup  ## build the example brand, run the journey on it and serve it on 127.0.0.1:8000
	@$(BIN)/touchstone demo --home example

test: setup  ## run all tests
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests

lint: setup  ## formatting, types and the import contracts
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: setup  ## what is measured, each a ratio taken in the same run
	@$(BIN)/python -m bench

lock: setup  ## renew requirements.lock from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --extra fast --extra pdf --extra postgres --extra spark --group dev --universal --generate-hashes --no-header --no-annotate --no-emit-index-url -q -o requirements.lock

model: setup  ## rebuild the shipped language model (see training/README.md)
	@$(BIN)/python -m training

words: setup  ## bring the message catalogues up to date (see docs/translation.md)
	@$(BIN)/python -m tests._words

clean:  ## forget .venv and the example brand
	rm -rf $(VENV) example
