-- What is kept of a task that has ended, in bytes: its record and its log.
ALTER TABLE tasks ADD COLUMN kept_bytes BIGINT NOT NULL DEFAULT 0;
UPDATE tasks SET kept_bytes = length(record)
    + coalesce((SELECT sum(length(type) + length(data) + 2) FROM events WHERE events.task = tasks.id), 0)
WHERE ended_at IS NOT NULL;
DROP INDEX tasks_by_end;
CREATE INDEX tasks_by_end ON tasks (ended_at, number, kept_bytes) WHERE ended_at IS NOT NULL;
CREATE INDEX tasks_unfinished ON tasks (number) WHERE ended_at IS NULL;

-- From now on an HMAC, and only where there is an idempotency key to compare it for.
UPDATE tasks SET request_sha256 = '' WHERE idempotency_key IS NULL;

-- When a worker last brought the model, in milliseconds since 1970.
ALTER TABLE models ADD COLUMN last_seen BIGINT NOT NULL DEFAULT 0;
UPDATE models SET last_seen = (extract(epoch FROM now()) * 1000)::BIGINT;
