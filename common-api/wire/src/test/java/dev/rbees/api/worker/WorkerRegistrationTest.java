package dev.rbees.api.worker;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WorkerRegistrationTest {

    private static WorkerRegistration read(String capabilities) {
        String body = "{\"worker_id\":\"w1\",\"host\":\"127.0.0.1\",\"port\":8001,\"backend\":\"cpu\",\"model_id\":\"tiny\","
                + "\"model_digest\":\"" + "a".repeat(64) + "\",\"context_length\":128,\"slots_total\":2,\"slots_free\":2"
                + (capabilities.isEmpty() ? "" : ",\"capabilities\":" + capabilities) + "}";
        return WorkerRegistration.read(body.getBytes(StandardCharsets.UTF_8));
    }

    private static String names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "\"c" + i + "\"").collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void aWorkerThatDoesNotSayWhatItCanDoGeneratesText() {
        assertThat(read("").capabilities()).containsExactly("text-gen");
        assertThat(read("null").capabilities()).containsExactly("text-gen");
    }

    @Test
    void whatItCanDoIsReadAndKept() {
        assertThat(read("[\"embedding\"]").at("10.0.0.1").capabilities()).containsExactly("embedding");
        assertThat(read("[\"b\",\"a-2\",\"b\"]").capabilities()).containsExactly("b", "a-2");
        assertThat(read("[\"" + "a".repeat(32) + "\"]").capabilities()).hasSize(1);
        assertThat(read(names(16)).capabilities()).hasSize(16);
        WorkerRegistration sent = new WorkerRegistration("w1", "127.0.0.1", 8001, Backend.CPU, "tiny", "a".repeat(64), 128,
                2,
                2, "0123456789abcdef", List.of("embedding"));
        assertThat(WorkerRegistration.read(Json.write(sent).getBytes(StandardCharsets.UTF_8))).isEqualTo(sent);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "\"text-gen\"      | capabilities must be an array of 1 to 16 names such as text-gen",
        "[]                | capabilities must be an array of 1 to 16 names such as text-gen",
        "{\"a\":1}         | capabilities must be an array of 1 to 16 names such as text-gen",
        "[\"a\",3]         | capabilities[1] must be 1 to 32 lower-case letters",
        "[\"a\",null]      | capabilities[1] must be 1 to 32 lower-case letters",
        "[\"\"]            | capabilities[0] must be 1 to 32 lower-case letters",
        "[\"Text\"]        | capabilities[0] must be 1 to 32 lower-case letters",
        "[\"2d\",\"-\"]    | 2 problems: capabilities[0]"})
    void namesWhatIsWrong(String capabilities, String message) {
        assertThatThrownBy(() -> read(capabilities))
                .isInstanceOfSatisfying(RbeesException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessageContaining(message);
    }

    @Test
    void refusesTooManyAndTooLongNames() {
        assertThatThrownBy(() -> read(names(17))).hasMessageContaining("1 to 16 names");
        assertThatThrownBy(() -> read("[\"" + "a".repeat(33) + "\"]")).hasMessageContaining("capabilities[0] must be");
    }
}
