# Araldo's commands. `make` alone lists them.

SHELL := /bin/sh
UV := .tools/bin/uv
# A lock file made elsewhere must not be judged by this machine's index settings.
UV_RUN := env -u UV_DEFAULT_INDEX -u UV_INDEX_URL UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=.venv $(UV)
PYTHON := .venv/bin/python
BIN := .venv/bin
# A worker a core; all tests together take two more, for many of them wait for processes and browsers. A file's tests
# share one worker, and with it the systems that they run against. Without MALLOC_ARENA_MAX glibc keeps a heap for each
# of many threads, and each keeps the room of its largest picture: 485 MB instead of 332 after some 270 tests.
CORES := $(shell nproc 2>/dev/null || echo 2)
PYTEST := MALLOC_ARENA_MAX=2 $(PYTHON) -m pytest --dist=loadfile --no-loadscope-reorder
ALL_TESTS := $(PYTEST) --numprocesses=$(shell expr $(CORES) + 2)
QUICK_TESTS := $(PYTEST) --numprocesses=$(CORES) --hypothesis-profile=quick -m "not browser and not process and not postgres" \
	--ignore=tests/browser --ignore=tests/chaos --ignore=tests/processes

# Compiled modules are kept: a command that compiles all that it imports takes twice as long to start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
NPM := web/with-node.sh npm --prefix web
PYTHON_CODE := src tests bench tools
WEB := src/araldo/web/index.html
PDS := tests/platforms/bluesky/pds
DOCS := src/araldo/docs/index.html
DOCS_SOURCE := $(shell find docs tools/docs -type f ! -name '*.pyc') CHANGELOG.md zensical.toml
# All that `make web-check` reads.
WEB_CHECKED := web/node_modules/.checked
WEB_CHECK_SOURCE := $(shell find web tests/cases -name node_modules -prune -o -type f -print) docs/openapi.json
WEB_SOURCE := $(shell find web/src web/public web/index.html web/vite.config.ts -type f ! -name '*.test.*')

.PHONY: help run install starting test quick acceptance check tests web docs web-check web-types explore conformance chaos bench gallery screens platform format lock openapi new-database image image-test machine-test release clean

help: ## List these commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

# Without commas, which would separate arguments: English, then Italian.
say = @case "$${LC_ALL:-$${LC_MESSAGES:-$$LANG}}" in it*) echo "$(2)";; *) echo "$(1)";; esac

run: starting .venv/.run $(WEB) ## Set everything up and try Araldo with the sandbox
	@exec $(BIN)/araldo run

# docs/deploy.md says how to start it. The locked packages, as in the image. Whatever root's umask is, the service's user
# has to read them; and without --reinstall-package a new checkout of the same version would be taken as installed.
PLACE := /opt/araldo
install: $(UV) $(WEB) $(DOCS) ## Install the packages, Araldo, its studio and its documentation into /opt/araldo (or PLACE=...)
	umask 022 && $(subst =.venv,=$(PLACE),$(UV_RUN)) sync --quiet --locked --no-dev --extra otel --no-editable \
		--reinstall-package araldo --compile-bytecode

# The first prerequisite of `run`, so that it prints at once.
starting:
	$(call say,Araldo is starting. The first time it takes a minute or two: it installs its packages and builds the studio.,Araldo si avvia. La prima volta servono un paio di minuti: installa i suoi pacchetti e costruisce lo studio.)

# The checks run beside the tests, some of which wait for processes and browsers; what they print stays together. With
# less priority the studio's unit tests would not be heard for many seconds, and fail.
beside_checks = @(found=$$($(MAKE) --no-print-directory --jobs=2 --output-sync=target $(1) 2>&1); ended=$$?; echo "$$found"; exit $$ended) & \
	checks=$$!; trap 'kill $$checks 2>/dev/null' EXIT; $(2); tests=$$?; wait $$checks && exit $$tests

test: .venv/.test $(WEB) $(DOCS) $(PDS)/node_modules/.installed ## What CI runs: format, lint, types, contracts, generated files, docs, and all tests
	$(call beside_checks,web-check check,$(ALL_TESTS))

quick: .venv/.test $(WEB) $(DOCS) ## For every edit: the checks, and the tests that need no browser, no process of their own, no PostgreSQL
	$(call beside_checks,$(WEB_CHECKED) check,$(QUICK_TESTS))

acceptance: test chaos conformance screens image-test machine-test ## Before an issue is closed: all that CI runs, and the long campaigns (an hour and a half)

# .pre-commit-config.yaml has a hook for each.
CHECKS := check-format check-lint check-types check-imports check-openapi check-workflows check-docs
.PHONY: $(CHECKS)
check: $(CHECKS)

check-format: .venv/.test web/node_modules/.installed
	$(BIN)/ruff format --check $(PYTHON_CODE)
	$(NPM) run --silent format:check

check-lint: .venv/.test
	$(BIN)/ruff check $(PYTHON_CODE)

check-types: .venv/.test
	$(BIN)/mypy

check-imports: .venv/.test
	$(BIN)/lint-imports --no-cache

check-openapi: .venv/.test
	$(BIN)/araldo openapi | cmp - docs/openapi.json || { echo 'docs/openapi.json is stale: run make openapi'; exit 1; }

check-workflows: .venv/.test
	$(BIN)/zizmor --offline --pedantic --quiet .github

check-docs: $(DOCS)

tests: .venv/.test $(WEB) $(DOCS) $(PDS)/node_modules/.installed
	$(ALL_TESTS)

web: $(WEB) ## Build the studio into the package

docs: $(DOCS) ## Build the documentation into the package; a link that leads nowhere fails

web-check: $(WEB) ## Lint, imports, types, API types, words, unit tests and size of the studio
	cd web && ./with-node.sh npm run --silent check

# What `make quick` asks for: nothing when none of these files has changed since they were found to be right.
$(WEB_CHECKED): $(WEB) $(WEB_CHECK_SOURCE)
	@$(MAKE) --no-print-directory web-check
	@touch $@

web-types: web/node_modules/.installed ## Write the studio's API types anew from docs/openapi.json
	$(NPM) run --silent types

explore: .venv/.test ## Run the property tests on new random examples, many of each
	$(PYTHON) -m pytest --hypothesis-profile=explore --timeout=900 $$(grep -rl 'from hypothesis' tests --include='test_*.py')

conformance: .venv/.test ## Call every operation with many new requests on both databases, by the API's description
	$(PYTHON) -m pytest --hypothesis-profile=explore --timeout=3600 tests/api/test_schema_conformance.py

chaos: .venv/.test $(PDS)/node_modules/.installed ## Kill it 490 times while services misbehave and disk, files and database fail; compare both sides (half an hour)
	$(PYTHON) -m tests.chaos --database sqlite --kills 250 --deliveries 1700 --faults 4
	$(PYTHON) -m tests.chaos --database postgresql --kills 80 --deliveries 560 --faults 2
	$(PYTHON) -m tests.chaos --database postgresql --kills 40 --deliveries 280 --faults 1 --workers 3
	$(PYTHON) -m tests.chaos --service mastodon --database sqlite --kills 40 --deliveries 280 --faults 1
	$(PYTHON) -m tests.chaos --service telegram --database sqlite --kills 40 --deliveries 280 --faults 1
	$(PYTHON) -m tests.chaos --service bluesky --database sqlite --kills 40 --deliveries 280 --faults 1

# The publish path with fewer posts than docs/performance.md has figures for: that page names the whole commands.
bench: .venv/.test $(WEB) ## Measure pictures against plain Pillow, publishing against an ideal client, the API against a bare app, starts
	@$(PYTHON) -m bench.fit
	@$(PYTHON) -m bench.batch
	@$(PYTHON) -m bench.cards
	@$(PYTHON) -m bench.previews
	@$(PYTHON) -m bench.answers
	@$(PYTHON) -m bench.start
	@$(PYTHON) -m bench.telemetry
	@$(PYTHON) -m bench.same_second --posts 50
	@$(PYTHON) -m bench.one_post --rounds 3
	@$(PYTHON) -m bench.storm --deliveries 600 --seconds 3.6
	@$(PYTHON) -m bench.intake
	@$(PYTHON) -m bench.growth --posts 1000 10000
	@$(PYTHON) -m bench.memory --pictures 150
	@$(PYTHON) -m bench.calendar_drag

gallery: .venv/.test ## Draw every card that there is into gallery/, to be looked at
	$(PYTHON) -m tests.gallery gallery
	@echo open gallery/index.html

screens: .venv/.test $(WEB) ## Draw every screen into screens/ at both widths, in both schemes and all languages, and check each
	$(PYTHON) -m tests.acceptance.screens screens

platform: .venv/.test ## Start a new service as a copy of the example that publishes at once: make platform NAME=quillo
	@$(PYTHON) -m tools.scaffold "$(NAME)"

format: .venv/.test web/node_modules/.installed ## Format the source and mend what lint can mend
	$(BIN)/ruff format $(PYTHON_CODE)
	$(BIN)/ruff check --fix $(PYTHON_CODE)
	$(NPM) run --silent lint -- --fix
	$(NPM) run --silent format

openapi: .venv/.test ## Write docs/openapi.json anew
	$(BIN)/araldo openapi > docs/openapi.json

new-database: .venv/.test ## After a new migration: write anew what a new SQLite database begins with
	$(PYTHON) -m tools.new_database > .new_database.sql
	mv .new_database.sql src/araldo/storage/new_database.sql

# The variable RELEASE_TAG: the git tag that is released, such as v1.2.3; without it, it is a rehearsal.
release: .tools/release/.installed ## Build wheel and sdist from a clean tree into dist/, check them, write SBOM and notes
	@.tools/release/bin/python -m tools.release

lock: $(UV) ## Bring uv.lock up to date with pyproject.toml
	$(UV_RUN) lock

image: ## Build the container image araldo:latest
	deploy/image.sh

image-test: .venv/.test ## Build the image and try it with compose: publish, kill a worker, restore a backup, clean up (needs Docker)
	$(PYTHON) -m tests.acceptance.image

machine-test: .venv/.test ## Follow docs/deploy.md by its printed commands on fresh machines: publish, lose one, restore (needs Docker)
	$(PYTHON) -m tests.acceptance.machine

clean: ## Remove what these commands installed; your data in .araldo stays
	rm -rf .tools .venv build dist screens web/node_modules $(PDS)/node_modules src/araldo/web src/araldo/docs .mypy_cache .ruff_cache .pytest_cache .hypothesis

# uv comes from pip into a folder of ours: that needs no venv module and no leave of the system's Python.
$(UV):
	$(call say,Installing uv ...,Installo uv ...)
	python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target .tools 'uv>=0.13,<0.14'

# --inexact: what the tests installed stays when only running is asked for.
.venv/.run: $(UV) pyproject.toml uv.lock
	$(call say,Installing the Python packages ...,Installo i pacchetti Python ...)
	$(UV_RUN) sync --quiet --locked --inexact --no-dev
	@touch $@

# Compiled at once: else each of the tests' processes compiles what it imports, all at the same time.
.venv/.test: $(UV) pyproject.toml uv.lock
	UV_COMPILE_BYTECODE=1 $(UV_RUN) sync --quiet --locked
	@touch $@ .venv/.run

.tools/release/.installed: $(UV) pyproject.toml uv.lock
	$(call say,Installing the tools of a release ...,Installo gli strumenti per il rilascio ...)
	$(subst =.venv,=.tools/release,$(UV_RUN)) sync --quiet --locked --only-group release
	@touch $@

# What npm ci installs from the lock file's versions and digests; again only when those have changed.
web/node_modules/.installed: web/package.json web/package-lock.json web/.npmrc
	$(call say,Installing the studio's packages ...,Installo i pacchetti dello studio ...)
	$(NPM) ci --silent
	@touch $@

# The server that Bluesky's tests run against; none of its packages needs a compiler.
$(PDS)/node_modules/.installed: $(PDS)/package.json $(PDS)/package-lock.json $(PDS)/.npmrc
	$(call say,Installing the server of Bluesky's tests ...,Installo il server delle prove di Bluesky ...)
	web/with-node.sh npm --prefix $(PDS) ci --silent
	@touch $@

$(WEB): web/node_modules/.installed $(WEB_SOURCE)
	$(call say,Building the studio ...,Costruisco lo studio ...)
	$(NPM) run --silent build -- --logLevel warn
	@touch $@

# Apart from .venv, because who installs Araldo builds the documentation too and needs none of the tests' packages.
.tools/docs/.installed: $(UV) pyproject.toml uv.lock
	$(subst =.venv,=.tools/docs,$(UV_RUN)) sync --quiet --locked --only-group docs
	@touch $@

$(DOCS): .tools/docs/.installed $(DOCS_SOURCE)
	$(call say,Building the documentation ...,Costruisco la documentazione ...)
	@.tools/docs/bin/python -m tools.docs
	@touch $@
