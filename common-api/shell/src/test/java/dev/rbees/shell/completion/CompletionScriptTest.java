package dev.rbees.shell.completion;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.shell.completion.CompletionScript.Shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The scripts, in the shells that they are for. */
class CompletionScriptTest {

    private static final OptionSpec OUTPUT = OptionSpec.optional("output", "format", "it's the form")
            .among(Candidates.of("table", "json"));
    private static final List<CommandSpec> SPECS = List.of(
            spec("models list", List.of(), OUTPUT),
            spec("models show", List.of(new ArgumentSpec("id", "which").among(Candidates.MODELS).several()), OUTPUT),
            spec("models fetch", List.of(new ArgumentSpec("id", "which").among(Candidates.KNOWN_MODELS))),
            spec("models import", List.of(new ArgumentSpec("path", "where").among(Candidates.FILES)),
                    OptionSpec.optional("name", "text", "how")),
            spec("worker spawn", List.of(new ArgumentSpec("backend", "what").among(Candidates.of("cpu", "cuda"))),
                    OptionSpec.required("model", "id", "which").among(Candidates.MODELS)),
            spec("worker stop", List.of(new ArgumentSpec("id", "which").among(Candidates.WORKERS)),
                    OptionSpec.optional("host", "host", "where").among(Candidates.HOSTS)),
            spec("status", List.of()));

    @TempDir
    Path folder;

    private static CommandSpec spec(String path, List<ArgumentSpec> arguments, OptionSpec... options) {
        return new CommandSpec(path, "Summary: of " + path, arguments, List.of(options), List.of());
    }

    @BeforeEach
    void aMachineWithModelsAndWorkers() throws Exception {
        for (String model : List.of("models/tiny", "models/large", "models/$(touch pwned)")) {
            Files.createDirectories(folder.resolve(model));
        }
        Files.createDirectories(folder.resolve("workers"));
        for (String file : List.of("w-1.json", "w-1.log", "x.y.json")) {
            Files.createFile(folder.resolve("workers").resolve(file));
        }
        Files.writeString(folder.resolve("ssh"), "Host box *.lan\n  User me\nhost gpu\n");
        Files.writeString(folder.resolve("pools.toml"),
                "[[pools]]\nid = \"cellar\" # low\nhost = \"box\"\n[[pools]]\n  id='attic'\n[[pools]]\nid = \"$(touch pwned)\"\n");
        Files.createFile(folder.resolve("weights.gguf"));
    }

    /** The words that the shell offers at the end of the line. */
    private List<String> complete(Shell shell, String line) throws Exception {
        Path script = folder.resolve("completion." + shell);
        Files.writeString(script, new CompletionScript(shell, "the-tool", SPECS, List.of("known")).text());
        return switch (shell) {
            case BASH -> run("bash", "-c", """
                                           source "$1"
                                           COMP_WORDS=($2); [[ $2 == *' ' ]] && COMP_WORDS+=('')
                                           COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                                           $(complete -p the-tool | sed -E 's/.*-F ([^ ]+).*/\\1/') the-tool
                                           printf '%s\\n' "${COMPREPLY[@]}"
                                           """, "bash", script.toString(), line);
            case ZSH -> run("zsh", "-f", harness().toString(), script.toString(), line);
            case FISH -> run("fish", "-c", "source $argv[1]; complete -C $argv[2]", script.toString(), line).stream()
                    .map(offer -> offer.replaceFirst("\t.*", "")).toList();
        };
    }

    private Path harness() throws Exception {
        Path file = folder.resolve("complete.zsh");
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("complete.zsh"))) {
            Files.write(file, in.readAllBytes());
        }
        return file;
    }

    private List<String> run(String... command) throws Exception {
        assumeTrue(Stream.of(System.getenv("PATH").split(":", -1)).anyMatch(
                place -> Files.isExecutable(Path.of(place, command[0]))), command[0] + " is not installed");
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("RBEES_HOME", folder.toString());
        builder.environment().put("RBEES_SSH_CONFIG", folder.resolve("ssh").toString());
        builder.environment().put("HOME", folder.toString());
        builder.redirectOutput(folder.resolve("out").toFile()).redirectError(folder.resolve("err").toFile());
        Process process = builder.start();
        process.getOutputStream().close();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(folder.resolve("err")).hasContent("");
        return Files.readAllLines(folder.resolve("out")).stream().filter(word -> !word.isBlank()).distinct().sorted()
                .toList();
    }

    private void offers(Shell shell, String line, String... words) throws Exception {
        assertThat(complete(shell, line)).as(shell + ": " + line).containsExactlyInAnyOrder(words);
    }

    @ParameterizedTest
    @EnumSource
    void commandsAndOptionsAreCompleted(Shell shell) throws Exception {
        offers(shell, "the-tool ", "models", "worker", "status", "help", "version");
        offers(shell, "the-tool worker sp", "spawn");
        offers(shell, "the-tool help worker st", "stop");
        offers(shell, "the-tool models list --", "--output", "--help");
        offers(shell, "the-tool models list ");
    }

    @ParameterizedTest
    @EnumSource
    void fixedValuesAreCompleted(Shell shell) throws Exception {
        offers(shell, "the-tool worker spawn ", "cpu", "cuda");
        offers(shell, "the-tool worker spawn --model tiny cu", "cuda");
        offers(shell, "the-tool models list --output ", "table", "json");
        offers(shell, "the-tool models list -o j", "json");
        offers(shell, "the-tool models list --output=j",
                shell == Shell.ZSH ? "json" : "--output=json");
    }

    @ParameterizedTest
    @EnumSource
    void whatThisMachineHasIsCompleted(Shell shell) throws Exception {
        List<String> models = new ArrayList<>(complete(shell, "the-tool models show "));
        models.remove("$(touch pwned)");
        assertThat(models).containsExactly("large", "tiny");
        offers(shell, "the-tool models show large t", "tiny");
        offers(shell, "the-tool models show tiny -- l", "large");
        offers(shell, "the-tool worker spawn cpu -m t", "tiny");
        offers(shell, "the-tool models fetch k", "known");
        offers(shell, "the-tool worker stop ", "w-1", "x.y");
        offers(shell, "the-tool worker stop --host ", "attic", "box", "cellar", "gpu");
        offers(shell, "the-tool models import we", "weights.gguf");
        assertThat(folder.resolve("pwned")).doesNotExist();
    }

    @Test
    void bashCompletesTheWordsAsItSplitsThemItself() throws Exception {
        offers(Shell.BASH, "the-tool models list --output = j", "json");
    }

    @Test
    void theScriptOfZshAlsoWorksAsAFileOfItsOwn() {
        String text = new CompletionScript(Shell.ZSH, "the-tool", SPECS, List.of()).text();
        assertThat(text).startsWith("#compdef the-tool\n").doesNotContainPattern("@[A-Z]+@");
    }
}
