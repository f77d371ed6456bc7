package dev.rbees.orchestrator.tenant;

import java.util.List;

/** Keeps the records of tenants. Writes return at once and happen in the order of the calls; reads block. */
public interface TenantStore {

    /** Replaces the record of a tenant. */
    void remember(Tenant tenant);

    void forgetTenant(String id);

    List<Tenant> tenants();
}
