# `make demo` and `make test` need python3 (3.11 to 3.13), git and make, nothing else.
# They write to this folder and to pip's download cache only. Targets are relative paths, because make splits words at
# spaces and the checkout may live in "My Documents".
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

BIN := .venv/bin
LOWEST := .venvs/lowest
LAB := .venvs/lab
DOCS := .venvs/docs
LIBRARIES := .venvs/libraries
WORKERS ?= 2

# Neither settings nor kernels of the user's account take part, and nothing is left there.
export IPYTHONDIR := $(CURDIR)/.cache/ipython
export JUPYTER_CONFIG_DIR := $(CURDIR)/.cache/jupyter/config
export JUPYTER_DATA_DIR := $(CURDIR)/.cache/jupyter/data
export JUPYTER_RUNTIME_DIR := $(CURDIR)/.cache/jupyter/runtime
export MPLCONFIGDIR := $(CURDIR)/.cache/matplotlib
export PYTEST_DEBUG_TEMPROOT := $(CURDIR)/.cache/tmp
unexport PYTHONHOME PYTHONPATH VIRTUAL_ENV PYTHONDONTWRITEBYTECODE

.PHONY: help demo test lint test-quick test-slow test-nightly test-libraries test-lowest test-lab docs pictures labextension format \
    lock clean

help:  ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## */\t/' | expand -t 16

demo: .venv/.ready  ## the main job on a sample notebook: export it, verify it, run it again and compare the metrics
	@mkdir -p .cache/tmp
	$(BIN)/nb2pipe export sample_notebooks/churn.ipynb -o demo_pipeline
	$(BIN)/nb2pipe check demo_pipeline

test: lint test-quick  ## what must pass before a commit

lint: .venv/.ready  ## ruff, mypy, the layers
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports

test-quick: .venv/.ready
	@mkdir -p .cache/tmp
	$(BIN)/python -m pytest -n $(WORKERS) -m "not slow and not nightly and not lab"

test-slow: .venv/.ready  ## the tests that take minutes
	@mkdir -p .cache/tmp
	$(BIN)/python -m pytest -n $(WORKERS) -m slow

test-nightly: .venv/.ready  ## the tests that take many minutes
	@mkdir -p .cache/tmp
	$(BIN)/python -m pytest -n $(WORKERS) -m nightly

test-libraries: $(LIBRARIES)/.ready  ## idioms of xgboost, polars and others that the tests' environment has not
	@mkdir -p .cache/tmp
	$(LIBRARIES)/bin/python -m pytest -n $(WORKERS) tests/faithful/test_cases.py -k libraries

test-lowest: $(LOWEST)/.ready  ## a few tests with the lowest versions that pyproject.toml allows (needs python3.11)
	@mkdir -p .cache/tmp
	$(LOWEST)/bin/python -m pytest -m lowest

test-lab: $(LAB)/.ready  ## JupyterLab and Notebook 7 as people use them (needs chromium); pictures in .cache/lab
	@mkdir -p .cache/tmp
	$(LAB)/bin/python -m pytest -m lab tests/lab

docs: $(DOCS)/.ready  ## the site, in .cache/site; a warning or a broken link fails
	@rm -rf .cache/site
	$(DOCS)/bin/python -m sphinx --quiet --nitpicky --fail-on-warning --keep-going --fresh-env \
	    --doctree-dir .cache/doctrees docs .cache/site
	@echo "the site: .cache/site/index.html"

pictures: $(LAB)/.ready  ## the pictures of the pages, made anew (needs chromium): look at them before you commit
	@mkdir -p .cache/tmp
	$(LAB)/bin/python -m tests.docs.pictures

labextension: .venv/.ready  ## build the JupyterLab extension anew (needs Node 20)
	$(BIN)/python scripts/grammar_table.py
	cd labextension && npm ci --ignore-scripts --no-audit --no-fund && npm test && npm run build
	rm -f $(LAB)/.ready  # Notebook takes the copy of the build that its environment got when it was made

format: .venv/.ready  ## let ruff fix and format
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

lock:  ## write the lock files anew from pyproject.toml (needs uv)
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --group dev \
	    --custom-compile-command "make lock" --output-file requirements/dev.txt pyproject.toml
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --group test --resolution lowest-direct \
	    --custom-compile-command "make lock" --output-file requirements/lowest.txt pyproject.toml
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --group libraries \
	    --custom-compile-command "make lock" --output-file requirements/libraries.txt pyproject.toml
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --group lab \
	    --custom-compile-command "make lock" --output-file requirements/lab.txt pyproject.toml
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --group docs \
	    --custom-compile-command "make lock" --output-file requirements/docs.txt

clean:  ## remove environments, caches and the demo's pipeline
	rm -rf .venv .venvs .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache demo_pipeline

.venv/.ready: requirements/dev.txt pyproject.toml
	@scripts/make-environment .venv requirements/dev.txt
	@touch $@

$(LOWEST)/.ready: requirements/lowest.txt pyproject.toml
	@scripts/make-environment $(LOWEST) requirements/lowest.txt 3.11
	@touch $@

$(LIBRARIES)/.ready: requirements/libraries.txt pyproject.toml
	@scripts/make-environment $(LIBRARIES) requirements/libraries.txt
	@touch $@

$(LAB)/.ready: requirements/lab.txt pyproject.toml nb2pipe/labextension/sources.sha256
	@scripts/make-environment $(LAB) requirements/lab.txt
	@touch $@

$(DOCS)/.ready: requirements/docs.txt
	@scripts/make-environment $(DOCS) requirements/docs.txt
	@touch $@
