package dev.rbees.remote;

import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The keys whose passphrases were given, and the files of which nobody knows it. They are forgotten with the connections. */
final class KeyRing {

    private static final int MOST_QUESTIONS = 3;

    private final Map<Path, KeyPair> unlocked = new ConcurrentHashMap<>();
    private final Set<Path> givenUp = ConcurrentHashMap.newKeySet();

    /** Looks into a file, with what is known about its passphrase. */
    Optional<KeyFile> read(Path path) {
        return KeyFile.read(path).map(file -> {
            KeyPair pair = unlocked.get(path);
            return file instanceof KeyFile.Locked && pair != null ? new KeyFile.Open(path, pair) : file;
        });
    }

    boolean isGivenUp(Path path) {
        return givenUp.contains(path);
    }

    /** Asks for the passphrase of a file, unless somebody else has just done so. */
    void unlock(Path path, SshDialogue dialogue) {
        for (int wrong = 0; wrong < MOST_QUESTIONS; wrong++) {
            if (unlocked.containsKey(path) || givenUp.contains(path)) {
                return;
            }
            Optional<char[]> passphrase = dialogue.passphrase(path, wrong);
            if (passphrase.isEmpty()) {
                break;
            }
            try {
                KeyFile.unlock(path, passphrase.get()).ifPresent(pair -> unlocked.put(path, pair));
            } finally {
                Arrays.fill(passphrase.get(), '\0');
            }
        }
        if (!unlocked.containsKey(path)) {
            givenUp.add(path);
        }
    }
}
