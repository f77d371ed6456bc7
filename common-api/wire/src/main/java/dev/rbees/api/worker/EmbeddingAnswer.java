package dev.rbees.api.worker;

import java.util.List;

/**
 * What a worker answers to an {@link EmbeddingRequest}.
 *
 * @param jobId the caller's id
 * @param model id of the model
 * @param embeddings one for each text, in order
 * @param dimensions numbers of each of them
 * @param tokensIn tokens of all texts, those included that the model adds
 */
public record EmbeddingAnswer(String jobId, String model, List<float[]> embeddings, int dimensions, long tokensIn) {

    public EmbeddingAnswer {
        embeddings = List.copyOf(embeddings);
    }
}
