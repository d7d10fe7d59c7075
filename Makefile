# `make book` builds the site, `make test` checks everything; `make help` lists the rest.
# Needs Python 3.11 or newer and make. Writes nothing outside .venv and _build.

SHELL := /bin/sh
.SUFFIXES:
.NOTPARALLEL:
.DEFAULT_GOAL := help

PORT ?= 8000
PY := .venv/bin/python
LOCKED := .venv/locked
READY := .venv/ready
BOOK := _build/html/.built
LIVE ?= 1
WITH := _build/.live-$(LIVE)
FRAMEWORKS := .venv/frameworks
TESTS := $(PY) -m pytest --numprocesses auto --dist loadgroup
GROUPS := --group book --group test --group bench --group dev

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
export PYTHONUTF8 := 1
export WUV_LIVE := $(LIVE)

# Folders are listed with their files, so that a removed file counts as a change.
SOURCES := _config.yml _toc.yml pyproject.toml README.md CITATION.cff $(wildcard LICENSE*) \
  $(shell find chapters code/wuv _ext -name __pycache__ -prune -o -print)

# An environment that was moved here, or made with another Python than the one asked for, is stale.
$(shell { grep -qxF 'at $(CURDIR)' $(LOCKED) && { [ -z '$(PYTHON)' ] || \
  grep -qxF 'with $(PYTHON)' $(LOCKED); }; } 2>/dev/null || rm -f $(LOCKED))

.PHONY: help book pdf test test-package test-frameworks check mutate mistakes fuzz mutants handouts notebooks-branch audit serve bench bench-live lint format lock clean

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "  make %-17s %s\n", $$1, $$2 }'

book: $(BOOK) ## build the site into _build/html (LIVE=0: without cells that run in the page)
	@echo 'The book is built. Open _build/html/index.html, or run `make serve`.'

pdf: $(BOOK) ## build the book as PDF, and each chapter (`make book` does so too)
	@echo 'The book is _build/html/pdf/book.pdf; beside it lies each chapter.'

test: $(BOOK) ## run every test, the built site included
	@$(PY) tools/browser.py > /dev/null
	@$(PY) -m pytest -m frameworks tests/test_frameworks.py # JAX has threads, and others fork
	@$(TESTS) -m 'not frameworks' --durations 20

test-package: $(READY) ## run the tests of the package and of what builds the book (no book, no browser)
	@$(TESTS) -m 'not book and not frameworks'

test-frameworks: $(READY) ## try what is said of PyTorch, JAX and Octave, in an environment with them
	@$(PY) -m uv venv --quiet --allow-existing $(FRAMEWORKS)
	@$(PY) -m uv pip install --quiet --python $(FRAMEWORKS) --group frameworks
	@PYTHONPATH=code $(FRAMEWORKS)/bin/python -m pytest --noconftest tests/test_frameworks.py

check: $(READY) ## execute every displayed equation
	@$(PY) -m wuv check chapters

mutate: $(READY) ## alter the equations, one token at a time: are the changes found?
	@$(PY) tools/mutate.py

mistakes: $(READY) ## make wrong gradients by the thousand: are they named? (OPTIONS=--write: for the book)
	@$(PY) tools/mistakes.py $(OPTIONS)

fuzz: $(READY) ## give hostile texts to every reader: is each answered, soon? (COUNT=1000)
	@$(PY) tools/fuzz.py --count $(or $(COUNT),1000) $(OPTIONS)

mutants: $(READY) ## change the package, one place at a time: do the tests see it? (OPTIONS=…)
	@$(PY) tools/mutants.py $(OPTIONS)

audit: $(BOOK) ## measure every page with Lighthouse and axe (needs Node; RUNS=3 for medians)
	@$(PY) tools/audit.py --runs $(or $(RUNS),1)

notebooks-branch: $(BOOK) ## commit the built notebooks to their own branch, for Binder and Colab
	@$(PY) tools/notebooks_branch.py

handouts: $(READY) ## make worksheets into _build/handouts (TOPIC=… COUNT=… CLASS=file.csv)
	@$(PY) -m wuv worksheet $(or $(TOPIC),all) --out _build/handouts $(OPTIONS) \
	  $(if $(CLASS),--students '$(CLASS)',--count $(or $(COUNT),1))

serve: $(BOOK) ## show the book at http://127.0.0.1:8000 (PORT=… for another port)
	@$(PY) tools/serve.py --port $(PORT)

bench: $(READY) ## measure the gradients and the finite differences
	@$(PY) tools/bench.py

bench-live: $(BOOK) ## measure how long a reader waits for a cell, here and in JupyterLite (RUNS=3)
	@$(PY) tools/live_bench.py --runs $(or $(RUNS),3)

lint: $(READY) ## check the style and the types of the Python files
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(PY) -m mypy

format: $(READY) ## put the Python files into that style
	@$(PY) -m ruff check --fix
	@$(PY) -m ruff format

lock: $(READY) ## pin every package anew in requirements.txt
	@$(PY) -m uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	  --no-emit-index-url --no-header --no-annotate $(GROUPS) --output-file requirements.txt pyproject.toml

clean: ## remove what was built, the environment included
	rm -rf _build .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(BOOK): $(READY) $(SOURCES) $(WITH)
	@[ '$(LIVE)' = 0 ] || $(PY) -m _ext.live.runtime > /dev/null
	@.venv/bin/jupyter-book build . -W --keep-going --quiet || { rm -rf _build/.doctrees; exit 1; }
	@touch $@

# The site was last built with live cells, or without.
$(WITH):
	@mkdir -p _build && rm -f _build/.live-* && touch $@

$(READY): $(LOCKED) pyproject.toml
	@$(PY) -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(LOCKED): requirements.txt
	@rm -rf .venv
	@for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python); do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; python=; \
	done; \
	[ -n "$$python" ] || { echo 'Python 3.11 or newer is needed: make … PYTHON=/path/to/python' >&2; exit 1; }; \
	echo "Making .venv with $$("$$python" --version) (about a minute)"; \
	"$$python" -m venv .venv
	@$(PY) -m pip install --quiet --require-hashes -r requirements.txt
	@printf 'at %s\nwith %s\n' '$(CURDIR)' '$(PYTHON)' > $@
