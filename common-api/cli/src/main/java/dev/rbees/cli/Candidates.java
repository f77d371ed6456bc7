package dev.rbees.cli;

import java.util.List;

/**
 * What an argument or an option's value may be, for shells to complete it.
 *
 * @param kind where the words come from
 * @param words in the order in which they are offered; only for {@link Kind#WORDS}
 */
public record Candidates(Kind kind, List<String> words) {

    /** Where words come from. */
    public enum Kind {
        /** It can be anything. */
        ANYTHING,
        /** There are only these. */
        WORDS,
        /** Files and folders. */
        FILES,
        /** Models that are on this machine. */
        MODELS,
        /** Models of the built-in catalog, and those on this machine. */
        KNOWN_MODELS,
        /** Workers of this machine. */
        WORKERS,
        /** Machines that the SSH configuration names. */
        HOSTS
    }

    public static final Candidates ANYTHING = new Candidates(Kind.ANYTHING, List.of());
    public static final Candidates FILES = new Candidates(Kind.FILES, List.of());
    public static final Candidates MODELS = new Candidates(Kind.MODELS, List.of());
    public static final Candidates KNOWN_MODELS = new Candidates(Kind.KNOWN_MODELS, List.of());
    public static final Candidates WORKERS = new Candidates(Kind.WORKERS, List.of());
    public static final Candidates HOSTS = new Candidates(Kind.HOSTS, List.of());

    public Candidates {
        words = List.copyOf(words);
    }

    /** One of these words. */
    public static Candidates of(String... words) {
        return new Candidates(Kind.WORDS, List.of(words));
    }

    /** What of them is known without looking at this machine. */
    public Candidates elsewhere() {
        return switch (kind) {
            case ANYTHING, WORDS, HOSTS -> this;
            case FILES, MODELS, KNOWN_MODELS, WORKERS -> ANYTHING;
        };
    }
}
