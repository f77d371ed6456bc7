package dev.rbees.ctl.host;

import java.nio.file.Path;
import java.util.Optional;

import dev.rbees.remote.SshDialogue;
import dev.rbees.shell.Console;

/** Asks the operator whether a machine is the right one; passphrases are left to the agent. */
record PersonAtTerminal(Console console) implements SshDialogue {

    @Override
    public boolean acceptHostKey(String host, String keyType, String fingerprint) {
        console.say("The host key of " + host + " is unknown: " + keyType + " " + fingerprint);
        return console.confirms("Is that what 'ssh-keygen -lf' shows on that machine, and to be trusted from now on?");
    }

    /** why: what is typed here would be shown, and be read by the shell around us; ssh-add does both right. */
    @Override
    public Optional<char[]> passphrase(Path keyFile, int wrongBefore) {
        return Optional.empty();
    }
}
