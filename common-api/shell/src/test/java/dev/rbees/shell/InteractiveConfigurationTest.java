package dev.rbees.shell;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.shell.core.InputReader;
import org.springframework.shell.core.command.Command;
import org.springframework.shell.core.command.CommandContext;
import org.springframework.shell.core.command.CommandExecutor;
import org.springframework.shell.core.command.CommandOption;
import org.springframework.shell.core.command.CommandParser;
import org.springframework.shell.core.command.CommandRegistry;
import org.springframework.shell.core.command.ExitStatus;

import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.Program;
import dev.rbees.cli.UsageException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class InteractiveConfigurationTest {

    private final RecordingConsole console = RecordingConsole.ofScript();
    private final Shell shell = new Shell(new Program("tool", "1"),
            new CommandSet("does things", List.of(echo("echo words"), echo("other"))), console.console());
    private AnnotationConfigApplicationContext context;
    private CommandRegistry registry;
    private CommandParser parser;

    /** Prints its argument and option between brackets. */
    private ShellCommand echo(String path) {
        CommandSpec spec = new CommandSpec(path, "Echo " + path, List.of(new ArgumentSpec("text", "what")),
                List.of(OptionSpec.optional("note", "text", "more"), OptionSpec.flag("loud", "louder")), List.of());
        return new ShellCommand(spec, line -> {
            console.console().out().println("[" + line.argument(0) + "][" + line.option("note", "") + "]");
            return 5;
        });
    }

    @BeforeEach
    void start() {
        context = new AnnotationConfigApplicationContext();
        context.registerBean(Shell.class, () -> shell);
        InteractiveConfiguration configuration = new InteractiveConfiguration();
        context.refresh();
        registry = configuration.commandRegistry(shell, new Foreground(console.console()),
                context.getBeanProvider(Command.class));
        parser = configuration.commandParser(shell);
    }

    @AfterEach
    void stop() {
        context.close();
    }

    private ExitStatus type(String line) throws Exception {
        return new CommandExecutor(registry).execute(new CommandContext(parser.parse(line), registry,
                new PrintWriter(Writer.nullWriter()), new InputReader() {
                }));
    }

    @Test
    void aTypedLineMeansWhatTheSameWordsMeanAsArgv() throws Exception {
        type("echo words 'hello \"world\"' --note \"it's\"");
        type("echo words --note -1 x");

        assertThat(console.out()).isEqualTo("[hello \"world\"][it's]\n[x][-1]\n");
    }

    @Test
    void theShellDoesNotTellAFailureASecondTime() throws Exception {
        assertThat(type("other x")).isEqualTo(ExitStatus.OK);
        assertThat(type("bogus")).isEqualTo(ExitStatus.OK);
        assertThat(console.err()).startsWith("error: unknown command 'bogus'\n");
    }

    @Test
    void helpAndGroupsWork() throws Exception {
        type("help echo words");
        type("echo --help");
        assertThat(console.out()).contains("Usage: tool echo words <text>").contains("Usage: tool echo <command>");
        type("echo");
        assertThat(console.err()).startsWith("Usage: tool echo <command>");
    }

    @Test
    void anOpenQuoteIsRefused() {
        assertThatThrownBy(() -> parser.parse("other 'x")).isInstanceOf(UsageException.class);
    }

    @Test
    void springShellKnowsOurCommandsForItsCompletion() {
        Command command = Objects.requireNonNull(registry.getCommandByName("echo words"));

        assertThat(command.getDescription()).isEqualTo("Echo echo words");
        assertThat(command.getOptions()).extracting(CommandOption::longName).containsExactly("note", "loud", "no-input",
                "no-color", "help");
        assertThat(registry.getCommandsByPrefix("")).extracting(Command::getName)
                .containsExactlyInAnyOrder("echo words", "other", "completion", "script", "help", "quit");
    }
}
