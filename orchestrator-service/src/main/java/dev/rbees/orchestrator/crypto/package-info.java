/** What is kept under a key: HMACs of lines of the audit log, of requests, of tenants. Knows nothing of them. Any thread. */
package dev.rbees.orchestrator.crypto;
