/** What commands print: one description of columns for tables, and the same records as JSON, YAML and names. */
@NullMarked
package dev.rbees.shell.render;

import org.jspecify.annotations.NullMarked;
