-- The same tables as in SQLite, see ../sqlite. One row per task; the record is JSON (dev.rbees.orchestrator.task.Task).
CREATE TABLE tasks (
    number          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id              TEXT NOT NULL UNIQUE,
    state           TEXT NOT NULL,
    record          TEXT NOT NULL,
    ended_at        BIGINT,
    -- what the worker is to be asked, encrypted; gone as soon as the task has ended
    request         BYTEA,
    request_sha256  TEXT NOT NULL,
    idempotency_key TEXT UNIQUE
);
CREATE INDEX tasks_by_state ON tasks (state, number);
CREATE INDEX tasks_by_end ON tasks (ended_at) WHERE ended_at IS NOT NULL;

-- The event log of each task.
CREATE TABLE events (
    task     TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    type     TEXT NOT NULL,
    data     TEXT NOT NULL,
    PRIMARY KEY (task, sequence)
);

-- Every model that a worker ever brought.
CREATE TABLE models (
    id             TEXT PRIMARY KEY,
    digest         TEXT NOT NULL,
    context_length INTEGER NOT NULL
);

-- The sessions that clients made. The record is JSON (dev.rbees.orchestrator.session.Session).
CREATE TABLE sessions (
    id     TEXT PRIMARY KEY,
    record TEXT NOT NULL
);

-- One row, changed when there is nothing else to make what was written before durable.
CREATE TABLE heartbeat (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    at  BIGINT NOT NULL
);
