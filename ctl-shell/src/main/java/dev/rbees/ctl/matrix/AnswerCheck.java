package dev.rbees.ctl.matrix;

import java.util.List;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.sse.SseEvent;
import dev.rbees.api.task.TaskEvent;

/** Judges the stream of an answer by the kinds of its events, never by its words. */
final class AnswerCheck {

    /**
     * An answer that came as it should.
     *
     * @param text of all tokens
     * @param tokens how many
     * @param stopReason why it ended
     * @param decodeMs from its first token to its last
     */
    record Answer(String text, int tokens, String stopReason, long decodeMs) {}

    private AnswerCheck() {}

    /**
     * One {@code started}, tokens that are numbered from 0 without gaps, metrics anywhere between them, one {@code end} that counts
     * as many tokens as came, and nothing after it.
     */
    static Answer judge(List<SseEvent> stream) throws TrialException {
        if (stream.isEmpty()) {
            throw TrialException.failed("the stream stops without a last event");
        }
        StringBuilder text = new StringBuilder();
        int tokens = 0;
        for (int i = 0; i < stream.size(); i++) {
            TaskEvent event = parse(stream.get(i));
            boolean last = i == stream.size() - 1;
            if ((i == 0) != event instanceof TaskEvent.Started && !(event instanceof TaskEvent.Failed)) {
                throw outOfOrder(stream);
            }
            switch (event) {
                case TaskEvent.Started _,TaskEvent.Metrics _ -> {}
                case TaskEvent.Token token -> {
                    if (token.i() != tokens) {
                        throw TrialException.failed("token " + token.i() + " came where token " + tokens + " was due");
                    }
                    tokens++;
                    text.append(token.t());
                }
                case TaskEvent.End end when last -> {
                    return ended(end, tokens, text.toString());
                }
                case TaskEvent.Failed failed when last ->
                    throw TrialException.failed("the stream ends with " + failed.code() + ": " + failed.message());
                case TaskEvent.Queued _,TaskEvent.End _,TaskEvent.Failed _ -> throw outOfOrder(stream);
            }
        }
        throw TrialException.failed("the stream stops without a last event");
    }

    private static Answer ended(TaskEvent.End end, int tokens, String text) throws TrialException {
        if (tokens == 0) {
            throw TrialException.failed("no token came");
        }
        if (end.tokensOut() != tokens) {
            throw TrialException.failed(tokens + " tokens came, but the end says " + end.tokensOut());
        }
        return new Answer(text, tokens, end.stopReason().name(), end.decodeTimeMs());
    }

    private static TaskEvent parse(SseEvent event) throws TrialException {
        try {
            return TaskEvent.parse(event.data());
        } catch (RbeesException _) {
            throw TrialException.failed("an event '" + event.name() + "' is not understood");
        }
    }

    private static TrialException outOfOrder(List<SseEvent> stream) {
        return TrialException.failed("the stream's events are out of order: "
                + stream.stream().limit(20).map(SseEvent::name).toList());
    }
}
