# `make demo` and `make test` are all that a newcomer needs; each sets itself up in .venv.
PYTHON ?= python3
SERVE ?= 1
PORT ?= 8000
BIN := .venv/bin
.DEFAULT_GOAL := help

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

.venv/bin/uv: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "OnModel needs Python 3.11 or newer; say which with: make PYTHON=python3.11 ..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip --quiet install --require-hashes -r requirements/uv.txt
	@touch $@

.venv/ready: .venv/bin/uv requirements/dev.txt pyproject.toml
	@$(BIN)/uv pip install --quiet --python .venv --require-hashes -r requirements/dev.txt
	@$(BIN)/uv pip install --quiet --python .venv --no-deps --no-build-isolation -e .
	@touch $@

install: .venv/ready translations ## set up .venv with the locked versions

translations: .venv/ready
	@$(BIN)/python tools/compile_translations.py

demo: install ## load the simulated service and serve it (SERVE=0: only load)
	@$(BIN)/onmodel demo --fresh $(if $(filter 0,$(SERVE)),--no-serve,--port $(PORT))

check: install ## style, types, layers, migrations, packs, translations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/pytest -q tests/unit/test_layers.py
	@$(BIN)/onmodel manage makemigrations --check --dry-run
	@$(BIN)/onmodel packs check
	@$(BIN)/python tools/extract_messages.py --check

# Not tried on the second database: the walks of everybody through every page, which take longest (who may open
# what is), and tests that make a SQLite file of their own whatever the others run on.
ONCE := security/test_isolation.py security/test_json.py test_cli_demo.py test_demo_loading.py accounts/test_shared.py
test: check browser ## every test on SQLite, those of the database on PostgreSQL as well
	@$(BIN)/pytest -n auto --dist worksteal -q --durations 40
	@$(BIN)/python tools/with_postgres.py $(BIN)/pytest -n auto --dist worksteal -q --durations 40 $(addprefix --ignore tests/integration/,$(ONCE)) tests/integration tests/generative/test_malformed_input.py

browser: install
	@$(BIN)/python tools/get_chromium.py

audit: install ## look the locked versions up in the advisory database (needs the internet)
	@$(BIN)/python tools/audit_dependencies.py

explore: install ## generated cases that were not tried before
	@HYPOTHESIS_PROFILE=explore $(BIN)/pytest -n auto --dist worksteal -q tests/generative

bench: install ## speed, as ratios against peers in one run
	@$(BIN)/python -m bench

lock: .venv/bin/uv ## choose versions anew
	@$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml -o requirements/base.txt
	@$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra dev pyproject.toml -o requirements/dev.txt
	@$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate requirements/uv.in -o requirements/uv.txt

.PHONY: help install translations demo check test browser audit explore bench lock
