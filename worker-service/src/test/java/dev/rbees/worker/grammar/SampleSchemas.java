package dev.rbees.worker.grammar;

import java.util.List;

/** Schemas with instances that are valid and in the grammar, and others that are not. */
final class SampleSchemas {

    /** @param valid compact, in the order of the schema */
    record Sample(String name, String schema, List<String> valid, List<String> invalid) {
        @Override
        public String toString() {
            return name;
        }
    }

    static final List<Sample> ALL = List.of(
            new Sample("object",
                    """
                    {"type":"object","properties":{"name":{"type":"string","maxLength":12},"age":{"type":"integer","minimum":0,
                    "maximum":150},"tags":{"type":"array","items":{"enum":["a","b","é\\"x"]},"maxItems":3}},"required":["name","age"],
                    "additionalProperties":false}""",
                    List.of("{\"name\":\"Ann\",\"age\":0}",
                            "{\"name\":\"é😀\\n\\u0041\",\"age\":150,\"tags\":[\"a\",\"é\\\"x\"]}",
                            "{\"name\":\"\",\"age\":99,\"tags\":[]}", "{\"name\":\"123456789012\",\"age\":7}"),
                    List.of("{\"name\":\"Ann\"}", "{\"age\":1,\"name\":\"Ann\"}", "{\"name\":\"Ann\",\"age\":151}",
                            "{\"name\":\"1234567890123\",\"age\":7}", "{\"name\":\"Ann\",\"age\":1,\"x\":1}",
                            "{\"name\":\"Ann\",\"age\":1,}",
                            "{\"name\":\"Ann\",\"age\":1,\"tags\":[\"a\",\"a\",\"a\",\"a\"]}",
                            "{\"name\":\"Ann\",\"age\":1,\"tags\":[\"c\"]}", "{\"name\":\"Ann\",\"age\":-1}")),
            new Sample("optional properties",
                    """
                    {"properties":{"a":{"type":"boolean"},"b":{"type":"null"},"c":{"const":{"x":[1,2.5,"y"]}}}}""",
                    List.of("{}", "{\"a\":true}", "{\"b\":null}", "{\"a\":false,\"c\":{\"x\":[1,2.5,\"y\"]}}",
                            "{\"a\":true,\"b\":null}"),
                    List.of("{\"b\":null,\"a\":true}", "{,}", "{\"a\":true,}", "{\"a\":1}", "[]", "{\"d\":1}")),
            new Sample("other properties",
                    """
                    {"type":"object","properties":{"id":{"type":"integer","multipleOf":7,"minimum":-50,"maximum":50},"ideal":{"const":1}},
                    "required":["id"],"additionalProperties":{"type":"string","maxLength":3}}""",
                    List.of("{\"id\":0}", "{\"id\":-49,\"ideal\":1,\"i\":\"x\"}",
                            "{\"id\":49,\"ide\":\"\",\"ids\":\"abc\",\"é\":\"\"}",
                            "{\"id\":7,\"\":\"\",\"\\n\\u0001\":\"\"}"),
                    List.of("{\"id\":1}", "{\"id\":56}", "{\"id\":7,\"id\":\"x\"}", "{\"id\":7,\"ideal\":\"x\"}",
                            "{\"id\":7,\"x\":\"abcd\"}",
                            "{\"id\":7,\"i\\u0064\":\"x\"}")),
            new Sample("any other properties",
                    """
                    {"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":true}""",
                    List.of("{}", "{\"a\":1}", "{\"b\":[]}", "{\"a\":1,\"b\":{\"a\":\"x\"},\"c\":null}"),
                    List.of("{\"a\":\"x\"}", "{\"b\":1,\"a\":2}")),
            new Sample("required but not named", """
                                                 {"type":"object","properties":{"a":{"type":"integer"}},"required":["b"]}""",
                    List.of("{\"b\":[1]}", "{\"a\":1,\"b\":null}"), List.of("{}", "{\"a\":1}", "{\"b\":1,\"a\":1}")),
            new Sample("alternatives",
                    """
                    {"anyOf":[{"type":"object","properties":{"kind":{"const":"a"},"x":{"type":"number"}},"required":["kind","x"]},
                    {"type":"object","properties":{"kind":{"const":"ab"},"y":{"type":"string","maxLength":5}},"required":["kind","y"]},
                    {"type":["integer","null"]}]}""",
                    List.of("{\"kind\":\"a\",\"x\":-1.5e10}", "{\"kind\":\"ab\",\"y\":\"\"}", "null", "12", "0", "-3"),
                    List.of("{\"kind\":\"a\",\"y\":\"\"}", "-0", "01", "1.5", "\"x\"", "{\"kind\":\"abc\"}", "--1")),
            new Sample("recursive",
                    """
                    {"$defs":{"node":{"type":"object","properties":{"value":{"type":"integer"},"children":{"type":"array","maxItems":2,
                    "items":{"$ref":"#/$defs/node"}},"next":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]}},
                    "required":["value","next"]}},"$ref":"#/$defs/node"}""",
                    List.of("{\"value\":1,\"next\":null}",
                            "{\"value\":1,\"children\":[{\"value\":2,\"next\":null}],\"next\":{\"value\":3,\"next\":null}}"),
                    List.of("{\"value\":1}", "{\"value\":1,\"next\":{}}", "{\"value\":1,\"next\":[]}")),
            new Sample("arrays",
                    """
                    {"type":"array","prefixItems":[{"type":"integer"},{"enum":["x","y"]}],"items":{"type":"boolean"},"minItems":3,
                    "maxItems":5}""",
                    List.of("[1,\"x\",true]", "[0,\"y\",true,false,true]", "[-5,\"y\",true,false]"),
                    List.of("[]", "[1]", "[1,\"x\"]", "[1,\"x\",true,true,true,true]", "[\"x\",1,true]", "[1,\"x\",true,]")),
            new Sample("tuple",
                    """
                    {"type":"array","prefixItems":[{"type":"integer"},{"type":"null"}],"minItems":1,"maxItems":2}""",
                    List.of("[1]", "[1,null]"), List.of("[]", "[1,null,1]", "[null]")),
            new Sample("counted arrays",
                    """
                    {"type":"array","items":{"type":"array","items":{"enum":[0,1,10]},"minItems":1,"maxItems":2},"minItems":2,"maxItems":3}""",
                    List.of("[[0],[1,10]]", "[[0],[1,10],[10,10]]"),
                    List.of("[[0]]", "[[0],[]]", "[[0],[1],[1],[1]]", "[[0],[1,1,1]]")),
            new Sample("many items", """
                                     {"type":"array","items":{"const":1},"minItems":40,"maxItems":60}""",
                    List.of("[" + "1,".repeat(39) + "1]", "[" + "1,".repeat(59) + "1]"),
                    List.of("[" + "1,".repeat(38) + "1]", "[" + "1,".repeat(60) + "1]")),
            new Sample("lengths", """
                                  {"type":"string","minLength":2,"maxLength":4}""",
                    List.of("\"ab\"", "\"漢字漢字\"", "\"😀\\ud83d\\ude00\\n\\u0000\"", "\"\\\"\\\\\\/\""),
                    List.of("\"a\"", "\"abcde\"", "\"\\ud83d\\ude00\"", "\"ab\\ud83d\"", "\"ab\\ude00\"", "ab")),
            new Sample("pattern", """
                                  {"type":"string","pattern":"^(?:ab|[c-fé]{2,3}|\\\\d+\\\\.\\\\d?)$"}""",
                    List.of("\"ab\"", "\"cdé\"", "\"éé\"", "\"123.\"", "\"1.5\""),
                    List.of("\"a\"", "\"abab\"", "\"c\"", "\".5\"", "\"\"")),
            new Sample("pattern that stands anywhere, with lengths",
                    """
                    {"type":"string","pattern":"ab","minLength":4,"maxLength":6}""",
                    List.of("\"abab\"", "\"xxab\"", "\"éé\\nab\\\"\""), List.of("\"ab\"", "\"xxxx\"", "\"xxxxxab\"")),
            new Sample("pattern and lengths that fit rarely",
                    """
                    {"type":"string","pattern":"^(abc)*(xy)?$","minLength":4,"maxLength":7}""",
                    List.of("\"abcxy\"", "\"abcabc\""), List.of("\"abc\"", "\"abcabcxy\"", "\"xy\"", "\"abcabcabc\"")),
            new Sample("negated classes", """
                                          {"type":"string","pattern":"^[^a\\"\\\\\\\\]\\\\S\\\\W$","maxLength":3}""",
                    List.of("\"bb-\"", "\"\\u0000é\\\"\"", "\"\\t漢😀\""),
                    List.of("\"a--\"", "\"b -\"", "\"bbb\"", "\"\\\\b-\"")),
            new Sample("date", "{\"type\":\"string\",\"format\":\"date\"}",
                    List.of("\"2024-02-29\"", "\"2023-12-31\"", "\"2000-02-29\"", "\"1999-04-30\""),
                    List.of("\"2023-02-29\"", "\"1900-02-29\"", "\"2023-04-31\"", "\"2023-13-01\"", "\"2023-1-1\"")),
            new Sample("date and time", "{\"type\":\"string\",\"format\":\"date-time\"}",
                    List.of("\"2024-02-29T23:59:59Z\"", "\"2024-01-01T00:00:00.123+05:30\""),
                    List.of("\"2024-01-01\"", "\"2024-01-01T24:00:00Z\"", "\"2024-01-01T00:00:00\"")),
            new Sample("time", "{\"type\":\"string\",\"format\":\"time\"}", List.of("\"12:00:00Z\"", "\"00:00:00.5-01:00\""),
                    List.of("\"12:00\"", "\"12:60:00Z\"")),
            new Sample("uuid", "{\"type\":\"string\",\"format\":\"uuid\"}",
                    List.of("\"123e4567-E89b-12d3-a456-426614174000\""),
                    List.of("\"123e4567e89b12d3a456426614174000\"", "\"\"")),
            new Sample("ipv4", "{\"type\":\"string\",\"format\":\"ipv4\"}", List.of("\"0.0.0.0\"", "\"255.249.199.99\""),
                    List.of("\"256.0.0.0\"", "\"1.2.3\"", "\"01.2.3.4\"")),
            new Sample("email", "{\"type\":\"string\",\"format\":\"email\",\"pattern\":\"\\\\.(?:com|net)$\"}",
                    List.of("\"a.b+c@mail.example.com\"", "\"x@y.net\""),
                    List.of("\"@x.de\"", "\"a@b\"", "\"a..b@c.de\"")),
            new Sample("format and pattern", "{\"type\":\"string\",\"format\":\"ipv4\",\"pattern\":\"^10\\\\.\"}",
                    List.of("\"10.0.0.1\""), List.of("\"11.0.0.1\"", "\"10.0.0\"")),
            new Sample("integers of a range", "{\"type\":\"integer\",\"exclusiveMinimum\":-13,\"maximum\":1234.5}",
                    List.of("-12", "-9", "0", "9", "1000", "1234"),
                    List.of("-13", "1235", "2000", "12345", "-0", "1.0", "00")),
            new Sample("negative integers", "{\"type\":\"integer\",\"maximum\":-5,\"minimum\":-120,\"multipleOf\":5}",
                    List.of("-5", "-120", "-100", "-15"), List.of("5", "-4", "-125", "0", "-6")),
            new Sample("large integers",
                    "{\"type\":\"integer\",\"minimum\":99999,\"maximum\":999999999999999,\"multipleOf\":13}",
                    List.of("100009", "999999999999988"), List.of("99998", "100000", "13", "1000000000000001")),
            new Sample("numbers of a range", "{\"type\":\"number\",\"minimum\":0,\"maximum\":1}",
                    List.of("0", "1", "0.5", "0.999999", "1.0", "1.000", "0.0"),
                    List.of("1.1", "-0.1", "2", "1.001", "1e0", "01", ".5")),
            new Sample("numbers between decimals",
                    "{\"type\":\"number\",\"exclusiveMinimum\":-2.25,\"exclusiveMaximum\":13.5}",
                    List.of("-2.24", "-2", "-0.0", "0", "13.4999", "12", "13", "7.25", "-2.2499"),
                    List.of("-2.25", "-2.3", "13.5", "14", "13.50", "-3", "-2.250", "100")),
            new Sample("negative numbers", "{\"type\":\"number\",\"minimum\":-10.5,\"exclusiveMaximum\":0}",
                    List.of("-10.5", "-0.1", "-0.001", "-10.50", "-3"), List.of("0", "-0", "-0.0", "-10.51", "1", "-11")),
            new Sample("joined",
                    """
                    {"allOf":[{"type":"object","properties":{"a":{"type":"number"},"b":{"type":"string"}},"required":["a"]},
                    {"properties":{"a":{"type":["integer","string"],"minimum":3},"b":{"maxLength":2}},"required":["b"]}]}""",
                    List.of("{\"a\":3,\"b\":\"xy\"}"), List.of("{\"a\":3}", "{\"a\":2,\"b\":\"\"}", "{\"a\":3.5,\"b\":\"\"}",
                            "{\"a\":3,\"b\":\"xyz\"}")),
            new Sample("alternatives of what is required",
                    """
                    {"type":"object","properties":{"a":{"const":1},"b":{"const":2}},"anyOf":[{"required":["a"]},{"required":["b"]}],
                    "additionalProperties":false}""",
                    List.of("{\"a\":1}", "{\"b\":2}", "{\"a\":1,\"b\":2}"), List.of("{}", "{\"a\":2}")),
            new Sample("enum of all kinds", """
                                            {"enum":["a","ab","abc",1,12,true,null,[1,{"x":"y"}],{}, 0.5]}""",
                    List.of("\"a\"", "\"ab\"", "1", "12", "true", "null", "[1,{\"x\":\"y\"}]", "{}", "0.5"),
                    List.of("\"b\"", "2", "false", "[]", "\"abcd\"", "0")),
            new Sample("anything", "{\"type\":[\"string\",\"array\",\"boolean\"],\"maxItems\":2,\"maxLength\":3}",
                    List.of("\"abc\"", "[{},[\"abcd\"]]", "true", "[]"), List.of("\"abcd\"", "[1,2,3]", "1", "null")),
            new Sample("exactly one",
                    """
                    {"oneOf":[{"type":"integer"},{"type":"string","enum":["x"]},{"$ref":"#/definitions/b"}],
                    "definitions":{"b":{"type":"boolean","title":"B"}}}""",
                    List.of("1", "\"x\"", "false"), List.of("\"y\"", "null")));

    private SampleSchemas() {}
}
