package dev.rbees.api.json;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import dev.rbees.api.error.FieldError;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.error.Suggestion;

/**
 * What is wrong with a request: the first {@link #MOST} are told, the others counted, so that a request with a million mistakes costs
 * no more than one with twenty.
 */
final class Problems {

    /** So many are told. */
    static final int MOST = 20;

    private static final int MOST_SUGGESTIONS = 5;

    private final List<FieldError> told = new ArrayList<>();
    private long more;
    private int suggestions;

    /** Counts one more; whether it is to be told. */
    boolean another() {
        if (told.size() < MOST) {
            return true;
        }
        more++;
        return false;
    }

    void add(FieldError problem) {
        told.add(problem);
    }

    /** What was perhaps meant by a wrong name; only the first few are worth the search. */
    String suggestion(String wrong, Collection<String> known) {
        return suggestions++ < MOST_SUGGESTIONS ? Suggestion.sentence(wrong, known) : "";
    }

    /** @throws RbeesException INVALID_REQUEST when there are any */
    void refuse() {
        if (!told.isEmpty()) {
            throw RbeesException.invalid(List.copyOf(told), more);
        }
    }
}
