package dev.rbees.worker.grammar;

import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ConstraintTest {

    private static final TokenTrie TRIE = Vocabularies.random(7, 400);
    private static final int END = Vocabularies.end(TRIE.vocabulary());

    private static int[] left(Constraint constraint) {
        float[] logits = new float[TRIE.vocabulary() + 10];
        constraint.mask(logits);
        return IntStream.range(0, logits.length).filter(id -> logits[id] == 0).toArray();
    }

    private static void accept(Constraint constraint, String text) {
        text.chars().forEach(constraint::accept);
    }

    @Test
    void allowsOnlyTheEndWhenNothingElseCanFollow() {
        Constraint constraint = Walks.constraint("{\"const\":true}", TRIE);
        accept(constraint, "true");
        assertThat(constraint.complete()).isTrue();
        assertThat(constraint.exhausted()).isTrue();
        assertThat(left(constraint)).containsExactly(END);
    }

    @Test
    void allowsTheEndAndMoreWhereBothCanFollow() {
        Constraint constraint = Walks.constraint("{\"type\":\"integer\",\"maximum\":99,\"minimum\":1}", TRIE);
        accept(constraint, "1");
        assertThat(constraint.complete()).isTrue();
        assertThat(constraint.exhausted()).isFalse();
        assertThat(left(constraint)).contains(END, '0', '9').doesNotContain('"', '.');
    }

    @Test
    void neverAllowsTheEndBeforeTheValueIsComplete() {
        Constraint constraint = Walks.constraint("{\"type\":\"string\"}", TRIE);
        accept(constraint, "\"a");
        assertThat(constraint.complete()).isFalse();
        assertThat(constraint.allows(END)).isFalse();
        assertThat(left(constraint)).doesNotContain(END);
        accept(constraint, "\"");
        assertThat(left(constraint)).containsExactly(END);
    }

    @Test
    void leavesTheScoresOfWhatIsAllowedAlone() {
        Constraint constraint = Walks.constraint("{\"type\":\"boolean\"}", TRIE);
        float[] logits = new float[TRIE.vocabulary()];
        for (int id = 0; id < logits.length; id++) {
            logits[id] = id;
        }
        constraint.mask(logits);
        assertThat(logits['t']).isEqualTo('t');
        assertThat(logits['f']).isEqualTo('f');
        assertThat(logits['x']).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(logits[END + 1]).as("a special token").isEqualTo(Float.NEGATIVE_INFINITY);
    }

    @Test
    void refusesTokensThatCannotFollow() {
        Constraint constraint = Walks.constraint("{\"const\":1}", TRIE);
        for (int token : new int[] {'2', END, END + 1, -1, TRIE.vocabulary()}) {
            assertThat(constraint.allows(token)).isFalse();
            assertThatThrownBy(() -> constraint.accept(token)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("token " + token + " cannot follow in the wanted format");
        }
        constraint.accept('1');
        constraint.accept(END);
        assertThat(constraint.exhausted()).isTrue();
        assertThat(constraint.allows(END)).isFalse();
    }

    @Test
    void saysWhenTheVocabularyCannotSpellTheFormat() {
        byte[][] tokens = {{'t'}, {'f'}, {'a'}, {}};
        TokenTrie small = new TokenTrie(4, id -> tokens[id], new int[] {3});
        Constraint constraint = Walks.constraint("{\"const\":true}", small);
        constraint.accept(0);
        RbeesException failure = catchThrowableOfType(RbeesException.class, () -> constraint.mask(new float[4]));
        assertThat(failure.code()).isEqualTo(ErrorCode.INFERENCE_FAILED);
        assertThat(failure.userMessage()).contains("vocabulary has no token to go on");
    }

    @Test
    void tellsThatNothingCanFollowWhereTheModelHasNoEndToken() {
        TokenTrie endless = new TokenTrie(256, id -> new byte[] {(byte) id}, new int[0]);
        Constraint constraint = Walks.constraint("{\"enum\":[1,12]}", endless);
        constraint.accept('1');
        assertThat(constraint.complete()).isTrue();
        assertThat(constraint.exhausted()).isFalse();
        constraint.accept('2');
        assertThat(constraint.exhausted()).isTrue();
    }

    @Test
    void endsTextsAtTheirBoundEvenWithoutMaxLength() {
        Constraint constraint = Walks.constraint("{\"type\":\"string\"}", TRIE);
        constraint.accept('"');
        for (int i = 0; i < GrammarLimits.TEXT; i++) {
            assertThat(constraint.allows('x')).isTrue();
            constraint.accept('x');
        }
        assertThat(constraint.allows('x')).isFalse();
        assertThat(constraint.allows('"')).isTrue();
    }

    @Test
    void bringsRecursionToAnEndAtTheDeepestLevel() {
        Constraint constraint = Walks.constraint("{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}}", TRIE);
        for (int i = 0; i < GrammarLimits.DEPTH; i++) {
            constraint.accept('[');
        }
        // one more rule may be open, for texts inside the deepest array; an array may use it as well
        constraint.accept('[');
        assertThat(constraint.allows('[')).isFalse();
        assertThat(left(constraint)).contains(']').doesNotContain('[');
    }

    @Test
    void sharesAGrammarButNotItsPositions() {
        Grammars grammars = new Grammars(TRIE, () -> 0);
        Constraint first = grammars.of(Walks.json("{\"enum\":[1,2]}"));
        Constraint second = grammars.of(Walks.json("{\"enum\":[1,2]}"));
        first.accept('1');
        assertThat(second.complete()).isFalse();
        assertThat(second.allows('2')).isTrue();
    }

    @Test
    void tellsSchemasApartThatDifferOnlyInTheOrderOfProperties() {
        Grammars grammars = new Grammars(TRIE, () -> 0);
        String ab = "{\"properties\":{\"a\":{\"const\":1},\"b\":{\"const\":2}}}";
        String ba = "{\"properties\":{\"b\":{\"const\":2},\"a\":{\"const\":1}}}";
        assertThat(Walks.accepts(grammars.of(Walks.json(ab)), TRIE, "{\"a\":1,\"b\":2}")).isTrue();
        assertThat(Walks.accepts(grammars.of(Walks.json(ba)), TRIE, "{\"a\":1,\"b\":2}")).isFalse();
        assertThat(Walks.accepts(grammars.of(Walks.json(ba)), TRIE, "{\"b\":2,\"a\":1}")).isTrue();
    }

    @Test
    void masksTheSameWhenItsCachesAreTooSmallToHoldEverything() {
        // why: more different schemas than are kept, again and again
        Grammars grammars = new Grammars(TRIE, () -> 0);
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 2 * GrammarLimits.GRAMMARS; i++) {
                assertThat(Walks.accepts(grammars.of(Walks.json("{\"const\":" + i + "}")), TRIE, String.valueOf(i)))
                        .isTrue();
            }
        }
    }
}
