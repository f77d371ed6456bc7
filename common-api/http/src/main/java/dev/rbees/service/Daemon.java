package dev.rbees.service;

import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ConfigurableApplicationContext;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.Printable;
import dev.rbees.cli.Program;
import dev.rbees.cli.UsageException;
import dev.rbees.home.Environment;
import dev.rbees.home.SecretFile;

/**
 * How a program that serves HTTP starts: its command line is read, its server opened, and what goes wrong is one line on
 * stderr and an exit code.
 *
 * @param <S> its settings
 * @param program its name
 * @param spec what its command line takes; {@code --help} comes on top, and {@code --version} works without being checked
 * @param settings reads command line and environment
 * @param application the Spring application, which takes in {@link HttpEdge}; its beans find the settings
 */
public record Daemon<S extends Daemon.Listening>(Program program, CommandSpec spec,
        BiFunction<CommandLine, Map<String, String>, S> settings, Class<?> application) {

    /** What Spring is told when neither the program nor its settings say otherwise. */
    public static final Map<String, Object> DEFAULTS = Map.of("spring.main.banner-mode", "off",
            "spring.main.log-startup-info", "false", "spring.jmx.enabled", "false",
            "spring.http.codecs.max-in-memory-size", Json.MAX_BODY_BYTES + "B");

    /** Settings that say where to listen. */
    public interface Listening {
        String bind();

        int port();

        /** Who may use it. */
        default Access access() {
            return Access.LOOPBACK;
        }

        /** How many connections it holds, and for how long it waits for their clients. */
        default ConnectionLimits connections() {
            return ConnectionLimits.usual();
        }

        /** What it proves with who it is; empty where it speaks in the clear. */
        default Optional<Tls> tls() {
            return Optional.empty();
        }
    }

    /**
     * What a server proves with who it is.
     *
     * @param certificate PEM file with the certificate and its chain
     * @param key PEM file with its private key, which nobody else may read
     */
    public record Tls(Path certificate, Path key) {

        /** @throws RbeesException FORBIDDEN when one of them cannot be read, or others may read the key */
        public static Tls of(Path certificate, Path key) {
            if (!Files.isReadable(certificate)) {
                throw new RbeesException(ErrorCode.FORBIDDEN,
                        "the certificate " + certificate + " cannot be read: is it there?");
            }
            SecretFile.require(key, "the private key");
            return new Tls(certificate.toAbsolutePath(), key.toAbsolutePath());
        }
    }

    /**
     * Starts the program; it then runs on threads of its own.
     *
     * @param serving called when the server is open
     * @return 0, or the exit code with which the process is to end
     */
    public int start(List<String> args, Map<String, String> environment, Consumer<ConfigurableApplicationContext> serving) {
        return start(args, environment, Optional.empty(), serving);
    }

    /**
     * The same for a program with work that can go on while the server is opened.
     *
     * @param early begins the work; what it returns is found by the beans of the application
     */
    public int start(List<String> args, Map<String, String> environment, Function<S, ?> early,
            Consumer<ConfigurableApplicationContext> serving) {
        return start(args, environment, Optional.of(early), serving);
    }

    private int start(List<String> args, Map<String, String> environment, Optional<Function<S, ?>> early,
            Consumer<ConfigurableApplicationContext> serving) {
        return run(args, environment,
                settings -> serving.accept(open(application, settings, environment, early.map(begin -> begin))));
    }

    /**
     * Reads the command line, and runs the program with what it says.
     *
     * @param work what the program does; may {@link #open} applications, and returns when the process may end, or goes on by itself
     * @return 0, or the exit code with which the process is to end
     */
    public int run(List<String> args, Map<String, String> environment, Consumer<S> work) {
        try {
            if (args.contains("--version")) {
                System.out.println(program.versionLine());
                return 0;
            }
            CommandLine line = CommandLine.parse(spec, args);
            if (line.help()) {
                System.out.print(spec.help(program.name()));
                return 0;
            }
            work.accept(settings.apply(line, environment));
            return 0;
        } catch (UsageException e) {
            System.err.println("error: " + Printable.line(e.userMessage()) + "\nTry '" + program.name() + " --help'.");
            return ExitCode.USAGE.code();
        } catch (RbeesException e) {
            System.err.println("error: " + Printable.line(e.userMessage()));
            return e.code().exitCode().code();
        }
    }

    /** Configures the log; for a program that has something to say before it opens its first application. */
    public void beginLog(Map<String, String> environment) {
        LogFormat.of(environment).begin();
    }

    /**
     * Opens an application at the program's address.
     *
     * @param served the application
     * @param bean something that its beans find, besides the settings
     */
    public ConfigurableApplicationContext open(Class<?> served, S read, Map<String, String> environment, Object bean) {
        return open(served, read, environment, Optional.of(_ -> bean));
    }

    private ConfigurableApplicationContext open(Class<?> served, S read, Map<String, String> environment,
            Optional<Function<S, ?>> early) {
        SpringApplication spring = new SpringApplication(served);
        // why: a hook of Spring would run beside those of libraries; the programs end in an order of their own
        spring.setRegisterShutdownHook(false);
        spring.setAddCommandLineProperties(false);
        Map<String, Object> properties = new HashMap<>(DEFAULTS);
        properties.put("server.port", read.port());
        properties.put("server.address", read.bind());
        properties.put("logging.config", LogFormat.of(environment).location());
        read.tls().ifPresent(tls -> {
            properties.put("server.ssl.certificate", tls.certificate().toUri().toString());
            properties.put("server.ssl.certificate-private-key", tls.key().toUri().toString());
        });
        spring.setDefaultProperties(properties);
        spring.addInitializers(context -> {
            ConfigurableListableBeanFactory beans = context.getBeanFactory();
            beans.registerSingleton("settings", read);
            // why: not before, because until here there is no log
            early.ifPresent(begin -> beans.registerSingleton("early", begin.apply(read)));
        });
        try {
            ConfigurableApplicationContext context = spring.run();
            Environment.warnings(environment).forEach(LoggerFactory.getLogger(application)::warn);
            return context;
        } catch (RuntimeException e) {
            throw failure(e, read.port());
        }
    }

    private RuntimeException failure(RuntimeException thrown, int port) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof RbeesException known) {
                return known;
            }
            if (cause instanceof PortInUseException || cause instanceof BindException) {
                return new UsageException("--port " + port + " is in use by another program; choose another");
            }
        }
        // why: Spring believes that it has told this fault itself
        LoggerFactory.getLogger(application).error("{} cannot start", program.name(), thrown);
        return thrown;
    }
}
