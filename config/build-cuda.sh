#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Compiles the kernels for GPUs where NVIDIA's compiler is, and says so where it is not: build-cuda.sh SOURCE OUT
set -euo pipefail
source_dir=$1/kernels out=$2/dev/convoy/native/cuda/convoy_kernels.fatbin

nvcc=$(command -v nvcc || true)
[ -n "$nvcc" ] || nvcc=${CUDA_HOME:-/usr/local/cuda}/bin/nvcc
if [ ! -x "$nvcc" ]; then
    echo "native: kernels for GPUs NOT built: no nvcc"
    exit 0
fi
if [ -f "$out" ] && [ -z "$(find "$source_dir" -newer "$out" -type f -print -quit)" ]; then
    exit 0
fi

# Code for the large GPUs of each generation that this compiler knows, and for all others what the driver compiles.
known=$("$nvcc" --list-gpu-arch)
targets=()
for architecture in 80 90 100; do
    if grep -qx "compute_$architecture" <<<"$known"; then
        targets+=(-gencode "arch=compute_$architecture,code=sm_$architecture")
    fi
done
least=$(head -1 <<<"$known")
targets+=(-gencode "arch=$least,code=$least")

mkdir -p "$(dirname "$out")"
# A product and a sum are rounded each, as on a CPU.
"$nvcc" -fatbin -fmad=false --Werror all-warnings "${targets[@]}" \
    -I"$source_dir/include" -I"$source_dir/src" -I"$source_dir/cuda" -o "$out.new" "$source_dir/cuda/kernels.cu"
mv "$out.new" "$out"
