package dev.rbees.worker.grammar;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.FieldError;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Schemas that are not taken, and what their authors are told. */
class SchemaRefusalTest {

    private static RbeesException refusal(String schema) {
        RbeesException refusal = catchThrowableOfType(RbeesException.class,
                () -> SchemaCompiler.compile(Walks.json(schema), () -> 0));
        assertThat(refusal).as(schema).isNotNull();
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(refusal.details().get("errors")).asInstanceOf(InstanceOfAssertFactories.LIST)
                .singleElement().isInstanceOfSatisfying(FieldError.class, error -> assertThat(error.field())
                        .isEqualTo("response_format.json_schema.schema"));
        return refusal;
    }

    private static void accepted(String schema) {
        assertThat(SchemaCompiler.compile(Walks.json(schema), () -> 0).size()).isPositive();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"not | {\"type\":\"null\"}", "if | true", "then | true",
        "else | true",
        "minProperties | 1", "maxProperties | 1", "patternProperties | {\"a\":true}", "propertyNames | {\"minLength\":1}",
        "dependentRequired | {\"a\":[\"b\"]}", "dependentSchemas | {\"a\":true}", "unevaluatedProperties | false",
        "unevaluatedItems | false", "uniqueItems | true", "contains | true", "minContains | 1", "maxContains | 1",
        "contentEncoding | \"base64\"", "contentMediaType | \"text/plain\"", "contentSchema | true", "$anchor | \"a\"",
        "$dynamicRef | \"#a\"", "$dynamicAnchor | \"a\"", "$vocabulary | {}", "minLenght | 3"})
    void refusesAKeywordThatItDoesNotKeepTo(String keyword, String value) {
        RbeesException refusal = refusal(
                """
                {"type":"object","properties":{"a/b":{"items":{"%s":%s}}}}""".formatted(keyword, value));
        assertThat(refusal.userMessage())
                .startsWith("the schema's keyword " + keyword + " at #/properties/a~1b/items is not supported");
    }

    @Test
    void passesOverAnnotations() {
        accepted(
                """
                {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://example.com/x","title":"T","description":"D",
                "default":1,"examples":[1],"deprecated":true,"readOnly":true,"writeOnly":false,"$comment":"C","$defs":{},"x-mine":{"not":1},
                "type":"integer"}""");
    }

    @Test
    void refusesFormatsThatItDoesNotKnow() {
        assertThat(refusal("{\"type\":\"string\",\"format\":\"uri\"}").userMessage())
                .isEqualTo("the schema's keyword format at # is not "
                        + "supported: known formats are date, date-time, email, ipv4, time, uuid");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"(?=a)b | look-around", "(?<!a)b | look-around",
        "(?<n>a) | names",
        "(a)\\1 | \\1 is not supported", "\\bword | \\b is not supported", "\\p{L} | \\p is not supported",
        "a** | repetition of a repetition",
        "a++ | repetition of a repetition", "(a | not closed", "a) | has no meaning there", "[a | ends too early",
        "[z-a] | range of a class",
        "a{3,1} | not of the form", "a{,3} | needs a number", "*a | has no meaning there", "a^b | has no meaning there",
        "(^a) | has no meaning there", "(a$) | holds an anchor", "a$b | has no meaning there", "[[a]] | sets inside a class",
        "\\xZZ | hexadecimal digits", "\\ud800 | surrogate pair", "\\ | ends too early"})
    void refusesPatternsThatAreNotRegularOrNotOfTheSubset(String pattern, String message) {
        assertThat(refusal(schemaOfPattern(pattern)).userMessage()).contains("keyword pattern at # is not supported")
                .contains(message);
    }

    private static String schemaOfPattern(String pattern) {
        return Json.write(Map.of("type", "string", "pattern", pattern));
    }

    @ParameterizedTest
    @ValueSource(strings = {"((a{1,1000}){1,1000}){1,1000}", "(a|b)*a(a|b){30}", "(((((a{90}){90}){90}){90}){90})",
        "(){99999}(a*)*{0}",
        "^(?:[a-z]{0,99}){99}$", "(|){60000}((){60000}){60000}"})
    void refusesPatternsThatWouldCostTooMuch(String pattern) {
        assertThat(refusal(schemaOfPattern(pattern)).userMessage()).containsAnyOf("more than 4000 states",
                "repetition of a repetition");
    }

    @Test
    void refusesReferencesThatLeadOutOfTheSchema() {
        for (String reference : new String[] {"https://example.com/schema.json", "other.json#/a", "file:///etc/passwd",
            "#anchor"}) {
            assertThat(refusal("{\"$ref\":\"" + reference + "\"}").userMessage()).contains("$ref at #")
                    .contains("nothing is fetched");
        }
        assertThat(refusal("{\"$ref\":\"#/$defs/missing\"}").userMessage()).contains("there is no schema at that place");
        assertThat(refusal("{\"$ref\":\"#/title\",\"title\":\"x\"}").userMessage())
                .contains("there is no schema at that place");
        assertThat(refusal("{\"$ref\":\"#/%zz\"}").userMessage()).contains("percent sign");
        accepted(
                "{\"$ref\":\"#/$defs/a~1b%20c/prefixItems/0\",\"$defs\":{\"a/b c\":{\"prefixItems\":[{\"type\":\"null\"}]}}}");
    }

    @Test
    void refusesSchemasThatNeverEnd() {
        assertThat(
                refusal("{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#\"}},\"required\":[\"a\"]}").userMessage())
                .contains("allows no value").contains("without a way to end");
        assertThat(refusal("{\"type\":\"array\",\"items\":{\"$ref\":\"#\"},\"minItems\":1}").userMessage())
                .contains("allows no value");
        assertThat(refusal("{\"$ref\":\"#\"}").userMessage()).contains("refers to itself with nothing in between");
        assertThat(refusal("{\"anyOf\":[{\"type\":\"null\"},{\"$ref\":\"#\"}]}").userMessage()).contains("refers to itself");
        assertThat(refusal(
                "{\"$defs\":{\"a\":{\"$ref\":\"#/$defs/b\"},\"b\":{\"allOf\":[{\"$ref\":\"#/$defs/a\"}]}},\"$ref\":\"#/$defs/a\"}")
                .userMessage()).contains("refers to itself");
        accepted("{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#\"}}}");
        accepted("{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "{\"allOf\":[{\"type\":\"null\"},{\"type\":\"string\"}]}",
        "{\"type\":\"string\",\"enum\":[1]}",
        "{\"enum\":[1],\"const\":2}", "{\"type\":\"integer\",\"minimum\":2,\"maximum\":1}",
        "{\"type\":\"integer\",\"minimum\":1,\"maximum\":6,\"multipleOf\":7}",
        "{\"type\":\"number\",\"minimum\":2,\"exclusiveMaximum\":2}",
        "{\"type\":\"string\",\"minLength\":3,\"maxLength\":2}", "{\"type\":\"string\",\"minLength\":20000}",
        "{\"type\":\"string\",\"pattern\":\"^(ab)*$\",\"minLength\":3,\"maxLength\":3}",
        "{\"type\":\"string\",\"pattern\":\"^[]$\"}",
        "{\"type\":\"array\",\"minItems\":3,\"maxItems\":2}", "{\"type\":\"array\",\"items\":false,\"minItems\":1}",
        "{\"type\":\"object\",\"properties\":{\"a\":false},\"required\":[\"a\"]}",
        "{\"type\":\"object\",\"required\":[\"a\"],\"additionalProperties\":false}",
        "{\"type\":\"integer\",\"minimum\":1e30}"})
    void refusesSchemasThatAllowNothing(String schema) {
        assertThat(refusal(schema).userMessage()).contains("allows no value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"type\":\"text\"}", "{\"type\":[]}", "{\"properties\":[]}", "{\"required\":\"a\"}",
        "{\"minLength\":-1}",
        "{\"enum\":{}}", "{\"items\":[{}]}", "[]", "\"string\"", "{\"anyOf\":[]}", "{\"multipleOf\":0}", "{\"$ref\":1}",
        "{\"properties\":{\"a\":{\"pattern\":1}}}", "{\"exclusiveMinimum\":true,\"minimum\":1}"})
    void refusesWhatIsNoSchema(String schema) {
        assertThat(refusal(schema).userMessage()).startsWith("not a JSON Schema (2020-12): at #");
    }

    @Test
    void refusesHalvesOfSurrogatePairs() {
        assertThat(refusal("{\"const\":\"\\ud800\"}").userMessage()).contains("half of a surrogate pair");
    }

    @Test
    void refusesMultiplesThatItCannotKeepTo() {
        assertThat(refusal("{\"type\":\"number\",\"multipleOf\":0.01}").userMessage()).contains("needs the type integer");
        assertThat(refusal("{\"type\":\"integer\",\"multipleOf\":0.5}").userMessage()).contains("from 1 to 1000");
        assertThat(refusal("{\"type\":\"integer\",\"multipleOf\":1001}").userMessage()).contains("from 1 to 1000");
        accepted("{\"type\":\"integer\",\"multipleOf\":1000.0}");
    }

    @Test
    void refusesToJoinWhatItCannotJoinExactly() {
        assertThat(refusal("{\"allOf\":[{\"type\":\"string\",\"pattern\":\"a\"},{\"pattern\":\"b\"}]}").userMessage())
                .contains("keyword pattern at #").contains("different values");
        assertThat(refusal("""
                           {"allOf":[{"properties":{"a":true},"additionalProperties":false},{"properties":{"b":true}}]}""")
                .userMessage())
                .contains("keyword additionalProperties at #/allOf/0").contains("has the property b");
        assertThat(refusal("{\"enum\":[\"a\"],\"minLength\":1}").userMessage()).contains("keyword minLength at #")
                .contains("beside enum");
        assertThat(refusal("{\"properties\":{\"a\":{\"$id\":\"x\"}}}").userMessage()).contains("only the root");
    }

    @Test
    void refusesSchemasBeyondTheLimits() {
        String deep = "{\"items\":".repeat(60) + "true" + "}".repeat(60);
        assertThat(refusal(deep).userMessage()).contains("nested more than 48 deep");
        String values = IntStream.range(0, 1001).mapToObj(String::valueOf)
                .collect(Collectors.joining(",", "{\"enum\":[", "]}"));
        assertThat(refusal(values).userMessage()).contains("enum of more than 1000 values");
        String wide = IntStream.range(0, 501).mapToObj(i -> "\"p" + i + "\":true")
                .collect(Collectors.joining(",", "{\"properties\":{", "}}"));
        assertThat(refusal(wide).userMessage()).contains("more than 500 properties");
        String tooLong = "{\"const\":\"" + "x".repeat(65 * 1024) + "\"}";
        assertThat(refusal(tooLong).userMessage()).contains("longer than 64 KiB");
        assertThat(refusal(schemaOfPattern("a".repeat(1001))).userMessage()).contains("longer than 1000 characters");
        String two = "{\"anyOf\":[{\"type\":\"null\"},{\"type\":\"boolean\"}]}";
        String product = IntStream.range(0, 9).mapToObj(i -> "{\"anyOf\":[{\"type\":\"object\",\"required\":[\"a" + i
                + "\"]},{\"type\":\"object\",\"required\":[\"b" + i + "\"]}]}")
                .collect(Collectors.joining(",", "{\"allOf\":[", "]}"));
        assertThat(refusal(product).userMessage()).contains("more than 256 alternatives");
        accepted(two);
        String chain = IntStream.range(0, 100).mapToObj(i -> "\"d" + i + "\":{\"$ref\":\"#/$defs/d" + (i + 1) + "\"}")
                .collect(Collectors.joining(",", "{\"$defs\":{", ",\"d100\":true},\"$ref\":\"#/$defs/d0\"}"));
        assertThat(refusal(chain).userMessage()).contains("more than 64 references");
        String patterns = IntStream.range(0, 100)
                .mapToObj(i -> "\"p" + i + "\":{\"type\":\"string\",\"pattern\":\"^.{" + (900 + i) + "}$\"}")
                .collect(Collectors.joining(",", "{\"properties\":{", "}}"));
        assertThat(refusal(patterns).userMessage()).contains("more than 150000 states");
    }

    @Test
    void takesSchemasWithinTheLimits() {
        accepted(IntStream.range(0, 1000).mapToObj(String::valueOf).collect(Collectors.joining(",", "{\"enum\":[", "]}")));
        accepted(IntStream.range(0, 500).mapToObj(i -> "\"p" + i + "\":true")
                .collect(Collectors.joining(",", "{\"properties\":{",
                        "},\"additionalProperties\":{\"type\":\"null\"}}")));
        accepted("{\"items\":".repeat(30) + "true" + "}".repeat(30));
        accepted(schemaOfPattern("^[^\\n]{1,900}$"));
    }

    @Test
    void refusesSchemasThatTakeTooLongToCompile() {
        AtomicLong clock = new AtomicLong();
        String schema = schemaOfPattern("^(?:[a-z]{3}-){20}$");
        RbeesException refusal = catchThrowableOfType(RbeesException.class,
                () -> SchemaCompiler.compile(Walks.json(schema),
                        () -> clock.getAndAdd(GrammarLimits.COMPILE_TIME.toNanos())));
        assertThat(refusal.userMessage()).contains("takes more than 2000 ms to compile");
        accepted(schema);
    }

    @Test
    void showsNothingOfTheSchemaThatCouldHarmATerminal() {
        String message = refusal("{\"properties\":{\"\\u001b[31m" + "n".repeat(250) + "\":{\"\\u001b[0m\":1}}}")
                .userMessage();
        assertThat(message).doesNotContain("\u001b").hasSizeLessThan(600);
        assertThat(message.getBytes(StandardCharsets.UTF_8).length).isLessThan(700);
    }
}
