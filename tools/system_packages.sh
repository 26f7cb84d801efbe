#!/bin/sh
# What the tests need from the operating system: a Chromium for the walks through the pages.
# Installs it where that is ours to do (root on Debian or Ubuntu), otherwise says how. With CI=true a missing
# package is a failure, because a proof that skips the browser is none.
set -eu
packages="chromium fonts-dejavu-core"

present() {
    command -v chromium >/dev/null 2>&1
}

install() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages
}

if present; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "· system packages: $packages"
    install >/dev/null || echo "The system packages could not be installed." >&2
fi
if present; then
    exit 0
fi
echo "Browser tests need Chromium and are skipped without it: apt-get install $packages" >&2
[ "${CI:-}" != true ]
