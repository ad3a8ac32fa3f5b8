#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the native libraries with CMake and lays them out as resources: build-native.sh SOURCE BUILD RESOURCES WITHOUT_TESTS
set -euo pipefail
source_dir=$1 build_dir=$2 resources=$3 without_tests=$4

fail() {
    echo "native: $1" >&2
    exit 1
}

command -v cmake >/dev/null || fail "no cmake found; install cmake 3.20 or newer (Debian: apt-get install cmake)"
command -v "${CC:-cc}" >/dev/null || fail "no C compiler found; install gcc 12 or newer (Debian: apt-get install gcc), or set CC"
case "$(uname -sm)" in
"Linux x86_64") ;;
"Linux aarch64") resources=${resources/linux-x86_64/linux-aarch64} ;;
*) fail "the host runtime is built on Linux on x86_64 and aarch64 only, this is $(uname -sm)" ;;
esac

log="$build_dir.log"
mkdir -p "$(dirname "$log")"
generator=()
if [ ! -f "$build_dir/CMakeCache.txt" ] && command -v ninja >/dev/null; then
    generator=(-G Ninja)
fi

quietly() {
    "$@" >"$log" 2>&1 || {
        cat "$log" >&2
        fail "'$*' failed, its output is above and in $log"
    }
}
quietly cmake -S "$source_dir" -B "$build_dir" "${generator[@]}" -DCMAKE_BUILD_TYPE=Release
targets=()
if [ "$without_tests" = true ]; then
    targets=(--target convoy_host convoy-exec)
fi
quietly cmake --build "$build_dir" --parallel 2 "${targets[@]}"

mkdir -p "$resources"
for name in libconvoy_host.so convoy-exec; do
    built=$(find "$build_dir" -name "$name" -type f -print -quit)
    [ -n "$built" ] || fail "the CMake build made no $name"
    cmp -s "$built" "$resources/$name" || install -m 0755 "$built" "$resources/$name"
done
cd "$resources"
sha256sum libconvoy_host.so convoy-exec >SHA256SUMS.new
cmp -s SHA256SUMS.new SHA256SUMS && rm SHA256SUMS.new || mv SHA256SUMS.new SHA256SUMS
