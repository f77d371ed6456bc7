-- Who leads, of several orchestrators on this database (dev.rbees.orchestrator.store.Leadership).
CREATE TABLE leader (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    -- where the others find it
    url  TEXT NOT NULL,
    -- when it last showed that it lives
    beat TIMESTAMPTZ NOT NULL
);
-- By what it is seen that all of them have the same key for prompts.
CREATE TABLE prompt_key (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    fingerprint TEXT NOT NULL
);
