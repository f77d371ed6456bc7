package dev.rbees.orchestrator.openai;

import java.net.http.HttpResponse;
import java.util.List;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import dev.rbees.orchestrator.testing.OrchestratorOverHttp;

import static org.assertj.core.api.Assertions.assertThat;

/** What a client of OpenAI sees. */
class CompletionsHttpTest extends OrchestratorOverHttp {

    private static final String CHAT = """
                                       {"model":"tiny","messages":[{"role":"user","content":"say 3"}]%s}""";

    @Test
    void answersAChatInOnePiece() {
        worker("w1", 1);
        JsonNode answer = body(orchestrator.send("POST", "/v1/chat/completions", CHAT.formatted("")));
        assertThat(answer.at("/choices/0/message/content").asString()).isEqualTo("word0 word1 word2 ");
        assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(8);
        assertThat(answer.get("object").asString()).isEqualTo("chat.completion");
    }

    @Test
    void answersAChatInPieces() {
        worker("w1", 1);
        HttpResponse<String> answer = orchestrator.send("POST", "/v1/chat/completions",
                CHAT.formatted(",\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/event-stream");
        List<String> frames = answer.body().lines().filter(line -> !line.isEmpty()).toList();
        assertThat(frames).hasSize(7);
        assertThat(frames.get(0)).contains("\"role\":\"assistant\"", "\"finish_reason\":null");
        assertThat(frames.get(1)).contains("\"content\":\"word0 \"");
        assertThat(frames.get(4)).contains("\"finish_reason\":\"stop\"");
        assertThat(frames.get(5)).contains("\"choices\":[]", "\"total_tokens\":8");
        assertThat(frames.get(6)).isEqualTo("data: [DONE]");
    }

    @Test
    void tellsHowLikelyTheTokensWere() {
        worker("w1", 1);
        String chat = CHAT.formatted(",\"logprobs\":true,\"top_logprobs\":1%s").replace("say 3", "guess");
        JsonNode answer = body(orchestrator.send("POST", "/v1/chat/completions", chat.formatted("")));
        JsonNode likelihood = answer.at("/choices/0/logprobs/content/0");
        assertThat(likelihood.get("token").asString()).isEqualTo("maybe");
        assertThat(likelihood.get("logprob").asDouble()).isEqualTo(-0.5);
        assertThat(likelihood.get("bytes").toString()).isEqualTo("[109,97,121,98,101]");
        assertThat(likelihood.at("/top_logprobs/0/token").asString()).isEqualTo("maybe");
        assertThat(answer.at("/usage/prompt_tokens_details/cached_tokens").isInt()).isTrue();
        assertThat(orchestrator.send("POST", "/v1/chat/completions", chat.formatted(",\"stream\":true")).body())
                .contains("\"delta\":{\"content\":\"maybe\"},\"logprobs\":{\"content\":[{\"token\":\"maybe\"");
    }

    private static final String TEXT = """
                                       {"model":"tiny","prompt":"say 3"%s}""";

    @Test
    void goesOnWithATextInOnePiece() {
        worker("w1", 1);
        JsonNode answer = body(orchestrator.send("POST", "/v1/completions", TEXT.formatted("")));
        assertThat(answer.at("/choices/0/text").asString()).isEqualTo("word0 word1 word2 ");
        assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(answer.at("/choices/0/logprobs").isNull()).isTrue();
        assertThat(answer.get("id").asString()).startsWith("cmpl-");
        assertThat(answer.get("object").asString()).isEqualTo("text_completion");
        assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(8);
    }

    @Test
    void goesOnWithATextInPieces() {
        worker("w1", 1);
        List<String> frames = orchestrator.send("POST", "/v1/completions",
                TEXT.formatted(",\"stream\":true,\"stream_options\":{\"include_usage\":true}")).body().lines()
                .filter(line -> !line.isEmpty()).toList();
        assertThat(frames).hasSize(6);
        assertThat(frames.get(0)).contains("\"text\":\"word0 \"", "\"finish_reason\":null");
        assertThat(frames.get(3)).contains("\"text\":\"\"", "\"finish_reason\":\"stop\"");
        assertThat(frames.get(4)).contains("\"choices\":[]", "\"total_tokens\":8");
        assertThat(frames.get(5)).isEqualTo("data: [DONE]");
    }

    @Test
    void tellsHowLikelyTheTokensOfATextWere() {
        worker("w1", 1);
        JsonNode likelihoods = body(orchestrator.send("POST", "/v1/completions",
                TEXT.formatted(",\"logprobs\":1").replace("say 3", "guess"))).at("/choices/0/logprobs");
        assertThat(likelihoods.at("/tokens/0").asString()).isEqualTo("maybe");
        assertThat(likelihoods.at("/token_logprobs/0").asDouble()).isEqualTo(-0.5);
        assertThat(likelihoods.at("/top_logprobs/0/maybe").isNumber()).isTrue();
        assertThat(likelihoods.at("/text_offset/0").asInt()).isZero();
    }

    @Test
    void refusesWhatATextCannotHave() {
        worker("w1", 1);
        for (String field : List.of("\"echo\":true", "\"suffix\":\"end\"", "\"best_of\":2", "\"messages\":[]")) {
            assertThat(orchestrator.send("POST", "/v1/completions", TEXT.formatted("," + field)).statusCode()).as(field)
                    .isEqualTo(400);
        }
        HttpResponse<String> several = orchestrator.send("POST", "/v1/completions",
                "{\"model\":\"tiny\",\"prompt\":[\"a\",\"b\"]}");
        assertThat(body(several).at("/error/param").asString()).isEqualTo("prompt");
    }

    @Test
    void tellsOfFailuresInOpenAisShape() {
        worker("w1", 1);
        HttpResponse<String> refused = orchestrator.send("POST", "/v1/chat/completions", CHAT.formatted(",\"n\":2"));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(body(refused).at("/error/type").asString()).isEqualTo("invalid_request_error");
        assertThat(body(refused).at("/error/param").asString()).isEqualTo("n");
        HttpResponse<String> failed = orchestrator.send("POST", "/v1/chat/completions",
                CHAT.formatted("").replace("say 3", "fail"));
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(body(failed).at("/error/code").asString()).isEqualTo("INFERENCE_FAILED");
        String streamed = orchestrator.send("POST", "/v1/chat/completions",
                CHAT.formatted(",\"stream\":true").replace("say 3", "fail")).body();
        assertThat(streamed).contains("data: {\"error\":{\"message\":\"the script says so\"").doesNotContain("[DONE]");
        assertThat(body(orchestrator.send("GET", "/v1/models/none", "")).at("/error/code").asString())
                .isEqualTo("MODEL_NOT_FOUND");
        assertThat(orchestrator.get("/v1/models/tiny").get("owned_by").asString()).isEqualTo("rbees");
    }
}
