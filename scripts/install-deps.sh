#!/usr/bin/env bash
# Installs what building, testing and the demo need, from Debian's or Ubuntu's own archive. The Swift toolchain is
# not among it. Says and does nothing when all of it is there.
set -euo pipefail

packages=(
    make              # this project's entry point
    pkgconf           # tells SwiftPM where the libraries are
    libpq-dev         # PostgreSQL's client
    librdkafka-dev    # Kafka's client, and the mock cluster of tests and demo
    libyaml-dev       # the configuration file
    libmicrohttpd-dev # /metrics and /healthz
    libssl-dev        # libcrypto: the hashes of masks
    postgresql        # a private server for tests and demo
    kcat              # a consumer that is not ours
)

missing=()
for package in "${packages[@]}"; do
    if ! dpkg -s "$package" 2>/dev/null | grep -q '^Status: .* installed$'; then
        missing+=("$package")
    fi
done
if [ "${#missing[@]}" -eq 0 ]; then
    exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "install-deps: neither root nor sudo; as root, run: apt-get install ${missing[*]}" >&2
        exit 69
    fi
    as_root=(sudo)
    # Where nobody can type a password, fail rather than wait for one.
    [ -t 0 ] || as_root=(sudo -n)
fi
# sudo drops the environment, so the variable is set behind it.
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120)

echo "install-deps: installing ${missing[*]}" >&2
"${apt[@]}" update -qq
"${apt[@]}" install -qq -y --no-install-recommends "${missing[@]}" </dev/null
