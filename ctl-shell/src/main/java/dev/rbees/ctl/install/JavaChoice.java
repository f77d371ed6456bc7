package dev.rbees.ctl.install;

import java.util.Optional;

/**
 * What Java the programs are to run on.
 *
 * @param bring whether one is brought along; else there must be one
 * @param home folder of the one to bring, empty for one like ours
 */
public record JavaChoice(boolean bring, Optional<String> home) {}
