package dev.rbees.shell.render;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.UsageException;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ListingTest {

    private record Row(String id, @Nullable String note, long sizeBytes, boolean here) {}

    private static final Listing<Row> ROWS = new Listing<>(Row::id, List.of(Column.text("ID", Row::id),
            Column.text("NOTE", Row::note), Column.number("SIZE", row -> Amounts.bytes(row.sizeBytes()))));
    private static final List<Row> TWO = List.of(new Row("smollm2-135m", null, 98_362_432, true),
            new Row("b", "größer ✓ \u001b[31mred\u202e\nline", 5, false));

    private static String print(OutputFormat format, List<Row> rows) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ROWS.print(new PrintStream(bytes, true, UTF_8), format, rows);
        return bytes.toString(UTF_8);
    }

    @Test
    void aTableIsAlignedAndFreeOfTerminalCommands() {
        assertThat(print(OutputFormat.TABLE, TWO))
                .isEqualTo("""
                           ID            NOTE                      SIZE
                           smollm2-135m  -                      98.4 MB
                           b             größer ✓ [31mred line      5 B
                           """);
    }

    private static String printTo(int columns, List<Row> rows) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ROWS.print(new TerminalStream(bytes, () -> columns), OutputFormat.TABLE, rows);
        return bytes.toString(UTF_8);
    }

    @Test
    void onATerminalTextsAreCutAtItsWidthButNeitherIdsNorNumbers() {
        assertThat(printTo(33, TWO)).isEqualTo("""
                                               ID            NOTE           SIZE
                                               smollm2-135m  -           98.4 MB
                                               b             größer ✓ …      5 B
                                               """);
        assertThat(printTo(10, TWO)).contains("smollm2-135m  -       98.4 MB\n").contains("größe…");
        assertThat(printTo(200, TWO)).isEqualTo(print(OutputFormat.TABLE, TWO));
        assertThat(printTo(0, TWO)).isEqualTo(print(OutputFormat.TABLE, TWO));
    }

    @Test
    void onATerminalWordsAreNeverCutAndSentencesGoOnInTheNextLine() {
        Listing<Row> findings = new Listing<>(Row::id, List.of(Column.text("CHECK", Row::id),
                Column.word("STATUS", _ -> "available"), Column.sentence("DETAIL", Row::note)));
        List<Row> rows = List.of(new Row("gpu", "the driver of the card is missing", 1, true),
                new Row("cpu", "fine", 1, true));
        ByteArrayOutputStream narrow = new ByteArrayOutputStream();
        findings.print(new TerminalStream(narrow, () -> 36), OutputFormat.TABLE, rows);
        assertThat(narrow.toString(UTF_8)).isEqualTo("""
                                                     CHECK  STATUS     DETAIL
                                                     gpu    available  the driver of the
                                                                       card is missing
                                                     cpu    available  fine
                                                     """);
        ByteArrayOutputStream pipe = new ByteArrayOutputStream();
        findings.print(new PrintStream(pipe, true, UTF_8), OutputFormat.TABLE, rows);
        assertThat(pipe.toString(UTF_8)).contains("gpu    available  the driver of the card is missing\n");
    }

    @Test
    void theWidestTextIsCutFirst() {
        record Pair(String id, String a, String b) {}
        Listing<Pair> pairs = new Listing<>(Pair::id,
                List.of(Column.text("ID", Pair::id), Column.text("A", Pair::a), Column.text("B", Pair::b)));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        pairs.print(new TerminalStream(bytes, () -> 25), OutputFormat.TABLE,
                List.of(new Pair("x", "12345678", "1234567890123456")));

        assertThat(bytes.toString(UTF_8)).isEqualTo("""
                                                    ID  A         B
                                                    x   12345678  1234567890…
                                                    """);
    }

    @Test
    void timesAreShownByTheirAge() {
        Instant now = Instant.parse("2026-11-27T12:00:00Z");
        Column<Duration> age = Column.age("AGE", now::minus, InstantSource.fixed(now));

        assertThat(age.show(Duration.ofMillis(59_900))).isEqualTo("59s ago");
        assertThat(age.show(Duration.ofMinutes(3))).isEqualTo("3m ago");
        assertThat(age.show(Duration.ofHours(47))).isEqualTo("47h ago");
        assertThat(age.show(Duration.ofHours(49))).isEqualTo("2d ago");
        assertThat(age.show(Duration.ofMinutes(-1))).isEqualTo("0s ago");
        assertThat(Column.<String>age("AGE", _ -> null, InstantSource.system()).show("x")).isEqualTo("-");
    }

    @Test
    void jsonHasTheRecordsAsTheyAre() {
        assertThat(print(OutputFormat.JSON, TWO)).isEqualTo("""
                                                            [ {
                                                              "id" : "smollm2-135m",
                                                              "size_bytes" : 98362432,
                                                              "here" : true
                                                            }, {
                                                              "id" : "b",
                                                              "note" : "größer ✓ \\u001B[31mred\u202e\\nline",
                                                              "size_bytes" : 5,
                                                              "here" : false
                                                            } ]
                                                            """);
    }

    @Test
    void yamlSaysTheSame() {
        assertThat(print(OutputFormat.YAML, TWO)).isEqualTo("""
                                                            - id: smollm2-135m
                                                              size_bytes: 98362432
                                                              here: true
                                                            - id: b
                                                              note: "größer ✓ \\e[31mred\u202e\\nline"
                                                              size_bytes: 5
                                                              here: false
                                                            """);
    }

    @Test
    void namesAreOnePerLine() {
        assertThat(print(OutputFormat.NAME, TWO)).isEqualTo("smollm2-135m\nb\n");
    }

    @Test
    void withoutRowsATableIsEmptyAndJsonAnEmptyArray() {
        assertThat(print(OutputFormat.TABLE, List.of())).isEmpty();
        assertThat(print(OutputFormat.NAME, List.of())).isEmpty();
        assertThat(print(OutputFormat.JSON, List.of()).strip()).matches("\\[ ?]");
        assertThat(print(OutputFormat.YAML, List.of())).isEqualTo("[]\n");
    }

    @ParameterizedTest
    @EnumSource
    void oneRecordIsAnObjectAndNoArray(OutputFormat format) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ROWS.printOne(new PrintStream(bytes, true, UTF_8), format, TWO.getFirst());

        assertThat(bytes.toString(UTF_8)).startsWith(switch (format) {
            case TABLE -> "ID            NOTE     SIZE\nsmollm2-135m  -     98.4 MB\n";
            case JSON -> "{\n  \"id\" : \"smollm2-135m\"";
            case YAML -> "id: smollm2-135m\n";
            case NAME -> "smollm2-135m\n";
        });
    }

    @Test
    void theFormatComesFromTheCommandLine() {
        CommandSpec spec = new CommandSpec("x", "x", List.of(), List.of(OutputFormat.OPTION), List.of());

        assertThat(OutputFormat.of(CommandLine.parse(spec, List.of()))).isEqualTo(OutputFormat.TABLE);
        assertThat(OutputFormat.of(CommandLine.parse(spec, List.of("--output", "json")))).isEqualTo(OutputFormat.JSON);
        assertThatThrownBy(() -> OutputFormat.of(CommandLine.parse(spec, List.of("--output=yml"))))
                .isInstanceOf(UsageException.class)
                .hasMessage("--output must be one of table, json, yaml, name (got 'yml'); did you mean 'yaml'?");
    }
}
