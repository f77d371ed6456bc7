/**
 * What commands print: one description of columns for tables, and the same records as JSON, YAML and names; how far a longer
 * piece of work is. On the thread of the command. Knows wire types and safe text, but neither the terminal nor the commands.
 */
@NullMarked
package dev.rbees.shell.render;

import org.jspecify.annotations.NullMarked;
