package dev.rbees.worker.generation;

import java.time.Clock;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.Message;
import dev.rbees.api.task.Prompt;
import dev.rbees.worker.template.ChatTemplate;
import dev.rbees.worker.testing.WordTokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LoadedModelTest {

    private static final Prompt HELLO = new Prompt.Chat(List.of(Message.user("hello")));

    private static LoadedModel model(String template) {
        return new LoadedModel("m", new WordTokenizer(), ChatTemplate.parse(template, null, null, Clock.systemUTC()), null,
                null, Set.of());
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " => ", quoteCharacter = '`', value = {
        "{{ raise_exception('no system') }} => the model's chat template refuses these messages: no system",
        "{{ user.name }} => the model's chat template fails on these messages: 'user' is undefined, so nothing can be"
                + " looked up in it; send a prompt instead of messages",
        "{{ thinking | tojson }} => the model's chat template fails on these messages: an undefined value cannot be written"
                + " as JSON; send a prompt instead of messages",
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %} => the model's chat template fails on"
                + " these messages: it takes more than 1000000 steps, or as much work; send a prompt instead of messages"})
    void whatATemplateCannotDoIsTheFaultOfNoWorker(String template, String message) {
        assertThatThrownBy(() -> model(template).encode(HELLO)).isInstanceOfSatisfying(RbeesException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST)).hasMessage(message);
    }

    @Test
    void whatNobodySetIsWrittenAsNothing() {
        WordTokenizer words = new WordTokenizer();
        assertThat(model("{{ nothing }}{{ messages[0].content }}{{ messages[0].name }}").encode(HELLO))
                .isEqualTo(words.encode("hello", true));
    }
}
