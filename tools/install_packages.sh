#!/bin/sh
# Installs pinned lists of packages into an environment: install_packages.sh FOLDER LIST...
# uv does it in seconds. Where only pip has been told the way to the package index (a mirror, a proxy, a
# certificate), pip does it, from the same lists with the same hashes.
set -eu
python=$1/bin/python
uv=$1/bin/uv
shift
for list in "$@"; do
    set -- "$@" -r "$list"
    shift
done
if "$uv" pip install --quiet --compile-bytecode --python "$python" --require-hashes "$@"; then
    exit 0
fi
echo "uv could not install the packages; trying pip, which takes longer" >&2
exec "$python" -m pip install --quiet --disable-pip-version-check --require-hashes "$@"
