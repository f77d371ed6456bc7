package dev.rbees.api.task;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.json.RequestFields;
import dev.rbees.api.task.SamplingParameters.Penalties;
import dev.rbees.api.task.SamplingParameters.Truncation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SamplingParametersTest {

    private static SamplingParameters read(String json) {
        RequestFields fields = RequestFields.of(json.getBytes(UTF_8));
        SamplingParameters read = SamplingParameters.read(fields, 0.7);
        fields.rejectUnknown();
        fields.finish();
        return read;
    }

    @Test
    void readsItsDefaults() {
        assertThat(read("{}")).isEqualTo(new SamplingParameters(null, 0.7, Truncation.NONE, Penalties.NONE, Map.of(),
                List.of(), null, false, null, new ResponseFormat.Text()));
    }

    @Test
    void survivesBeingSentOn() {
        SamplingParameters all = new SamplingParameters(7, 1.5, new Truncation(40, 0.9, 0.95, 0.05),
                new Penalties(1.1, -0.5, 2), Map.of(5, 100f, 70_000, -0.25f), List.of("a", "\n"),
                new Seed(-1), true, 20,
                new ResponseFormat.JsonSchema(Json.readTree("{\"type\":\"object\"}".getBytes(StandardCharsets.UTF_8))));
        assertThat(read(Json.write(all.toFields()))).isEqualTo(all);
        SamplingParameters none = read("{}");
        assertThat(read(Json.write(none.toFields()))).isEqualTo(none);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"type\":\"text\"}", "{\"type\":\"json_object\"}",
        "{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"type\":\"integer\"},\"name\":\"n\",\"strict\":true}}"})
    void readsTheFormOfTheAnswer(String json) {
        SamplingParameters read = read("{\"response_format\":" + json + "}");
        assertThat(read(Json.write(read.toFields()))).isEqualTo(read);
        assertThat(read.format().toField().get("type")).isEqualTo(Json.readTree(json.getBytes(StandardCharsets.UTF_8))
                .get("type").asString());
    }

    @Test
    void refusesASchemaThatIsTooLong() {
        String schema = "{\"description\":\"" + "x".repeat(ResponseFormat.MAX_SCHEMA_BYTES) + "\"}";
        assertThatThrownBy(() -> read("{\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":" + schema
                + "}}}")).hasMessageContaining("must be at most 65536 bytes");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"logprobs\":5}                          | 5",
        "{\"logprobs\":0}                          | 0",
        "{\"logprobs\":true}                       | 0",
        "{\"logprobs\":true,\"top_logprobs\":3}    | 3",
        "{\"logprobs\":false}                      |",
        "{\"logprobs\":null}                       |"})
    void takesBothWaysToAskForLikelihoods(String json, Integer expected) {
        assertThat(read(json).logprobs()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"logprobs\":21}                 | logprobs must be at most 20 (got 21)",
        "{\"logprobs\":\"all\"}            | logprobs must be a whole number",
        "{\"top_logprobs\":3}              | top_logprobs needs logprobs to be true",
        "{\"typical_p\":1.1}               | typical_p must be at most 1.0 (got 1.1)",
        "{\"presence_penalty\":3}          | presence_penalty must be at most 2.0 (got 3.0)",
        "{\"frequency_penalty\":-3}        | frequency_penalty must be at least -2.0 (got -3.0)",
        "{\"repetition_penalty\":0}        | repetition_penalty must be greater than 0 (1 is off)",
        "{\"response_format\":\"json\"} | response_format must be an object whose type is text, json_object or json_schema",
        "{\"response_format\":{\"type\":\"xml\"}} | response_format must be an object whose type is text, json_object or json_schema",
        "{\"response_format\":{\"type\":\"json_schema\"}} | response_format.json_schema.schema must be a JSON Schema",
        "{\"logit_bias\":[1]}              | logit_bias must be an object of at most 1024 token ids",
        "{\"logit_bias\":{\"a\":1}}        | logit_bias must give token ids a number from -100 to 100 each",
        "{\"logit_bias\":{\"-1\":1}}       | logit_bias must give token ids a number from -100 to 100 each",
        "{\"logit_bias\":{\"1\":101}}      | logit_bias must give token ids a number from -100 to 100 each",
        "{\"logit_bias\":{\"1\":\"x\"}}    | logit_bias must give token ids a number from -100 to 100 each"})
    void refusesWhatMakesNoSense(String json, String message) {
        assertThatThrownBy(() -> read(json)).isInstanceOf(RbeesException.class).hasMessageContaining(message);
    }
}
