package dev.rbees.shell;

import java.util.List;
import java.util.Map;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;

import dev.rbees.api.error.ExitCode;
import dev.rbees.home.RbeesHome;

/** Starts Spring Shell around the commands. */
final class InteractiveStart {

    private static final Map<String, Object> SETTINGS = Map.of(
            // why: its runner is replaced by ours, whose errors and exit codes are those of a single command
            "spring.shell.interactive.enabled", "false",
            "spring.shell.history.name", ShellProgram.HISTORY,
            "spring.shell.command.help.enabled", "false",
            "spring.shell.command.version.enabled", "false",
            "spring.shell.command.script.enabled", "false");

    private InteractiveStart() {}

    /** Reads and runs lines until the person has had enough. */
    static int run(Invocation invocation, CommandSource source, Console console, RbeesHome home) {
        // why: it would try every logging library there is, one after the other
        System.setProperty("org.apache.commons.logging.LogFactory", "org.apache.commons.logging.impl.Slf4jLogFactory");
        SpringApplication program = new SpringApplication(InteractiveConfiguration.class);
        program.setWebApplicationType(WebApplicationType.NONE);
        program.setBannerMode(Banner.Mode.OFF);
        program.setLogStartupInfo(false);
        program.setLazyInitialization(true);
        program.setAddCommandLineProperties(false);
        program.setRegisterShutdownHook(false);
        program.setDefaultProperties(SETTINGS);
        // why: they look for files and set up logging, which we do not want from the current directory, nor the time
        program.setListeners(List.of());
        program.setInitializers(List.of(context -> {
            ConfigurableListableBeanFactory beans = context.getBeanFactory();
            beans.registerSingleton("console", console);
            beans.registerSingleton("invocation", invocation);
            beans.registerSingleton("rbeesHome", home);
            beans.registerSingleton("commandSource", source);
        }));
        // why: the context is not closed, because the process ends now, and closing would build what was never used
        program.run();
        return ExitCode.OK.code();
    }
}
