# Every verb sets up all it needs by itself: Python 3.11+, make and git are enough.
# `make` alone lists the verbs.

# The first Python that is new enough. Name another with `make PYTHON=/path/to/python3 test`.
override PYTHON := $(shell for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
# Makes .venv/NAME from requirements/NAME.txt, once per content of the lock.
VENV = $(or $(PYTHON),$(error Bailment needs Python 3.11 or newer: install it or run `make PYTHON=...`)) requirements/venv.py
RUN = .venv/run/bin
TEST = .venv/test/bin
BENCH = .venv/bench/bin

.DEFAULT_GOAL := help
.PHONY: help demo test check bench torture docs

help:  ## List the verbs.
	@awk -F ':  ## ' '/^[a-z]+:  ## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

demo:  ## Tell the whole story on a throwaway platform; PEOPLE=ldbc:DIR takes that graph, SERVE=1 keeps serving.
	@$(VENV) run
	@$(RUN)/bailment demo $(if $(PEOPLE),--people '$(PEOPLE)') $(if $(filter-out 0 no false,$(SERVE)),--serve)

test:  ## Run all tests but the long ones.
	@$(VENV) test
# A skipped test is one that nobody runs: where CI runs as root on Debian, it gets its Chromium and its curl.
	@if [ -n "$$CI" ] && ! { command -v chromium && command -v curl; } >/dev/null && [ "$$(id -u)" = 0 ] \
		&& command -v apt-get >/dev/null; then apt-get update -qq \
		&& DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium curl >/dev/null; fi
	@$(TEST)/python -m pytest -n 2 --dist loadscope

check:  ## Check style, types and layers.
	@$(VENV) test
	@$(VENV) bench
	@$(TEST)/python -m ruff check
	@$(TEST)/python -m ruff format --check
	@$(TEST)/python -m mypy src tests requirements
# The peers that the bench measures against are in its own environment only.
	@$(TEST)/python -m mypy --python-executable $(BENCH)/python bench
	@$(TEST)/lint-imports --no-cache --no-logo

bench:  ## Measure side by side with peers; write build/bench.json.
	@$(VENV) bench
	@$(BENCH)/python -m bench

torture:  ## Run the long tests.
	@$(VENV) test
	@$(TEST)/python -m pytest -m torture --timeout 7200

docs:  ## Check that the documents are true of the code.
	@$(VENV) test
	@$(TEST)/python -m pytest tests/test_docs.py
