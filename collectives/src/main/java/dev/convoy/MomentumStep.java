/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy;

/**
 * One step of stochastic gradient descent with momentum: {@code v = momentum v + (g + decay w)}, then {@code w = w -
 * rate v}.
 *
 * @param rate learning rate
 * @param momentum how much of the velocity stays; 0 for plain gradient descent
 * @param decay weight decay; 0 for none
 */
public record MomentumStep(double rate, double momentum, double decay) {}
