package dev.rbees.worker.generation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import dev.rbees.api.task.Logprobs;
import dev.rbees.worker.sampling.Likelihoods;
import dev.rbees.worker.tokenizer.Tokenizer;

/** What an answer says of its tokens' likelihoods. Only the thread of the batch loop uses it. */
final class LogprobsReport {

    private final Tokenizer tokenizer;
    private final Likelihoods likelihoods;
    private final int alternatives;

    LogprobsReport(Tokenizer tokenizer, int vocabulary, int alternatives) {
        this.tokenizer = tokenizer;
        this.likelihoods = new Likelihoods(vocabulary);
        this.alternatives = alternatives;
    }

    /** Notes the model's scores before they are changed. */
    void note(float[] logits) {
        likelihoods.of(logits, alternatives);
    }

    /** What there is to say when this token was chosen. */
    Logprobs of(int token) {
        List<Logprobs.Alternative> top = new ArrayList<>(likelihoods.size());
        for (int i = 0; i < likelihoods.size(); i++) {
            int id = likelihoods.id(i);
            top.add(new Logprobs.Alternative(id, new String(tokenizer.bytes(id), StandardCharsets.UTF_8),
                    likelihoods.logprob(id)));
        }
        return new Logprobs(likelihoods.logprob(token), top);
    }
}
