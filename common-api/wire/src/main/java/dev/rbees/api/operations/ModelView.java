package dev.rbees.api.operations;

import java.util.List;

/**
 * A model that tasks may name.
 *
 * @param modelId its name
 * @param modelDigest hex SHA-256 of its source file, or {@code unknown} until a worker tells it
 * @param contextLength positions of a slot
 * @param workers who has it loaded
 */
public record ModelView(String modelId, String modelDigest, int contextLength, List<String> workers) {}
