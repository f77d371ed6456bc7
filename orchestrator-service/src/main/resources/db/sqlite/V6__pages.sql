-- Logs in pages, so that nobody has to read a long one as a whole. Rows are only added at the end, where what lies beside them is
-- never moved.
CREATE TABLE log_pages (
    -- of the task
    number INTEGER NOT NULL,
    -- sequence of the last event of the page, and of the first
    last   INTEGER NOT NULL,
    first  INTEGER NOT NULL,
    -- a line for each event, in order: type, tab, data
    events TEXT NOT NULL,
    PRIMARY KEY (number, last)
) STRICT;

-- Each old log is cut before the first new line that comes after 65535 characters, then the rest likewise; a log
-- of more than 4 MB into 64 pages at most, because each cut counts the characters from the beginning.
INSERT INTO log_pages (number, last, first, events)
WITH RECURSIVE page (number, start, first, events) AS (
    SELECT number, 1, 1, substr(events, 1, CASE instr(substr(logs.events, 1 + max(65535, length(logs.events) / 64)), char(10)) WHEN 0 THEN length(logs.events)
            ELSE max(65534, length(logs.events) / 64 - 1) + instr(substr(logs.events, 1 + max(65535, length(logs.events) / 64)), char(10)) END) FROM logs
    UNION ALL
    SELECT logs.number, page.start + length(page.events) + 1,
        page.first + length(page.events) - length(replace(page.events, char(10), '')) + 1,
        substr(logs.events, page.start + length(page.events) + 1, CASE instr(substr(logs.events, page.start + length(page.events) + 1 + max(65535, length(logs.events) / 64)), char(10)) WHEN 0 THEN length(logs.events)
            ELSE max(65534, length(logs.events) / 64 - 1) + instr(substr(logs.events, page.start + length(page.events) + 1 + max(65535, length(logs.events) / 64)), char(10)) END)
    FROM page JOIN logs ON logs.number = page.number WHERE page.start + length(page.events) + 1 <= length(logs.events)
)
SELECT number, first + length(events) - length(replace(events, char(10), '')), first, events FROM page
ORDER BY number, first;

-- What is kept of a task that has ended, in bytes: its record and its log.
ALTER TABLE tasks ADD COLUMN kept_bytes INTEGER NOT NULL DEFAULT 0;
UPDATE tasks SET kept_bytes = length(record) + coalesce((SELECT length(events) FROM logs WHERE logs.number = tasks.number), 0)
WHERE ended_at IS NOT NULL;
DROP TABLE logs;
DROP INDEX tasks_by_end;
CREATE INDEX tasks_by_end ON tasks (ended_at, number, kept_bytes) WHERE ended_at IS NOT NULL;
CREATE INDEX tasks_unfinished ON tasks (number) WHERE ended_at IS NULL;

-- From now on an HMAC, and only where there is an idempotency key to compare it for.
UPDATE tasks SET request_sha256 = '' WHERE idempotency_key IS NULL;

-- When a worker last brought the model, in milliseconds since 1970.
ALTER TABLE models ADD COLUMN last_seen INTEGER NOT NULL DEFAULT 0;
UPDATE models SET last_seen = unixepoch() * 1000;
