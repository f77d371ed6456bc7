-- One row per task. The record is JSON (dev.rbees.orchestrator.task.Task); columns repeat what is searched for.
CREATE TABLE tasks (
    number          INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT NOT NULL UNIQUE,
    state           TEXT NOT NULL,
    record          TEXT NOT NULL,
    ended_at        INTEGER,
    -- what the worker is to be asked, encrypted; gone as soon as the task has ended
    request         BLOB,
    request_sha256  TEXT NOT NULL,
    idempotency_key TEXT UNIQUE
) STRICT;
CREATE INDEX tasks_by_state ON tasks (state, number);
CREATE INDEX tasks_by_end ON tasks (ended_at) WHERE ended_at IS NOT NULL;

-- The event log of each task.
CREATE TABLE events (
    task     TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    type     TEXT NOT NULL,
    data     TEXT NOT NULL,
    PRIMARY KEY (task, sequence)
) STRICT, WITHOUT ROWID;

-- Every model that a worker ever brought.
CREATE TABLE models (
    id             TEXT PRIMARY KEY,
    digest         TEXT NOT NULL,
    context_length INTEGER NOT NULL
) STRICT;

-- One row, changed when there is nothing else to make what was written before durable.
CREATE TABLE heartbeat (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    at  INTEGER NOT NULL
) STRICT;
