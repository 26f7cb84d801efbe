#!/bin/sh
# Makes an empty Python environment: create_environment.sh FOLDER [PYTHON]
# Takes the Python it is given, otherwise the first suitable one on the path.
set -eu
folder=$1
given=${2:-}

suits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null
}

for candidate in ${given:-python3.11 python3 python3.12 python3.13}; do
    if suits "$candidate"; then
        rm -rf "$folder"
        if ! "$candidate" -m venv "$folder"; then
            echo "$candidate could not make an environment. On Debian: apt-get install python3-venv" >&2
            exit 1
        fi
        exit 0
    fi
done

if [ -n "$given" ]; then
    found=$("$given" --version 2>&1) || found="nothing that runs"
    echo "Kulanz needs Python 3.11 (3.12 and 3.13 do too); PYTHON=$given is $found." >&2
else
    found=$(python3 --version 2>&1) || found="nothing that runs"
    echo "Kulanz needs Python 3.11 (3.12 and 3.13 do too); python3 here is $found." >&2
    echo "Install it, or say where it is: make setup PYTHON=/path/to/python3.11" >&2
fi
exit 1
