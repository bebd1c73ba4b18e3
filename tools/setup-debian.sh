#!/usr/bin/env bash
# Installs the Debian packages that the tests need, where they are missing and we may.
set -euo pipefail

declare -A package_of=(
  [git]=git [go]=golang-go [make]=make [node]=nodejs
  [ip]=iproute2 [iptables]=iptables [conntrack]=conntrack [runc]=runc [prometheus]=prometheus [dockerd]=docker.io
  [/usr/lib/cni/ptp]=containernetworking-plugins
)
missing=()
for program in "${!package_of[@]}"; do
  command -v "$program" >/dev/null || missing+=("${package_of[$program]}")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "setup-debian: missing: ${missing[*]}; install them, or tests that need them are skipped" >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}"
