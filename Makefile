# make demo    evolve networks on the sunspot series and compare the optimizers: results/demo
# make test    lint, types, import arrows and all tests
# make check   the first three only
# make bench   speed beside C, Numba, JAX and PyTorch
#
# Each makes .venv and installs what it needs. Another Python: make test PYTHON=python3.12

PYTHON ?= python3
# Versions that are known to work together; CONSTRAINTS= takes the newest.
CONSTRAINTS ?= constraints.txt
# PyTorch's default build for Linux brings several GB of CUDA along; this one is for processors.
TORCH ?= torch==2.13.0+cpu
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu

# Tests that are run in plain Python too: those that otherwise run compiled, without what compares
# kernels or takes long there.
PLAIN := tests/networks/test_network_contract.py tests/fitness/test_losses.py \
    tests/fitness/test_predict.py \
    -k '(compiled or test_losses or test_predict) and not both_axes and not ten_thousand'

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet $(if $(CONSTRAINTS),--constraint $(CONSTRAINTS))

# Half of the time goes into the kernels of networks and bodies: on two cores, beside the other half.
KERNELS := tests/networks tests/simulators tests/environments

.PHONY: demo test test-kernels test-the-rest check bench torch clean

demo: .venv/installed
	$(BIN)/evornn compare experiments/sunspots.py --seeds 3 --out results/demo

test: check
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest -q $(PLAIN)
	$(MAKE) --jobs 2 --output-sync=target test-kernels test-the-rest

test-kernels:
	$(BIN)/python -m pytest -q $(KERNELS)

test-the-rest:
	$(BIN)/python -m pytest -q $(KERNELS:%=--ignore %)

check: .venv/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/installed-bench
	$(BIN)/python -m benchmarks

.venv/created:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit( \
	    "evornn needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] \
	    + ": name another one, as in make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/installed: .venv/created pyproject.toml $(CONSTRAINTS)
	$(INSTALL) --editable .
	@touch $@

.venv/installed-dev: .venv/created pyproject.toml $(CONSTRAINTS)
	$(INSTALL) --editable '.[dev]'
	@touch $@ .venv/installed

.venv/installed-bench: .venv/installed
	-@$(MAKE) --no-print-directory torch
	-$(INSTALL) --editable '.[bench]'
	@touch $@

# Only for the tests against PyTorch's cells, which are skipped without it, and for make bench.
torch: .venv/created
	$(INSTALL) --quiet --retries 1 --extra-index-url $(TORCH_INDEX) '$(TORCH)'

clean:
	rm -rf .venv
