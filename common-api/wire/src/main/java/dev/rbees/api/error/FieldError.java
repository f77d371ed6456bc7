package dev.rbees.api.error;

/**
 * One problem of a request.
 *
 * @param field the JSON path of the field, such as {@code max_tokens} or {@code messages[2].role}
 * @param constraint the broken rule in a form for programs, such as {@code non_empty} or {@code range(0.0..=2.0)}
 * @param message the same for people; it never repeats prompts or stop strings
 */
public record FieldError(String field, String constraint, String message) {}
