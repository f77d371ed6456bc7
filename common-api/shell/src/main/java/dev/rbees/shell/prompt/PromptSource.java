package dev.rbees.shell.prompt;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import dev.rbees.api.task.Prompt;
import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.Printable;
import dev.rbees.cli.UsageException;
import dev.rbees.shell.Console;

/** Where a command's prompt stands: on the command line, in a file, or on standard input. */
public record PromptSource(Console console) {

    /** For the command's help. */
    static final List<OptionSpec> OPTIONS = List.of(
            OptionSpec.optional("prompt", "text",
                    "what the model is asked; - reads it from standard input (this or --prompt-file is required)"),
            OptionSpec.optional("prompt-file", "path", "a file that holds the prompt; - is standard input")
                    .among(Candidates.FILES));

    private static final String STANDARD_INPUT = "-";

    /**
     * The prompt's text. Of one that is read, the line break at its end is left out, as shells do it.
     *
     * @throws UsageException when there is none, or it is empty, unreadable or too long
     */
    public String text(CommandLine line) {
        Optional<String> said = line.option("prompt");
        Optional<String> file = line.option("prompt-file");
        if (said.isPresent() == file.isPresent()) {
            throw new UsageException(said.isPresent()
                    ? "give --prompt or --prompt-file, not both"
                    : "--prompt is missing: what the model is asked (or --prompt-file)");
        }
        String where = said.or(() -> file).orElseThrow();
        String text = where.equals(STANDARD_INPUT)
                ? fromInput()
                : said.orElseGet(() -> fromFile(where));
        if (text.isEmpty()) {
            throw new UsageException("the prompt must not be empty");
        }
        return text;
    }

    /**
     * What is read from standard input, to its end.
     *
     * @throws UsageException when it is unreadable or too long
     */
    public String fromInput() {
        if (console.canAsk()) {
            console.say("Type the prompt; Ctrl-D on a new line ends it.");
        }
        try {
            // why: not closed, because it is the program's
            return read(console.in(), "standard input");
        } catch (IOException _) {
            throw new UsageException("the prompt cannot be read from standard input");
        }
    }

    private static String fromFile(String name) {
        try (InputStream file = Files.newInputStream(Path.of(name))) {
            return read(file, Printable.text(name));
        } catch (IOException | InvalidPathException _) {
            throw new UsageException("the prompt cannot be read from " + Printable.text(name)
                    + ": is it there, and a file that you may read?");
        }
    }

    private static String read(InputStream in, String where) throws IOException {
        byte[] bytes = in.readNBytes(Prompt.MAX_BYTES + 1);
        if (bytes.length > Prompt.MAX_BYTES) {
            throw new UsageException(
                    "the prompt in " + where + " is longer than 1 MiB, which is the most that a model is asked");
        }
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.replaceFirst("\\r?\\n\\z", "");
        } catch (CharacterCodingException _) {
            throw new UsageException("the prompt in " + where + " is no text in UTF-8");
        }
    }
}
