package dev.rbees.shell.completion;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.home.RbeesHome;

import static org.assertj.core.api.Assertions.assertThat;

class NextWordsTest {

    @TempDir
    Path folder;

    private NextWords words;

    @BeforeEach
    void aMachine() throws Exception {
        Files.createDirectories(folder.resolve("models/tiny"));
        Files.createDirectories(folder.resolve("models/not a name"));
        Files.createDirectories(folder.resolve("workers"));
        Files.createFile(folder.resolve("workers/w-1.json"));
        Files.createFile(folder.resolve("workers/w-1.log"));
        Files.writeString(folder.resolve("pools.toml"), "[[pools]]\nid = \"cellar\"\nhost = \"box\"\n");
        Files.writeString(folder.resolve("ssh"), "# hosts\nHost box *.lan\n");
        CommandSpec stop = new CommandSpec("worker stop", "Stop", List.of(new ArgumentSpec("id", "which")
                .among(Candidates.WORKERS)), List.of(OptionSpec.optional("host", "host", "where").among(Candidates.HOSTS)),
                List.of());
        CommandSpec show = new CommandSpec("models show", "Show",
                List.of(new ArgumentSpec("form", "how").among(Candidates.of("long", "short")),
                        new ArgumentSpec("id", "which").among(Candidates.MODELS).several()),
                List.of(OptionSpec.flag("all", "more"), OptionSpec.optional("model", "id", "which")
                        .among(Candidates.KNOWN_MODELS)),
                List.of());
        CommandSpec take = new CommandSpec("models import", "Import",
                List.of(new ArgumentSpec("path", "where").among(Candidates.FILES)), List.of(), List.of());
        words = new NextWords(List.of(stop, show, take), new LocalWords(new RbeesHome(folder),
                Map.of("RBEES_SSH_CONFIG", folder.resolve("ssh").toString()), () -> List.of("known")));
    }

    private List<String> after(String line, String current) {
        List<String> typed = line.isEmpty() ? List.of() : List.of(line.split(" ", -1));
        return words.after(typed, current).words().stream().map(Word::text).toList();
    }

    @Test
    void commandsComeWordByWord() {
        assertThat(after("", "")).containsExactly("worker", "models", "help", "version");
        assertThat(after("models", "")).containsExactly("show", "import");
        assertThat(after("help models", "")).containsExactly("show", "import");
        assertThat(after("nonsense", "")).isEqualTo(after("", ""));
    }

    @Test
    void argumentsComeInTheirOrder() {
        assertThat(after("models show", "")).containsExactly("long", "short");
        assertThat(after("models show long", "")).containsExactly("tiny");
        assertThat(after("models show --all long tiny", "")).containsExactly("tiny");
        assertThat(after("worker stop w-1", "")).isEmpty();
    }

    @Test
    void optionsAndTheirValues() {
        assertThat(after("models show", "-")).containsExactly("--all", "--model", "--help");
        assertThat(after("models show --model", "")).containsExactly("known", "tiny");
        assertThat(after("models show -m", "")).containsExactly("known", "tiny");
        assertThat(after("models show", "--model=")).containsExactly("--model=known", "--model=tiny");
        assertThat(after("models show", "--other=")).isEmpty();
        assertThat(after("models show --model known", "")).containsExactly("long", "short");
        assertThat(after("models show --", "-")).containsExactly("long", "short");
        assertThat(after("worker stop --host", "")).containsExactly("cellar", "box");
    }

    @Test
    void filesAreForTheTerminalToList() {
        assertThat(words.after(List.of("models", "import"), "").files()).isTrue();
        assertThat(words.after(List.of("models", "show"), "").files()).isFalse();
    }

    @Test
    void whereNothingCanBeReadNothingIsOffered() {
        NextWords nowhere = new NextWords(List.of(new CommandSpec("stop", "Stop",
                List.of(new ArgumentSpec("id", "which").among(Candidates.WORKERS)), List.of(), List.of())),
                new LocalWords(new RbeesHome(folder.resolve("absent")), Map.of(), List::of));
        assertThat(nowhere.after(List.of("stop"), "").words()).isEmpty();
    }
}
