/** The orchestrators of the operator by their names, in a file under RBEES_HOME. On the thread of the command. */
@NullMarked
package dev.rbees.ctl.context;

import org.jspecify.annotations.NullMarked;
