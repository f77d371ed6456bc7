package dev.rbees.orchestrator.quota;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.orchestrator.reservation.Reservation;
import dev.rbees.orchestrator.session.Sessions;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.orchestrator.tenant.Tenants;

/**
 * What tasks may take: of their tenant's quota, and of their session's budget. Any thread; no call waits for anything but the short
 * locks of {@link Tenants} and {@link Sessions}, one after the other. Each call may be repeated: a task is let in once, and ends once.
 *
 * @param tenants who shares the installation
 * @param sessions what tasks may take together
 */
public record Quotas(Tenants tenants, Sessions sessions) {

    /**
     * Lets a task in. Whoever is answered {@link Reservation.Reserved} later calls {@link #release} or {@link #settle}.
     *
     * @param tenant internal id of its tenant, null for the installation's own
     * @param task its id
     * @param wanted what it is to do
     */
    public Reservation reserve(@Nullable String tenant, String task, TaskSubmission wanted) {
        return switch (tenants.reserve(tenant, task, wanted)) {
            case Reservation.Refused refused -> refused;
            case Reservation.Reserved(TaskSubmission ofTenant) -> switch (sessions.reserve(tenant, task, wanted)) {
                case Reservation.Refused refused -> {
                    tenants.release(tenant, task);
                    yield refused;
                }
                case Reservation.Reserved(TaskSubmission ofSession) ->
                    new Reservation.Reserved(lower(tenant, task, ofTenant, ofSession));
            };
        };
    }

    /** The smaller of both limits holds, and no more is set aside than that. */
    private TaskSubmission lower(@Nullable String tenant, String task, TaskSubmission ofTenant,
            TaskSubmission ofSession) {
        int first = limit(ofTenant);
        int second = limit(ofSession);
        if (first < second) {
            sessions.lower(tenant, task, ofTenant);
            return ofTenant;
        }
        if (second < first) {
            tenants.lower(tenant, task, ofSession.sampling());
        }
        return ofSession;
    }

    private static int limit(TaskSubmission task) {
        Integer limit = task.sampling().maxTokens();
        return limit == null ? Integer.MAX_VALUE : limit;
    }

    /** A task that was let in was not accepted after all. */
    public void release(@Nullable String tenant, String task, TaskSubmission wanted) {
        sessions.release(tenant, task, wanted);
        tenants.release(tenant, task);
    }

    /** A task that came in before this orchestrator started goes on. */
    public void goesOn(Task task, SamplingParameters sampling) {
        sessions.goesOn(task, sampling);
        tenants.goesOn(task, sampling);
    }

    /** A task that was let in has ended, and took what its record says. */
    public void settle(Task task) {
        sessions.settle(task);
        tenants.settle(task);
    }
}
