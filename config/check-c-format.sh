#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Checks, and never changes, the format of the C sources: check-c-format.sh SOURCE
set -euo pipefail
if ! command -v clang-format >/dev/null; then
    echo "native: format of C sources NOT checked: no clang-format (Debian: apt-get install clang-format)"
    exit 0
fi
find "$1" -path "$1/target" -prune -o \( -name '*.c' -o -name '*.h' \) -print0 |
    xargs -0 clang-format --dry-run --Werror --style=file
