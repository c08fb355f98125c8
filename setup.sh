#!/bin/sh
# Prepares a virtual environment from requirements.lock; needs Python 3.11+ and a package index, nothing else.
set -eu
venv=$1
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Touchstone needs Python 3.11 or later; $("$python" --version) is here. Set PYTHON=/path/to/python3." >&2
  exit 78
}
if ! "$python" -m venv --clear "$venv" 2>/dev/null; then
  # Debian splits ensurepip off into python3-venv: make the environment without it and bring pip along.
  "$python" -m venv --clear --without-pip "$venv"
  "$python" -m pip --version >/dev/null 2>&1 || {
    echo "Python has neither ensurepip nor pip: apt-get install python3-venv" >&2
    exit 78
  }
  "$python" -m pip install --quiet --target "$venv/bootstrap" pip
  PYTHONPATH="$venv/bootstrap" "$venv/bin/python" -m pip install --quiet pip
  rm -rf "$venv/bootstrap"
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check uv
export VIRTUAL_ENV="$venv"
# uv is fast; where an index is known to pip alone, pip does the same from the same lock.
"$venv/bin/uv" pip install --quiet --compile-bytecode --require-hashes -r requirements.lock ||
  "$venv/bin/python" -m pip install --quiet --require-hashes -r requirements.lock
"$venv/bin/uv" pip install --quiet --no-deps --no-build-isolation -e . ||
  "$venv/bin/python" -m pip install --quiet --no-deps -e .
# Compiled once here: where Python may not write bytecode, every start would compile a thousand modules anew.
"$venv/bin/python" -m compileall -q touchstone
