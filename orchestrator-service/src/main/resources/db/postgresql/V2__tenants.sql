-- Those who share the installation. The record is JSON (dev.rbees.orchestrator.tenant.Tenant).
CREATE TABLE tenants (
    id     TEXT PRIMARY KEY,
    record TEXT NOT NULL
);
-- Whose task it is; null for the installation's own.
ALTER TABLE tasks ADD COLUMN tenant TEXT;
CREATE INDEX tasks_by_tenant ON tasks (tenant, number) WHERE tenant IS NOT NULL;
