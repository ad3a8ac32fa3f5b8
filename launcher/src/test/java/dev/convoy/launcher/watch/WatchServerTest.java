/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.convoy.launcher.JobRequest;
import dev.convoy.launcher.UsageException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page's server, over sockets. */
@Timeout(60)
class WatchServerTest {
    private final MadeUpJob job = new MadeUpJob(4);
    private WatchServer server;

    @BeforeEach
    void open() {
        job.form();
        job.run(3);
        server = open(0);
    }

    private WatchServer open(int port) {
        JobRequest request = JobRequest.builder(List.of("java")).ranks(4).build();
        return WatchServer.open(
                InetAddress.getLoopbackAddress(), port, job.history(), "host", new StateJson(request, "host"));
    }

    @AfterEach
    void close() {
        server.close();
    }

    /** Status line, headers and body as they came. */
    private String ask(String request) throws IOException {
        URI url = URI.create(server.url());
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String get(String path, String more) throws IOException {
        return ask("GET " + path + " HTTP/1.1\nHost: localhost\n" + more + "Connection: close\n\n");
    }

    @Test
    void servesPageStateAndMetrics() throws IOException {
        assertThat(get("/", ""))
                .startsWith("HTTP/1.1 200")
                .contains("<!DOCTYPE html>", "text/html")
                .containsIgnoringCase("Content-Security-Policy: default-src 'none'");
        String state = get("/state.json", "");
        assertThat(new ObjectMapper()
                        .readTree(state.substring(state.indexOf("\r\n\r\n")))
                        .get("epoch")
                        .intValue())
                .isEqualTo(1);
        assertThat(get("/metrics", "")).contains("text/plain; version=0.0.4", "convoy_world_size 4.0");
        assertThat(get("/metrics", "Accept: application/openmetrics-text; version=1.0.0\n"))
                .contains("application/openmetrics-text", "# EOF");
    }

    @Test
    void onlyShows() throws IOException {
        assertThat(get("/../../etc/passwd", "")).contains(" 404 ");
        assertThat(get("/metrics/x", "")).contains(" 404 ");
        assertThat(ask("POST / HTTP/1.1\nHost: localhost\nContent-Length: 0\nConnection: close\n\n"))
                .contains(" 405 ");
        assertThat(ask("HEAD / HTTP/1.1\nHost: localhost\nConnection: close\n\n"))
                .startsWith("HTTP/1.1 200")
                .doesNotContain("<html");
    }

    @Test
    void aNameThatWasMadeToLeadHereIsRefused() throws IOException {
        assertThat(ask("GET /state.json HTTP/1.1\nHost: evil.example:80\nConnection: close\n\n"))
                .contains(" 403 ")
                .doesNotContain("\"ranks\"");
        assertThat(ask("GET /state.json HTTP/1.1\nHost: 127.0.0.1:9999\nConnection: close\n\n"))
                .contains(" 200 ");
    }

    @Test
    void readersThatSayNothingKeepNobodyOut() throws IOException {
        URI url = URI.create(server.url());
        Socket[] silent = new Socket[40];
        try {
            for (int i = 0; i < silent.length; i++) {
                silent[i] = new Socket(url.getHost(), url.getPort());
                silent[i].getOutputStream().write("GET / HT".getBytes(StandardCharsets.US_ASCII));
            }
            assertThat(get("/state.json", "")).startsWith("HTTP/1.1 200");
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void aPortThatIsTakenIsAUsageError() {
        int taken = URI.create(server.url()).getPort();
        assertThatThrownBy(() -> open(taken))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("--metrics-port " + taken);
    }

    @Test
    void thePageCarriesItsDataWithoutBecomingAnotherPage() throws IOException {
        byte[] state = "{\"command\":\"</script><script>alert(1)\"}".getBytes(StandardCharsets.UTF_8);
        String page = new String(Page.with(state), StandardCharsets.UTF_8);
        assertThat(page).contains("embedded = {\"command\":\"\\u003c/script>").doesNotContain("</script><script>");
        assertThat(page.split("</script>", -1)).hasSize(2);
    }
}
