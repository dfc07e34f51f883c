# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 community.syncthing contributors

NOX := .venv/bin/nox
READY := .venv/ready

.DEFAULT_GOAL := help
.PHONY: help demo test soak bench docs format lint clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

demo: $(READY)  ## three Syncthing daemons, paired by a playbook
	@$(NOX) --session demo

test: $(READY)  ## everything, on every ansible-core and Python that is here
	@.venv/bin/python tests/tools/run_all.py

soak: $(READY)  ## faults, kills and races in large numbers
	@$(NOX) --session soak

bench: $(READY)  ## speed and number of requests
	@$(NOX) --session bench

docs: $(READY)  ## check the documentation
	@$(NOX) --session docs-check site

format: $(READY)  ## format the Python sources, write what the documentation repeats
	@$(NOX) --session format

lint: $(READY)  ## linters and type checks
	@$(NOX) --session lint

clean:  ## remove what these commands made
	rm -rf .venv .nox .ansible .hypothesis .mypy_cache .pytest_cache .ruff_cache tests/output

# The one thing that nox can't make: the environment that nox runs in.
$(READY): tests/requirements/nox.txt tests/tools/bootstrap.sh
	@tests/tools/bootstrap.sh .venv tests/requirements/nox.txt
	@touch $@
