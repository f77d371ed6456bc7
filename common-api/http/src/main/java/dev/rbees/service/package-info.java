/**
 * The base of the two daemons: start and end of the process, who may ask, which hosts and pages are answered, correlation
 * and trace, errors in one form, logs. Filters run on the event loops of Netty and must not block; {@link
 * dev.rbees.service.Daemon} runs on the main thread. Knows Spring and Reactor, and neither tasks nor workers.
 */
@NullMarked
package dev.rbees.service;

import org.jspecify.annotations.NullMarked;
