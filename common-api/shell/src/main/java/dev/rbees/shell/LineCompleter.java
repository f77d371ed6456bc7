package dev.rbees.shell;

import java.util.List;

import org.jline.builtins.Completers;
import org.jline.reader.Candidate;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.springframework.shell.core.command.CommandRegistry;
import org.springframework.shell.jline.CommandCompleter;

import dev.rbees.shell.completion.NextWords;
import dev.rbees.shell.completion.Word;

/** Completion at the prompt, by the words that the scripts of other shells offer as well. */
final class LineCompleter extends CommandCompleter {

    private final NextWords nextWords;
    private final List<Word> ownWords;
    private final Completers.FileNameCompleter files = new Completers.FileNameCompleter();

    /** @param ownWords what only the interactive shell has, each a command of one word */
    LineCompleter(CommandRegistry registry, NextWords nextWords, List<Word> ownWords) {
        super(registry);
        this.nextWords = nextWords;
        this.ownWords = List.copyOf(ownWords);
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        List<String> before = line.words().subList(0, line.wordIndex());
        NextWords.Offer offer = nextWords.after(before, line.word().substring(0, line.wordCursor()));
        offer.words().forEach(word -> candidates.add(candidate(word)));
        if (before.isEmpty()) {
            ownWords.forEach(word -> candidates.add(candidate(word)));
        }
        if (offer.files()) {
            files.complete(reader, line, candidates);
        }
    }

    private static Candidate candidate(Word word) {
        return new Candidate(word.text(), word.text(), null, word.description().isEmpty() ? null : word.description(), null,
                null, true);
    }
}
