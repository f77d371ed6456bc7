package dev.rbees.service.testing;

import java.util.List;
import java.util.Map;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.Program;
import dev.rbees.service.Daemon;
import dev.rbees.service.ErrorFormat;
import dev.rbees.service.HttpEdge;
import dev.rbees.service.TerminationSignal;

/** The smallest program that serves HTTP as ours do; it says on stdout when it serves and when it ends. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(HttpEdge.class)
public class SmallDaemon {

    private static final CommandSpec SPEC = new CommandSpec("", "Answers.", List.of(),
            List.of(OptionSpec.required("port", "number", "port to listen on"), OptionSpec.flag("broken", "does not start"),
                    OptionSpec.flag("version", "show the version")),
            List.of("small --port 8001"));

    /** How it was started. */
    public record Settings(String bind, int port, boolean broken) implements Daemon.Listening {
        static Settings of(CommandLine line, Map<String, String> environment) {
            return new Settings("127.0.0.1", line.integer("port", 1, 65535).orElseThrow(), line.flag("broken"));
        }
    }

    /** What the JSON dialect makes of it is {@code {"snake_case":…}}, absent when null. */
    public record Names(String snakeCase) {}

    public static void main(String[] args) {
        int code = new Daemon<>(new Program("small", "1.2.3"), SPEC, Settings::of, SmallDaemon.class)
                .start(List.of(args), System.getenv(), _ -> {
                    TerminationSignal.handle(() -> {
                        System.out.println("ends");
                        Runtime.getRuntime().halt(0);
                    });
                    System.out.println("serves");
                });
        if (code != 0) {
            System.exit(code);
        }
    }

    @Bean
    ErrorFormat errorFormat(Settings settings) {
        if (settings.broken()) {
            throw new RbeesException(ErrorCode.NOT_FOUND, "there is nothing to serve");
        }
        return ErrorFormat.NATIVE;
    }

    /** Its two paths. */
    @RestController
    static class Paths {
        @PostMapping("/names")
        Names names(@RequestBody Names names) {
            return names;
        }

        @GetMapping("/fault")
        String fault() {
            throw new IllegalStateException("a detail that callers must not see");
        }
    }
}
