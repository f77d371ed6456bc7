-- Milliseconds since 1970 when a worker was last known to have the model; NULL where nobody took note.
ALTER TABLE models ADD COLUMN seen BIGINT;
