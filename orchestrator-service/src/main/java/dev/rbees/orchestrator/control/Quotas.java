package dev.rbees.orchestrator.control;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.orchestrator.session.Sessions;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.orchestrator.tenant.Tenants;

/**
 * What tasks may take: of their tenant's quota, and of their session's budget.
 *
 * @param tenants who shares the installation
 * @param sessions what tasks may take together
 */
public record Quotas(Tenants tenants, Sessions sessions) {

    /**
     * Lets a task in.
     *
     * @return the task, limited to what is left where it has no limit of its own
     * @throws RbeesException QUOTA_EXCEEDED, or FORBIDDEN
     */
    TaskSubmission enter(@Nullable String tenant, TaskSubmission task) {
        TaskSubmission limited = sessions.limit(tenant, tenants.limit(tenant, task));
        tenants.enter(tenant, limited);
        try {
            sessions.enter(tenant, limited);
        } catch (RbeesException e) {
            tenants.leave(tenant, limited);
            throw e;
        }
        return limited;
    }

    /** A task that was let in was not accepted after all. */
    void leave(@Nullable String tenant, TaskSubmission task) {
        sessions.leave(tenant, task);
        tenants.leave(tenant, task);
    }

    /** A task that came in before this orchestrator started goes on. */
    void goesOn(Task task, SamplingParameters sampling) {
        sessions.goesOn(task, sampling);
        tenants.goesOn(task, sampling);
    }

    void ended(Task task, SamplingParameters sampling) {
        sessions.ended(task, sampling);
        tenants.ended(task, sampling);
    }
}
