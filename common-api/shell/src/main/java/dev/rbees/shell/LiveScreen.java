package dev.rbees.shell;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;

/**
 * The whole terminal, drawn anew as often as wanted. While it is open, keys are not shown; closing it, and any end of the program but
 * a kill, shows again what was on the terminal before. For one thread.
 */
public final class LiveScreen implements AutoCloseable {

    private static final long LOOK_MILLIS = 100;

    private final Terminal terminal;
    private final boolean own;
    private final Display display;
    private final Attributes before;
    private final Thread restore = Thread.ofPlatform().unstarted(this::restore);
    private Terminal.SignalHandler beforeInterrupt = Terminal.SignalHandler.SIG_DFL;
    private Terminal.SignalHandler beforeSuspend = Terminal.SignalHandler.SIG_DFL;
    private Size drawn = new Size(0, 0);

    /** What came while the screen was shown. */
    public enum Heard {
        /** Nothing; the time is over. */
        NOTHING,
        /** The window has another size: what is shown is to be drawn anew. */
        RESIZED,
        /** The key q, Ctrl-C, or the end of the input. */
        QUIT
    }

    private LiveScreen(Terminal terminal, boolean own) {
        this.terminal = terminal;
        this.own = own;
        this.display = new Display(terminal, true);
        this.before = terminal.enterRawMode();
    }

    /** Whether this terminal can be drawn on, and somebody is there to press keys. */
    public static boolean possible(Console console) {
        return console.terminals().in() && console.terminals().out()
                && !"dumb".equals(console.environment().getOrDefault("TERM", "dumb"));
    }

    /** Takes the terminal. */
    public static LiveScreen open(Console console) {
        console.out().flush();
        try {
            boolean shared = console.in() instanceof TerminalInput;
            Terminal terminal = console.in() instanceof TerminalInput input
                    ? input.terminal()
                    : TerminalBuilder.builder().system(true).dumb(true).build();
            LiveScreen screen = new LiveScreen(terminal, !shared);
            screen.begin();
            return screen;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void begin() {
        Thread drawing = Thread.currentThread();
        beforeInterrupt = terminal.handle(Terminal.Signal.INT, _ -> drawing.interrupt());
        beforeSuspend = terminal.handle(Terminal.Signal.TSTP, Terminal.SignalHandler.SIG_IGN);
        Runtime.getRuntime().addShutdownHook(restore);
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
        terminal.flush();
    }

    /** How many characters a line has. */
    public int columns() {
        return terminal.getSize().getColumns();
    }

    /** How many lines there are. */
    public int rows() {
        return terminal.getSize().getRows();
    }

    /** Shows these lines, and nothing else; what does not fit is cut. The first is bold. */
    public void draw(List<String> lines) {
        Size size = terminal.getSize();
        if (!size.equals(drawn)) {
            display.clear();
            display.resize(size.getRows(), size.getColumns());
            drawn = new Size(size.getColumns(), size.getRows());
        }
        List<AttributedString> shown = new ArrayList<>();
        for (String line : lines.subList(0, Math.min(lines.size(), size.getRows()))) {
            AttributedStyle style = shown.isEmpty() ? AttributedStyle.BOLD : AttributedStyle.DEFAULT;
            shown.add(new AttributedString(line, style).columnSubSequence(0, size.getColumns()));
        }
        display.update(shown, 0);
        terminal.flush();
    }

    /** Waits for a key, for another size of the window, or for the time to be over. */
    public Heard await(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        try {
            while (System.nanoTime() < end) {
                if (Thread.currentThread().isInterrupted()) {
                    return Heard.QUIT;
                }
                int key = terminal.reader().read(LOOK_MILLIS);
                if (key == 'q' || key == 'Q' || key == -1) {
                    return Heard.QUIT;
                }
                if (!terminal.getSize().equals(drawn)) {
                    return Heard.RESIZED;
                }
            }
            return Heard.NOTHING;
        } catch (InterruptedIOException _) {
            Thread.currentThread().interrupt();
            return Heard.QUIT;
        } catch (IOException _) {
            return Heard.QUIT;
        }
    }

    private synchronized void restore() {
        terminal.puts(Capability.cursor_visible);
        terminal.puts(Capability.exit_ca_mode);
        terminal.flush();
        terminal.setAttributes(before);
    }

    @Override
    public void close() {
        restore();
        terminal.handle(Terminal.Signal.INT, beforeInterrupt);
        terminal.handle(Terminal.Signal.TSTP, beforeSuspend);
        try {
            Runtime.getRuntime().removeShutdownHook(restore);
            if (own) {
                terminal.close();
            }
        } catch (IllegalStateException | IOException _) {
            // the program is ending, and the hook restores
        }
    }
}
