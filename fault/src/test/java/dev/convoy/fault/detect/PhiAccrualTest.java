/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhiAccrualTest {
    private static final long MS = 1_000_000L;

    private static PhiAccrual beats(int count, long everyMs, double jitterMs, long seed) {
        PhiAccrual detector = new PhiAccrual();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            detector.heartbeat(i * everyMs * MS + (long) (random.nextGaussian(0, jitterMs) * MS));
        }
        return detector;
    }

    @Test
    void saysNothingBeforeTenHeartbeats() {
        assertThat(beats(9, 100, 0, 1).phi(1_000_000 * MS)).isZero();
        assertThat(beats(10, 100, 0, 1).phi(1_000_000 * MS)).isGreaterThan(100);
    }

    @Test
    void growsWithTheSilence() {
        PhiAccrual detector = beats(100, 100, 5, 2);
        long last = 99 * 100 * MS;
        double former = -1;
        for (long silence = 0; silence < 5_000; silence += 10) {
            double phi = detector.phi(last + silence * MS);
            assertThat(phi).isGreaterThanOrEqualTo(former).isFinite();
            former = phi;
        }
    }

    @Test
    void irregularHeartbeatsMakeItPatient() {
        long silence = 99 * 100 * MS + 400 * MS;
        assertThat(beats(100, 100, 80, 3).phi(silence))
                .isLessThan(beats(100, 100, 5, 3).phi(silence));
    }

    @Test
    void onlyTheWindowCounts() {
        PhiAccrual detector = beats(50, 1_000, 0, 4);
        long now = 50_000 * MS;
        for (int i = 0; i < 101; i++) {
            now += 100 * MS;
            detector.heartbeat(now);
        }
        assertThat(detector.phi(now + 500 * MS)).isGreaterThan(8);
    }

    // Reference: tables of the normal distribution, log10 of the upper tail.
    @ParameterizedTest
    @CsvSource({
        "0, -0.30103",
        "1, -0.79955",
        "2, -1.64302",
        "3, -2.86966",
        "4, -4.49933",
        "5, -6.54265",
        "6, -9.00586",
        "8, -15.2059",
        "10, -23.1181",
        "40, -349.437",
        "-1, -0.07505",
        "-20, 0"
    })
    void tailOfTheNormalDistribution(double z, double log10) {
        assertThat(PhiAccrual.log10UpperTail(z)).isCloseTo(log10, within(1e-4 * Math.max(1, -log10)));
    }

    @Test
    void bothBranchesMeet() {
        assertThat(PhiAccrual.log10UpperTail(Math.nextDown(3.0)))
                .isCloseTo(PhiAccrual.log10UpperTail(3.0), within(1e-9));
    }
}
