/**
 * The memory and the graphics cards of a machine, as a command line and a worker see them alike. Memory: what the kernel says, with the
 * limits of control groups. Cards: NVIDIA's by its management library, or by {@code nvidia-smi} where that cannot be loaded,
 * and Apple's by what macOS says. A machine without cards is as good an answer as any; a driver that hangs costs a bounded
 * time. Calls block, and are for any thread.
 */
@NullMarked
package dev.rbees.hardware;

import org.jspecify.annotations.NullMarked;
