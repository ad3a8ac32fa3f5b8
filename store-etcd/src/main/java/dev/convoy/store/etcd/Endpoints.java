/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.store.etcd;

import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The members of an etcd cluster.
 *
 * @param text as a person wrote them, for messages
 * @param uris as the client wants them
 */
record Endpoints(String text, List<URI> uris) {
    private static final Pattern HOST_AND_PORT = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+):([0-9]{1,5})");

    static Endpoints parse(URI address) {
        String authority = address.getRawAuthority();
        boolean more = address.getRawQuery() != null
                || address.getRawFragment() != null
                || (address.getRawPath() != null && !address.getRawPath().isEmpty());
        if (authority == null || more) {
            throw malformed(address);
        }
        List<URI> uris = List.of(authority.split(",", -1)).stream()
                .map(member -> uri(address, member))
                .toList();
        return new Endpoints(address.toString(), uris);
    }

    private static URI uri(URI address, String member) {
        var matcher = HOST_AND_PORT.matcher(member);
        if (!matcher.matches()
                || Integer.parseInt(matcher.group(2)) < 1
                || Integer.parseInt(matcher.group(2)) > 65_535) {
            throw malformed(address);
        }
        return URI.create("http://" + member);
    }

    private static IllegalArgumentException malformed(URI address) {
        return new IllegalArgumentException(
                address + ": must be etcd://HOST:PORT, or etcd://HOST:PORT,HOST:PORT for several members of a cluster");
    }

    @Override
    public String toString() {
        return text;
    }
}
