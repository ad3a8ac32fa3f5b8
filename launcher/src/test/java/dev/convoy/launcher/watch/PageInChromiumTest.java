/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.launcher.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.convoy.launcher.JobRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page as a browser draws it: what stands in the document once its script has run. */
@Timeout(120)
class PageInChromiumTest {
    private static final long BOUND_S = 60;
    private static Path browser;

    @TempDir
    Path temp;

    private final MadeUpJob job = new MadeUpJob(4);
    private final StateJson state = new StateJson(
            JobRequest.builder(List.of("java", "<b>x</b>")).ranks(4).build(), "host");

    @BeforeAll
    static void findBrowser() {
        browser = Stream.of("chromium", "chromium-browser", "google-chrome")
                .flatMap(name -> Stream.of(System.getenv("PATH").split(":")).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        Assumptions.assumeTrue(browser != null, "SKIPPED: no Chromium (Debian: apt-get install chromium)");
    }

    /** The document after some seconds of the page's own time. */
    private String draw(String url, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                browser.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--user-data-dir=" + temp.resolve("profile"),
                "--window-size=1200,1500",
                "--virtual-time-budget=3000",
                "--dump-dom"));
        command.addAll(List.of(more));
        command.add(url);
        Path document = temp.resolve("document.html");
        Process process = new ProcessBuilder(command)
                .redirectOutput(document.toFile())
                .redirectError(temp.resolve("errors.txt").toFile())
                .start();
        boolean ended = process.waitFor(BOUND_S, TimeUnit.SECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        assertThat(ended).as("%s", Files.readString(temp.resolve("errors.txt"))).isTrue();
        return Files.readString(document);
    }

    private void play() {
        job.form();
        for (int step = 1; step < 30; step++) {
            job.run(step);
        }
        job.snapshots(29);
        job.lose(2);
        for (int step = 29; step < 60; step++) {
            job.run(step);
        }
        job.snapshots(59);
    }

    @Test
    void liveItAsksForItsState() throws IOException, InterruptedException {
        play();
        try (WatchServer server = WatchServer.open(InetAddress.getLoopbackAddress(), 0, job.history(), "host", state)) {
            assertThat(draw(server.url()))
                    .contains("data-ready=\"live\"", ">running</span>", "rank 2 died", "1 lost", "epoch 2, 3 ranks")
                    .contains("Steps per second over time", "was killed by SIGKILL", "detect 1.0 ms")
                    .contains("&lt;b&gt;x&lt;/b&gt;");
        }
    }

    @Test
    void asAFileItNeedsNothingElse() throws IOException, InterruptedException {
        play();
        Path file = temp.resolve("page.html");
        Files.write(file, Page.with(state.write(job.history())));
        String document = draw(file.toUri().toString(), "--host-resolver-rules=MAP * ~NOTFOUND");
        assertThat(document).contains("data-ready", "rank 2 died", "class=\"cell own\"", "class=\"cell copy\"");
        assertThat(Files.readString(file)).doesNotContain("src=\"http", "href=\"http", "@import");
    }

    @Test
    void anEmptyJobIsAPage() throws IOException, InterruptedException {
        Path file = temp.resolve("page.html");
        Files.write(file, Page.with(state.write(job.history())));
        assertThat(draw(file.toUri().toString()))
                .contains("data-ready", "the group has not formed yet", "no steps yet");
    }
}
