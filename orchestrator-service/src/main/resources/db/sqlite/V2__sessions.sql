-- The sessions that clients made. The record is JSON (dev.rbees.orchestrator.session.Session).
CREATE TABLE sessions (
    id     TEXT PRIMARY KEY,
    record TEXT NOT NULL
) STRICT;
