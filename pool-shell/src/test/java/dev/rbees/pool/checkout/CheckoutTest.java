package dev.rbees.pool.checkout;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.SearchPath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class CheckoutTest {

    @TempDir
    Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private final List<String> said = new ArrayList<>();
    private Path origin;
    private Path clone;

    @BeforeEach
    void makeClone() throws Exception {
        assumeTrue(SearchPath.find("git", System.getenv()).isPresent(), "no git");
        folder = folder.toRealPath();
        environment.put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        environment.put("HOME", folder.toString());
        environment.put("GIT_CONFIG_NOSYSTEM", "1");
        Files.createDirectories(folder.resolve("bin"));
        origin = Files.createDirectories(folder.resolve("origin"));
        clone = folder.resolve("clone");
        git(origin, "init", "-q", "-b", "main");
        commit("pom.xml", "<project><artifactId>rbees</artifactId></project>");
        git(folder, "clone", "-q", origin.toString(), clone.toString());
        Files.createDirectories(installation());
    }

    private void git(Path where, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("git", "-c", "user.name=a", "-c", "user.email=a@b.invalid"));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).directory(where.toFile()).inheritIO();
        builder.environment().putAll(environment);
        assertThat(builder.start().waitFor()).isZero();
    }

    private void commit(String file, String content) throws Exception {
        Files.writeString(origin.resolve(file), content);
        git(origin, "add", ".");
        git(origin, "commit", "-q", "-m", "change " + file);
    }

    private Path installation() {
        return clone.resolve("deploy/target/rbees");
    }

    private Checkout checkout(Path installation) {
        return new Checkout(Optional.of(installation), environment, new StreamedProgram(environment, said::add));
    }

    @Test
    void showsWhatIsCheckedOut() throws Exception {
        Files.writeString(clone.resolve("a new file"), "x");
        Files.writeString(clone.resolve("pom.xml"), "<artifactId>rbees</artifactId> changed");

        CheckoutStatus status = checkout(installation()).status();

        assertThat(status.path()).isEqualTo(clone.toString());
        assertThat(status.branch()).isEqualTo("main");
        assertThat(status.upstream()).isEqualTo("origin/main");
        assertThat(status.commit()).matches("[0-9a-f]{40}");
        assertThat(status.changed()).containsExactlyInAnyOrder("pom.xml", "a new file");
    }

    @Test
    void readsBranchesThatDifferAndRenamedFiles() {
        CheckoutStatus status = CheckoutStatus.read("/x", """
                                                          # branch.oid 0123456789012345678901234567890123456789
                                                          # branch.head (detached)
                                                          # branch.ab +2 -3
                                                          2 R. N... 100644 100644 100644 aa bb R100 new name\told name
                                                          u UU N... 100644 100644 100644 100644 aa bb cc both
                                                          """);

        assertThat(status).isEqualTo(new CheckoutStatus("/x", null, "0123456789012345678901234567890123456789", null, 2, 3,
                List.of("new name", "both")));
    }

    @Test
    void pullsForwardAndNeverMerges() throws Exception {
        commit("news", "1");
        CheckoutStatus status = checkout(installation()).pull();
        assertThat(status.behind()).isZero();
        assertThat(clone.resolve("news")).hasContent("1");

        commit("news", "2");
        Files.writeString(clone.resolve("own"), "x");
        git(clone, "add", "own");
        git(clone, "commit", "-q", "-m", "own");
        RbeesException refused = catchThrowableOfType(RbeesException.class, () -> checkout(installation()).pull());
        assertThat(refused).hasMessageContaining("'git pull --ff-only' failed");
        assertThat(String.join("\n", said)).contains("fast-forward");
        assertThat(clone.resolve("news")).hasContent("1");
    }

    @Test
    void refusesWhatIsNoCheckoutOfRbees() throws Exception {
        Path elsewhere = Files.createDirectories(folder.resolve("opt/rbees"));
        RbeesException refused = catchThrowableOfType(RbeesException.class, () -> checkout(elsewhere).status());
        assertThat(refused.code()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(refused).hasMessageContaining(elsewhere + ", which lies in no checkout of rbees");

        Files.writeString(clone.resolve("pom.xml"), "<artifactId>another</artifactId>");
        assertThat(catchThrowableOfType(RbeesException.class, () -> checkout(installation()).build()))
                .hasMessageContaining("no checkout of rbees");
    }

    @Test
    void buildsBesideTheRunningProgramsAndTakesTheirPlaceWhenComplete() throws Exception {
        Files.writeString(installation().resolve("old"), "x");
        maven("mkdir -p deploy/target/rbees-next/bin; touch deploy/target/rbees-next/bin/rbees-pool\n"
                + "chmod +x deploy/target/rbees-next/bin/rbees-pool; echo \"$@\"");

        assertThat(checkout(installation()).build()).isEqualTo(installation());

        assertThat(installation().resolve("bin/rbees-pool")).exists();
        assertThat(installation().resolve("old")).doesNotExist();
        assertThat(said).containsExactly("-q -B package -DskipTests -Ddistribution.suffix=-next");
    }

    @Test
    void aBuildThatFailsChangesNothing() throws Exception {
        Files.writeString(installation().resolve("old"), "x");
        maven("echo COMPILATION ERROR; exit 1");
        assertThat(catchThrowableOfType(RbeesException.class, () -> checkout(installation()).build()))
                .hasMessageContaining("exit code 1");
        assertThat(said).contains("COMPILATION ERROR");

        maven("exit 0");
        assertThat(catchThrowableOfType(RbeesException.class, () -> checkout(installation()).build()))
                .hasMessageContaining("the build made no");
        assertThat(installation().resolve("old")).exists();
    }

    private void maven(String script) throws Exception {
        Path mvn = Files.writeString(folder.resolve("bin/mvn"), "#!/bin/sh\n" + script + "\n");
        mvn.toFile().setExecutable(true);
    }
}
