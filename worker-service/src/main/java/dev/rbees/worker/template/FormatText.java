package dev.rbees.worker.template;

import org.jspecify.annotations.Nullable;

/** {@code text.format(…)}: places in braces, by order, number or name. Widths and other ways to write are refused. */
final class FormatText {

    private FormatText() {}

    static String format(String text, Passed passed) {
        StringBuilder out = new StringBuilder();
        int next = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean doubled = i + 1 < text.length() && text.charAt(i + 1) == c;
            if ((c == '{' || c == '}') && doubled) {
                out.append(c);
                i++;
            } else if (c == '{') {
                int end = text.indexOf('}', i);
                if (end < 0) {
                    throw new TemplateException("'format' has a brace that is not closed");
                }
                String field = text.substring(i + 1, end);
                out.append(Values.text(field.isEmpty() ? passed.required(next++, "") : field(field, passed)));
                i = end;
            } else if (c == '}') {
                throw new TemplateException("'format' has a brace that is not opened");
            } else {
                out.append(c);
            }
            TemplateLimits.requireText(out.length());
        }
        return out.toString();
    }

    private static @Nullable Object field(String field, Passed passed) {
        if (field.length() <= 3 && field.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return passed.required(Integer.parseInt(field), "");
        }
        if (!field.chars().allMatch(Character::isJavaIdentifierPart)) {
            throw new TemplateException("the place '{" + field.substring(0, Math.min(40, field.length()))
                    + "}' of 'format' is not supported");
        }
        return passed.required(Integer.MAX_VALUE, field);
    }
}
