/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.ras;

import java.util.Map;

/**
 * Where NCCL's RAS service listens: in every process of a job that comes first on its machine.
 *
 * @param host name or address
 * @param port TCP port
 */
public record RasAddress(String host, int port) {
    private static final String VARIABLE = "NCCL_RAS_ADDR";
    private static final RasAddress USUAL = new RasAddress("localhost", 28028);
    private static final int LAST_PORT = 65_535;

    /**
     * The address that NCCL itself would use.
     *
     * @param environment variables, of which {@code NCCL_RAS_ADDR} counts
     * @return the address
     * @throws IllegalArgumentException if the variable is not {@code HOST:PORT}
     */
    public static RasAddress of(Map<String, String> environment) {
        String text = environment.getOrDefault(VARIABLE, "");
        return text.isEmpty() ? USUAL : parse(text);
    }

    private static RasAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (!host.isEmpty() && port > 0 && port <= LAST_PORT) {
                return new RasAddress(host, port);
            }
        } catch (NumberFormatException e) {
            // Falls through to the one message.
        }
        throw new IllegalArgumentException(VARIABLE + " is '" + text + "'; it must be HOST:PORT");
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
