/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BlacklistTest {
    private static final long S = 1_000_000_000L;

    private final Blacklist<String> blacklist = new Blacklist<>();

    private void fails(int times, long atNs) {
        for (int i = 0; i < times; i++) {
            blacklist.failed("a", atNs);
        }
    }

    @Test
    void twoFailuresAreForgiven() {
        fails(2, 0);
        assertThat(blacklist.isAllowed("a", 0)).isTrue();
    }

    @Test
    void theThirdCostsHalfAMinute() {
        fails(3, 10 * S);
        assertThat(blacklist.isAllowed("a", 40 * S - 1)).isFalse();
        assertThat(blacklist.isAllowed("a", 40 * S)).isTrue();
        assertThat(blacklist.isAllowed("b", 10 * S)).isTrue();
    }

    @Test
    void failuresThatLieFarApartDoNotAddUp() {
        fails(2, 0);
        fails(1, 301 * S);
        assertThat(blacklist.isAllowed("a", 301 * S)).isTrue();
    }

    @Test
    void eachTimeCostsTwiceAsMuchUpToTenMinutes() {
        long now = 0;
        for (long seconds : new long[] {30, 60, 120, 240, 480, 600, 600}) {
            fails(3, now);
            assertThat(blacklist.allowedFromNs("a") - now).isEqualTo(seconds * S);
            now += 1_000 * S;
        }
    }

    @Test
    void whoInheritsItGoesOnWhereItWasByAnotherClock() {
        fails(3, 0);
        fails(2, 10 * S);
        long later = 5_000 * S;
        Blacklist<String> heir = new Blacklist<>();
        blacklist.conducts(20 * S).forEach((who, conduct) -> heir.inherit(who, conduct, later));
        assertThat(heir.allowedFromNs("a")).isEqualTo(later + 10 * S);
        heir.failed("a", later + 290 * S);
        assertThat(heir.allowedFromNs("a")).isEqualTo(later + 350 * S);
    }

    @Test
    void whatIsOverIsNotHandedOn() {
        fails(2, 0);
        assertThat(blacklist.conducts(301 * S).get("a").agesNs()).isEmpty();
        assertThat(blacklist.conducts(301 * S).get("a").barredNs()).isZero();
    }
}
