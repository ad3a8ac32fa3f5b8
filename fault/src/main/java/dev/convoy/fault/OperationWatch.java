/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import dev.convoy.fault.detect.FlightRecorder;
import dev.convoy.fault.inject.FaultInjector;

/**
 * All that looks at this rank's operations: the tap that sees each of them, the flight record that it keeps, and what
 * is concluded from them when one fails, stalls or comes late.
 */
final class OperationWatch implements AutoCloseable {
    private static final long LEAST_WARNING_NS = 250_000_000;

    private final OperationTap tap;
    private final Suspicions suspicions;
    private final FlightReports flights;
    private final Watchdog watchdog;

    /**
     * Creates the watch; it looks at operations that pass the tap, and for stalls once it is started.
     *
     * @param process its bounds, and what follows from a divergence
     * @param plane who hears the conclusions, and asks for the flight record
     * @param injector fires faults at a step's first operation
     */
    OperationWatch(LaunchedProcess process, ControlPlane plane, FaultInjector injector) {
        LaunchEnvironment environment = process.environment();
        RankControl control = plane.control();
        RankStatus status = plane.status();
        FlightRecorder recorder = new FlightRecorder();
        StepDeadline deadline = new StepDeadline(environment.deadline(), environment.adaptiveDeadline());
        flights = new FlightReports(recorder, status, control, environment.launchSize());
        control.reportFlights(flights);
        suspicions = new Suspicions(control, status, recorder, process.options().onDivergence());
        tap = new OperationTap(recorder, injector, new StragglerWatch(LEAST_WARNING_NS), deadline, control, status);
        watchdog = new Watchdog(control, status, suspicions, deadline);
    }

    OperationTap tap() {
        return tap;
    }

    Suspicions suspicions() {
        return suspicions;
    }

    FlightReports flights() {
        return flights;
    }

    /** Looks for stalls from now on, on a thread of its own. */
    void start() {
        watchdog.start();
    }

    @Override
    public void close() {
        watchdog.close();
    }
}
