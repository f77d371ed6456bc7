package dev.rbees.worker.graph;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.testing.OnnxBuilder;
import dev.rbees.worker.testing.Proto;
import dev.rbees.worker.testing.TinyExport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Graphs of strangers. Every hostile one is a good one with one thing changed. */
class OnnxFileTest {

    private static final String DATA = "model.onnx_data";
    private static final int DATA_BYTES = 64;

    @TempDir
    Path root;
    private Path folder;

    @BeforeEach
    void makeFiles() throws IOException {
        folder = Files.createDirectory(root.resolve("model"));
        Files.write(folder.resolve(DATA), new byte[DATA_BYTES]);
        Files.write(root.resolve("secret"), new byte[DATA_BYTES]);
        Files.createDirectory(folder.resolve("inner"));
        Files.write(folder.resolve("inner").resolve("secret"), new byte[DATA_BYTES]);
    }

    private OnnxFile check(Proto model) throws IOException {
        return check(model.toBytes());
    }

    private OnnxFile check(byte[] model) throws IOException {
        return OnnxFile.check(Files.write(folder.resolve("model.onnx"), model));
    }

    private static Proto tensor(Proto... entries) {
        Proto tensor = new Proto().number(1, 4).number(2, 1).text(8, "w");
        for (Proto entry : entries) {
            tensor.message(13, entry);
        }
        return tensor.number(14, 1);
    }

    private static Proto at(String location) {
        return tensor(OnnxBuilder.entry("location", location));
    }

    private static Proto at(String location, String offset, String length) {
        return tensor(OnnxBuilder.entry("location", location), OnnxBuilder.entry("offset", offset),
                OnnxBuilder.entry("length", length));
    }

    /** A model whose graph holds this field. */
    private static Proto graph(int field, Proto value) {
        return OnnxBuilder.model(new Proto().text(2, "g").message(field, value));
    }

    private static Proto initializer(Proto tensor) {
        return graph(5, tensor);
    }

    private static Proto node(Proto attribute) {
        return graph(1, new Proto().text(2, "y").text(4, "Constant").message(5, attribute));
    }

    private static Proto attribute(int field, Proto value) {
        return new Proto().text(1, "value").message(field, value);
    }

    private static Proto ofDomain(String operator, String domain) {
        return new Proto().text(1, "x").text(2, "y").text(4, operator).text(7, domain);
    }

    @Test
    void takesTheGoodOnesOfWhichTheOthersAreMade() throws IOException {
        assertThat(check(initializer(at(DATA))).externalFiles()).containsExactly(folder.resolve(DATA));
        assertThat(check(initializer(at(DATA, "16", "48"))).bytes()).isGreaterThan(DATA_BYTES);
        check(initializer(at(DATA, "64", "0")));
        check(initializer(tensor(OnnxBuilder.entry("location", DATA), OnnxBuilder.entry("checksum", "abc"))));
        check(node(attribute(5, at(DATA))));
        check(node(attribute(6, new Proto().message(5, at(DATA)))));
        check(graph(15, new Proto().message(1, at(DATA)).message(2, at(DATA))));
        for (String domain : List.of("", "ai.onnx", "ai.onnx.ml", "com.microsoft")) {
            check(graph(1, ofDomain("MatMul", domain)));
        }
        check(nested(16));
        new TinyExport(true, true, true, true).write(folder, 1);
        OnnxFile file = OnnxFile.check(folder.resolve("model.onnx"));
        assertThat(file.inputs()).startsWith("input_ids", "attention_mask", "position_ids", "use_cache_branch");
        assertThat(file.outputs()).contains("logits", "present.1.value");
        assertThat(file.bytes()).isEqualTo(Files.size(folder.resolve("model.onnx")) + Files.size(folder.resolve(DATA)));
    }

    @Test
    void saysThatConstantsWereNotFetched() throws IOException {
        Files.writeString(folder.resolve(DATA),
                "version https://lfs.example/spec/v1\noid sha256:" + "0".repeat(64) + "\nsize 9\n");
        assertThatThrownBy(() -> check(initializer(at(DATA, "0", "4096"))))
                .hasMessageContaining(DATA + " is a pointer of Git's large-file storage");
    }

    /** Graphs inside one another. */
    private static Proto nested(int depth) {
        Proto inner = new Proto().text(2, "g");
        for (int i = 0; i < depth; i++) {
            inner = new Proto().message(1, new Proto().text(4, "If").message(5, attribute(6, inner)));
        }
        return OnnxBuilder.model(inner);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret", "..", ".", "a/../../secret", "inner/secret", "/etc/passwd", "..\\secret",
        "inner\\secret", "C:\\secret", "C:secret", "\\\\host\\share", "~/secret", "*/_ORT_MEM_ADDR_/*", "", " ", ".hidden",
        "model.onnx_data\0", "model.onnx_data\n", "\uFF0E\uFF0E/secret", "..\u2215secret", "\u202Emodel",
        "file:///etc/passwd", "http://host/x", "$HOME", "`id`", "-o", "NUL:", "model.onnx_data/", "./model.onnx_data",
        "%2e%2e%2fsecret"})
    void refusesLocationsThatAreNoPlainNames(String location) {
        assertRefused(initializer(at(location)), "is no plain name of a file beside it");
    }

    static Stream<Arguments> reachingOut() {
        Proto bad = at("../secret");
        String name = "no plain name";
        return Stream.of(Arguments.of("in a constant node", node(attribute(5, bad)), name),
                Arguments.of("in a list of tensors", node(attribute(10, bad)), name),
                Arguments.of("in a subgraph", node(attribute(6, new Proto().message(5, bad))), name),
                Arguments.of("in a list of subgraphs", node(attribute(11, new Proto().message(5, bad))), name),
                Arguments.of("in a node of a subgraph", node(attribute(6, new Proto().message(1,
                        new Proto().message(5, attribute(5, bad))))), name),
                Arguments.of("in sparse values", graph(15, new Proto().message(1, bad)), name),
                Arguments.of("in sparse indices", graph(15, new Proto().message(2, bad)), name),
                Arguments.of("in a sparse attribute", node(attribute(22, new Proto().message(1, bad))), name),
                Arguments.of("in a list of them", node(attribute(23, new Proto().message(1, bad))), name),
                Arguments.of("in a function", OnnxBuilder.model(new Proto()).message(25,
                        new Proto().message(7, new Proto().message(5, attribute(5, bad)))), name),
                Arguments.of("in a function's default", OnnxBuilder.model(new Proto()).message(25,
                        new Proto().message(11, attribute(5, bad))), name),
                Arguments.of("although it says that it lies inside", initializer(new Proto().message(13,
                        OnnxBuilder.entry("location", "../secret")).number(14, 0)), name),
                Arguments.of("without saying where it lies", initializer(new Proto().message(13,
                        OnnxBuilder.entry("location", "../secret"))), name));
    }

    static Stream<Arguments> wrongPlaces() {
        return Stream.of(Arguments.of("no location", initializer(tensor()), "without a location"),
                Arguments.of("only an offset", initializer(tensor(OnnxBuilder.entry("offset", "0"))), "without a location"),
                Arguments.of("a file that is not there", initializer(at("absent")), "no regular file absent"),
                Arguments.of("a folder", initializer(at("inner")), "inner is no regular file"),
                Arguments.of("an offset behind the end", initializer(at(DATA, "65", "0")), "which has 64"),
                Arguments.of("a length behind the end", initializer(at(DATA, "0", "65")), "which has 64"),
                Arguments.of("both", initializer(at(DATA, "32", "33")), "which has 64"),
                Arguments.of("a sum that overflows", initializer(at(DATA, "999999999999999999", "999999999999999999")),
                        "which has 64"),
                Arguments.of("more than 64 bits", initializer(at(DATA, "18446744073709551616", "1")), "is no number"),
                Arguments.of("a negative offset", initializer(at(DATA, "-1", "1")), "is no number"),
                Arguments.of("a negative length", initializer(at(DATA, "0", "-1")), "is no number"),
                Arguments.of("a hexadecimal offset", initializer(at(DATA, "0x10", "1")), "is no number"),
                Arguments.of("an empty offset", initializer(at(DATA, "", "1")), "is no number"),
                Arguments.of("an unknown key", initializer(tensor(OnnxBuilder.entry("location", DATA),
                        OnnxBuilder.entry("path", "/etc"))), "unknown key 'path'"),
                Arguments.of("two locations", initializer(tensor(OnnxBuilder.entry("location", DATA),
                        OnnxBuilder.entry("location", "../secret"))), "two entries of one name"),
                Arguments.of("two values of one entry", initializer(tensor(
                        OnnxBuilder.entry("location", DATA).text(2, "../secret"))), "field 2 twice"),
                Arguments.of("two keys of one entry", initializer(tensor(
                        OnnxBuilder.entry("checksum", "../secret").text(1, "location"))), "field 1 twice"),
                Arguments.of("two data locations", initializer(at(DATA).number(14, 0)), "field 14 twice"),
                Arguments.of("a tensor in two parts", node(attribute(5, at(DATA)).message(5, at(DATA))), "field 5 twice"),
                Arguments.of("a subgraph in two parts", node(attribute(6, new Proto()).message(6, new Proto())),
                        "field 6 twice"),
                Arguments.of("two graphs", OnnxBuilder.model(new Proto()).message(7, new Proto()), "field 7 twice"));
    }

    static Stream<Arguments> strangers() {
        Proto custom = ofDomain("Run", "my.operators");
        String stranger = "needs operators of 'my.operators'";
        return Stream.of(Arguments.of("a custom operator", graph(1, custom), stranger),
                Arguments.of("one in a subgraph", node(attribute(6, new Proto().message(1, custom))), stranger),
                Arguments.of("one in a function", OnnxBuilder.model(new Proto()).message(25, new Proto().message(7, custom)),
                        stranger),
                Arguments.of("a function of a stranger", OnnxBuilder.model(new Proto()).message(25,
                        new Proto().text(10, "my.operators")), stranger),
                Arguments.of("a second domain", graph(1, ofDomain("Run", "").text(7, "my.operators")), stranger),
                Arguments.of("a domain that looks alike", graph(1, ofDomain("Run", "ai.onnx ")), "needs operators of"),
                Arguments.of("letters of another alphabet", graph(1, ofDomain("Run", "\u0430i.onnx")), "of '?i.onnx'"),
                Arguments.of("a device's program", graph(1, ofDomain("EPContext", "com.microsoft")), "EPContext"),
                Arguments.of("training", OnnxBuilder.model(new Proto()).message(20, new Proto()), "is made for training"),
                Arguments.of("17 graphs inside one another", nested(17), "more than 16 graphs"),
                Arguments.of("3000 graphs inside one another", nested(3000), "more than 16 graphs"));
    }

    static Stream<Arguments> damages() {
        return Stream.of(Arguments.of("nothing", new Proto(), "it has no graph"),
                Arguments.of("a text", new Proto().raw('v', 'e', 'r', 's', 'i', 'o', 'n'), "damaged"),
                Arguments.of("a graph that is a number", new Proto().number(7, 1), "wire type 0 instead of 2"),
                Arguments.of("a number that is a text", initializer(new Proto().text(14, "1")), "wire type 2 instead of 0"),
                Arguments.of("a length behind the end", new Proto().raw(7 << 3 | 2, 0x7F),
                        "claims 127 bytes, but 0 are left"),
                Arguments.of("a length of 2^63", new Proto().raw(7 << 3 | 2).varint(Long.MIN_VALUE),
                        "claims 9223372036854775808"),
                Arguments.of("a length of 2^64 - 1", new Proto().raw(7 << 3 | 2).varint(-1), "claims 18446744073709551615"),
                Arguments.of("a number without an end", new Proto().raw(8, 0x80, 0x80), "ends inside a number"),
                Arguments.of("a number of 77 bits", new Proto().raw(8, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 1),
                        "more than 64 bits"),
                Arguments.of("a field 0", new Proto().raw(0, 0), "number 0"),
                Arguments.of("a field 2^29", new Proto().varint(1L << 32).varint(0), "number 536870912"),
                Arguments.of("a group", new Proto().raw(7 << 3 | 3), "wire type 3"),
                Arguments.of("the end of a group", new Proto().raw(7 << 3 | 4), "wire type 4"),
                Arguments.of("no wire type", new Proto().raw(7 << 3 | 7), "wire type 7"),
                Arguments.of("half of a fixed number", new Proto().raw(1 << 3 | 1, 1, 2, 3),
                        "claims 8 bytes, but 3 are left"),
                Arguments.of("a name that is no UTF-8",
                        graph(1, new Proto().bytes(7, new byte[] {(byte) 0xC0, (byte) 0xAF})),
                        "no UTF-8"),
                Arguments.of("a name of 5000 letters", graph(1, new Proto().text(7, "a".repeat(5000))), "5000 bytes"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"reachingOut", "wrongPlaces", "strangers", "damages"})
    void refuses(String what, Proto model, String reason) {
        assertRefused(model, reason);
    }

    private void assertRefused(Proto model, String reason) {
        assertThatThrownBy(() -> check(model)).isInstanceOf(RbeesException.class).hasMessageContaining(reason)
                .extracting(e -> ((RbeesException) e).code()).isEqualTo(ErrorCode.MODEL_LOAD_FAILED);
    }

    @Test
    void refusesLinksThatLeadOut() throws IOException {
        Files.createSymbolicLink(folder.resolve("soft"), root.resolve("secret"));
        Files.createSymbolicLink(folder.resolve("deep"), folder.resolve("inner").resolve("secret"));
        Files.createLink(folder.resolve("hard"), root.resolve("secret"));
        Files.createSymbolicLink(folder.resolve("own"), folder.resolve(DATA));
        Files.createSymbolicLink(folder.resolve("endless"), folder.resolve("endless"));
        assertRefused(initializer(at("soft")), "soft is a link");
        assertRefused(initializer(at("deep")), "deep is a link");
        assertRefused(initializer(at("hard")), "hard has several names (hard links)");
        assertRefused(initializer(at("endless")), "endless is a link");
        assertRefused(initializer(at("own")), "own is a link");
        Path good = folder.resolve("model.onnx");
        Files.createLink(root.resolve("second"), good);
        assertThatThrownBy(() -> OnnxFile.check(good)).hasMessageContaining("model.onnx has several names");
        Path link = Files.createSymbolicLink(folder.resolve("inner").resolve("model.onnx"), good);
        assertThatThrownBy(() -> OnnxFile.check(link)).hasMessageContaining("model.onnx is a link");
    }

    @Test
    void endsWithAnAnswerWhateverTheBytesAre() throws IOException {
        byte[] good = Files.readAllBytes(new TinyExport(true, false, true, true).write(folder, 1).resolve("model.onnx"));
        Random random = new Random(5);
        int refused = 0;
        for (int i = 0; i < 500; i++) {
            byte[] bytes = Arrays.copyOf(good, 1 + random.nextInt(good.length));
            for (int change = random.nextInt(6); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                check(bytes);
            } catch (RbeesException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.MODEL_LOAD_FAILED);
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(250);
    }
}
