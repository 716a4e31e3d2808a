# make             set up and run: every survey whose file lies under raw/, else the demo
# make test        set up and run the tests
# make test-long   the long tests: the attack on the published numbers of the real surveys, and the like
# make lint        the checks on style, types and layers
# make gallery     the small pictures of the README; first run the demo and the waves of the QLFS
# make contact-sheets SHOW=figures/lao_lfs_demo/en    all figures of a folder on a few pages, below processed/contact/
# make lock        recompile the locked requirements; ARGS=--upgrade for newer versions (needs a package index)
#
# For another folder or a choice of surveys:  make ARGS="--config raw=../data 'surveys=[zaf_qlfs_2017q3]'"

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOCK := workflow/requirements.lock
BUILD_LOCK := workflow/requirements-build.lock
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate

.DELETE_ON_ERROR:
.PHONY: run install test test-long lint lock gallery contact-sheets clean-outputs

# Plain Snakemake cannot be told in a Snakefile to show progress with rich, so it is asked for here.
run: $(STAMP)
	$(BIN)/snakemake --cores all --logger rich $(ARGS)

install: $(STAMP)

test: $(STAMP)
	$(BIN)/python -m pytest -n auto --dist loadgroup --no-loadscope-reorder $(ARGS)

test-long: $(STAMP)
	$(BIN)/python -m pytest -m long -n auto --dist loadgroup --no-loadscope-reorder $(ARGS)

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/snakefmt --check Snakefile workflow/rules
	$(BIN)/lint-imports
	$(BIN)/mypy

$(STAMP): $(LOCK) $(BUILD_LOCK) pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed, and '$(PYTHON)' is not. If a newer one is installed, name it:" \
			"make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make virtual environments. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked requirements into $(VENV); this takes a minute or two."
# The build backend is in no compiled lock and one dependency comes as source, so the backend is installed first.
	$(BIN)/python -m pip install --quiet --require-hashes -r $(BUILD_LOCK)
	$(BIN)/python -m pip install --quiet --require-hashes --no-build-isolation -r $(LOCK)
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

lock:
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	$(BIN)/python -c 'import tomllib; print("\n".join(tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"]))' \
		> $(VENV)/build.in
	$(COMPILE) $(ARGS) --extra test pyproject.toml $(VENV)/build.in -o $(LOCK)
	$(COMPILE) -c $(LOCK) $(VENV)/build.in -o $(BUILD_LOCK)
	@! grep -n '://' $(LOCK) $(BUILD_LOCK)

gallery: $(STAMP)
	$(BIN)/python -m informality.publish.sheets gallery figures figures/gallery

contact-sheets: $(STAMP)
	umask 077; $(BIN)/python -m informality.publish.sheets contact $(SHOW) processed/contact

clean-outputs:
	rm -rf .snakemake
	find processed figures -mindepth 1 ! -name README.md ! -path 'figures/gallery*' -delete
