# wlcron. `make help` lists what can be made.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
PYTEST := .venv/bin/pytest
LAB := python3 scripts/docker_lab.py
# Tests wait more than they compute. Those of a module share what is costly to start.
BESIDE := --numprocesses 3 --dist loadscope

.PHONY: help
help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

.PHONY: demo
demo: .venv/.installed ## a cron file goes in, pi comes out: the whole service in two minutes
	@$(PYTHON) scripts/demo.py

.PHONY: demo-aws
demo-aws: .venv/.tools ## the same over AWS, for which a laboratory on this machine stands in
	@$(LAB) run -- $(PYTHON) scripts/demo_aws.py

.PHONY: test
test: .venv/.tools ## the whole suite; Docker's tests on a private daemon where none answers
	@scripts/debian_packages.py postgresql prometheus
	@$(LAB) run $(if $(REQUIRE_DOCKER),--require) -- $(PYTEST) $(BESIDE) $(TESTS)

.PHONY: promises
promises: .venv/.tools ## break each promise on purpose, and see its tests fail
	@$(LAB) run -- $(PYTHON) scripts/break_promises.py

.PHONY: simulate
simulate: .venv/.tools ## whole systems on a virtual clock, with faults (SEED=7 LOG=FILE, SECONDS=60, STEPS=…; else for ever)
	@$(PYTHON) -m tests.simulation $(if $(SEED),--seed $(SEED)) $(if $(STEPS),--steps $(STEPS)) \
	  $(if $(SECONDS),--seconds $(SECONDS)) $(if $(LOG),--log $(LOG))

.PHONY: mutants
mutants: .venv/.tools ## plant bugs one at a time, and see the simulator find each
	@$(PYTHON) -m tests.simulation --mutants

.PHONY: chaos
chaos: .venv/.tools ## the real program, killed, frozen, cut off, out of disk (KILLS=200, SEED=1; some 15 minutes)
	@scripts/debian_packages.py postgresql faketime iproute2
	@CHAOS=long KILLS=$(KILLS) SEED=$(SEED) $(LAB) run --require -- $(PYTEST) -p no:randomly tests/chaos

.PHONY: fuzz
fuzz: .venv/.tools ## what may be sent to it: every parser and the whole API (SECONDS=60 each, TARGET=…)
	@$(PYTHON) scripts/fuzz.py --seconds $(or $(SECONDS),60) $(TARGET)

.PHONY: reliability
reliability: .venv/.tools ## all of these, counted into docs/reliability.md (ONLY=…; an hour)
	@$(PYTHON) scripts/reliability.py --write $(addprefix --only ,$(ONLY))

.PHONY: rehearse
rehearse: .venv/.installed ## what the crons of examples/ would do in a week
	@.venv/bin/wl rehearse -f examples --days 7 --events trouble

.PHONY: unit
unit: .venv/.tools ## the tests of what is pure or in memory, under half a minute
	@$(PYTEST) $(BESIDE) tests/core tests/schedule tests/cronfile tests/services tests/api tests/test_*.py

.PHONY: lint
lint: .venv/.tools ## format, ruff, mypy, the directions of imports, the CloudFormation template
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@.venv/bin/cfn-lint src/wlcron/aws/template.yaml

.PHONY: cover
cover: .venv/.tools ## coverage of the pure parts, which has to be whole
	@$(PYTEST) tests/core tests/schedule tests/cronfile \
	  --cov=wlcron.core --cov=wlcron.schedule --cov=wlcron.cronfile \
	  --cov-branch --cov-report=term --cov-fail-under=100

.PHONY: bench
bench: .venv/.peers ## speed and size beside peers and floors, as docs/performance.md shows them
	@$(LAB) run -- $(PYTHON) benchmarks/run.py $(BENCH)

.PHONY: docs
docs: .venv/.tools ## the generated parts of docs/
	@$(PYTHON) scripts/generate_cli_reference.py
	@$(PYTHON) scripts/generate_configuration_reference.py

.PHONY: pictures
pictures: .venv/.tools ## the payloads and pictures of docs/alerts.md (needs chromium and pngquant)
	@$(PYTHON) scripts/render_alerts.py

.PHONY: clean
clean: ## everything that was made here
	@$(LAB) stop || true
	@rm -rf .venv .cache .demo .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

.venv/.installed: requirements/base.txt pyproject.toml scripts/setup
	@scripts/setup requirements/base.txt
	@touch $@

.venv/.tools: .venv/.installed requirements/dev.txt
	@scripts/setup requirements/dev.txt
	@touch $@

.venv/.peers: .venv/.tools requirements/bench.txt
	@scripts/setup requirements/bench.txt
	@touch $@
