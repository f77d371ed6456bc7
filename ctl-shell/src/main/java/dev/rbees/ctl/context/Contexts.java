package dev.rbees.ctl.context;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.error.Suggestion;
import dev.rbees.cli.Printable;
import dev.rbees.home.AtomicFile;
import dev.rbees.home.LockFile;
import dev.rbees.home.RbeesHome;

/** The orchestrators that have a name here, as kubectl has its contexts. Each call reads the file. */
public final class Contexts {

    private static final String FILE = "contexts.toml";
    private static final String LOCK = ".contexts.lock";

    private final RbeesHome home;
    private final Path file;

    public Contexts(RbeesHome home) {
        this.home = home;
        this.file = home.root().resolve(FILE);
    }

    /** All of them, in the order in which they were set. */
    public List<OrchestratorContext> all() {
        return read().contexts();
    }

    /**
     * The one that holds where nobody says another; empty when there is none.
     *
     * @throws RbeesException NOT_FOUND when the file names one that is not in it
     */
    public Optional<OrchestratorContext> current() {
        ContextFile now = read();
        return now.current().map(name -> require(now, name));
    }

    /** The name of the one that holds where nobody says another, whether there is one of that name or not. */
    public Optional<String> currentName() {
        return read().current();
    }

    /** @throws RbeesException NOT_FOUND when there is none of this name */
    public OrchestratorContext require(String name) {
        return require(read(), name);
    }

    private static OrchestratorContext require(ContextFile now, String name) {
        return now.contexts().stream().filter(context -> context.name().equals(name)).findFirst()
                .orElseThrow(() -> new RbeesException(ErrorCode.NOT_FOUND, "no context '" + Printable.text(name) + "'"
                        + Suggestion.sentence(name, now.contexts().stream().map(OrchestratorContext::name).toList())
                        + "; 'rbees context list' shows them"));
    }

    /** Takes a context in, in place of one of the same name. */
    public void set(OrchestratorContext context) {
        Ids.require("name", context.name());
        change(now -> now.with(context));
    }

    /** Makes it the current one. */
    public void use(String name) {
        change(now -> now.using(require(now, name).name()));
    }

    /** Forgets it. */
    public void delete(String name) {
        change(now -> now.without(require(now, name).name()));
    }

    private void change(UnaryOperator<ContextFile> how) {
        home.open();
        try (LockFile _ = LockFile.acquire(home.root().resolve(LOCK), () -> {
        })) {
            AtomicFile.write(file, how.apply(read()).toToml());
        }
    }

    private ContextFile read() {
        try {
            String text = Files.readString(file);
            // why: whoever may write there could lead tokens elsewhere
            home.check();
            return ContextFile.parse(text, file.toString());
        } catch (NoSuchFileException _) {
            return ContextFile.EMPTY;
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot read " + file, e);
        }
    }
}
