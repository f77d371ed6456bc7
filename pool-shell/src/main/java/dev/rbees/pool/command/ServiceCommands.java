package dev.rbees.pool.command;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.WorkerDetails;
import dev.rbees.cli.CommandLine;
import dev.rbees.home.Environment;
import dev.rbees.home.RbeesHome;
import dev.rbees.pool.process.WorkerFleet;
import dev.rbees.pool.service.Service;
import dev.rbees.pool.service.ServiceFiles;
import dev.rbees.shell.Console;
import dev.rbees.shell.process.Installation;

/** {@code service …}. */
record ServiceCommands(WorkerFleet fleet, RbeesHome home, Console console) {

    /** Variables that a worker reads, and by which its launcher finds Java. */
    private static final List<String> VARIABLES = List.of(Environment.API_TOKEN_FILE, Environment.CA_FILE,
            Environment.LOG_FORMAT, "RBEES_JAVA_HOME", "JAVA_HOME");

    int install(CommandLine line) {
        ServiceFiles files = ServiceFiles.ofUser(line.option("directory").map(Path::of));
        List<WorkerDetails> workers = chosen(line);
        for (WorkerDetails worker : workers) {
            Service service = service(worker);
            if (line.flag("print")) {
                console.out().print(files.manager().file(service, files.root()));
                console.out().flush();
            } else {
                Path file = files.write(service);
                console.out().println(file);
                console.out().flush();
                console.say("to hand " + worker.worker().workerId() + " over, run:");
                Stream.concat(Stream.of("rbees-pool worker stop " + worker.worker().workerId()),
                        files.manager().enable(file, files.root()).stream()).forEach(step -> console.say("  " + step));
            }
        }
        return ExitCode.OK.code();
    }

    int uninstall(CommandLine line) {
        ServiceFiles files = ServiceFiles.ofUser(line.option("directory").map(Path::of));
        List<Path> removed = ids(line).stream().flatMap(id -> files.remove(id).stream()).toList();
        if (removed.isEmpty()) {
            throw new RbeesException(ErrorCode.WORKER_NOT_FOUND, "there is no file of such a worker in " + files.folder()
                    + "; name the worker with --worker, and its folder with --directory");
        }
        removed.forEach(file -> {
            console.out().println(file);
            console.out().flush();
            console.say("removed; if the worker runs, end it with:");
            files.manager().disable(file, files.root()).forEach(step -> console.say("  " + step));
        });
        return ExitCode.OK.code();
    }

    private List<WorkerDetails> chosen(CommandLine line) {
        List<String> ids = ids(line);
        if (ids.isEmpty()) {
            throw new RbeesException(ErrorCode.WORKER_NOT_FOUND,
                    "there is no worker that could become a service; start one as it"
                            + " is to be: rbees-pool worker spawn <backend> --model <id>");
        }
        return ids.stream().map(fleet::details).toList();
    }

    private List<String> ids(CommandLine line) {
        List<String> named = line.options("worker");
        return named.isEmpty() ? fleet.ids() : named;
    }

    private Service service(WorkerDetails worker) {
        if (worker.arguments().isEmpty()) {
            throw new RbeesException(ErrorCode.CONFLICT, worker.worker().workerId()
                    + " was started by an older version, which did not write down how; stop it and start it again");
        }
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("HOME", System.getProperty("user.home"));
        environment.put(Environment.HOME, home.root().toString());
        VARIABLES.forEach(name -> Optional.ofNullable(console.environment().get(name)).filter(value -> !value.isBlank())
                .ifPresent(value -> environment.put(name, value)));
        // why: an upgrade removes the folder of a version some time
        Path program = Installation.lasting(fleet.program());
        return new Service(worker.worker().workerId(), program, worker.arguments(), environment, Path.of(worker.log()));
    }
}
