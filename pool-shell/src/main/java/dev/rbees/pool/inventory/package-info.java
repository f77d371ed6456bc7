/** Facts of this machine: memory, disk, devices. */
@NullMarked
package dev.rbees.pool.inventory;

import org.jspecify.annotations.NullMarked;
