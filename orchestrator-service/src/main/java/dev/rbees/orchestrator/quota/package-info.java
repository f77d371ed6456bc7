/** What a task may take, of its tenant's quota and of its session's budget, in one question. Any thread; nothing here waits. */
@org.jspecify.annotations.NullMarked
package dev.rbees.orchestrator.quota;
