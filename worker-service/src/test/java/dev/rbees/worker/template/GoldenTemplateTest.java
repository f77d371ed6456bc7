package dev.rbees.worker.template;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.rbees.api.task.Message;
import dev.rbees.api.task.Message.Role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Templates of our own that use every construct, with what jinja2 writes for them. */
class GoldenTemplateTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-07T09:05:00Z"), ZoneOffset.UTC);
    private static final List<Message> TALK = List.of(new Message(Role.SYSTEM, "Be brief."), Message.user("Hi {{ x }}"),
            new Message(Role.ASSISTANT, " Hello. "), Message.user("Bye"));

    private static Stream<Arguments> golden(String file) {
        try (InputStream in = GoldenTemplateTest.class.getResourceAsStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.isEmpty() && !line.startsWith("# "))
                    .map(line -> line.replace('⏎', '\n'))
                    .map(line -> arguments(line.substring(0, line.lastIndexOf(" => ")),
                            line.substring(line.lastIndexOf(" => ") + 4)))
                    .toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Arguments> expressions() {
        return golden("expressions.txt");
    }

    static Stream<Arguments> templates() {
        return golden("templates.txt");
    }

    @ParameterizedTest
    @MethodSource("expressions")
    void worksOutAnExpressionAsJinjaDoes(String expression, String expected) {
        assertThat(render("{{ " + expression + " }}")).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("templates")
    void writesATemplateAsJinjaDoes(String template, String expected) {
        assertThat(render(template)).isEqualTo(expected);
    }

    @Test
    void theLineBreaksOfOtherSystemsAreLineBreaks() {
        assertThat(render("a\r\n{% if true %}\r\nb\r{% endif %}\r\n")).isEqualTo("a\nb\n");
        assertThat(render("{{ messages[0].content }}", List.of(Message.user("a\r\nb\r")))).isEqualTo("a\r\nb\r");
    }

    private static String render(String template) {
        return render(template, TALK);
    }

    private static String render(String template, List<Message> messages) {
        return ChatTemplate.parse(template, "<s>", "</s>", CLOCK).render(messages);
    }
}
