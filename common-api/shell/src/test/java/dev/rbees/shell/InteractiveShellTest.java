package dev.rbees.shell;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.testing.TerminalSession;

import static dev.rbees.testing.TerminalSession.CTRL_C;
import static dev.rbees.testing.TerminalSession.CTRL_D;
import static dev.rbees.testing.TerminalSession.ENTER;
import static dev.rbees.testing.TerminalSession.TAB;
import static org.assertj.core.api.Assertions.assertThat;

/** The shell at a real terminal(). */
class InteractiveShellTest {

    private static final String PROMPT = "tool> ";

    @TempDir
    Path folder;

    private final List<TerminalSession> sessions = new ArrayList<>();

    private void start(String... arguments) throws IOException {
        Path home = Files.createDirectory(folder.resolve("home"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.createDirectories(home.resolve("models/tiny"));
        sessions.add(TerminalSession.start(SmallTool.class, Map.of("RBEES_HOME", home.toString()), arguments));
    }

    private TerminalSession terminal() {
        return sessions.getLast();
    }

    @AfterEach
    void end() {
        sessions.forEach(TerminalSession::close);
    }

    private void run(String line) throws IOException, InterruptedException {
        terminal().await(PROMPT);
        terminal().type(line + ENTER);
    }

    private void leave() throws IOException, InterruptedException {
        run("quit");
        assertThat(terminal().exit()).isZero();
    }

    @Test
    void ctrlCEndsTheCommandAndNotTheShell() throws Exception {
        start();
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            run("hear " + silent.getLocalPort());
            terminal().await("connected");
            terminal().type(CTRL_C);
            assertThat(terminal().await("interrupted (exit code 130)")).contains("it goes on without you")
                    .doesNotContain("heard nothing");
        }
        run("echo still-here");
        terminal().await("[still-here]");
        leave();
    }

    @Test
    void aSecondCtrlCGivesThePromptBackFromACommandThatDoesNotEnd() throws Exception {
        start();
        run("insist");
        terminal().await("insisting");
        terminal().type(CTRL_C);
        // why: a second signal that comes before the first was heard is the same one
        terminal().await("insisting all the more");
        terminal().type(CTRL_C);
        terminal().await("it cannot be interrupted and goes on until it is done or this shell is left");
        leave();
    }

    @Test
    void questionsAreAnsweredAndCtrlCIsNoAnswer() throws Exception {
        start();
        run("ask");
        terminal().await("Go on? [y/N] ");
        terminal().type(CTRL_C);
        terminal().await("interrupted (exit code 130)");
        run("ask");
        terminal().await("Go on? [y/N] ");
        terminal().type("y" + ENTER);
        run("echo after");
        assertThat(terminal().await("[after]")).doesNotContain("unknown command");
        leave();
    }

    @Test
    void completesCommandsOptionsValuesIdsAndFiles() throws Exception {
        start();
        Path script = Files.writeString(folder.resolve("lines.rbees"), "echo from-a-file\n");
        terminal().await(PROMPT);
        terminal().type("mod" + TAB + "sh" + TAB + "t" + TAB + "--f" + TAB + "lo" + TAB + ENTER);
        terminal().await("[tiny]");
        terminal().await(PROMPT);
        terminal().type("scr" + TAB + folder.resolve("lin") + TAB + ENTER);
        terminal().await("[from-a-file]");
        assertThat(script).exists();
        leave();
    }

    @Test
    void ctrlCDropsALineAndCtrlDLeaves() throws Exception {
        start();
        terminal().await(PROMPT);
        terminal().type("echo dropped");
        terminal().await("dropped");
        terminal().type(CTRL_C);
        run("echo kept");
        terminal().await("[kept]");
        run("history");
        assertThat(terminal().await("echo kept")).doesNotContain("dropped");
        terminal().await(PROMPT);
        terminal().type(CTRL_D);
        assertThat(terminal().exit()).isZero();
    }

    @Test
    void oneCommandIsEndedByCtrlCAsAWhole() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            start("hear", "" + silent.getLocalPort());
            terminal().await("connected");
            terminal().type(CTRL_C);
            terminal().await("it goes on without you");
            assertThat(terminal().exit()).isEqualTo(130);
        }
    }

    @Test
    void withNoInputThereIsNoShell() throws Exception {
        start("--no-input");
        terminal().await("Usage: tool <command>");
        assertThat(terminal().exit()).isEqualTo(2);
    }
}
