package dev.rbees.orchestrator.dispatch;

/** A worker has said what no worker may say. The message names the rule and never what was said. */
final class BrokenRule extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param rule what was broken, as "tokens out of order" */
    BrokenRule(String rule) {
        super(rule, null, false, false);
    }

    /** The rule. */
    String rule() {
        return String.valueOf(getMessage());
    }
}
