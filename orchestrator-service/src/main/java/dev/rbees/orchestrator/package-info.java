/**
 * The orchestrator: the program {@code rbees-orcd}, and what is made of what. Here alone are all packages known to each other,
 * and here alone may the process be ended.
 */
package dev.rbees.orchestrator;
