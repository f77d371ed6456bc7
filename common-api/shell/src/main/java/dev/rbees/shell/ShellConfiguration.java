package dev.rbees.shell;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.rbees.home.RbeesHome;

/** The shell of a program, for its configuration to import; the program gives a {@link CommandSet}. All beans are lazy. */
@Configuration(proxyBeanMethods = false)
public class ShellConfiguration {

    @Bean
    RbeesHome rbeesHome(Console console) {
        return RbeesHome.of(console.environment());
    }

    @Bean
    CommandTable commandTable(CommandSet set) {
        return new CommandTable(set.commands());
    }

    @Bean
    Dispatcher dispatcher(Invocation invocation, CommandSet set, CommandTable table, Console console) {
        return new Dispatcher(invocation.program(), set.summary(), table, console);
    }

    /** Takes the place of Spring Shell's own runner, whose one-shot mode loses exit codes and quotes. */
    @Bean
    ShellStart shellStart(Invocation invocation, Dispatcher dispatcher, Console console,
            ObjectProvider<InteractiveShell> interactive) {
        return new ShellStart(invocation, dispatcher, console, interactive);
    }
}
