-- Machines that may run workers, and which of them are drained. The record is JSON (dev.rbees.orchestrator.pool.PoolRecord).
CREATE TABLE pools (
    id     TEXT PRIMARY KEY,
    record TEXT NOT NULL
);
