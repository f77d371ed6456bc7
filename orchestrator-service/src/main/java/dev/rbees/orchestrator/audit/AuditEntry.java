package dev.rbees.orchestrator.audit;

import java.time.Instant;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;

/**
 * A line of the audit log.
 *
 * @param auditId {@code audit-} and its number in 16 hex digits, from 1
 * @param timestamp when it happened
 * @param event what happened
 * @param prevMac MAC of the line before; {@link #GENESIS} for the first
 * @param mac hex HMAC-SHA256 of all that, as {@link #of} says
 */
record AuditEntry(String auditId, Instant timestamp, AuditEvent event, String prevMac, String mac) {

    /** What the first line ever follows. */
    static final String GENESIS = "0".repeat(64);

    static AuditEntry of(AuditKey key, long number, Instant timestamp, AuditEvent event, String prevMac) {
        String id = "audit-%016x".formatted(number);
        return new AuditEntry(id, timestamp, event, prevMac,
                key.mac(id + '|' + Json.format(timestamp) + '|' + Json.write(event) + '|' + prevMac));
    }

    String line() {
        return Json.write(this);
    }

    /**
     * Reads a line that must have this number and follow this one.
     *
     * @throws RbeesException INVALID_REQUEST when it was changed, or another belongs there
     */
    static AuditEntry check(AuditKey key, String line, long number, String prevMac) {
        String id = "audit-%016x".formatted(number);
        AuditEntry read;
        try {
            read = Json.read(line, AuditEntry.class);
        } catch (RbeesException e) {
            throw new RbeesException(ErrorCode.INVALID_REQUEST, "the audit log was changed at " + id + ": it is no line", e);
        }
        // why: the text, too, so that nothing can be added to a line that its MAC does not cover
        if (!AuditEntry.of(key, number, read.timestamp(), read.event(), prevMac).line().equals(line)) {
            throw new RbeesException(ErrorCode.INVALID_REQUEST, "the audit log was changed at " + id);
        }
        return read;
    }
}
