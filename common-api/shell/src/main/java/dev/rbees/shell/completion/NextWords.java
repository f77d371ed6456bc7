package dev.rbees.shell.completion;

import java.util.List;
import java.util.Optional;

import dev.rbees.cli.Candidates;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.cli.ShortOption;

/** Finds with which words a typed line may go on; the interactive shell's twin of {@link CompletionScript}. */
public final class NextWords {

    private final CommandWords commands;
    private final LocalWords local;

    /**
     * Words with which the line may go on.
     *
     * @param words whole words
     * @param files whether the names of files may follow as well
     */
    public record Offer(List<Word> words, boolean files) {

        private static final Offer NOTHING = new Offer(List.of(), false);
    }

    /** @param specs every command */
    public NextWords(List<CommandSpec> specs, LocalWords local) {
        this.commands = new CommandWords(specs);
        this.local = local;
    }

    /**
     * What may follow.
     *
     * @param words those that are complete
     * @param current the beginning of the word that is asked for, perhaps empty; words are offered whatever it is
     */
    public Offer after(List<String> words, String current) {
        Place place = new Place();
        words.forEach(place::pass);
        int equals = current.indexOf('=');
        if (place.option.isEmpty() && !place.onlyArguments && current.startsWith("--") && equals > 0) {
            String option = current.substring(0, equals);
            return place.valued(option).map(spec -> values(spec.candidates(), option + "=")).orElse(Offer.NOTHING);
        }
        if (place.option.isPresent()) {
            return values(place.option.get().candidates(), "");
        }
        if (current.startsWith("-") && !place.onlyArguments) {
            return new Offer(place.spec().map(CommandWords::options).orElse(List.of()), false);
        }
        return place.spec().filter(_ -> commands.next(place.path).isEmpty())
                .map(spec -> values(CommandWords.argument(spec, place.arguments), ""))
                .orElseGet(() -> new Offer(commands.next(place.path), false));
    }

    private Offer values(Candidates candidates, String before) {
        return new Offer(local.of(candidates).stream().map(word -> new Word(before + word, "")).toList(),
                candidates.kind() == Candidates.Kind.FILES && before.isEmpty());
    }

    /** Where in the command line the typed words have led. */
    private final class Place {

        private String path = "";
        private Optional<OptionSpec> option = Optional.empty();
        private boolean onlyArguments;
        private int arguments;

        private Optional<CommandSpec> spec() {
            return commands.find(path);
        }

        private Optional<OptionSpec> valued(String word) {
            return spec().stream().flatMap(CommandWords::withValue).filter(known -> word.equals("--" + known.name()))
                    .findFirst();
        }

        private void pass(String typed) {
            String word = ShortOption.expand(typed, _ -> true);
            String longer = path.isEmpty() ? word : path + " " + word;
            if (option.isPresent()) {
                option = Optional.empty();
            } else if (!onlyArguments && word.equals("--")) {
                onlyArguments = true;
            } else if (!onlyArguments && word.startsWith("-")) {
                option = valued(word);
            } else if (commands.next(path).stream().anyMatch(next -> next.text().equals(word))
                    && !(path.isEmpty() && word.equals(CommandWords.HELP))) {
                path = longer;
            } else if (!path.isEmpty()) {
                arguments++;
            }
        }
    }
}
