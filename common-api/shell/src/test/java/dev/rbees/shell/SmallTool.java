package dev.rbees.shell;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.Program;

/** A program with commands that wait in each of the ways in which commands wait. */
final class SmallTool {

    private final Console console;

    private SmallTool(Console console) {
        this.console = console;
    }

    public static void main(String[] args) {
        System.exit(ShellProgram.run(new Program("tool", "1"), (console, _) -> new SmallTool(console).commands(), args));
    }

    private CommandSet commands() {
        return new CommandSet("waits", List.of(
                command("echo", List.of(new ArgumentSpec("text", "what")), this::echo),
                command("hear", List.of(new ArgumentSpec("port", "of this machine")), this::hear),
                command("insist", List.of(), this::insist),
                command("ask", List.of(), _ -> console.confirms("Go on?") ? 0 : 1),
                command("models show", List.of(new ArgumentSpec("id", "which").among(Candidates.MODELS)), this::echo)));
    }

    private static ShellCommand command(String path, List<ArgumentSpec> arguments, ShellCommand.Work work) {
        return new ShellCommand(new CommandSpec(path, "Does " + path, arguments,
                List.of(OptionSpec.optional("form", "name", "how").among(Candidates.of("short", "long"))), List.of()), work);
    }

    private int echo(CommandLine line) {
        console.out().println("[" + line.argument(0) + "]");
        return line.argument(0).equals("fail") ? 3 : 0;
    }

    /** Waits for a word from a server that says none. */
    private int hear(CommandLine line) {
        try (Farewell _ = Farewell.saying(console, () -> "it goes on without you");
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(line.argument(0)))) {
            console.say("connected");
            return socket.getInputStream().read();
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.TIMEOUT, "heard nothing", e);
        }
    }

    /** Does not end when it is interrupted. */
    private int insist(CommandLine line) {
        console.say("insisting");
        while (true) {
            LockSupport.parkNanos(Long.MAX_VALUE);
            if (Thread.interrupted()) {
                console.say("insisting all the more");
            }
        }
    }
}
