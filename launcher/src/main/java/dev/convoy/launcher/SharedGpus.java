/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher;

import dev.convoy.bindings.NativeRuntime.Kind;
import dev.convoy.bindings.Runtimes;
import java.util.HashMap;
import java.util.Map;

/**
 * Lets several ranks of this machine use one GPU, for trying things out where there are more ranks than GPUs. NCCL
 * refuses that among ranks of one host; so each gets a host of its own by name, and they talk over loopback: it shows
 * what is right, not what is fast.
 */
public final class SharedGpus {
    private static final Map<String, String> COMMON = Map.of(
            "NCCL_NET", "Socket",
            "NCCL_SOCKET_IFNAME", "lo",
            "NCCL_P2P_DISABLE", "1",
            "NCCL_SHM_DISABLE", "1",
            "NCCL_NVLS_ENABLE", "0",
            // Kernels that wait for each other must all fit on the GPU at once.
            "NCCL_MAX_CTAS", "2",
            // Since 2.30.3 NCCL itself can; whoever has it still talks over loopback.
            "NCCL_MULTI_RANK_GPU_ENABLE", "1");

    private final boolean isNeeded;

    private SharedGpus(boolean isNeeded) {
        this.isNeeded = isNeeded;
    }

    /**
     * Tells whether ranks of this machine must share.
     *
     * @param runtime the ranks' runtime, {@code cuda} or another
     * @param ranks how many there are
     * @return what they need
     */
    public static SharedGpus of(String runtime, int ranks) {
        return new SharedGpus(runtime.equals("cuda") && ranks > gpus());
    }

    private static int gpus() {
        return Runtimes.probe(Kind.CUDA)
                .runtime()
                .map(natives -> natives.deviceCount())
                .orElse(Integer.MAX_VALUE);
    }

    /**
     * The variables of NCCL that a rank needs; what this process was given for them stays.
     *
     * @param rank the rank
     * @return variables beside the environment; none if nobody shares
     */
    public Map<String, String> variables(int rank) {
        if (!isNeeded) {
            return Map.of();
        }
        Map<String, String> variables = new HashMap<>(COMMON);
        variables.put("NCCL_HOSTID", "convoy-rank-" + rank);
        variables.keySet().removeAll(System.getenv().keySet());
        return variables;
    }
}
