package dev.rbees.pool.checkout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.OutsideProgram;
import dev.rbees.pool.model.Folders;

/** The work tree of git in which the running installation lies. */
public final class Checkout {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int LONGEST_ANSWER = 4 * 1024 * 1024;
    private static final String NEXT = "-next";

    private final Optional<Path> installation;
    private final OutsideProgram programs;
    private final StreamedProgram streamed;

    /** @param streamed passes on what git and Maven say */
    public Checkout(Optional<Path> installation, Map<String, String> environment, StreamedProgram streamed) {
        this.installation = installation;
        this.programs = new OutsideProgram(environment, LIMIT, LONGEST_ANSWER);
        this.streamed = streamed;
    }

    /**
     * What is checked out. Asks nobody on the network.
     *
     * @throws RbeesException CONFLICT when this pool does not run from a checkout, or git does not work
     */
    public CheckoutStatus status() {
        Path root = root();
        return CheckoutStatus.read(root.toString(), git(root, "status", "--porcelain=v2", "--branch"));
    }

    /**
     * Gets what is new and goes forward to it; own commits and changes are never merged or lost.
     *
     * @throws RbeesException as above, and CONFLICT when git cannot go forward
     */
    public CheckoutStatus pull() {
        streamed.run(root(), false, "git", List.of("pull", "--ff-only"));
        return status();
    }

    /**
     * Builds the distribution beside the one that runs, and puts it in its place when it is complete. Programs that run go on
     * with their old files.
     *
     * @return the folder of the distribution
     * @throws RbeesException as above, and CONFLICT when the build fails
     */
    public Path build() {
        Path root = root();
        Path target = root.resolve("deploy/target");
        Path next = target.resolve("rbees" + NEXT);
        streamed.run(root, false, "mvn", List.of("-q", "-B", "package", "-DskipTests", "-Ddistribution.suffix=" + NEXT));
        if (!Files.isExecutable(next.resolve("bin/rbees-pool"))) {
            throw new RbeesException(ErrorCode.CONFLICT, "the build made no " + next.resolve("bin/rbees-pool"));
        }
        Path place = target.resolve("rbees");
        Path before = target.resolve("rbees-before");
        try {
            Folders.delete(before);
            if (Files.exists(place)) {
                Files.move(place, before, StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(next, place, StandardCopyOption.ATOMIC_MOVE);
            Folders.delete(before);
            return place;
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot put " + next + " in the place of " + place
                    + "; do it by hand", e);
        }
    }

    /** The top of the work tree, which must be one of rbees. */
    private Path root() {
        Path folder = installation.orElseThrow(() -> new RbeesException(ErrorCode.CONFLICT,
                "cannot tell where rbees is installed; set RBEES_INSTALL to the folder that holds bin/rbees-workerd"));
        Optional<Path> top = programs.ask(folder, "git", "rev-parse", "--show-toplevel").filter(OutsideProgram.Answer::done)
                .map(answer -> Path.of(answer.output().strip())).filter(Checkout::isOurs);
        return top.orElseThrow(() -> new RbeesException(ErrorCode.CONFLICT, "rbees is installed at " + folder
                + ", which lies in no checkout of rbees; these commands are for pools that run from deploy/target/rbees of a"
                + " clone. Install a new version over the old one instead"));
    }

    /** why: a home folder that is kept in git is a checkout of something else. */
    private static boolean isOurs(Path top) {
        try {
            return Files.readString(top.resolve("pom.xml")).contains("<artifactId>rbees</artifactId>");
        } catch (IOException _) {
            return false;
        }
    }

    private String git(Path root, String... arguments) {
        return programs.ask(root, "git", arguments).filter(OutsideProgram.Answer::done).map(OutsideProgram.Answer::output)
                .orElseThrow(() -> new RbeesException(ErrorCode.CONFLICT, "git does not work in " + root
                        + "; see what it says: git -C '" + root + "' status"));
    }
}
