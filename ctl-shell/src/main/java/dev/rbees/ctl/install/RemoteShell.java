package dev.rbees.ctl.install;

import java.io.InputStream;
import java.io.OutputStream;

/** Runs scripts on a machine. */
@FunctionalInterface
public interface RemoteShell {

    /**
     * Runs a script of POSIX sh to its end.
     *
     * @param script its text
     * @param input its standard input, to the end
     * @param out takes its output as it comes
     * @param err takes its error output as it comes
     * @return its exit status
     * @throws dev.rbees.api.error.RbeesException POOL_UNAVAILABLE when the connection is lost
     */
    int script(String script, InputStream input, OutputStream out, OutputStream err);
}
