package dev.rbees.cli;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import dev.rbees.api.error.Suggestion;

/** The words after a command's name, sorted into options and arguments. */
public final class CommandLine {

    private final CommandSpec spec;
    private final List<Word> words = new ArrayList<>();
    private final Map<String, List<String>> options = new LinkedHashMap<>();
    private final List<String> arguments = new ArrayList<>();

    /** A word as it was given, and the name of the option that it belongs to; empty for arguments. */
    private record Word(String text, String option) {}

    private CommandLine(CommandSpec spec) {
        this.spec = spec;
    }

    /**
     * Sorts the words. Options may stand anywhere; after {@code --} everything is an argument. With {@code --help} nothing
     * else is checked.
     *
     * @throws UsageException when a word does not fit, or something required is missing
     */
    public static CommandLine parse(CommandSpec spec, List<String> words) {
        CommandLine line = new CommandLine(spec);
        Iterator<String> rest = words.iterator();
        boolean onlyArguments = false;
        while (rest.hasNext()) {
            String given = rest.next();
            String word = onlyArguments ? given : ShortOption.expand(given, name -> spec.option(name).isPresent());
            if (!onlyArguments && word.equals("--")) {
                onlyArguments = true;
                line.words.add(new Word(word, ""));
            } else if (onlyArguments || !word.startsWith("--")) {
                line.arguments.add(word);
                line.words.add(new Word(word, ""));
            } else {
                line.readOption(word, rest);
            }
        }
        if (!line.help()) {
            line.checkComplete();
        }
        return line;
    }

    private void readOption(String word, Iterator<String> rest) {
        int equals = word.indexOf('=');
        OptionSpec option = option(spec, word.substring(2, equals < 0 ? word.length() : equals));
        words.add(new Word(word, option.name()));
        String value = equals >= 0 ? word.substring(equals + 1) : "true";
        if (option.isFlag() && equals >= 0) {
            throw new UsageException("--" + option.name() + " takes no value");
        }
        if (!option.isFlag() && equals < 0) {
            if (!rest.hasNext()) {
                throw new UsageException("--" + option.name() + " needs a value: " + option.description());
            }
            value = rest.next();
            words.add(new Word(value, option.name()));
        }
        List<String> values = options.computeIfAbsent(option.name(), _ -> new ArrayList<>());
        values.add(value);
        if (values.size() > 1 && !option.repeatable()) {
            throw new UsageException("--" + option.name() + " is given twice");
        }
    }

    private static OptionSpec option(CommandSpec spec, String name) {
        return spec.option(name).orElseThrow(() -> new UsageException("unknown option --" + Printable.text(name)
                + Suggestion.closest(name, spec.allOptions().stream().map(OptionSpec::name).toList())
                        .map(meant -> Suggestion.didYouMean("--" + meant)).orElse("")));
    }

    private String unexpected() {
        // why: what follows an option that does not exist is its value, and no argument that anybody meant
        String extra = arguments.stream().filter(word -> word.matches("-[A-Za-z]")).findFirst()
                .orElseGet(() -> arguments.get(spec.arguments().size()));
        return extra.startsWith("-") ? unknownShort(extra) : "unexpected argument '" + Printable.text(extra) + "'";
    }

    /** A word with one dash: the first option of that letter may be meant, those that are needed before others. */
    private String unknownShort(String word) {
        Stream<OptionSpec> needed = spec.options().stream().filter(OptionSpec::required);
        return "unknown option " + Printable.text(word)
                + Stream.concat(needed, spec.options().stream()).map(OptionSpec::name)
                        .filter(name -> word.length() == 2 && name.charAt(0) == word.charAt(1)).findFirst()
                        .map(name -> Suggestion.didYouMean("--" + name)).orElse("");
    }

    private void checkComplete() {
        if (arguments.size() > spec.arguments().size() && !takesMore()) {
            throw new UsageException(unexpected());
        }
        if (arguments.size() < spec.arguments().stream().filter(argument -> !argument.optional()).count()) {
            ArgumentSpec missing = spec.arguments().get(arguments.size());
            throw new UsageException("<" + missing.name() + "> is missing: " + missing.description());
        }
        for (OptionSpec option : spec.options()) {
            if (option.required() && !options.containsKey(option.name())) {
                throw new UsageException("--" + option.name() + " is missing: " + option.description());
            }
        }
    }

    private boolean takesMore() {
        return !spec.arguments().isEmpty() && spec.arguments().getLast().repeatable()
                && arguments.stream().noneMatch(word -> word.matches("-[A-Za-z]"));
    }

    /** Whether only the help page is wanted. */
    public boolean help() {
        return flag("help");
    }

    public boolean flag(String name) {
        return options.containsKey(name);
    }

    public Optional<String> option(String name) {
        return options(name).stream().findFirst();
    }

    public String option(String name, String absent) {
        return option(name).orElse(absent);
    }

    /** Every value of an option that may be repeated, in order. */
    public List<String> options(String name) {
        return List.copyOf(options.getOrDefault(name, List.of()));
    }

    /** The words as they were given, without these options and their values. */
    public List<String> wordsWithout(String... names) {
        List<String> without = List.of(names);
        return words.stream().filter(word -> !without.contains(word.option())).map(Word::text).toList();
    }

    /** @throws UsageException when it is no whole number in this range */
    public Optional<Integer> integer(String name, int min, int max) {
        return whole(name, min, max).map(Math::toIntExact);
    }

    /** @throws UsageException when it is no whole number in this range */
    public Optional<Long> whole(String name, long min, long max) {
        return option(name).map(text -> {
            try {
                long value = Long.parseLong(text.strip());
                if (value >= min && value <= max) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // falls through to the one message for both
            }
            throw new UsageException("--%s must be a whole number from %d to %d (got '%s')".formatted(name, min, max,
                    Printable.text(text)));
        });
    }

    /** @throws UsageException when it is no number in this range */
    public Optional<Double> number(String name, double min, double max) {
        return option(name).map(text -> {
            try {
                double value = Double.parseDouble(text.strip());
                if (value >= min && value <= max) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // falls through to the one message for both
            }
            throw new UsageException("--%s must be a number from %s to %s (got '%s')".formatted(name, min, max,
                    Printable.text(text)));
        });
    }

    /**
     * One of an enum's constants, written in either case of letters.
     *
     * @throws UsageException when it is none of them
     */
    public <E extends Enum<E>> Optional<E> choice(String name, Class<E> type) {
        return option(name).map(text -> {
            List<String> names = new ArrayList<>();
            for (E constant : type.getEnumConstants()) {
                if (constant.name().equalsIgnoreCase(text)) {
                    return constant;
                }
                names.add(constant.name().toLowerCase(Locale.ROOT));
            }
            throw new UsageException("--%s must be one of %s (got '%s')%s".formatted(name, String.join(", ", names),
                    Printable.text(text), Suggestion.sentence(text, names)));
        });
    }

    /** Every argument, in order. */
    public List<String> arguments() {
        return List.copyOf(arguments);
    }

    /** An argument that may be left out, counted from 0. */
    public Optional<String> argumentIfGiven(int index) {
        return index < arguments.size() ? Optional.of(arguments.get(index)) : Optional.empty();
    }

    /** An argument, counted from 0; all that the command needs are there. */
    public String argument(int index) {
        return arguments.get(index);
    }
}
