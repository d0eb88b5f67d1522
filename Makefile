# What a contributor types. `make` alone lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install run test test-slow check format gate bench gold rules cases schemas constraints clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

install: $(INSTALLED) ## make .venv with the pinned dependencies

$(INSTALLED): pyproject.toml setup.py constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,history]'
	@touch $@

run: $(INSTALLED) ## set up, then run the default job on the shipped sample
	$(BIN)/sumbench run

test: $(INSTALLED) ## set up, then run all tests that take less than ten seconds each
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow"

test-slow: $(INSTALLED) ## the slow tests
	$(BIN)/python -m pytest -m slow

check: $(INSTALLED) ## lint, format and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(INSTALLED) ## put the code in shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

gate: $(INSTALLED) ## the shipped sample against its committed baseline: any moved number fails
	$(BIN)/sumbench gate sample gates=exact run_dir="$$(mktemp -d)/run"

bench: $(INSTALLED) ## throughput as a ratio against rouge-score and bert-score in the same run
	$(BIN)/python benchmarks/rouge_throughput.py
	$(BIN)/python benchmarks/bertscore_throughput.py

gold: $(INSTALLED) ## how the checks do on the sample's gold labels
	$(BIN)/python benchmarks/sample_gold.py

rules: $(INSTALLED) ## which rule is right how often, on human judgements, beside the base rate
	$(BIN)/python benchmarks/rules.py

cases: $(INSTALLED) ## which of the small cases that showed faults the checks get wrong
	$(BIN)/python benchmarks/cases.py

schemas: $(INSTALLED) ## write the JSON Schemas in bench/data from the types of the records
	$(BIN)/python -m bench.schemas

constraints: $(INSTALLED) ## write the versions in .venv down as the pinned ones
	@{ echo '# The exact versions that `make` installs. To renew: `make constraints`.'; \
	   $(BIN)/python -m pip freeze --all --exclude-editable --exclude pip --exclude wheel | sed -E 's/\+cpu$$//'; } > constraints.new
	@mv constraints.new constraints.txt

clean: ## remove what make and the tools made
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
