package dev.rbees.orchestrator.task;

/** What can happen to a task. */
public enum Move {

    DISPATCH("It is given to a worker."),
    START("The worker began to generate."),
    RETRY("The worker was lost, or would not take it; another goes on."),
    REQUEUE("It waits for a slot again."),
    COMPLETE("The answer is complete."),
    FAIL("It failed for good."),
    CANCEL("Somebody asked for its end."),
    EXPIRE("Its deadline passed.");

    private final String meaning;

    Move(String meaning) {
        this.meaning = meaning;
    }

    /** One sentence. */
    public String meaning() {
        return meaning;
    }
}
