-- The event logs: a row for each task, written when the task ends. Until then its events are in the journal beside this file.
CREATE TABLE logs (
    -- of the task
    number INTEGER PRIMARY KEY,
    -- how many events
    last   INTEGER NOT NULL,
    -- a line for each event, in order: type, tab, data
    events TEXT NOT NULL
) STRICT;
INSERT INTO logs
SELECT tasks.number, max(events.sequence),
    group_concat(events.type || char(9) || events.data, char(10) ORDER BY events.sequence)
FROM events JOIN tasks ON tasks.id = events.task GROUP BY tasks.number;
DROP TABLE events;
