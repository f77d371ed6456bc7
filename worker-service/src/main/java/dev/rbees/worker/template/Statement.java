package dev.rbees.worker.template;

import java.util.List;

import org.jspecify.annotations.Nullable;

/** A part of a template that has an effect: mostly, to write something. */
sealed interface Statement {

    /** Text outside of tags. */
    record Text(String text) implements Statement {}

    /** {@code {{ expression }}}. */
    record Output(Expression expression) implements Statement {}

    /** {@code {% if %}}: the first branch whose condition holds; the last may have none. */
    record If(List<Branch> branches) implements Statement {}

    /** One branch of an {@link If}; no condition means else. */
    record Branch(@Nullable Expression condition, List<Statement> body) {}

    /** {@code {% for a, b in items if filter %} … {% else %} … {% endfor %}}. */
    record For(List<String> targets, Expression items, @Nullable Expression filter, List<Statement> body,
            List<Statement> otherwise) implements Statement {}

    /** {@code {% set a, b = value %}}. */
    record Assign(List<String> targets, Expression value) implements Statement {}

    /** {@code {% set namespace.name = value %}}. */
    record AssignMember(String target, String name, Expression value) implements Statement {}

    /** {@code {% set name %} … {% endset %}}. */
    record AssignBlock(String target, List<Statement> body) implements Statement {}

    /** {@code {% macro name(a, b=c) %} … {% endmacro %}}. */
    record Macro(String name, List<Parameter> parameters, List<Statement> body) implements Statement {}

    /** A parameter of a {@link Macro}. */
    record Parameter(String name, @Nullable Expression otherwise) {}

    /** {@code {% break %}} and {@code {% continue %}}. */
    record Jump(boolean leave) implements Statement {}
}
