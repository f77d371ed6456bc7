package dev.rbees.ctl.command;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a command came to on one of several machines.
 *
 * @param <T> what it prints for one machine
 * @param host the machine as it was named
 * @param ok whether it was done
 * @param result what it says; null when it failed
 * @param error code and message; null when it was done
 */
record HostOutcome<T>(String host, boolean ok, @Nullable T result, @Nullable Map<String, String> error) {}
