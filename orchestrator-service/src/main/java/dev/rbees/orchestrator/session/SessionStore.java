package dev.rbees.orchestrator.session;

import java.util.List;

/** Keeps the records of sessions. Writes return at once and happen in the order of the calls; reads block. */
public interface SessionStore {

    /** Replaces the record of a session. */
    void remember(Session session);

    void forgetSession(String id);

    List<Session> sessions();
}
