package dev.rbees.api.task;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TaskEventTest {

    private static final Random RANDOM = new Random(7);

    static Stream<String> texts() {
        Stream<String> chosen = Stream.of("", " hello", "\"\\/\b\f\n\r\t", "\u0000\u001f\u007f\u0080", "\u2028\u2029",
                "größer 字 😀",
                "half \ud83d", "\ude00 half");
        Stream<String> random = IntStream.range(0, 200).mapToObj(_ -> RANDOM.ints(RANDOM.nextInt(12), 0, 0x10000)
                .collect(StringBuilder::new, (text, c) -> text.append((char) c), StringBuilder::append).toString());
        return Stream.concat(chosen, random);
    }

    @ParameterizedTest
    @MethodSource("texts")
    void aTokenIsWrittenAsTheMapperWritesIt(String text) {
        TaskEvent token = new TaskEvent.Token(text, 3, 151_000);
        assertThat(token.toJson()).isEqualTo(Json.mapper().writerFor(TaskEvent.class).writeValueAsString(token));
        assertThat(TaskEvent.parse(token.toJson())).isEqualTo(token);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"type\":\"token\",\"t\":\"a\",\"i\":0,\"id\":1}",
        " { \"type\" : \"token\", \"id\" : 1 , \"i\" : 0, \"t\" : \"\\u0061\" } ",
        "{\"t\":\"a\",\"i\":0,\"id\":1,\"type\":\"token\"}",
        "{\"type\":\"token\",\"t\":\"a\",\"i\":0,\"id\":1,\"new\":{\"of\":[\"later\"]}}",
        "{\"type\":\"token\",\"t\":\"a\",\"i\":0,\"id\":1,\"logprobs\":null}",
        "{\"type\":\"token\",\"t\":\"a\",\"i\":\"0\",\"id\":1}"})
    void aTokenIsReadInEachOfItsForms(String json) {
        assertThat(readBothWays(json)).containsOnly(new TaskEvent.Token("a", 0, 1));
    }

    @Test
    void theLikelihoodOfATokenIsRead() {
        TaskEvent token = new TaskEvent.Token("a", 0, 1,
                new Logprobs(-0.5, List.of(new Logprobs.Alternative(1, "a", -0.5))));
        assertThat(readBothWays(token.toJson())).containsOnly(token);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "",
        "{\"type\":\"token\",\"t\":\"a\",\"i\":0,\"id\":1",
        "{\"type\":\"token\",\"t\":\"a\",\"i\":0,\"id\":1} 2",
        "{\"type\":\"token\",\"t\":\"a\",\"t\":\"b\",\"i\":0,\"id\":1}",
        "{\"type\":\"token\",\"t\":\"a\",\"i\":0,\"id\":99999999999}",
        "{\"type\":\"token\",\"t\":\"a\",\"i\":null,\"id\":1}",
        "{\"type\":\"tokens\",\"t\":\"a\",\"i\":0,\"id\":1}"})
    void whatIsNoEventIsRefused(String json) {
        assertThatThrownBy(() -> TaskEvent.parse(json)).isInstanceOf(RbeesException.class);
        assertThatThrownBy(() -> TaskEvent.parse(json.getBytes(StandardCharsets.UTF_8))).isInstanceOf(RbeesException.class);
    }

    private static List<TaskEvent> readBothWays(String json) {
        return List.of(TaskEvent.parse(json), TaskEvent.parse(json.getBytes(StandardCharsets.UTF_8)));
    }
}
