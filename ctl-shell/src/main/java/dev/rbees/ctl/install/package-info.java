/**
 * Brings this installation of rbees to another machine, and removes it there. The archive is made here, once for each
 * platform; what is done there is done by the scripts beside this package, which get their values as quoted assignments in
 * front of them and answer in lines that begin with {@code @rbees}. Blocks the main thread; what a script sends and says is
 * passed on by threads of the SSH client.
 */
@NullMarked
package dev.rbees.ctl.install;

import org.jspecify.annotations.NullMarked;
