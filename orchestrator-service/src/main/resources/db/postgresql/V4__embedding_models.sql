-- 1 for a model that makes text, 0 for one that makes embeddings.
ALTER TABLE models ADD COLUMN generates INTEGER NOT NULL DEFAULT 1;
