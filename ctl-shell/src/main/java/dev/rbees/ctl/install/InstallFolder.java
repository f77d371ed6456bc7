package dev.rbees.ctl.install;

import dev.rbees.cli.UsageException;

/**
 * Where rbees is installed on a machine.
 *
 * @param path absolute, or from the home folder there
 */
public record InstallFolder(String path) {

    /** Where the remote commands look for it by themselves. */
    public static final InstallFolder USUAL = new InstallFolder(".local/share/rbees");

    private static final int LONGEST = 1000;

    /**
     * Reads a folder as it was typed; {@code ~/} in front is the home folder there.
     *
     * @throws UsageException when no folder can be meant
     */
    public static InstallFolder parse(String text) {
        String path = text.startsWith("~/") ? text.substring(2) : text;
        while (path.length() > 1 && path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        boolean plain = path.codePoints().noneMatch(Character::isISOControl);
        boolean climbs = ("/" + path + "/").contains("/../");
        if (path.isBlank() || path.equals("/") || path.startsWith("~") || !plain || climbs || path.length() > LONGEST) {
            throw new UsageException(
                    "--dir must name a folder on that machine: an absolute path, or one from the home folder"
                            + " there, without '..'");
        }
        return new InstallFolder(path);
    }
}
