package dev.rbees.shell;

import java.io.IOException;

import org.jline.reader.History;
import org.jline.reader.LineReader;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.shell.core.autoconfigure.SpringShellAutoConfiguration;
import org.springframework.shell.core.command.Command;
import org.springframework.shell.core.command.CommandParser;
import org.springframework.shell.core.command.CommandRegistry;
import org.springframework.shell.core.config.UserConfigPathProvider;
import org.springframework.shell.core.utils.Utils;
import org.springframework.shell.jline.CommandCompleter;
import org.springframework.shell.jline.CommandHighlighter;
import org.springframework.shell.jline.PromptProvider;

import dev.rbees.home.RbeesHome;
import dev.rbees.shell.completion.LocalWords;
import dev.rbees.shell.completion.NextWords;

/** Spring Shell, and what it needs from us. Only there when a person sits at a terminal. */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration(SpringShellAutoConfiguration.class)
class InteractiveConfiguration {

    /** The commands, which read what is typed while they run through the terminal of the prompt. */
    @Bean
    Shell shell(Invocation invocation, CommandSource source, Console console, RbeesHome home, Terminal terminal) {
        Console attended = console.reading(new TerminalInput(terminal));
        return new Shell(invocation.program(), source.commands(attended, home), attended);
    }

    @Bean
    Foreground foreground(Console console) {
        return new Foreground(console);
    }

    /** why: the default one searches the class path for annotated commands. */
    @Bean
    CommandRegistry commandRegistry(Shell shell, Foreground foreground, ObjectProvider<Command> builtIn) {
        CommandRegistry registry = new CommandRegistry();
        shell.table().commands()
                .forEach(command -> registry
                        .registerCommand(new SpringCommand(command.spec(), shell.dispatcher(), foreground)));
        registry.registerCommand(SpringCommand.help(shell.dispatcher(), foreground));
        builtIn.forEach(registry::registerCommand);
        registry.registerCommand(Utils.QUIT_COMMAND);
        return registry;
    }

    @Bean
    CommandCompleter commandCompleter(CommandRegistry registry, Shell shell, RbeesHome home, Console console) {
        NextWords words = new NextWords(shell.table().commands().stream().map(ShellCommand::spec).toList(),
                new LocalWords(home, console.environment(), CompletionCommand::catalog));
        return new LineCompleter(registry, words, InteractiveShell.OWN_WORDS);
    }

    @Bean
    PromptProvider promptProvider(Invocation invocation) {
        return () -> new AttributedString(invocation.program().name() + "> ");
    }

    @Bean
    CommandParser commandParser(Shell shell) {
        return new TypedLines(shell.table(), InteractiveShell.BUILT_IN);
    }

    @Bean
    CommandHighlighter commandHighlighter(CommandRegistry registry, Invocation invocation, Console console) {
        boolean plain = GlobalOptions.noColor(invocation.words(), console.environment());
        return new CommandHighlighter(registry) {
            @Override
            public AttributedString highlight(LineReader reader, String buffer) {
                return plain ? new AttributedString(buffer) : super.highlight(reader, buffer);
            }
        };
    }

    /** why: that of JLine can be read by everybody, and keeps prompts. */
    @Bean
    History history(RbeesHome home) throws IOException {
        return PrivateHistory.in(home.open().root().resolve(ShellProgram.HISTORY));
    }

    /** Where the history lies. */
    @Bean
    UserConfigPathProvider userConfigPathProvider(RbeesHome home) {
        return () -> home.open().root();
    }

    @Bean
    InteractiveShell interactiveShell(LineReader reader, PromptProvider prompt, CommandParser parser,
            CommandRegistry registry, Foreground foreground) {
        return new InteractiveShell(reader, prompt, parser, registry, foreground);
    }

    /** Takes the place of Spring Shell's own runner, which would look for a command in argv. */
    @Bean
    ApplicationRunner applicationRunner(InteractiveShell shell) {
        return _ -> {
            try (shell) {
                shell.run();
            }
        };
    }
}
