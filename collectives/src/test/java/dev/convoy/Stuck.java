/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/** A call of the library that does not come back before it is let go, and is made only then. */
final class Stuck implements Instrumented.Answer {
    private final CountDownLatch over = new CountDownLatch(1);

    void letGo() {
        over.countDown();
    }

    @Override
    public Object to(List<Object> arguments, Supplier<Object> library) {
        try {
            over.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return library.get();
    }
}
