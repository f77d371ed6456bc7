package dev.rbees.remote;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Decides whether a block of the SSH configuration concerns the host that is asked for. */
final class SshMatch {

    /** Criteria whose answer we know; others ask programs, networks, or what a newer ssh can do. */
    private static final Set<String> DECIDED = Set.of("all", "canonical", "final", "host", "originalhost", "user",
            "localuser",
            "tagged");

    private final SshConfigReading reading;
    private final String localUser;
    private final RemoteHost asked;
    private String host;
    private boolean isFinalPass;
    private boolean wantsFinalPass;

    SshMatch(SshConfigReading reading, String localUser, RemoteHost asked) {
        this.reading = reading;
        this.localUser = localUser;
        this.asked = asked;
        this.host = asked.name();
    }

    private record Criterion(String name, boolean isNegated, Optional<String> argument) {}

    boolean wantsFinalPass() {
        return wantsFinalPass;
    }

    void beginFinalPass(String hostName) {
        host = hostName;
        isFinalPass = true;
    }

    boolean isHost(SshConfigLine line) {
        boolean isMatch = SshPatterns.matchesList(host, line.words());
        if (isMatch && line.unclosed()) {
            throw line.wrong("has a quote that is not closed");
        }
        return isMatch;
    }

    boolean isMatch(SshConfigLine line) {
        List<Criterion> criteria = criteria(line);
        if (criteria.stream().anyMatch(criterion -> criterion.name().equals("final"))) {
            wantsFinalPass = true;
        }
        for (Criterion criterion : criteria) {
            if (DECIDED.contains(criterion.name()) && fits(criterion) == criterion.isNegated()) {
                return false;
            }
        }
        Optional<Criterion> unknown = criteria.stream().filter(c -> !DECIDED.contains(c.name())).findFirst();
        if (unknown.isPresent()) {
            throw line
                    .wrong("may concern the host, but 'Match %s' is not decided by rbees%s; put what the host needs into a "
                            .formatted(unknown.get().name(),
                                    unknown.get().name().equals("exec") ? ", which runs no programs" : "")
                            + "Host block, in this file or in one that RBEES_SSH_CONFIG names");
        }
        if (line.unclosed()) {
            throw line.wrong("has a quote that is not closed");
        }
        return true;
    }

    private static List<Criterion> criteria(SshConfigLine line) {
        List<Criterion> criteria = new ArrayList<>();
        for (int i = 0; i < line.words().size(); i++) {
            String word = line.words().get(i);
            boolean isNegated = word.startsWith("!");
            String name = word.substring(isNegated ? 1 : 0);
            Optional<String> argument = Optional.empty();
            int equals = name.indexOf('=');
            if (equals > 0) {
                argument = Optional.of(name.substring(equals + 1));
                name = name.substring(0, equals);
            }
            name = name.toLowerCase(Locale.ROOT);
            boolean takesNone = name.equals("all") || name.equals("canonical") || name.equals("final");
            if (!takesNone && argument.isEmpty() && i + 1 < line.words().size()) {
                argument = Optional.of(line.words().get(++i));
            }
            criteria.add(new Criterion(name, isNegated, argument));
        }
        return criteria;
    }

    private boolean fits(Criterion criterion) {
        List<String> patterns = List.of(criterion.argument().orElse("").split(",", -1));
        return switch (criterion.name()) {
            case "all" -> true;
            // why: without canonicalisation of names, which rbees does not do, both mean the second pass
            case "canonical", "final" -> isFinalPass;
            case "host" -> SshPatterns.matchesHost(SshConfig.hostName(reading, asked.name()), patterns);
            case "originalhost" -> SshPatterns.matchesHost(asked.name(), patterns);
            case "user" -> SshPatterns.matchesList(asked.user().or(() -> reading.word("user")).orElse(localUser), patterns);
            case "localuser" -> SshPatterns.matchesList(localUser, patterns);
            default -> SshPatterns.matchesList(reading.word("tag").orElse(""), patterns);
        };
    }
}
