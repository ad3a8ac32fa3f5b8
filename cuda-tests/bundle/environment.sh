# SPDX-License-Identifier: Apache-2.0
# Finds NVIDIA's libraries and the Java of this bundle; read by run and convoy. No tool but sh, ls and sed is needed.

# Folders in which the loader does not look by itself: NVIDIA's driver in containers and under Windows, CUDA's own, and
# where Python's packages have put them.
nvidia_folders() {
    ls -d /usr/local/nvidia/lib64 /usr/local/nvidia/lib /usr/lib/wsl/lib /usr/lib/x86_64-linux-gnu/nvidia/current \
        /usr/local/cuda/lib64 /usr/local/cuda/targets/x86_64-linux/lib /opt/nvidia/nccl/lib 2>/dev/null
    for site in $(python_sites); do
        # Newer first: nvidia/cu13 holds all of CUDA 13, older packages one folder for each part.
        ls -d "$site"/nvidia/cu13/lib "$site"/nvidia/nccl/lib "$site"/nvidia/cuda_runtime/lib \
            "$site"/nvidia/cublas/lib 2>/dev/null
    done
}

python_sites() {
    for python in python3 python /opt/*/.venv/bin/python3 /opt/*/bin/python3 "${VIRTUAL_ENV:-/nonexistent}"/bin/python3; do
        command -v "$python" >/dev/null 2>&1 || continue
        "$python" -c 'import sys; print("\n".join(p for p in sys.path if p.endswith("-packages")))' 2>/dev/null
    done
    ls -d /usr/local/lib/python3*/*-packages /usr/lib/python3*/*-packages /usr/lib/python3/*-packages \
        /opt/*/lib/python3*/site-packages /opt/*/.venv/lib/python3*/site-packages \
        "${HOME:-/root}"/.local/lib/python3*/site-packages 2>/dev/null
}

# Those that hold one of the libraries, each once and in order, behind what the caller has set.
library_path() {
    path=${LD_LIBRARY_PATH:-}
    for folder in $(nvidia_folders); do
        case ":$path:" in *":$folder:"*) continue ;; esac
        for library in "$folder"/libnccl.so* "$folder"/libcudart.so* "$folder"/libcublas.so* "$folder"/libcuda.so.1; do
            if [ -e "$library" ]; then
                path=${path:+$path:}$folder
                break
            fi
        done
    done
    printf '%s' "$path"
}

LD_LIBRARY_PATH=$(library_path)
export LD_LIBRARY_PATH
# Natives are unpacked here and nowhere else.
XDG_CACHE_HOME=${XDG_CACHE_HOME:-$here/cache}
XDG_STATE_HOME=${XDG_STATE_HOME:-$here/state}
CONVOY_CUDA_TESTS_NATIVES=$here/native
export XDG_CACHE_HOME XDG_STATE_HOME CONVOY_CUDA_TESTS_NATIVES

run_java() {
    main=$1
    shift
    exec "$here/java/bin/java" -Dstdout.encoding=UTF-8 -Dstderr.encoding=UTF-8 -XX:-UsePerfData -XX:+UseSerialGC -Xmx256m \
        --enable-native-access=dev.convoy.bindings -p "$here/lib" -m "$main" "$@"
}
