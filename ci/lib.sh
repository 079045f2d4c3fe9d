# SPDX-License-Identifier: MIT
# What the scripts of ci/ share: where we are, which Python has the packages, how a build folder is made.
set -eu
cd "$(dirname "$0")/.."
root=$PWD

say() {
    printf '\n== %s\n' "$*"
}

# The distribution's Python first: its packages are what ci/deps installs.
python_with() {
    for candidate in /usr/bin/python3 python3; do
        if command -v "$candidate" >/dev/null && "$candidate" -c "import $1" 2>/dev/null; then
            echo "$candidate"
            return 0
        fi
    done
    echo "no python3 with $1 (ci/deps installs it)" >&2
    return 1
}

# A folder for temporary files of this run alone: what a test leaves when it is cut off goes with it.
own_tmpdir() {
    TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/ringer-ci.XXXXXX")
    export TMPDIR
    trap 'rm -rf "$TMPDIR"' EXIT
    trap 'exit 130' INT TERM
}

jobs() {
    nproc 2>/dev/null || echo 2
}

# build_in FOLDER [meson options]: configures when it is new, then builds quietly.
build_in() {
    folder=$1
    shift
    if [ ! -f "$folder/build.ninja" ]; then
        mkdir -p "$folder"
        meson setup "$folder" "$@" >"$folder/ci-setup.log" 2>&1 || { cat "$folder/ci-setup.log"; return 1; }
    fi
    ninja -C "$folder" -j "$(jobs)" >"$folder/ci-build.log" 2>&1 || { tail -n 60 "$folder/ci-build.log"; return 1; }
}
