package dev.rbees.orchestrator.worker;

import java.util.List;

/** Keeps the models that workers brought. Writes return at once and happen in the order of the calls; reads block. */
public interface ModelStore {

    /** Replaces what is known of a model. */
    void remember(KnownModel model);

    void forgetModel(String id);

    List<KnownModel> models();
}
