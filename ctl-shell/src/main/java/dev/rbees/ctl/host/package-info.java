/** The machines of the operator, reached over SSH. */
@NullMarked
package dev.rbees.ctl.host;

import org.jspecify.annotations.NullMarked;
