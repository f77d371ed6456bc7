package dev.rbees.shell.client;

import java.util.Optional;

import dev.rbees.home.ApiToken;
import dev.rbees.home.CaFile;

/**
 * What programs are shown, and by what they are trusted.
 *
 * @param token empty for none
 * @param authorities trusted beside the system's, empty for none
 */
public record Credentials(Optional<ApiToken> token, Optional<CaFile> authorities) {

    /** Neither is given. */
    public static final Credentials NONE = new Credentials(Optional.empty(), Optional.empty());

    /** @param caFile path of a file in PEM */
    public static Credentials of(Optional<ApiToken> token, Optional<String> caFile) {
        return new Credentials(token, caFile.map(CaFile::new));
    }
}
