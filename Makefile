# Everything works on a bare machine with python3 >= 3.11 and make. `make` alone lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
SITE ?= tiznit
BIN := .venv/bin
READY := .venv/ready
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export DJANGO_SETTINGS_MODULE ?= sites.$(SITE).settings

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | awk -F'|' '{printf "  make %-16s %s\n", $$1, $$2}'

install: $(READY) ## everything into .venv; nothing to do the second time

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tiwizi needs Python 3.11 or newer: make PYTHON=python3.12 install")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[dev,redis]' --constraint constraints.txt
	$(BIN)/python -m core.catalogues
	touch $@

demo: install ## two instances with sample content on 127.0.0.1:8001 and :8002; keeps its data
	@$(BIN)/python -m sites.run tiznit argenteuil

demo-reset: install ## the same, from nothing
	@$(BIN)/python -m sites.run --fresh tiznit argenteuil

run: install ## one instance: make run SITE=argenteuil
	@$(BIN)/python -m sites.run $(SITE)

test: install ## all tests: on SQLite, then on PostgreSQL
	$(BIN)/python -m tests.run $(ARGS)

lint: install ## style, types, templates, import rules, migrations, production check, catalogues
	$(BIN)/python -m tests.lint

bench: install ## CPU, queries and bytes of the main pages with 1,000 projects
	$(BIN)/python -m tests.bench.run

shell: install ## Django's shell in one instance: make shell SITE=argenteuil
	$(BIN)/python manage.py shell

verify-ledger: install ## recompute the money of one instance from its ledger and its seals
	$(BIN)/python manage.py verify_ledger

histories: install ## 10,000 generated histories of money, their seeds printed
	$(BIN)/python -m tests.crowdfunding.many_histories $(ARGS)

test-peer: install ## federation against a second live instance
	$(BIN)/python -m tests.federation.peer
	$(BIN)/python -m pytest -q tests/federation/test_fedify.py

test-localstripe: install ## optional: cards against localstripe, a separate program installed for the test only
	$(BIN)/python -m tests.crowdfunding.localstripe_smoke

.PHONY: help install demo demo-reset run test lint bench shell verify-ledger histories test-peer test-localstripe
