/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PosixTest {
    @Test
    void signalEndsAProcess() throws Exception {
        Process process = new ProcessBuilder("sleep", "60").start();
        assertThat(Posix.kill((int) process.pid(), 0)).isZero();
        assertThat(Posix.kill((int) process.pid(), Posix.SIGKILL)).isZero();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + Posix.SIGKILL);
    }

    @Test
    void missingProcessIsNotSignalled() {
        assertThat(Posix.kill(Integer.MAX_VALUE, 0)).isEqualTo(-1);
    }

    @Test
    void parentIsKnown() {
        long parent = ProcessHandle.current().parent().orElseThrow().pid();
        assertThat(Posix.parentPid()).isEqualTo((int) parent);
    }

    @Test
    void deathSignalCanBeSetAndTakenBack() {
        assertThat(Posix.setParentDeathSignal(Posix.SIGKILL)).isZero();
        assertThat(Posix.setParentDeathSignal(0)).isZero();
        assertThat(Posix.setParentDeathSignal(1000)).isEqualTo(-1);
    }
}
