# Evenroll: `make demo` and `make test` do all the set-up themselves. `make help` lists the rest.
# Only relative paths here: the folder's own path may hold spaces.

SHELL := /bin/sh
PYTHON_OF := .venv/bin/python

.PHONY: help demo test check mutants faults simulate bench-large bench-seal bench-load bench-core bench golden golden-rows pins clean setup-run setup-test test-browser pictures

help:
	@echo "make demo      set up, then enroll the example applications and show what became of them"
	@echo "make test      set up, then all checks and tests (PostgreSQL 18, and a part on 16)"
	@echo "make check     only the checks: format, lint, types, floors, sizes"
	@echo "make test-browser  every page in chromium: axe-core, both widths and languages, weight, keyboard (minutes)"
	@echo "make lighthouse  Lighthouse on five pages of the portal: accessibility, performance (minutes, a quiet machine)"
	@echo "make pictures  every page of the demo as a picture, both widths and languages; FOLDER=path, ONLY=word of a name"
	@echo "make mutants   plant each known bug once and see that a test catches it"
	@echo "make faults    break it 500 times at named points and look after each (10 minutes); SEED=n ONLY=k again"
	@echo "make simulate  play 10,000 histories of the core in memory, a year each (minutes); SEED=n ONLY=k tells one"
	@echo "make bench     what an interactive row costs, and what a worker does in a second (minutes)"
	@echo "make bench-core  decide and fold full lives in memory, against copies of the case (seconds)"
	@echo "make bench-fleet  managed charging of 100,000 cars, each alone and beneath a shared limit (a minute)"
	@echo "make bench-bulk  100,000 applications through row 5 by all processors (long; N=5000 for fewer)"
	@echo "make bench-large  rows and workers beside a million cases (an hour, 20 GB; CASES=n FOLDER=path keeps them)"
	@echo "make bench-web  the web at 50 requests a second beside a million cases (an hour, 20 GB; CASES=n FOLDER=path keeps them)"
	@echo "make bench-enumeration  whether the web tells who is known: a classifier over PROBES=20000 tries at four doors"
	@echo "make bench-seal  seal and verify a million invented entries (minutes)"
	@echo "make bench-load  load a million invented usage points and say how long it took (minutes)"
	@echo "make bench-bills  bills of many customers on 20 rates, against memory and PySAM (seconds; N=customers)"
	@echo "make judge-bills  10,000 customers of chance before the oracle of single intervals (minutes; N=customers)"
	@echo "make bench-one  one customer on 20 rates, explained, in fresh processes, against PySAM (a minute)"
	@echo "make bench-compare  200,000 customers on 20 rates in three ways, Parquet to Parquet (minutes, 4 GB; N=customers)"
	@echo "make golden    keep what this release writes, as a further golden journal (before a release)"
	@echo "make golden-rows  note anew what the golden journals come to, after a fold was changed on purpose"
	@echo "make pins      compile requirements/*.in again (needs uv on the PATH)"
	@echo "make clean     remove what was built here; data in EVENROLL_HOME stay"

demo: setup-run
	@.venv/bin/evenroll demo

# In the order of tests/conftest.py: long files first.
BY_FILE := --dist loadfile --no-loadscope-reorder

# What `check` has just run, tests/house, is not run again.
test: check
	@EVENROLL_POSTGRES=16 $(PYTHON_OF) -m pytest -q -n 2 $(BY_FILE) -m on_16 $$(grep -rl 'mark\.on_16' tests --include='test_*.py')
	@$(PYTHON_OF) -m pytest -q -n 2 $(BY_FILE) --ignore=tests/house

check: setup-test
	@$(PYTHON_OF) -m ruff format --check --quiet .
	@$(PYTHON_OF) -m ruff check --quiet .
	@.venv/bin/lint-imports --no-cache --no-logo > .venv/floors.txt || { cat .venv/floors.txt; exit 1; }
	@$(PYTHON_OF) -m basedpyright
	@$(PYTHON_OF) -m pytest -q tests/house

test-browser: setup-test
	@sh bin/judges
	@$(PYTHON_OF) -m pytest -q -m "browser or not campaign" tests/browser

.PHONY: lighthouse
lighthouse: setup-test
	@sh bin/judges lighthouse
	@$(PYTHON_OF) -m tests.browser.lighthouse

# Of the demo in EVENROLL_HOME, which `make demo` leaves there.
pictures: setup-test
	@ONLY="$(ONLY)" $(PYTHON_OF) -m tests.browser.pictures "$(or $(FOLDER),build/pictures)"

mutants: setup-test
	@$(PYTHON_OF) tests/mutants/run.py

# One seed again: SEED=n; one fault of it: ONLY=k (docs/faults.md).
FAULTS := 500
SEED :=
ONLY :=
LIVES :=

faults: setup-test
	@$(PYTHON_OF) -m tests.faults.run --faults $(FAULTS) $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY)) \
		$(if $(LIVES),--lives $(LIVES))

simulate: setup-test
	@$(PYTHON_OF) -m tests.simulation.run --seed $(or $(SEED),1) --histories $(or $(HISTORIES),10000) $(if $(ONLY),--only $(ONLY))

setup-run:
	@sh bin/bootstrap run

setup-test:
	@sh bin/bootstrap test

bench: setup-test bench-core
	@$(PYTHON_OF) -m tests.measure.row_cost
	@$(PYTHON_OF) -m tests.measure.worker_rate

bench-core: setup-test
	@$(PYTHON_OF) -m tests.measure.core_moves

.PHONY: bench-fleet
# CARS=n; SESSIONS=file.parquet for sessions that took place; JUDGED=n for how many HiGHS plans (0 for none).
bench-fleet: setup-test
	@$(PYTHON_OF) -m tests.measure.fleet --cars $(or $(CARS),100000) --judged $(or $(JUDGED),1000) \
		$(if $(SESSIONS),--sessions $(SESSIONS))

.PHONY: bench-bulk
bench-bulk: setup-test
	@$(PYTHON_OF) -m tests.measure.bulk_door $(N)

bench-large: setup-test
	@$(PYTHON_OF) -m tests.measure.large $(or $(CASES),1000000) $(FOLDER)
	@$(PYTHON_OF) -m tests.measure.worker_rate 1000000

.PHONY: bench-web
bench-web: setup-test
	@$(PYTHON_OF) -m tests.measure.web $(or $(CASES),1000000) $(FOLDER)

.PHONY: bench-enumeration
bench-enumeration: setup-test
	@$(PYTHON_OF) -m tests.measure.enumeration $(PROBES)

bench-seal: setup-test
	@$(PYTHON_OF) -m tests.measure.seal_log

bench-load: setup-test
	@$(PYTHON_OF) -m tests.measure.load_points

.PHONY: bench-compare
# N=customers; FOLDER=path keeps the files (17.5 kB a customer).
bench-compare: setup-test
	@$(PYTHON_OF) -m tests.measure.compare_all "$(N)" "$(FOLDER)" 2 threads

.PHONY: bench-bills
bench-bills: setup-test
	@$(PYTHON_OF) -m tests.measure.bills $(N)

.PHONY: judge-bills
judge-bills: setup-test
	@$(PYTHON_OF) -m tests.measure.judge_bills $(or $(N),10000) $(SEED)
.PHONY: bench-one
bench-one: setup-test
	@$(PYTHON_OF) -m tests.measure.one_customer

golden: setup-test
	@$(PYTHON_OF) -m tests.golden.write

golden-rows: setup-test
	@$(PYTHON_OF) -m tests.golden.write rows

pins:
	@for set in run test; do \
		uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header \
			requirements/$$set.in -o requirements/$$set.txt || exit 1; \
	done

clean:
	rm -rf .venv .venv.lock build dist src/*.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests bin -name __pycache__ -type d -prune -exec rm -rf {} +
