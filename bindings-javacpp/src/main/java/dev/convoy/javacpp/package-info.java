/* SPDX-License-Identifier: Apache-2.0 */
/** Between Convoy's buffers and JavaCPP's pointers, for programs that use JavaCPP's CUDA bindings. */
package dev.convoy.javacpp;
