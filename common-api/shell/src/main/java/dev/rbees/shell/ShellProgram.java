package dev.rbees.shell;

import java.util.List;
import java.util.Map;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;

import dev.rbees.api.error.ExitCode;
import dev.rbees.cli.Program;

/** Starts a CLI. */
public final class ShellProgram {

    /** Name of the file of typed lines. */
    static final String HISTORY = "history";

    private static final Map<String, Object> SETTINGS = Map.of(
            // why: its runner is replaced by ours, which works for terminals and scripts alike
            "spring.shell.interactive.enabled", "false",
            "spring.shell.history.name", HISTORY,
            "spring.shell.command.help.enabled", "false",
            "spring.shell.command.version.enabled", "false",
            "spring.shell.command.script.enabled", "false");

    private ShellProgram() {}

    /**
     * Runs what argv says, or the interactive shell.
     *
     * @param application the configuration, which imports {@link ShellConfiguration} and has a {@link CommandSet}
     * @return the exit code
     */
    public static int run(Class<?> application, Program named, String[] argv) {
        // why: it would try every logging library there is, one after the other
        System.setProperty("org.apache.commons.logging.LogFactory", "org.apache.commons.logging.impl.Slf4jLogFactory");
        Console console = Console.ofProcess();
        Invocation invocation = new Invocation(named.calledAs(console.environment()), List.of(argv));
        SpringApplication program = new SpringApplication(application);
        if (invocation.interactive(console)) {
            program.addPrimarySources(List.of(InteractiveConfiguration.class));
        }
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
            context.getBeanFactory().registerSingleton("console", console);
            context.getBeanFactory().registerSingleton("invocation", invocation);
        }));
        try {
            // why: not closed, because the process ends now, and closing would build what was never used
            return program.run().getBean(ShellStart.class).getExitCode();
        } catch (RuntimeException e) {
            console.say(Dispatcher.fault(invocation.program(), e));
            return ExitCode.FAILED.code();
        }
    }
}
