/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.cudatests;

/** Runs one trial in this process, and tells the verdict by the last line. */
final class OneTrial {
    private final Options options;

    OneTrial(Options options) {
        this.options = options;
    }

    /** The process's exit status. */
    int run() {
        Trial trial = options.trials().getFirst();
        System.out.println(verdict(trial).line());
        System.out.flush();
        return 0;
    }

    private Verdict verdict(Trial trial) {
        try (Bench bench = new Bench(options, System.out)) {
            return Verdict.pass(trial.run(bench));
        } catch (SkippedException e) {
            return Verdict.skip(e.getMessage());
        } catch (AssertionError e) {
            return Verdict.fail(e.getMessage());
        } catch (Exception e) {
            e.printStackTrace();
            return Verdict.fail(e.toString());
        }
    }
}
