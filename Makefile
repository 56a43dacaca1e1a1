# The commands of the README. They need only Python 3.11+ and make.
# With DATABASE_URL set they use that PostgreSQL, else an embedded one under var/.

# The first of these that is new enough.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check bench soak setup lock
.NOTPARALLEL:

run: setup
	@exec $(BIN)/python manage.py serve

test: setup
	@$(BIN)/python -m pytest

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m mypy .
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run --settings config.offline

# Measures at 0.1 of four years' data, or as asked: make bench SCALE=3. See docs/benchmarks.md.
SCALE ?= 0.1
bench: setup
	@$(BIN)/python -m tests.benchmarks --scale $(SCALE)

# Load and faults at length, in minutes: docs/reliability.md. Rows: make soak SOAK='--only races'.
soak: setup
	@$(BIN)/python -m tests.soak $(SOAK)

# A secret of this machine's own is added to .env; it is never committed.
setup: $(VENV)/.installed
	@grep -qs '^SECRET_KEY=' .env || { umask 077; [ ! -s .env ] || echo >> .env; \
	printf 'SECRET_KEY=%s\n' "$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))')" >> .env; }
	@$(BIN)/python manage.py collectstatic --noinput --verbosity 0

# The stamp is there only while the environment is whole: what was interrupted begins anew.
$(VENV)/.installed: requirements-dev.txt
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	{ echo 'Windfall needs Python 3.11 or later. Install it, or name it: make PYTHON=/path/to/python3' >&2; exit 1; }
	@[ -e $@ ] || $(PYTHON) -m venv --clear $(VENV) >/dev/null 2>&1 || \
	{ echo 'The virtual environment .venv could not be created: $(PYTHON) lacks venv or ensurepip' \
	'(on Debian and Ubuntu: apt-get install python3-venv), or the folder cannot be written to.' >&2; exit 1; }
	@rm -f $@
	@echo 'Installing the locked dependencies into $(VENV) ...'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r $< || \
	{ echo 'The dependencies could not be installed: see above. Mend that and run it again.' >&2; exit 1; }
	@touch $@

# Pins every dependency with its hashes. Needs uv.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt
