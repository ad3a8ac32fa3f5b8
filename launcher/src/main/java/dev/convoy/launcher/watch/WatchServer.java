/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.watch;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.convoy.launcher.UsageException;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Shows a job over HTTP: the page, its data, and the metrics. It only reads. Connections are limited in number, and
 * each in time, so that no reader holds up another for long, and none the job.
 */
final class WatchServer implements AutoCloseable {
    private static final Set<String> OWN_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    static {
        // A reader that sends or takes a byte now and then would otherwise keep its connection for ever.
        System.setProperty("sun.net.httpserver.maxReqTime", "10");
        System.setProperty("jdk.httpserver.maxConnections", "128");
        System.setProperty("sun.net.httpserver.maxRspTime", "20");
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final boolean loopback;

    /** Makes an answer's content. */
    private interface Content {
        byte[] make(HttpExchange exchange) throws IOException;
    }

    private WatchServer(HttpServer server, boolean loopback) {
        this.server = server;
        this.loopback = loopback;
    }

    /**
     * Opens the port.
     *
     * @param address where to listen
     * @param port 0 for any
     * @throws UsageException if it cannot be had
     */
    static WatchServer open(InetAddress address, int port, JobHistory history, String runtime, StateJson state) {
        HttpServer http;
        try {
            http = HttpServer.create(new InetSocketAddress(address, port), 16);
        } catch (IOException e) {
            throw new UsageException(
                    "--metrics-port " + port + ": cannot listen on " + address.getHostAddress() + " (" + e.getMessage()
                            + "); choose another port, or 0 for any that is free",
                    e);
        }
        WatchServer server = new WatchServer(http, address.isLoopbackAddress());
        server.serve("/", "text/html; charset=utf-8", exchange -> Page.live());
        server.serve("/state.json", "application/json", exchange -> state.write(history));
        server.serve("/metrics", null, exchange -> metrics(exchange, history, runtime));
        http.setExecutor(server.threads);
        http.start();
        return server;
    }

    private static byte[] metrics(HttpExchange exchange, JobHistory history, String runtime) throws IOException {
        String accept = exchange.getRequestHeaders().getFirst("Accept");
        OpenMetricsTextFormatWriter open = OpenMetricsTextFormatWriter.create();
        ExpositionFormatWriter writer =
                accept != null && open.accepts(accept) ? open : PrometheusTextFormatWriter.create();
        exchange.getResponseHeaders().set("Content-Type", writer.getContentType());
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        writer.write(text, Metrics.of(history, runtime));
        return text.toByteArray();
    }

    String url() {
        InetSocketAddress address = server.getAddress();
        String host = address.getAddress().getHostAddress();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort() + "/";
    }

    private void serve(String path, String type, Content content) {
        server.createContext(path, exchange -> {
            try (exchange) {
                answer(exchange, path, type, content);
            }
        });
    }

    private void answer(HttpExchange exchange, String path, String type, Content content) throws IOException {
        String method = exchange.getRequestMethod();
        if (!isOurs(exchange.getRequestHeaders().getFirst("Host"))) {
            refuse(exchange, 403, "this job is watched under its own address only");
        } else if (!exchange.getRequestURI().getPath().equals(path)) {
            refuse(exchange, 404, "there is /, /state.json and /metrics");
        } else if (!method.equals("GET") && !method.equals("HEAD")) {
            refuse(exchange, 405, "this server only shows");
        } else {
            if (type != null) {
                exchange.getResponseHeaders().set("Content-Type", type);
            }
            send(exchange, 200, content.make(exchange));
        }
    }

    /** A web page elsewhere, whose name was made to lead here, must not read a job's state. */
    private boolean isOurs(String host) {
        if (!loopback || host == null) {
            return true;
        }
        int port = host.lastIndexOf(':');
        return OWN_NAMES.contains(host) || port > 0 && OWN_NAMES.contains(host.substring(0, port));
    }

    private static void refuse(HttpExchange exchange, int status, String why) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        send(exchange, status, (why + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, byte[] content) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set(
                "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self';"
                        + " img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, content.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(content);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
