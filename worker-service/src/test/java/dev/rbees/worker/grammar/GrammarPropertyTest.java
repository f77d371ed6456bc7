package dev.rbees.worker.grammar;

import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** What a grammar allows is valid, what is valid it allows, and it always ends: shown with answers made by chance. */
class GrammarPropertyTest {

    /** why: not our mapper, because names of other properties may come twice. */
    private static final JsonMapper LENIENT = JsonMapper.builder().build();
    private static final List<TokenTrie> VOCABULARIES = IntStream.range(0, 3)
            .mapToObj(seed -> Vocabularies.random(seed, 300 + seed * 400)).toList();

    private static List<SampleSchemas.Sample> samples() {
        return SampleSchemas.ALL;
    }

    @ParameterizedTest
    @MethodSource("samples")
    void everyAnswerMadeByChanceIsValidAndEnds(SampleSchemas.Sample sample) throws Exception {
        JsonNode schema = Walks.json(sample.schema());
        Schema validator = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(schema);
        for (TokenTrie trie : VOCABULARIES) {
            Grammars grammars = new Grammars(trie, () -> 0);
            for (int seed = 0; seed < 10; seed++) {
                Optional<String> walk = Walks.random(grammars.of(schema), trie, new Random(seed));
                assertThat(walk).as("ends, seed %d", seed).isPresent();
                String answer = walk.orElseThrow();
                JsonNode value = LENIENT.readTree(answer);
                assertThat(validator.validate(value, context -> context.executionConfig(config -> config
                        .formatAssertionsEnabled(true)))).as("%s, seed %d", answer, seed).isEmpty();
                assertThat(Walks.accepts(grammars.of(schema), trie, answer)).as(answer).isTrue();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void everyValidInstanceIsAllowedInAnyTokens(SampleSchemas.Sample sample) {
        JsonNode schema = Walks.json(sample.schema());
        for (TokenTrie trie : VOCABULARIES) {
            Grammars grammars = new Grammars(trie, () -> 0);
            for (String instance : sample.valid()) {
                assertThat(Walks.accepts(grammars.of(schema), trie, instance)).as(instance).isTrue();
                for (int seed = 0; seed < 2; seed++) {
                    assertThat(Walks.acceptsInPieces(grammars.of(schema), trie, instance, new Random(seed))).as(instance)
                            .isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void noInvalidInstanceIsAllowed(SampleSchemas.Sample sample) {
        TokenTrie trie = VOCABULARIES.getFirst();
        Grammars grammars = new Grammars(trie, () -> 0);
        assertThat(sample.invalid()).isNotEmpty();
        for (String instance : sample.invalid()) {
            assertThat(Walks.accepts(grammars.of(Walks.json(sample.schema())), trie, instance)).as(instance).isFalse();
        }
    }

    /** The masks are cached, shared and computed in parts; this says the same thing the slow way. */
    @ParameterizedTest
    @MethodSource("samples")
    void masksAllowExactlyTheTokensWhoseBytesCanFollow(SampleSchemas.Sample sample) {
        TokenTrie trie = VOCABULARIES.get(2);
        Grammar grammar = SchemaCompiler.compile(Walks.json(sample.schema()), () -> 0);
        // why: the second keeps next to nothing, so that it forgets all the time
        for (Masks masks : List.of(new Masks(grammar, trie), new Masks(grammar, trie, 20, 0))) {
            Random random = new Random(1);
            for (int walk = 0; walk < 3; walk++) {
                compareOnAWalk(grammar, masks, trie, random);
            }
        }
    }

    private static void compareOnAWalk(Grammar grammar, Masks masks, TokenTrie trie, Random random) {
        Position position = grammar.start();
        for (int step = 0; step < 20 && !position.configs().isEmpty(); step++) {
            TokenSet following = masks.following(position);
            int[] allowed = IntStream.range(0, trie.vocabulary()).filter(following::contains).toArray();
            Position from = position;
            int[] expected = IntStream.range(0, trie.vocabulary())
                    .filter(id -> trie.bytes(id).length > 0 && !behind(from, trie.bytes(id)).dead()).toArray();
            assertThat(allowed).isEqualTo(expected);
            position = behind(position, trie.bytes(allowed[random.nextInt(allowed.length)]));
        }
    }

    @Test
    void answersMadeByManyThreadsAreThoseMadeByOne() {
        TokenTrie trie = VOCABULARIES.get(1);
        JsonNode schema = Walks.json(SampleSchemas.ALL.getFirst().schema());
        Grammars shared = new Grammars(trie, () -> 0);
        List<String> together = IntStream.range(0, 64).parallel().mapToObj(seed -> walk(shared, schema, trie, seed))
                .toList();
        List<String> alone = IntStream.range(0, 64).mapToObj(seed -> walk(new Grammars(trie, () -> 0), schema, trie, seed))
                .toList();
        assertThat(together).isEqualTo(alone);
    }

    private static String walk(Grammars grammars, JsonNode schema, TokenTrie trie, int seed) {
        try {
            return Walks.random(grammars.of(schema), trie, new Random(seed)).orElseThrow();
        } catch (CharacterCodingException e) {
            throw new AssertionError(e);
        }
    }

    private static Position behind(Position position, byte[] bytes) {
        Position behind = position;
        for (byte octet : bytes) {
            behind = behind.after(octet & 0xFF);
        }
        return behind;
    }

    @Test
    void anyObjectIsAnObjectAndEnds() throws Exception {
        for (TokenTrie trie : VOCABULARIES) {
            Grammars grammars = new Grammars(trie, () -> 0);
            for (int seed = 0; seed < 30; seed++) {
                Optional<String> walk = Walks.random(grammars.anyObject(), trie, new Random(seed));
                assertThat(walk).as("ends, seed %d", seed).isPresent();
                String answer = walk.orElseThrow();
                assertThat(LENIENT.readTree(answer).isObject()).as(answer).isTrue();
            }
            for (String instance : List.of("{}", "{\"\":[]}",
                    "{\"a\":{\"b\":[1,-0.5,1.5E-7,true,null,\"\\u00e9\\/😀\"]},\"é\":0}")) {
                assertThat(Walks.accepts(grammars.anyObject(), trie, instance)).as(instance).isTrue();
                assertThat(Walks.acceptsInPieces(grammars.anyObject(), trie, instance, new Random(1))).as(instance).isTrue();
            }
            for (String instance : List.of("[]", "{ }", "{\"a\":1,}", "{\"a\":01}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\t\"}",
                    "{a:1}",
                    "{\"a\":1}}", "{\"a\":+1}", "{\"a\":1.}", "{\"a\":\"\\x\"}", "")) {
                assertThat(Walks.accepts(grammars.anyObject(), trie, instance)).as(instance).isFalse();
            }
        }
    }
}
