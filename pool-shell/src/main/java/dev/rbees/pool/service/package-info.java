/**
 * Hands workers over to the machine's service manager, systemd or launchd, which starts them with the machine and again when they
 * fail. Writes files and runs nothing; on the thread of the command.
 */
@NullMarked
package dev.rbees.pool.service;

import org.jspecify.annotations.NullMarked;
