package dev.rbees.shell;

import java.io.IOException;

import org.jline.reader.History;
import org.jline.reader.LineReader;
import org.jline.utils.AttributedString;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.shell.core.autoconfigure.SpringShellAutoConfiguration;
import org.springframework.shell.core.command.Command;
import org.springframework.shell.core.command.CommandParser;
import org.springframework.shell.core.command.CommandRegistry;
import org.springframework.shell.core.config.UserConfigPathProvider;
import org.springframework.shell.core.utils.Utils;
import org.springframework.shell.jline.CommandHighlighter;
import org.springframework.shell.jline.PromptProvider;

import dev.rbees.home.RbeesHome;

/** Spring Shell, and what it needs from us. Only there when a person sits at a terminal. */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration(SpringShellAutoConfiguration.class)
class InteractiveConfiguration {

    /** why: the default one searches the class path for annotated commands. */
    @Bean
    CommandRegistry commandRegistry(CommandTable table, Dispatcher dispatcher, ObjectProvider<Command> builtIn) {
        CommandRegistry registry = new CommandRegistry();
        table.commands().forEach(command -> registry.registerCommand(new SpringCommand(command.spec(), dispatcher)));
        registry.registerCommand(SpringCommand.help(dispatcher));
        builtIn.forEach(registry::registerCommand);
        registry.registerCommand(Utils.QUIT_COMMAND);
        return registry;
    }

    @Bean
    PromptProvider promptProvider(Invocation invocation) {
        return () -> new AttributedString(invocation.program().name() + "> ");
    }

    @Bean
    CommandParser commandParser(CommandTable table) {
        return new TypedLines(table, InteractiveShell.BUILT_IN);
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
            CommandRegistry registry) {
        return new InteractiveShell(reader, prompt, parser, registry);
    }
}
