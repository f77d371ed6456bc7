package dev.rbees.orchestrator.worker;

/**
 * A model that tasks may name.
 *
 * @param id its name
 * @param digest hex SHA-256 of its source file
 * @param contextLength positions of a slot
 */
public record KnownModel(String id, String digest, int contextLength) {}
