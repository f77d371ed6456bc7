package dev.rbees.worker.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.rbees.worker.template.Statement.Assign;
import dev.rbees.worker.template.Statement.AssignBlock;
import dev.rbees.worker.template.Statement.AssignMember;
import dev.rbees.worker.template.Statement.Branch;
import dev.rbees.worker.template.Statement.For;
import dev.rbees.worker.template.Statement.If;
import dev.rbees.worker.template.Statement.Jump;
import dev.rbees.worker.template.Statement.Macro;
import dev.rbees.worker.template.Statement.Output;
import dev.rbees.worker.template.Statement.Parameter;
import dev.rbees.worker.template.Statement.Text;
import dev.rbees.worker.template.Values.Callable;

/** Runs the statements of a template, once. */
final class Renderer {

    /** How a body ended. */
    private enum Flow {
        DONE,
        BREAK,
        CONTINUE
    }

    private final TemplateLimits limits;
    private final Evaluator evaluator;

    Renderer(TemplateLimits limits) {
        this.limits = limits;
        this.evaluator = new Evaluator(limits);
    }

    String render(List<Statement> statements, Scope scope) {
        StringBuilder out = new StringBuilder();
        run(statements, scope, out);
        return out.toString();
    }

    private Flow run(List<Statement> statements, Scope scope, StringBuilder out) {
        for (Statement statement : statements) {
            limits.step();
            Flow flow = switch (statement) {
                case Text(String text) -> write(text, out);
                case Output(Expression expression) -> write(Values.text(evaluator.value(expression, scope)), out);
                case If(List<Branch> branches) -> choose(branches, scope, out);
                case For loop -> loop(loop, scope, out);
                case Assign(List<String> targets, Expression value) ->
                    assign(targets, evaluator.marked(value, scope), scope);
                case AssignMember(String target, String name, Expression value) ->
                    assignMember(target, name, evaluator.marked(value, scope), scope);
                case AssignBlock(String target, List<Statement> body) ->
                    assign(List.of(target), render(body, new Scope(scope)), scope);
                case Macro macro -> assign(List.of(macro.name()), callable(macro, scope), scope);
                case Jump(boolean leave) -> leave ? Flow.BREAK : Flow.CONTINUE;
            };
            if (flow != Flow.DONE) {
                return flow;
            }
        }
        return Flow.DONE;
    }

    private static Flow write(String text, StringBuilder out) {
        out.append(text);
        TemplateLimits.requireText(out.length());
        return Flow.DONE;
    }

    private Flow choose(List<Branch> branches, Scope scope, StringBuilder out) {
        for (Branch branch : branches) {
            if (branch.condition() == null || evaluator.truth(branch.condition(), scope)) {
                return run(branch.body(), scope, out);
            }
        }
        return Flow.DONE;
    }

    private Flow loop(For loop, Scope outer, StringBuilder out) {
        List<@Nullable Object> items = new ArrayList<>();
        Object iterated = evaluator.value(loop.items(), outer);
        limits.look(iterated);
        for (Object item : Values.items(iterated)) {
            limits.step();
            Scope scope = new Scope(outer);
            assign(loop.targets(), item, scope);
            if (loop.filter() == null || evaluator.truth(loop.filter(), scope)) {
                items.add(item);
            }
        }
        for (int i = 0; i < items.size(); i++) {
            limits.step();
            Scope scope = new Scope(outer);
            scope.set("loop", loopVariable(items, i));
            assign(loop.targets(), items.get(i), scope);
            if (run(loop.body(), scope, out) == Flow.BREAK) {
                break;
            }
        }
        return items.isEmpty() ? run(loop.otherwise(), new Scope(outer), out) : Flow.DONE;
    }

    private static Map<String, @Nullable Object> loopVariable(List<@Nullable Object> items, int i) {
        Map<String, @Nullable Object> loop = new LinkedHashMap<>();
        loop.put("index", i + 1L);
        loop.put("index0", (long) i);
        loop.put("revindex", (long) items.size() - i);
        loop.put("revindex0", items.size() - 1L - i);
        loop.put("first", i == 0);
        loop.put("last", i == items.size() - 1);
        loop.put("length", (long) items.size());
        loop.put("previtem", i > 0 ? items.get(i - 1) : Undefined.UNDEFINED);
        loop.put("nextitem", i + 1 < items.size() ? items.get(i + 1) : Undefined.UNDEFINED);
        loop.put("cycle", (Callable) passed -> passed.required(i % Math.max(1, passed.positional().size()), "item"));
        return loop;
    }

    private static Flow assign(List<String> targets, @Nullable Object value, Scope scope) {
        if (targets.size() == 1) {
            scope.set(targets.getFirst(), value);
            return Flow.DONE;
        }
        List<@Nullable Object> parts = Values.items(value);
        if (parts.size() != targets.size()) {
            throw new TemplateException("a list of " + parts.size() + " does not fit " + targets.size() + " names");
        }
        for (int i = 0; i < parts.size(); i++) {
            scope.set(targets.get(i), parts.get(i));
        }
        return Flow.DONE;
    }

    private static Flow assignMember(String target, String name, @Nullable Object value, Scope scope) {
        if (!(scope.get(target) instanceof Namespace namespace)) {
            throw new TemplateException("only a namespace's members can be set, and '" + target + "' is none");
        }
        namespace.put(name, value);
        return Flow.DONE;
    }

    private Callable callable(Macro macro, Scope definedIn) {
        return passed -> {
            requireFitting(macro, passed);
            Scope scope = new Scope(definedIn);
            for (int i = 0; i < macro.parameters().size(); i++) {
                Parameter parameter = macro.parameters().get(i);
                if (passed.has(i, parameter.name())) {
                    scope.set(parameter.name(), passed.required(i, parameter.name()));
                } else {
                    scope.set(parameter.name(), parameter.otherwise() == null
                            ? Undefined.UNDEFINED
                            : evaluator.value(parameter.otherwise(), scope));
                }
            }
            return render(macro.body(), scope);
        };
    }

    private static void requireFitting(Macro macro, Passed passed) {
        List<String> names = macro.parameters().stream().map(Parameter::name).toList();
        if (passed.positional().size() > names.size() || !names.containsAll(passed.named().keySet())) {
            throw new TemplateException("the macro '" + macro.name() + "' is given more than it takes");
        }
    }
}
