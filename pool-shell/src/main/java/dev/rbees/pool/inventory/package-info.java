/**
 * Facts of this machine: memory, disk, devices. Read when they are asked for, on the calling thread. The one package
 * that knows OSHI.
 */
@NullMarked
package dev.rbees.pool.inventory;

import org.jspecify.annotations.NullMarked;
