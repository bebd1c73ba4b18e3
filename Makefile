# Everything a person or CI does with this repository. `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help setup demo check test soak bench format lock clean beds kube-up kwok-up kube-down docker-up docker-down

PYTHON := .venv/bin/python
STAMP := .venv/.set-up

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## make .venv with the pinned packages (skipped while it is fresh)

$(STAMP): pyproject.toml constraints.txt tools/setup.sh
	@bash tools/setup.sh

demo: setup ## run the main job: make a mesh of services, roll it out, report, clean up
	@.venv/bin/tierline demo $(ARGS)

check: setup ## format, lint, types, layers, tidiness, unit and property tests (under a minute)
	@$(PYTHON) tools/suites.py check quick

test: setup ## every test, suite by suite, with the minutes that each took
	@bash tools/oasdiff.sh
	@$(PYTHON) tools/beds kube build --simulated 1
	@$(PYTHON) tools/beds docker build
	@$(PYTHON) tools/suites.py check unit simulation targets e2e kubernetes

beds: setup ## build what test beds are made of (once for its versions, minutes; docs/test-beds.md)
	@$(PYTHON) tools/beds kube build --simulated 1
	@$(PYTHON) tools/beds docker build

kube-up: setup ## bring up a real Kubernetes with one node (root; ARGS=--no-node needs none)
	@$(PYTHON) tools/beds kube up $(ARGS)

kwok-up: setup ## bring up a Kubernetes whose nodes are simulated (ARGS='--name N' for another)
	@$(PYTHON) tools/beds kube up --no-node --simulated 3 $(ARGS)

kube-down: setup ## end it, and whatever a crash left of it
	@$(PYTHON) tools/beds kube down $(ARGS)

docker-up: setup ## bring up a Docker engine with Compose (root; ARGS='--name N' for another)
	@$(PYTHON) tools/beds docker up $(ARGS)

docker-down: setup ## end it, and whatever a crash left of it
	@$(PYTHON) tools/beds docker down $(ARGS)

soak: setup ## the long search for rare failures: many more seeds and examples
	@$(PYTHON) tools/suites.py soak

bench: setup ## measure what docs/benchmarks.md reports (half an hour; needs a quiet machine)
	@$(PYTHON) benchmarks/startup.py
	@$(PYTHON) benchmarks/plan.py
	@$(PYTHON) benchmarks/graph.py
	@$(PYTHON) benchmarks/scale.py || echo 'a budget is missed'
	@$(PYTHON) benchmarks/shell_gates.py || echo 'a budget is missed'
	@$(PYTHON) benchmarks/commands.py
	@$(PYTHON) benchmarks/rollout_simulated.py || echo 'a budget is missed'
	@$(PYTHON) benchmarks/rollout_local.py --mesh go
	@$(PYTHON) benchmarks/rollout_local.py --mesh demo

format: setup ## rewrite the code in the agreed format, mend what can be mended, write docs/reference/findings.md
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format --quiet .
	@$(PYTHON) tools/findings.py

lock: ## pin the newest packages that pyproject.toml allows (needs uv)
	@uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
		--no-header --no-annotate --no-emit-index-url --upgrade --quiet -o constraints.txt

clean: ## remove what was made: .venv, caches, build results
	@rm -rf .venv .cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis dist build
