package dev.rbees.ctl.daemon;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.home.AtomicFile;
import dev.rbees.home.LockFile;
import dev.rbees.home.RbeesHome;
import dev.rbees.shell.process.BackgroundProgram;
import dev.rbees.shell.process.ProcessLog;
import dev.rbees.shell.process.ProcessMark;

/** Starts the orchestrator of this installation in the background, and finds it again. */
public final class OrchestratorDaemon {

    private static final String PROGRAM = "rbees-orcd";
    private static final String JAVA_OPTIONS = "RBEES_JAVA_OPTS";
    /** why: any text may stand in a system property, and a process of Java shows its command line. */
    private static final String RUN = "-Drbees.run=";
    /** In the path of its program, and of no other of rbees. */
    private static final String JAR = "/orchestrator-service-";
    private static final String ERROR = "error: ";
    private static final int LAST_WORDS = 64 * 1024;

    private final RbeesHome home;
    private final Map<String, String> environment;
    private final InstantSource clock;

    public OrchestratorDaemon(RbeesHome home, Map<String, String> environment, InstantSource clock) {
        this.home = home;
        this.environment = Map.copyOf(environment);
        this.clock = clock;
    }

    /** An orchestrator that was started, and where its log began then. */
    public record Started(OrchestratorRecord orchestrator, long logFrom) {}

    /** The one that was started here last and not stopped since, in the process that runs it now, if any does. */
    public Optional<OrchestratorRecord> find() {
        return read().map(orchestrator -> orchestrator.alive() ? orchestrator : now(orchestrator));
    }

    /** why: whoever started it may have been ended before it could write the process down. */
    private static OrchestratorRecord now(OrchestratorRecord orchestrator) {
        String word = RUN + orchestrator.run();
        // why: what the orchestrator starts inherits its environment, and so the word
        ProcessMark process = ProcessMark.byCommandLine(words -> words.contains(word)
                && words.stream().anyMatch(each -> each.contains(JAR)) ? Optional.of(word) : Optional.empty()).get(word);
        return process == null ? orchestrator : orchestrator.in(process);
    }

    /**
     * Starts it; it is not ready yet then.
     *
     * @param arguments of {@code rbees-orcd}
     * @throws RbeesException CONFLICT when one runs already, INTERNAL when it cannot be started
     */
    public Started start(List<String> arguments) {
        home.open();
        try (LockFile _ = LockFile.acquire(home.root().resolve(".orchestrator.start"), () -> {
        })) {
            find().filter(OrchestratorRecord::alive).ifPresent(running -> {
                throw new RbeesException(ErrorCode.CONFLICT, "the orchestrator runs already, at " + running.url() + ", pid "
                        + running.pid() + "; 'rbees orchestrator stop' ends it");
            });
            String run = UUID.randomUUID().toString();
            OrchestratorRecord begins = new OrchestratorRecord(run, 0, "", ListeningAddress.of(arguments),
                    clock.instant().truncatedTo(ChronoUnit.MILLIS), arguments);
            long from = size(logFile());
            Map<String, String> marked = new HashMap<>(environment);
            marked.merge(JAVA_OPTIONS, RUN + run, (given, ours) -> given + " " + ours);
            BackgroundProgram program = new BackgroundProgram(PROGRAM, marked, ErrorCode.INTERNAL);
            program.find();
            write(begins);
            Process process = program.start(arguments, logFile());
            OrchestratorRecord begun = begins
                    .in(ProcessMark.of(process.pid()).orElseGet(() -> new ProcessMark(process.pid(), "")));
            write(begun);
            return new Started(begun, from);
        }
    }

    /** Asks it to end, or makes it; a process that took over its number is left alone. */
    public void signal(OrchestratorRecord orchestrator, boolean force) {
        orchestrator.mark().handle().ifPresent(force ? ProcessHandle::destroyForcibly : ProcessHandle::destroy);
    }

    /** Forgets the one that has ended; its log stays. */
    public void forget() {
        try {
            Files.deleteIfExists(recordFile());
        } catch (IOException e) {
            throw AtomicFile.unwritable(recordFile(), e);
        }
    }

    /**
     * What it has written, also one that was stopped.
     *
     * @throws RbeesException NOT_FOUND when none was ever started here
     */
    public ProcessLog log() {
        if (!Files.exists(logFile())) {
            throw new RbeesException(ErrorCode.NOT_FOUND,
                    "there is no log: 'rbees orchestrator start' has started none yet in " + home.root());
        }
        return new ProcessLog(logFile(), () -> find().filter(OrchestratorRecord::alive).isPresent());
    }

    /** The last error line that one has written; empty when it has written none. */
    public Optional<String> lastError(Started started) {
        try (RandomAccessFile log = new RandomAccessFile(logFile().toFile(), "r")) {
            long from = started.logFrom() > log.length() ? 0 : started.logFrom();
            log.seek(Math.max(from, log.length() - LAST_WORDS));
            byte[] words = new byte[(int) (log.length() - log.getFilePointer())];
            log.readFully(words);
            return new String(words, StandardCharsets.UTF_8).lines().filter(line -> line.startsWith(ERROR))
                    .reduce((_, last) -> last).map(line -> line.substring(ERROR.length()));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /** Where its log lies. */
    public Path logFile() {
        return home.root().resolve("orchestrator.log");
    }

    private Path recordFile() {
        return home.root().resolve("orchestrator.json");
    }

    private void write(OrchestratorRecord orchestrator) {
        AtomicFile.write(recordFile(), Json.writePretty(orchestrator) + "\n");
    }

    private Optional<OrchestratorRecord> read() {
        try {
            return Optional.of(Json.read(Files.readString(recordFile()), OrchestratorRecord.class));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException | RbeesException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, recordFile()
                    + " is no record of an orchestrator; delete it, and end the process by hand if it still runs", e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException _) {
            return 0;
        }
    }
}
