/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

/** One training step, as {@link ElasticGroup#run} calls it. */
@FunctionalInterface
public interface StepFunction {
    /**
     * Carries out one step. It must depend on nothing but the step and the declared states: after a loss it is called
     * again for steps that were already carried out, perhaps with another rank, world size and communicator.
     *
     * <p>Let errors of the communicator leave the function; {@link ElasticGroup#run} recovers from them. Any other
     * exception ends this process, which the others then go on without.
     *
     * @param step the step, its communicator and this process's place in it
     * @throws Exception any failure
     */
    void run(Step step) throws Exception;
}
