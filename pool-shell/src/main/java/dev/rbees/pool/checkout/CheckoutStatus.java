package dev.rbees.pool.checkout;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What is checked out.
 *
 * @param path of the work tree
 * @param branch that is checked out; null for none
 * @param commit that is checked out, hex
 * @param upstream branch that it follows; null for none
 * @param ahead commits that the upstream does not have, as of the last fetch
 * @param behind commits of the upstream that are not here, as of the last fetch
 * @param changed files that differ from the commit, at most 1000
 */
public record CheckoutStatus(String path, @Nullable String branch, String commit, @Nullable String upstream, int ahead,
        int behind, List<String> changed) {

    static final int MOST_FILES = 1000;

    public CheckoutStatus {
        changed = List.copyOf(changed);
    }

    /** Reads what {@code git status --porcelain=v2 --branch} writes. */
    static CheckoutStatus read(String path, String porcelain) {
        String branch = null;
        String commit = "";
        String upstream = null;
        int ahead = 0;
        int behind = 0;
        for (String line : porcelain.lines().filter(text -> text.startsWith("# branch.")).toList()) {
            String[] words = line.split(" ", 4);
            switch (words[1]) {
                case "branch.oid" -> commit = words[2];
                case "branch.head" -> branch = words[2].equals("(detached)") ? null : words[2];
                case "branch.upstream" -> upstream = words[2];
                case "branch.ab" -> {
                    ahead = Integer.parseInt(words[2].substring(1));
                    behind = Integer.parseInt(words[3].substring(1));
                }
                default -> {
                    // of a newer git
                }
            }
        }
        List<String> changed = porcelain.lines().map(CheckoutStatus::file).filter(file -> !file.isEmpty()).limit(MOST_FILES)
                .toList();
        return new CheckoutStatus(path, branch, commit, upstream, ahead, behind, changed);
    }

    /** The file of a line; empty for a line of another kind. A renamed file is named by its new name. */
    private static String file(String line) {
        return switch (line.isEmpty() ? ' ' : line.charAt(0)) {
            case '1' -> word(line, 9);
            case '2' -> word(line, 10).split("\t", 2)[0];
            case 'u' -> word(line, 11);
            case '?' -> word(line, 2);
            default -> "";
        };
    }

    private static String word(String line, int count) {
        String[] words = line.split(" ", count);
        return words.length == count ? words[count - 1] : "";
    }
}
